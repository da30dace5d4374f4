"""People whose letters the tests of erasing file, and where those people are looked for."""

import hashlib
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from contract.event import Answer, Email
from receiver.erasing.disposal import KEPT_AFTER, dispose
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.store.mongo import Database
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, filing

IVAN, OLGA, PETR = "Ivan.Petrov@ya.ru", "olga@example.ru", "petr@example.ru"
NAME, WORDS = "Иван Петров", "мой заказ семнадцать потерялся на почте"
SUBJECT = "Потерянный заказ семнадцать"
PICTURE = b"\x89PNG of Ivan" + bytes(300_000)
SHARED = b"%PDF price list"
START = datetime(2026, 9, 1, 10, tzinfo=UTC)
# In any spelling, in whatever was packed or encoded.
TELLS = re.compile(
    rb"ivan.petrov@|ivan-petrov@|" + "|".join((NAME, WORDS, SUBJECT)).encode() + b"|PNG of Ivan",
    re.IGNORECASE,
)


def email(number: int, sender: str, to: str = MAILBOX, **fields: Any) -> Email:
    """Return a letter with header fields, HTML and an original that all say the same."""
    text = fields.pop("text", f"letter {number}")
    name = NAME if sender == IVAN else ""
    subject = fields.get("subject", SUBJECT)
    original = (
        f"From: {name} <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{number}@a.ru>\r\n\r\n{text}\r\n"
    ).encode()
    people = [{"name": NAME if each == IVAN else "", "address": each} for each in to.split(",")]
    return Email.model_validate(
        {
            "mailbox": MAILBOX,
            "from": {"name": name, "address": sender},
            "to": people,
            "message_id": f"{number}@a.ru",
            "subject": subject,
            "text": text,
            "reply": fields.pop("reply", text),
            "html": f"<p>{text}</p>",
            "headers": [("From", f"{name} <{sender}>"), ("To", to), ("Subject", subject)],
            "date": START + timedelta(hours=number),
            "received_at": fields.get("date", START + timedelta(hours=number)),
            "envelope": {"mail_from": sender, "rcpt_to": to.split(",")},
            "raw": {
                "sha256": hashlib.sha256(original).hexdigest(),
                "size": len(original),
                "content": original,
            },
            **fields,
        }
    )


def file_of(content: bytes, name: str) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    return {"filename": name, "content_type": "x/y", "size": len(content), "sha256": digest}


def letters() -> dict[str, Email]:
    """Return letters of three people: alone with us, together, and beside each other."""
    quote = f"\n\n{NAME} <{IVAN}> пишет:\n> {WORDS}\n> спасибо"
    ours = {"direction": "out", "source": {"via": "imap", "folder": "Sent"}}
    return {
        "his": email(1, IVAN, text=WORDS, attachments=[file_of(PICTURE, "pass.png")]),
        "answer": email(2, MAILBOX, IVAN, in_reply_to=["1@a.ru"], text=f"Ищем.{quote}", **ours),
        "forwarded": email(
            3,
            MAILBOX,
            f"{OLGA},{IVAN}",
            in_reply_to=["1@a.ru"],
            subject=f"Re: {SUBJECT}",
            text=f"Ольга, помогите.{quote}",
            reply="Ольга, помогите.",
            **ours,
        ),
        "olga": email(
            4,
            OLGA,
            in_reply_to=["3@a.ru"],
            references=["1@a.ru", "3@a.ru"],
            subject=f"Re: {SUBJECT}",
            text=f"Помогаю.\n\n> {WORDS}",
            reply="Помогаю.",
            attachments=[file_of(SHARED, "prices.pdf")],
        ),
        "other": email(5, PETR, subject="Другое", attachments=[file_of(SHARED, "prices.pdf")]),
        "his second": email(6, "ivan-petrov@yandex.com", subject="Ещё", text=WORDS),
        "mentioned": email(7, PETR, subject="Знаете?", text=f"Знаете {IVAN}?", reply=""),
    }


async def come(database: Database, *some: Email) -> list[Answer]:
    """File letters in turn, their files first."""
    files = filing(database, subjects=True)
    found = []
    for number, each in enumerate(some):
        for content in (PICTURE, SHARED):
            if hashlib.sha256(content).hexdigest() in {a.sha256 for a in each.attachments}:
                digest = hashlib.sha256(content).hexdigest()
                await Store.of(database).blobs.store(digest, len(content), BytesIO(content))
        found += await files.file([arrival_of(f"event {number}", each, datetime.now(UTC))])
    return found


def unpacked(value: object) -> bytes:
    """Return everything in a document as text, with what was packed unpacked."""
    if isinstance(value, bytes):
        try:
            return value + zlib.decompress(value)
        except zlib.error:
            return value
    if isinstance(value, Mapping):
        return b"\n".join(unpacked(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return b"\n".join(map(unpacked, value))
    return str(value).encode(errors="replace")


async def everything(database: Database) -> bytes:
    """Return every document of every collection as text; chunks of one blob are joined."""
    found = []
    for name in sorted(await database.list_collection_names()):
        order = [("files_id", 1), ("n", 1)] if name == "blobs.chunks" else [("_id", 1)]
        found += [unpacked(each) async for each in database[name].find().sort(order)]
    return b"\n".join(found)


async def after_six_days(database: Database) -> int:
    store = Store.of(database)
    now = datetime.now(UTC) + KEPT_AFTER + timedelta(hours=1)
    return await dispose(store.blobs, store.leaving, now)


@pytest.fixture
async def filled(database: Database) -> Database:
    """A database with all of the letters."""
    await come(database, *letters().values())
    return database


def erase(run: Run, tmp_path: Path, *words: str) -> Path:
    """Erase him and return the directory of the act."""
    reason = ("--reason", "consent withdrawn", "--who", "Anna", "--yes")
    status, output, complaints = run("erase", IVAN, *reason, *words, DATA_DIR=str(tmp_path))
    assert status == 0, complaints
    return Path(output.splitlines()[-1])
