"""A small builder of letters as the receiver files them, and what came of them."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from contract.event import Answer, Email
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.filing.sweeper import SETTLED_AFTER, Sweeper
from receiver.filing.world import Projects
from receiver.letters.arrival import Arrival, arrival_of
from receiver.letters.letter import Letter
from receiver.projecting.mailbox import Projecting
from receiver.store.blobs import Blobs
from receiver.store.mongo import Database
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from tests.letters import START
from tests.measure.chaos.wholeness import flaws

MAILBOX = "support@yandex.ru"


def written(
    number: str,
    sender: str = "ivan",
    to: str = "",
    names: str = "",
    *,
    answers: str = "",
    subject: str = "Где мой заказ?",
    days: float = 0,
    mailbox: str = MAILBOX,
    text: str = "",
    **fields: Any,
) -> Letter:
    """Return a letter: its id's number, who wrote it, to whom beside the mailbox, what it names.

    ``names`` are References, the newest first, and ``answers`` is In-Reply-To. People are
    written without their domain; an id with an ``@`` or a bracket stands for itself.
    """
    seconds = int(number) if number.isdigit() else sum(map(ord, number))
    recipients = to.split() if fields.get("direction") == "out" else ["mailbox", *to.split()]
    email = Email.model_validate(
        {
            "mailbox": mailbox,
            "from": {"address": person(sender, mailbox)},
            "to": [{"address": person(each, mailbox)} for each in recipients],
            "message_id": message_id(number),
            "in_reply_to": [message_id(each) for each in answers.split()],
            "references": [message_id(each) for each in names.split()[::-1]],
            "subject": subject,
            "text": text or number,
            "date": START + timedelta(days=days, seconds=seconds),
            **fields,
        }
    )
    return arrival_of(f"event {number}", email, START + timedelta(days=400)).letter


def sent(number: str, to: str, names: str = "", **fields: Any) -> Letter:
    """Return a letter that the mailbox itself has sent."""
    return written(number, "mailbox", to, names, direction="out", **fields)


def person(name: str, mailbox: str = MAILBOX) -> str:
    """Return the address of somebody."""
    if name == "mailbox":
        return mailbox
    return name if "@" in name else f"{name}@example.ru"


def message_id(number: str) -> str:
    """Return the Message-ID that a number stands for."""
    return number if "@" in number or "<" in number else f"{number}@example.ru"


def arrival(letter: Letter) -> Arrival:
    """Return the letter as it comes by SMTP, with nothing beside its message."""
    copy = {"direction": letter.message["direction"], "source": {"via": "smtp"}, "auth": []}
    content: dict[str, Any] = {"html": "", "headers": [], "raw": None, "received": letter.created}
    return Arrival("event", letter, content, copy | {"bcc": letter.message["bcc"]})


def filing(
    database: Database, policy: Policy = "participants", *, subjects: bool = False, **full: int
) -> Filing:
    """Return what files letters, by ids alone unless ``subjects`` are to be looked at."""
    return Filing(Store.of(database, **full), policy, match_by_subject=subjects)


async def file(files: Filing, *letters: Letter) -> list[Answer]:
    """File letters together."""
    return await files.file([arrival(each) for each in letters])


def corrections(database: Database, policy: Policy = "participants") -> Corrections:
    """Return what corrects dialogs."""
    return Corrections(Store.of(database), filing(database, policy).settle)


def sweeper_of(database: Database, after: timedelta = SETTLED_AFTER) -> Sweeper:
    """Return what reads back what was written so long ago."""
    store, settle = Store.of(database), filing(database).settle
    return Sweeper(store, settle, corrections(database), project(database), after)


def project(database: Database, policy: Policy = "participants") -> Projects:
    """Return what has dialogs show letters that read otherwise."""
    return Projecting(Store.of(database), policy).project


async def filed(
    database: Database, letters: Iterable[Letter], policy: Policy = "participants", **how: Any
) -> list[str]:
    """File the letters in turn and return the dialogs, each as its letters' texts in order."""
    files = filing(database, policy, **how)
    for letter in letters:
        await file(files, letter)
    return await dialogs(database)


def parted(letters: Iterable[Letter], policy: Policy = "participants") -> list[str]:
    """Return what the rule makes of letters, each dialog as its letters' texts in order."""
    groups = partition(letters, policy)
    return sorted(" ".join(sorted(each.message["body"] for each in one.letters)) for one in groups)


async def dialogs(database: Database) -> list[str]:
    """Return the dialogs, each as its letters' texts in order; parts of one are one."""
    found: dict[Any, list[str]] = {}
    query = database.dialogs.find().sort("_id", 1)
    for document in await query.to_list(None):
        texts = found.setdefault(document.get("part_of", document["_id"]), [])
        texts += [each["body"] for each in document["messages"]]
    return sorted(" ".join(sorted(texts)) for texts in found.values())


async def flaws_in(database: Database, policy: Policy = "participants") -> list[str]:
    """Return what is wrong with the dialogs, by the letters and facts."""
    names = ("dialogs", "letters", "redirects")
    shown, letters, redirects = [await database[name].find().to_list(None) for name in names]
    facts = await Store.of(database).facts.of_mailbox(MAILBOX)
    return flaws(shown, letters, redirects, policy, facts)


async def empty(database: Database) -> None:
    """Forget all letters and dialogs."""
    for name in ("letters", "dialogs", "facts", "redirects"):
        await database[name].delete_many({})


LARGE = bytes(range(256)) * 3000


async def a_letter_with_bytes(database: Database) -> None:
    """File a letter with a large attachment, and a small original in its own document."""
    attached = hashlib.sha256(LARGE).hexdigest()
    await Blobs(database).store(attached, len(LARGE), BytesIO(LARGE))
    original = b"From: ivan@example.ru\r\n\r\n100\r\n"
    email = Email.model_validate(
        {
            "mailbox": MAILBOX,
            "from": {"address": "ivan@example.ru"},
            "to": [],
            "message_id": "1@example.ru",
            "subject": "",
            "text": "",
            "raw": {
                "sha256": hashlib.sha256(original).hexdigest(),
                "size": len(original),
                "content": original,
            },
            "attachments": [
                {
                    "filename": "a",
                    "content_type": "image/png",
                    "sha256": attached,
                    "size": len(LARGE),
                }
            ],
        }
    )
    await filing(database).file([arrival_of("event", email, datetime.now(UTC))])
