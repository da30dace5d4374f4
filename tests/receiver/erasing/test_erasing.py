"""A person is erased and found nowhere: in no collection, no blob, no log, no restored backup."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from contract.event import Answer, Email
from receiver.backup.layout import complete
from receiver.erasing.disposal import KEPT_AFTER, dispose
from receiver.erasing.tombstones import Tombstones
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.projecting.mailbox import Projecting
from receiver.store.dialog_writing import DialogWriting
from receiver.store.leaving import Leaving
from receiver.store.mongo import Database, StoreUnavailable
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, corrections, dialogs, filing, sweeper_of

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


async def test_he_is_found_nowhere(filled: Database, run: Run, tmp_path: Path) -> None:
    assert TELLS.search(await everything(filled))
    before = await filled.letters.find_one({"message.message_id": "5@a.ru"})
    directory = erase(run, tmp_path)
    assert await after_six_days(filled) == 1
    assert TELLS.findall(await everything(filled)) == []
    assert run("fsck")[:2] == (0, "")
    assert run("project", "--check")[:2] == (0, "")
    assert await filled.letters.find_one({"message.message_id": "5@a.ru"}) == before
    shown = await dialogs(filled)
    assert shown == ["letter 5", "Ольга, помогите. Помогаю.", "Знаете [erased]?"] or sorted(
        shown
    ) == sorted(["letter 5", "Ольга, помогите. Помогаю.", "Знаете [erased]?"])
    act = (directory / "akt.txt").read_text(encoding="utf-8")
    assert all(each in act for each in (IVAN, NAME, "consent withdrawn", "Anna", "писем 3"))
    extract = (directory / "vygruzka.csv").read_text(encoding="utf-8")
    assert all(each in extract for each in (IVAN, "consent withdrawn", MAILBOX))


async def test_what_others_have_stays(filled: Database, run: Run, tmp_path: Path) -> None:
    [before] = await filled.dialogs.find({"messages.message_id": "4@a.ru"}).to_list(None)
    erase(run, tmp_path)
    [after] = await filled.dialogs.find({"messages.message_id": "4@a.ru"}).to_list(None)
    assert (after["_id"], after["email_from"]) == (before["_id"], OLGA)
    assert [each["message_id"] for each in after["messages"]] == ["3@a.ru", "4@a.ru"]
    assert after["participants"] == [OLGA]
    assert after["messages"][1]["attachments"][0]["filename"] == "prices.pdf"
    assert await after_six_days(filled) == 1
    digest = hashlib.sha256(SHARED).hexdigest()
    assert await Store.of(filled).blobs.wrong_with(digest, len(SHARED)) == ""


async def test_it_does_not_come_back(filled: Database, run: Run, tmp_path: Path) -> None:
    erase(run, tmp_path)
    late = email(20, IVAN, text=WORDS, subject="Опоздавшее")
    again = [*letters().values(), late]
    answers = await come(filled, *again)
    assert [each.outcome for each in answers] == [
        *("erased", "erased", "duplicate", "duplicate", "duplicate", "erased", "duplicate"),
        "erased",
    ]
    await sweeper_of(filled, timedelta(0)).sweep()
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []
    assert run("project", "--check")[:2] == (0, "")
    # What he writes from now on is a letter as any other.
    new = email(1, IVAN, message_id="99@a.ru", date=datetime.now(UTC) + timedelta(hours=1))
    assert [each.outcome for each in await come(filled, new)] == ["created"]


async def test_a_better_reading_does_not_bring_it_back(
    database: Database, run: Run, tmp_path: Path
) -> None:
    """The copy that comes later has another sender and date, read from the same two fields."""
    fields = [("From", "Ivan <ivan.petrov@yandex,ru>"), ("Date", "2 Jan 2026 31:00 MSK")]
    later = datetime.now(UTC) - timedelta(days=1)
    nobody = "unknown@unknown.invalid"
    await come(database, email(1, IVAN, headers=fields))
    erase(run, tmp_path)
    answers = await come(
        database,
        email(1, nobody, headers=[("Received", "from a by b"), *fields], date=later),
        email(1, nobody, headers=[fields[0], ("Date", "3 Jan 2026 31:00 MSK")], date=later),
    )
    assert [each.outcome for each in answers] == ["erased", "created"]


async def test_a_receiver_that_did_not_know_is_met_by_the_sweeper(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    files = filing(filled)
    assert await Tombstones(filled).key() is None
    await files.file(
        [arrival_of("e", email(30, PETR, subject="x"), datetime.now(UTC))]
    )  # it has asked
    erase(run, tmp_path)
    his = arrival_of("e", letters()["his second"], datetime.now(UTC))
    [answer] = await files.file([his])
    assert answer.outcome == "created"
    await sweeper_of(filled, timedelta(0)).sweep()
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []


async def test_what_stood_beside_it_says_nothing_of_him_after_the_sweeper(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    files = filing(filled)
    await files.file([arrival_of("e", email(30, PETR, subject="x"), datetime.now(UTC))])
    erase(run, tmp_path)
    his = email(40, IVAN, f"{MAILBOX},{OLGA}", text=WORDS)
    answer = email(41, OLGA, in_reply_to=["40@a.ru"], subject="Re: it")
    for each in (his, answer):
        await files.file([arrival_of("e", each, datetime.now(UTC))])
    [head] = await filled.dialogs.find({"messages.message_id": "41@a.ru"}).to_list(None)
    assert (head["subject"], head["count"]) == (SUBJECT, 2)
    await sweeper_of(filled, timedelta(0)).sweep()
    [head] = await filled.dialogs.find({"messages.message_id": "41@a.ru"}).to_list(None)
    assert (head["email_from"], head["subject"], head["count"]) == (OLGA, "Re: it", 1)
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []


async def test_an_older_backup_that_is_restored_does_not_bring_it_back(
    filled: Database, run: Run, tmp_path: Path, database_name: str, mongo_uri: str
) -> None:
    place = tmp_path / "backups"
    run("backup", str(place))
    erase(run, tmp_path)
    for later in (False, True):  # the files of the erasure tell of it, or a later backup
        if later:
            run("backup", str(place))
        name = f"{database_name}_{later}"
        words = ("restore", str(complete(place)[0]))
        where = "nowhere" if later else str(tmp_path)
        status, output, complaints = run(*words, MONGO_DATABASE=name, DATA_DIR=where)
        assert (status, output) == (0, ""), complaints
        assert "3 letters that were erased" in complaints
        restored = filled.client[name]
        await after_six_days(restored)
        assert TELLS.findall(await everything(restored)) == []
        assert await dialogs(restored) == await dialogs(filled)
        answers = await come(restored, *letters().values())
        assert [each.outcome for each in answers].count("erased") == 3
        await filled.client.drop_database(name)


async def test_without_yes_it_only_says_what_would_go(filled: Database, run: Run) -> None:
    before = await everything(filled)
    status, output, complaints = run("erase", IVAN, "--reason", "asked")
    said = json.loads(output)
    assert (status, "say --yes" in complaints) == (1, True)
    assert (said["letters"], said["files"], said["names"]) == (3, 1, [NAME])
    assert said["of_others"] == {"names": 1, "mentions": 1, "quotes": 1}
    assert said["but_for_a_plus"] == []
    assert await everything(filled) == before
    assert run("person", IVAN)[0] == 0
    status, _, complaints = run("person", "nobody@example.ru")
    assert (status, "nothing is held of nobody@example.ru" in complaints) == (1, True)
    assert run("person", MAILBOX)[0] == 78


async def test_where_nothing_is_held_an_export_says_so(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    status, _, complaints = run("export", "nobody@example.ru", str(tmp_path / "x.zip"))
    assert (status, "nothing is held of nobody@example.ru" in complaints) == (1, True)
    assert not (tmp_path / "x.zip").exists()


async def test_an_export_holds_all_that_is_his(filled: Database, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ivan.zip"
    assert run("export", IVAN, str(path))[0] == 0
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        told = json.loads(archive.read("letters.json"))
        assert [each["message_id"] for each in told] == ["1@a.ru", "2@a.ru", "3@a.ru", "6@a.ru"]
        assert (
            WORDS in archive.read(next(each for each in names if "letters/2026" in each)).decode()
        )
        assert len([each for each in names if each.endswith(".eml")]) == 4
        [picture] = [each for each in names if each.endswith("pass.png")]
        assert archive.read(picture) == PICTURE
        assert IVAN in archive.read("README.ru.txt").decode()
    assert run("export", IVAN, str(path))[0] == 78  # it is not written over


async def test_who_decided_a_correction_is_told_without_him(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await come(database, *letters().values())
    await come(database, *(email(at, PETR, subject=str(at), text=str(at)) for at in (60, 61)))
    one, other = [
        (await database.dialogs.find_one({"messages.message_id": f"{at}@a.ru"}) or {})["_id"]
        for at in (60, 61)
    ]
    await corrections(database).merge(one, other, f"anna, asked by {IVAN}")
    erase(run, tmp_path)
    [fact] = await database.facts.find({"what": "merge"}).to_list(None)
    [head] = await database.dialogs.find({"messages.message_id": "60@a.ru"}).to_list(None)
    [listed] = head["corrections"]
    assert fact["who"] == listed["who"]
    assert fact["who"].startswith("anna, asked by ")
    assert IVAN not in fact["who"]
    assert run("project", "--check")[:2] == (0, "")


async def test_what_he_held_together_stays_together_and_apart(
    database: Database, run: Run, tmp_path: Path
) -> None:
    one = email(1, IVAN, f"{MAILBOX},{OLGA},{PETR}", subject="a", text="his")
    by_olga = email(2, OLGA, in_reply_to=["1@a.ru"], subject="a", text="olga")
    by_petr = email(3, PETR, in_reply_to=["1@a.ru"], subject="a", text="petr")
    stranger = email(4, "eve@example.ru", f"{MAILBOX},{OLGA}", in_reply_to=["1@a.ru"], subject="a")
    await come(database, one, by_olga, by_petr, stranger)
    assert await dialogs(database) == ["his olga petr", "letter 4"]
    erase(run, tmp_path)
    assert await dialogs(database) == ["letter 4", "olga petr"]
    assert run("project", "--check")[:2] == (0, "")
    [head] = await database.dialogs.find({"messages.body": "olga"}).to_list(None)
    assert {each["what"] for each in head["corrections"]} == {"erasure"}
    # It is no correction of a person's, and nobody can undo it.
    later = email(5, OLGA, in_reply_to=["2@a.ru"], subject="a", text="later")
    await come(database, later)
    assert await dialogs(database) == ["later olga petr", "letter 4"]


async def test_cut_short_anywhere_it_is_finished_by_the_next_call(
    filled: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write in turn fails once; after that the same call does the rest."""
    for place, name in (
        (Leaving, "rewrite"),
        (Leaving, "remove"),
        (DialogWriting, "write"),
        (DialogWriting, "take_out"),
        (Projecting, "project"),
    ):

        async def fails(*_: object, **__: object) -> None:
            raise StoreUnavailable("cut short")

        with monkeypatch.context() as broken:
            broken.setattr(place, name, fails)
            words = ("--reason", "asked", "--yes")
            assert run("erase", IVAN, *words, DATA_DIR=str(tmp_path))[0] == 75
    erase(run, tmp_path)
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []
    assert run("project", "--check")[:2] == (0, "")


