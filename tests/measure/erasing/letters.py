"""A mailbox of very many letters, and some people in it who ask to be forgotten."""

import random
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

from contract.event import Email
from tests.letters import START
from tests.receiver.written import MAILBOX

PEOPLE = 3000
EACH_WITH_A_FILE = 20
FILE_BYTES = 60_000
SMALL = 32 * 1024  # an original that is larger is a file of its own
WORDS = (
    *("заказ", "доставка", "счёт", "договор", "оплата", "склад", "спасибо", "уточните"),
    *("order", "invoice", "payment", "delivery"),
)


def user(number: int) -> str:
    """Return the address of one of many."""
    return f"user{number}@shop{number % 40}.example"


def made(
    number: int, *, sender: str = "", answers: str = "", says: str = ""
) -> tuple[Email, bytes]:
    """Return a letter, and its original if that is too large to be stored with it."""
    draw = random.Random(number)
    sender = sender or user(draw.randrange(PEOPLE))
    lines = [" ".join(draw.choices(WORDS, k=12)) for _ in range(12)]
    text = "\n".join([f"Письмо {number}", says, *lines, "--", f"Отдел, {user(number)}"])
    page = "".join(f"<p style='margin:0'>{each}</p>" for each in text.splitlines())
    message = EmailMessage()
    message["From"], message["To"] = sender, MAILBOX
    message["Subject"] = subject = f"Заказ № {number}"
    message["Message-ID"] = f"<{number}@example.ru>"
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    if number % EACH_WITH_A_FILE == 0:
        picture = b"\x89PNG\r\n\x1a\n" + draw.randbytes(FILE_BYTES)
        message.add_attachment(picture, "image", "png", filename="photo.png")
    original = message.as_bytes()
    raw: dict[str, Any] = {"sha256": sha256(original).hexdigest(), "size": len(original)}
    aside = len(original) > SMALL
    event = {
        "mailbox": MAILBOX,
        "from": {"address": sender},
        "to": [{"address": MAILBOX}],
        "message_id": f"{number}@example.ru",
        "in_reply_to": [answers] if answers else [],
        "subject": subject,
        "text": text,
        "html": page,
        "headers": [(name, str(value)) for name, value in message.items()],
        "date": START + timedelta(minutes=number),
        "received_at": START + timedelta(minutes=number),
        "raw": raw if aside else raw | {"content": original},
    }
    return Email.model_validate(event), original if aside else b""


def of_person(address: str, first: int) -> Iterator[tuple[Email, bytes]]:
    """Yield two letters of somebody, an answer that quotes him, and one that mentions him."""
    yield made(first, sender=address, says=f"Слова, которые написал только {address} однажды")
    yield made(first + 1, sender=address)
    quoted = f"> Слова, которые написал только {address} однажды"
    yield made(first + 2, answers=f"{first}@example.ru", says=quoted)
    yield made(first + 3, says=f"Спросите {address}, он знает.")
