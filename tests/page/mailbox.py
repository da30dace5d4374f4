"""A mailbox worth looking at: conversations as they are, in both languages, posted as events."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from local.demo_mailbox import picture
from tests.webhook_client import Client

SUPPORT = "support@yandex.ru"
SHOP = "shop@yandex.ru"
Event = dict[str, Any]


def attached(name: str, media: str, content: bytes, **more: Any) -> Event:
    """Return an attachment as an event has it."""
    digest = sha256(content).hexdigest()
    return {"filename": name, "content_type": media, "size": len(content), "sha256": digest, **more}


PICTURE = picture()
PDF = b"%PDF-1.4\n" + b"1 0 obj\n" * 5000
FILES = (PICTURE, PDF)
IVAN = {"name": "Иван Петров", "address": "ivan@example.ru"}
ANNA = {"name": "Anna Karlsson", "address": "anna.karlsson@example.se"}
OLGA = {"name": "Ольга, поддержка", "address": SUPPORT}
MARIA = {"name": "Мария Соколова", "address": "m.sokolova@example.com"}
DAEMON = {"name": "Mail Delivery Subsystem", "address": "mailer-daemon@example.net"}
YANDEX = {"name": "Яндекс Почта", "address": "mail@yandex-team.example"}
STRANGER = {"name": "", "address": "boris@elsewhere.example"}


class Writer:
    """Writes letters at times before ``now``."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def letter(
        self, number: str, sender: Event, subject: str, text: str, *, hours: float, **fields: Any
    ) -> Event:
        """Return a letter of some hours ago; ``answers`` names the one that it answers."""
        answers = fields.pop("answers", None)
        ours = sender["address"] == fields.get("mailbox", SUPPORT)
        quoted = fields.pop("quoted", "")
        body = text + (f"\n\n{quoted}" if quoted else "")
        event = {
            "mailbox": SUPPORT,
            "from": sender,
            "to": [OLGA],
            "message_id": f"{number}@mail.example.ru",
            "subject": subject,
            "text": body,
            "reply": text,
            "date": (self._now - timedelta(hours=hours)).isoformat(),
            "direction": "out" if ours else "in",
            "source": {"via": "imap", "folder": "Sent" if ours else "INBOX"},
            "headers": [
                ["Received", "from mx.example.ru by mail.yandex.ru with ESMTPS id 4f2a"],
                ["From", f"{sender['name']} <{sender['address']}>"],
                ["Subject", subject],
                ["Message-ID", f"<{number}@mail.example.ru>"],
            ],
        }
        if answers:
            event |= {
                "in_reply_to": [f"{answers}@mail.example.ru"],
                "references": [f"{answers}@mail.example.ru"],
            }
        event |= fields
        original = "".join(f"{name}: {value}\r\n" for name, value in event["headers"])
        content = f"{original}\r\n{body}\r\n".encode()
        event.setdefault(
            "raw",
            {
                "sha256": sha256(content).hexdigest(),
                "size": len(content),
                "content": b64encode(content).decode(),
            },
        )
        return event


