"""A backup made while letters are deleted can be restored, and none of those come back."""

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from receiver.backup.layout import Documents
from receiver.backup.reader import CollectionsReader, Writer
from receiver.filing.collections import Store
from receiver.store.blobs import Blobs
from receiver.store.facts import SETS
from receiver.store.mongo import Database
from tests.receiver.backup.dumper import BY, dumper_in_path
from tests.receiver.erasing.afterwards.test_restored import restored as restored  # a fixture
from tests.receiver.erasing.people import (
    IVAN,
    OLGA,
    TELLS,
    WORDS,
    after_six_days,
    come,
    email,
    erase,
    everything,
    letters,
)
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, corrections, dialogs
from tests.receiver.years import test_retaining as old

# Of what goes when the tombstones are read, later backups and the files of erasures tell.
READ = ("dialogs", "redirects", "letters", "tombstones")
Meanwhile = Callable[[str, Callable[[], object]], list[str]]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something happen in a backup just before a collection is read."""

    def happens(where: str, what: Callable[[], object]) -> list[str]:
        read, happened = CollectionsReader.every, list[str]()

        async def every(
            reader: CollectionsReader, collection: str, writer: Callable[[], Writer]
        ) -> Documents:
            if collection == where and not happened:
                happened.append(collection)
                what()
            return await read(reader, collection, writer)

        monkeypatch.setattr(CollectionsReader, "every", every)
        return happened

    return happens


async def dialog_of(database: Database, number: int) -> tuple[Any, str]:
    """Return the dialog in which a letter stands, and the letter's key."""
    one = {"message.message_id": f"{number}@a.ru"}
    [letter] = await database.letters.find(one).to_list(None)
    return letter["dialog"], letter["key"]


async def named(database: Database) -> set[str]:
    """Return the letters that facts name, and dialogs show."""
    facts = await database.facts.find().to_list(None)
    shown = await database.dialogs.find().to_list(None)
    return {key for fact in facts for each in SETS for key in fact[each]} | {
        message["key"] for dialog in shown for message in dialog["messages"]
    }


async def is_restored(database: Database, run: Run, tmp_path: Path) -> None:
    """Restore a backup where no file of an erasure is at hand, and find all whole."""
    words = ("restore", str(tmp_path / "backups"))
    where = {"MONGO_DATABASE": database.name, "DATA_DIR": str(tmp_path)}
    status, _, complaints = run(*words, **where)
    assert status == 0, complaints
    kept = {each["key"] for each in await database.letters.find().to_list(None)}
    assert await named(database) <= kept


@pytest.fixture(params=["own", *BY])
def read_by(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What reads the collections; ``--with`` names it."""
    if request.param == "own":
        return "own"
    dumper_in_path(request.param, tmp_path / "bin", monkeypatch)
    return "mongodump"


@pytest.mark.parametrize("where", READ)
async def test_who_is_erased_meanwhile_does_not_come_back(
    database: Database,
    run: Run,
    tmp_path: Path,
    restored: Database,
    meanwhile: Meanwhile,
    where: str,
    read_by: str,
) -> None:
    """It is the first erasure in the database, and all letters of the mailbox are his."""
    alone = email(8, IVAN, to="sales@yandex.ru", mailbox="sales@yandex.ru", text=WORDS)
    between = [
        email(9, OLGA, f"{MAILBOX},{IVAN}", text="before"),
        email(10, IVAN, f"{MAILBOX},{OLGA}", text=WORDS, in_reply_to=["9@a.ru"]),
        email(11, OLGA, f"{MAILBOX},{IVAN}", text="after", in_reply_to=["10@a.ru"]),
    ]
    await come(database, *letters().values(), alone, *between)
    [(whole, his), (other, _), (third, _)] = [await dialog_of(database, n) for n in (1, 5, 7)]
    await corrections(database).split(whole, frozenset({his}), "anna")
    await corrections(database).merge(other, third, "anna")
    happened = meanwhile(where, lambda: erase(run, tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    status, _, complaints = run("backup", str(tmp_path / "backups"), "--with", read_by)
    assert (status, happened) == (0, [where]), complaints
    await is_restored(restored, run, tmp_path)
    await after_six_days(restored)
    assert TELLS.findall(await everything(restored)) == []
    assert await dialogs(restored) == await dialogs(database)
    assert "after before" in await dialogs(restored)  # together by his letter alone


@pytest.mark.parametrize("where", ["letters", "tombstones"])
async def test_dialogs_that_are_due_meanwhile_do_not_come_back(
    database: Database,
    run: Run,
    tmp_path: Path,
    restored: Database,
    meanwhile: Meanwhile,
    where: str,
) -> None:
    await old.come(database, old.email(1, 90), old.email(2, 5), old.email(3, 90))
    [one, other] = [(await dialog_of(database, number))[0] for number in (1, 3)]
    await corrections(database).merge(one, other, "anna")
    happened = meanwhile(where, lambda: old.retain(run, "dialogs=50"))
    status, _, complaints = run("backup", str(tmp_path / "backups"))
    assert (status, happened) == (0, [where]), complaints
    await is_restored(restored, run, tmp_path)
    assert await dialogs(restored) == await dialogs(database) == ["text 2"]


async def test_bytes_that_are_destroyed_meanwhile_are_no_damage(
    database: Database,
    run: Run,
    tmp_path: Path,
    restored: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They had not been named for six days, and went after the list of blobs was read."""
    await old.come(database, old.email(1, 5))
    nobody_names = b"its letter never came"
    digest = hashlib.sha256(nobody_names).hexdigest()
    await Store.of(database).blobs.store(digest, len(nobody_names), BytesIO(nobody_names))
    read, destroyed = Blobs.pieces, list[bool]()
    at_once = datetime.now(UTC) + timedelta(days=1)

    async def pieces(blobs: Blobs, one: str) -> AsyncIterator[bytes]:
        if not destroyed:
            destroyed.append(await blobs.destroy(digest, at_once))
        async for piece in read(blobs, one):
            yield piece

    monkeypatch.setattr(Blobs, "pieces", pieces)
    status, _, complaints = run("backup", str(tmp_path / "backups"))
    monkeypatch.undo()
    assert (status, complaints, destroyed) == (0, "", [True])
    await is_restored(restored, run, tmp_path)
    assert await restored["blobs.files"].count_documents({"_id": digest}) == 0


async def test_a_part_that_was_read_after_its_dialog_does_not_hinder_an_erasure(
    database: Database, run: Run, tmp_path: Path, restored: Database
) -> None:
    """The dialog went on in the part after its head was read, so the head does not list it."""
    await come(database, *letters().values())
    head = await database.dialogs.find_one({"messages.message_id": "1@a.ru"})
    assert head is not None
    same = {name: head[name] for name in ("mailbox", "email_from", "messages", "changed")}
    part = {"_id": ObjectId(), "part_of": head["_id"], "revision": 0} | same
    await database.dialogs.insert_one(part)
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    await database.dialogs.delete_one({"_id": part["_id"]})
    erase(run, tmp_path)
    await is_restored(restored, run, tmp_path)
    assert await dialogs(restored) == await dialogs(database)
