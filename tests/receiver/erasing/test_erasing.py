"""A person is erased and found nowhere: in no collection, no blob, no log, no restored backup."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from receiver.backup.directory import complete
from receiver.erasing.disposal import KEPT_AFTER, dispose
from receiver.erasing.tombstones import Tombstones
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.projecting.mailbox import Projecting
from receiver.store.dialog_writing import DialogWriting
from receiver.store.leaving import Leaving
from receiver.store.mongo import Database, StoreUnavailable
from tests.receiver.erasing.people import (
    IVAN,
    NAME,
    OLGA,
    PETR,
    PICTURE,
    SHARED,
    SUBJECT,
    TELLS,
    WORDS,
    after_six_days,
    come,
    email,
    erase,
    everything,
    filled,
    letters,
)
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, corrections, dialogs, filing, sweeper_of

__all__ = ["filled"]


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
    """A better reader reads another sender and date from the same two fields of a later copy."""
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
        words = ("restore", str(complete(place)[0]), *(["--erasures-lost"] if later else []))
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
    """Neither by the id alone nor, if it is in another dialog, by id and sender."""
    answers: dict[str, Any] = {"in_reply_to": ["1@a.ru"], "subject": f"Re: {SUBJECT}"}
    told = [email(8, PETR, text=f"Это {IVAN}", **answers), email(9, OLGA, text="x", **answers)]
    await come(database, letters()["his"], *told)
    erase(run, tmp_path)
    touched = await database.letters.find({"redacted": True}).to_list(None)
    assert {each["message"]["message_id"] for each in touched} == {"8@a.ru", "9@a.ru"}
    known = [one for each in touched for one in each["known"]]
    assert not [one for one in known if one.startswith("1@a.ru")]
    assert run("project", "--check")[:2] == (0, "")