def letters(now: datetime) -> Iterator[Event]:
    """Yield the letters, in the order in which they were written."""
    write = Writer(now).letter
    order = "Где мой заказ № 1742?"
    yield write(
        "1", IVAN, order, hours=50,
        text="Здравствуйте!\n\nЗаказ № 1742 обещали вчера, а его всё нет. Когда привезут?\n"
        "Номер отслеживания: https://example.ru/track/1742\n\nИван",
    )  # fmt: skip
    yield write(
        "2", OLGA, f"Re: {order}", hours=47, answers="1", to=[IVAN],
        text="Иван, здравствуйте!\n\nКурьер будет у вас сегодня с 16 до 18. Простите за задержку.\n"
        "\nОльга",
        quoted="> Заказ № 1742 обещали вчера, а его всё нет. Когда привезут?",
    )  # fmt: skip
    yield write(
        "3", IVAN, f"Re: {order}", hours=26, answers="2",
        text="Спасибо, привезли. Но чашка разбита, фотография приложена. Можно заменить?",
        quoted="23.11.2026, 16:00, «Ольга, поддержка»:\n> Курьер будет у вас сегодня с 16 до 18.",
        attachments=[
            attached("чашка.png", "image/png", PICTURE, content_id="cup@example.ru"),
            attached("чек 1742.pdf", "application/pdf", PDF),
        ],
        html="<p>Спасибо, привезли. Но чашка <b>разбита</b>, фотография приложена."
        ' Можно заменить?</p><p><img src="cid:cup@example.ru" alt="чашка"></p>',
    )  # fmt: skip
    yield write(
        "10", ANNA, "Invoice for November", hours=3.2,
        text="Hello,\n\nCould you send the invoice for November to our new accounting address?\n"
        "The old one, accounts@example.se, is closed.\n\nBest regards,\nAnna",
        html='<p>Hello,</p><p>Could you send the invoice for <font color="#c00">November</font> to'
        ' our new accounting address?</p><p><a href="https://example.se/address">The address</a>'
        '</p><img src="https://track.example.net/open.gif?id=1" width="1" height="1">'
        '<img src="https://static.example.net/logo.png"><script>alert(1)</script>',
    )  # fmt: skip
    yield write(
        "20", MARIA, "Возврат по заказу 1698", hours=30,
        text="Добрый день! Оформила возврат, посылку отдала на почту. Когда вернутся деньги?",
    )  # fmt: skip
    yield write(
        "21", OLGA, "Re: Возврат по заказу 1698", hours=22, answers="20", to=[MARIA],
        text="Мария, добрый день! Деньги вернутся в течение трёх дней после получения посылки.",
    )  # fmt: skip
    yield write(
        "30", OLGA, "Ваш заказ отправлен", hours=9, to=[{"name": "", "address": "no@example.net"}],
        text="Здравствуйте! Заказ отправлен.",
    )  # fmt: skip
    yield write(
        "31", DAEMON, "Undelivered Mail Returned to Sender", hours=8.9, answers="30",
        text="The mail system could not deliver the letter to no@example.net.",
        kind="bounce",
        bounce={
            "message_id": "30@mail.example.ru",
            "failures": [
                {"recipient": "no@example.net", "status": "5.1.1", "reason": "no such user here"}
            ],
        },
    )  # fmt: skip
    yield write(
        "40", YANDEX, "Подтвердите пересылку", hours=70, kind="confirmation",
        text="Чтобы письма пересылались, откройте ссылку:\nhttps://mail.example.ru/confirm?k=17",
    )  # fmt: skip
    yield write(
        "50", STRANGER, f"Re: {order}", hours=12, answers="1",
        text="Это касается и меня: мой заказ тоже не пришёл.",
    )  # fmt: skip
    yield write(
        "60", {"name": "Пётр", "address": "petr@example.org"}, "Договор", hours=5,
        text="Пришлите, пожалуйста, договор ещё раз: файл не открывается.",
        defects=["charset koi8-r was not as labelled", "a part without an end"],
    )  # fmt: skip
    people = ["Елена Кузнецова", "Дмитрий Орлов", "Sofia Rossi", "Алексей", "Наталья Белова"]
    asked = [
        "Не приходит код подтверждения",
        "Изменить адрес доставки",
        "Can I pay by card on delivery?",
        "Скидка для постоянных покупателей",
        "Где забрать заказ 1755?",
    ]
    for number in range(60):
        name, about = people[number % 5], asked[number * 3 % 5]
        sender = {"name": name, "address": f"user{number}@example.com"}
        yield write(
            f"1{number:03}", sender, about, hours=60 + number * 7,
            text=f"Здравствуйте! {about}? Номер обращения {4000 + number}. Жду ответа.",
        )  # fmt: skip
        if number % 3:
            yield write(
                f"2{number:03}", OLGA, f"Re: {about}", hours=58 + number * 7, to=[sender],
                answers=f"1{number:03}",
                text="Здравствуйте! Проверили: всё в порядке, подробности в приложении.",
            )  # fmt: skip
    yield write(
        "90", ANNA, "Opening hours", hours=40, mailbox=SHOP, to=[{"name": "", "address": SHOP}],
        text="Are you open on Sunday?",
    )  # fmt: skip


async def fill(client: Client, now: datetime | None = None) -> None:
    """Post the files and letters."""
    for content in FILES:
        await client.put(content)
    for number, each in enumerate(letters(now or datetime.now(UTC))):
        body = json.dumps({"type": "email.received", "data": each}).encode()
        status, answer = await client.post(body, event_id=f"letter-{number}")
        if status >= 300:
            raise AssertionError(answer)