async def test_bytes_whose_letter_never_came_go(database: Database) -> None:
    store, digest = Store.of(database), hashlib.sha256(PICTURE).hexdigest()
    await store.blobs.store(digest, len(PICTURE), BytesIO(PICTURE))
    small = {hashlib.sha256(SHARED).hexdigest(): SHARED}
    assert await store.blobs.store_small(small) == dict.fromkeys(small, True)
    before = datetime.now(UTC) + KEPT_AFTER - timedelta(hours=1)
    assert await dispose(store.blobs, store.leaving, before) == 0
    assert await after_six_days(database) == 2


async def test_bytes_that_are_named_again_stay(database: Database) -> None:
    store = Store.of(database)
    digest = hashlib.sha256(SHARED).hexdigest()

    async def bring() -> bool:
        return await store.blobs.store(digest, len(SHARED), BytesIO(SHARED))

    assert await bring()
    now = datetime.now(UTC)
    assert await dispose(store.blobs, store.leaving, now + KEPT_AFTER - timedelta(hours=1)) == 0
    old = {"condemned": now - timedelta(days=4)}
    await database["blobs.files"].update_one({"_id": digest}, {"$set": old})
    assert not await bring()  # and has five days again
    assert await dispose(store.blobs, store.leaving, now + KEPT_AFTER - timedelta(hours=1)) == 0
    await come(database, letters()["other"])  # names it, without the bytes being sent again
    await store.blobs.condemn([digest], now)
    assert await after_six_days(database) == 0
    await store.blobs.condemn([digest], now)
    await database.letters.delete_many({})
    assert await after_six_days(database) == 1
    assert await database["blobs.chunks"].count_documents({}) == 0
    assert await bring()
    await database["blobs.files"].update_one({"_id": digest}, {"$set": {"going": True}})
    with pytest.raises(StoreUnavailable):
        await bring()


async def test_a_letter_that_loses_something_is_not_found_by_an_id_of_his_any_more(
    database: Database, run: Run, tmp_path: Path
) -> None:
    """Neither by the id alone nor, where it stands in a dialog of its own, by id and sender."""
    answers: dict[str, Any] = {"in_reply_to": ["1@a.ru"], "subject": f"Re: {SUBJECT}"}
    told = [email(8, PETR, text=f"Это {IVAN}", **answers), email(9, OLGA, text="x", **answers)]
    await come(database, letters()["his"], *told)
    erase(run, tmp_path)
    touched = await database.letters.find({"redacted": True}).to_list(None)
    assert {each["message"]["message_id"] for each in touched} == {"8@a.ru", "9@a.ru"}
    known = [one for each in touched for one in each["known"]]
    assert not [one for one in known if one.startswith("1@a.ru")]
    assert run("project", "--check")[:2] == (0, "")
