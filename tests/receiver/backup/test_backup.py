"""The drill: a backup is restored into an empty database, and compared document by document."""

import asyncio
import errno
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from bson import decode_file_iter, encode
from pymongo import MongoClient

from contract.files.locks import taken
from contract.sealing.seal import Seal
from receiver.backup.checking import check
from receiver.backup.directory import complete
from receiver.backup.layout import Backup, Damaged, found_in
from receiver.commands.backup import _seconds_left
from receiver.store.mongo import Database, Document
from receiver.store.standing import LAYOUT
from tests import faults, servers
from tests.receiver.running import Run
from tests.receiver.written import (
    LARGE,
    a_letter_with_bytes,
    corrections,
    file,
    filed,
    filing,
    written,
)

DERIVED = {"revision", "changed"}
# What a backup and a restore note, and a receiver that runs beside them, at any moment.
OWN = {"_id": {"$nin": ["backup", "restore", "parts", "quiet", "life"]}}


async def a_full_database(database: Database) -> None:
    """File dialogs of many kinds: large and small bytes, parts, a redirect, facts, a stranger."""
    await a_letter_with_bytes(database)
    chain = [written("100")] + [written(str(n), names=str(n - 1)) for n in range(101, 120)]
    await filed(database, chain, full_letters=4)
    await filed(
        database, [written("200"), written("202", names="201"), written("201", names="200")]
    )
    await filed(database, [written("300"), written("301", names="300"), written("302", "stranger")])
    [head] = [
        each
        for each in await database.dialogs.find({"part_of": None}).to_list(None)
        if any(message["body"] == "300" for message in each["messages"])
    ]
    key = next(each["key"] for each in head["messages"] if each["body"] == "301")
    await corrections(database).split(head["_id"], frozenset({key}), "anna")


def contents(uri: str, name: str) -> dict[str, list[Document]]:
    """Return every document of a database; of blobs' chunks what does not say which copy it is."""
    with MongoClient[Document](uri, tz_aware=True) as client:
        database = client[name]
        found = {
            each: list(database[each].find({} if each != "meta" else OWN, sort=[("_id", 1)]))
            for each in database.list_collection_names()
        }
    found["blobs.chunks"] = sorted(
        ({**each, "_id": None} for each in found.get("blobs.chunks", [])),
        key=lambda each: (each["files_id"], each["n"]),
    )
    return {each: documents for each, documents in found.items() if documents}


def without_watermarks(found: dict[str, list[Document]]) -> dict[str, list[Document]]:
    """Leave out up to when all was read back, which goes on."""
    return found | {"meta": [each for each in found.get("meta", []) if "until" not in each]}


async def test_what_is_restored_is_what_was_backed_up(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    await a_full_database(database)
    status, output, _ = run("backup", str(tmp_path))
    assert (status, "1 blobs" in output) == (0, True)
    status, output, complaints = run("restore", str(tmp_path), MONGO_DATABASE=database_name)
    assert (status, output) == (0, ""), complaints
    assert "0 wrong of the bytes" in complaints
    there, here = contents(mongo_uri, database.name), contents(mongo_uri, database_name)
    assert without_watermarks(here) == without_watermarks(there)
    assert {
        "letters",
        "dialogs",
        "redirects",
        "facts",
        "blobs.files",
        "blobs.chunks",
    } <= here.keys()
    assert run("restore", str(tmp_path), MONGO_DATABASE=database_name)[0] == 78
    assert without_watermarks(contents(mongo_uri, database_name)) == without_watermarks(there)


async def test_hooks_are_restored_and_off(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    await a_letter_with_bytes(database)
    words = ("hook", "add", "https://example.ru/hook", "--mailbox", "*", "--name")
    assert run(*words, "crm")[0] == run(*words, "erp")[0] == 0
    assert run("hook", "disable", "erp")[0] == 0
    assert run("backup", str(tmp_path))[0] == 0
    status, _, complaints = run("restore", str(tmp_path), MONGO_DATABASE=database_name)
    assert (status, "1 hooks are off" in complaints) == (0, True)
    here = {each["name"]: each for each in contents(mongo_uri, database_name)["hooks"]}
    assert {name: (each["state"], each["why"]) for name, each in here.items()} == {
        "crm": ("off", "restored from a backup"),
        "erp": ("off", ""),
    }


async def test_any_byte_that_changed_is_found(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    await a_full_database(database)
    run("backup", str(tmp_path))
    [backup] = complete(tmp_path)
    files = [each for each in sorted(backup.rglob("*")) if each.is_file()]
    assert len(files) > 6
    for path in files:
        content = path.read_bytes()
        for broken in (content[:-1], content[: len(content) // 2], _flipped(content)):
            path.write_bytes(broken)
            status, _, complaints = run("restore", str(backup), MONGO_DATABASE=database_name)
            assert status == 1, path
            assert path.name in complaints
        path.unlink()
        status, _, complaints = run("restore", str(backup), MONGO_DATABASE=database_name)
        assert (status, path.name in complaints) == (1, True)
        path.write_bytes(content)
    assert contents(mongo_uri, database_name) == {}
    assert run("restore", str(backup), "--check")[0] == 0


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x55]) + content[middle + 1 :]


async def test_what_was_acknowledged_before_is_in_a_backup_made_under_load(
    database: Database, run: Run, tmp_path: Path, database_name: str, mongo_uri: str
) -> None:
    files = filing(database)
    before = [written(str(n), names=str(n - 1)) for n in range(1000, 1040)]
    for letter in before:
        await file(files, letter)
    stop = asyncio.Event()

    async def go_on() -> None:
        # The third of each three unites the other two's dialogs, which is when letters move.
        for number in range(2000, 9000, 10):
            await file(files, written(str(number)))
            await file(files, written(str(number + 2), names=str(number + 1)))
            await file(files, written(str(number + 1), names=str(number)))
            if stop.is_set():
                return

    load = asyncio.create_task(go_on())
    for _ in range(3):
        await asyncio.sleep(0.2)
        assert (await asyncio.to_thread(run, "backup", str(tmp_path)))[0] == 0
    stop.set()
    await load
    for number, backup in enumerate(complete(tmp_path)):
        name = f"{database_name}_{number}"
        try:
            status, _, complaints = run("restore", str(backup), MONGO_DATABASE=name)
            assert status == 0, complaints
            restored = contents(mongo_uri, name)
            kept = {each["key"] for each in restored["letters"]}
            assert {each.key for each in before} <= kept
            shown = [m["key"] for d in restored["dialogs"] for m in d["messages"]]
            assert sorted(shown) == sorted(kept)
        finally:
            with MongoClient[Document](mongo_uri) as client:
                client.drop_database(name)


async def test_a_restore_that_was_cut_short_is_begun_again(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    await a_full_database(database)
    run("backup", str(tmp_path / "backups"))
    points = tmp_path / "faults"
    points.mkdir()
    env = servers.environment(
        MONGO_URI=mongo_uri, MONGO_DATABASE=database_name, FAULTS_DIR=str(points)
    )
    command = [sys.executable, "-m", "receiver", "restore", str(tmp_path / "backups")]
    for point in ("insert", "insert.done", "update", "update.done", "find.done"):
        faults.plan(points, f"mongo.{point}", "kill")
        done = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True)
        assert done.returncode == -9, point
        faults.forget(points)
    status, _, complaints = run("restore", str(tmp_path / "backups"), MONGO_DATABASE=database_name)
    assert status == 0, complaints
    there, here = contents(mongo_uri, database.name), contents(mongo_uri, database_name)
    assert without_watermarks(here) == without_watermarks(there)


async def test_nobody_files_while_a_backup_is_restored(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    await a_letter_with_bytes(database)
    run("backup", str(tmp_path))
    await database.client[database_name].meta.insert_one(
        {"_id": "restore", "backup": complete(tmp_path)[0].name, "loaded": False}
    )
    status, _, complaints = run("backup", str(tmp_path), MONGO_DATABASE=database_name)
    assert (status, "not finished" in complaints) == (78, True)
    assert run("restore", str(tmp_path), MONGO_DATABASE=database_name)[0] == 0


async def test_the_metrics_say_when_the_last_backup_was(
    receiver: servers.Service, database: Database, run: Run, tmp_path: Path
) -> None:
    begun = time.time()
    run("backup", str(tmp_path))
    url = f"http://127.0.0.1:{receiver.env['RECEIVER_PORT']}/metrics"

    def told() -> bool:
        with urlopen(url) as answer:
            text = answer.read().decode()
        found = re.search(r"^receiver_last_backup_timestamp_seconds (\S+)$", text, re.MULTILINE)
        return found is not None and float(found[1]) >= begun - 1

    await asyncio.to_thread(servers.wait_until, told)


async def test_a_second_backup_shares_the_blobs_of_the_first(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    for _ in range(3):
        assert run("backup", str(tmp_path), "--keep", "2")[0] == 0
    backups = complete(tmp_path)
    assert len(backups) == 2
    blobs = [next(each.glob("blobs/*/*")) for each in backups]
    assert blobs[0].samefile(blobs[1])
    assert blobs[0].read_bytes() == LARGE
    assert run("restore", str(backups[1]), "--check")[0] == 0
    assert blobs[0].stat().st_mode & 0o077 == 0


async def test_a_backup_ahead_of_the_clock_is_told_and_neither_drops_another_nor_is_read(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    assert run("backup", str(tmp_path), "--keep", "1")[0] == 0
    [real] = complete(tmp_path)
    ahead = [tmp_path / f"{year}-01-01T000000000000Z" for year in (2231, 2232)]
    for each in ahead:
        shutil.copytree(real, each)
    status, output, complaints = run("backup", str(tmp_path), "--keep", "1")
    assert status == 0
    made = Path(output.partition(": ")[0])
    assert complete(tmp_path) == [*ahead, made]
    assert all(f"{each}: its name is ahead of the clock" in complaints for each in ahead)
    blobs = [next(each.glob("blobs/*/*")) for each in (made, ahead[1])]
    assert not blobs[0].samefile(blobs[1])
    _, _, complaints = run("restore", str(tmp_path), "--check")
    assert f"{made}: every byte" in complaints
    assert f"{ahead[1]}: its name is ahead of the clock; it is passed over" in complaints
    shutil.rmtree(made)
    _, _, complaints = run("restore", str(tmp_path), "--check")
    assert f"{ahead[1]}: its name is ahead of the clock; it is read" in complaints
    assert f"{ahead[1]}: every byte" in complaints


def test_by_a_timetable_a_backup_of_a_time_to_come_is_not_waited_for() -> None:
    now = datetime.now(UTC)
    for when, most in ((None, 0), (now + timedelta(days=2000), 0), (now, 24 * 3600)):
        assert most * 0.9 <= _seconds_left(when, 24) <= most


async def test_one_is_made_by_hand_while_a_timetable_waits(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str
) -> None:
    """Compose's service waits a day between backups; it holds the lock only while it writes one."""
    await a_letter_with_bytes(database)
    env = os.environ | {"MONGO_URI": mongo_uri, "MONGO_DATABASE": database.name}
    words = [sys.executable, "-m", "receiver", "backup", str(tmp_path), "--every", "24"]
    await database.meta.delete_one({"_id": "backup"})
    with subprocess.Popen(words, cwd=servers.ROOT, env=env) as process:  # noqa: ASYNC220 - it stays
        try:
            servers.wait_until(lambda: len(complete(tmp_path)) == 1)
            with (tmp_path / ".lock").open("wb") as lock:
                servers.wait_until(lambda: taken(lock.fileno()))  # it has been let go
                status, _, complaints = run("backup", str(tmp_path))
                assert (status, "another backup is being written" in complaints) == (78, True)
            assert run("backup", str(tmp_path))[0] == 0
            assert process.poll() is None
        finally:
            process.kill()
    assert len(complete(tmp_path)) == 2


async def test_what_was_cut_short_is_no_backup_and_goes(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    run("backup", str(tmp_path))
    [whole] = complete(tmp_path)
    shutil.copytree(whole, tmp_path / f".{whole.name}")
    (tmp_path / f".{whole.name}" / "manifest.json").unlink()
    assert run("restore", str(tmp_path / f".{whole.name}"), "--check")[0] == 1
    run("backup", str(tmp_path))
    assert not (tmp_path / f".{whole.name}").exists()
    assert len(complete(tmp_path)) == 2


async def test_a_full_disk_is_told_and_made_free_again(
    database: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_letter_with_bytes(database)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as faulty:
        faulty.setattr(os, "fsync", full)
        status, _, complaints = run("backup", str(tmp_path))
    assert (status, f"{tmp_path}: No space left on device" in complaints) == (1, True)
    assert not complete(tmp_path)
    assert not [*tmp_path.glob(".2*")]  # noqa: ASYNC240
    assert run("backup", str(tmp_path))[0] == 0


async def test_what_the_database_itself_lacks_is_said(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    await a_letter_with_bytes(database)
    await database["blobs.chunks"].delete_one({"n": 1})
    status, _, complaints = run("backup", str(tmp_path))
    assert (status, "not whole in the database itself" in complaints) == (1, True)
    [backup] = complete(tmp_path)
    assert len(json.loads((backup / "manifest.json").read_text())["damaged"]) == 1
    assert run("restore", str(backup), "--check")[0] == 0
    # All that was there is restored, and fsck says what is not.
    status, output, _ = run("restore", str(backup), MONGO_DATABASE=database_name)
    assert (status, "is not there" in output) == (1, True)


async def test_another_policy_is_told_before_anything_is_loaded(
    database: Database, run: Run, tmp_path: Path, database_name: str, mongo_uri: str
) -> None:
    await filed(database, [written("1")])
    run("backup", str(tmp_path))
    status, _, complaints = run(
        "restore", str(tmp_path), MONGO_DATABASE=database_name, JOIN_POLICY="anyone"
    )
    assert (status, "JOIN_POLICY=participants" in complaints) == (78, True)
    assert contents(mongo_uri, database_name).keys() <= {"meta"}


KEY = {"BACKUP_KEY": "correct horse battery staple"}


async def test_a_backup_of_a_later_version_is_told_before_anything_is_loaded(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    await a_letter_with_bytes(database)
    await database.meta.update_one({"_id": "schema"}, {"$set": {"number": 99}}, upsert=True)
    made = run("backup", str(tmp_path))[0]
    await database.meta.update_one({"_id": "schema"}, {"$set": {"number": LAYOUT}})
    assert made == 0
    status, _, complaints = run("restore", str(tmp_path), MONGO_DATABASE=database_name)
    assert (status, "a later version has laid it out (schema 99" in complaints) == (78, True)
    assert contents(mongo_uri, database_name) == {}


@pytest.mark.usefixtures("quick_keys")
async def test_an_encrypted_backup_is_read_with_its_key_alone(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    await a_full_database(database)
    for _ in range(2):
        assert run("backup", str(tmp_path), **KEY)[0] == 0
    first, second = complete(tmp_path)
    for path in (each for each in second.rglob("*") if each.is_file()):
        assert path.name.endswith((".sealed", ".sealed.sha256")), path
        assert hashlib.sha256(LARGE).hexdigest() not in str(path)
        assert LARGE[:40] not in path.read_bytes()
    blobs = [next(each.glob("blobs/*/*")) for each in (first, second)]
    assert blobs[0].samefile(blobs[1])
    into = {"MONGO_DATABASE": database_name}
    status, output, complaints = run("restore", str(tmp_path), **into)
    assert (status, "is encrypted: BACKUP_KEY" in complaints) == (1, True)
    other = {"BACKUP_KEY": "correct horse battery stable"}
    status, output, complaints = run("restore", str(tmp_path), **into, **other)
    assert (status, "another BACKUP_KEY" in complaints) == (1, True)
    assert contents(mongo_uri, database_name) == {}
    (tmp_path / "key").write_text(f"{KEY['BACKUP_KEY']}\n")
    of_file = {"BACKUP_KEY_FILE": str(tmp_path / "key")}
    status, output, complaints = run("restore", str(tmp_path), **into, **of_file)
    assert (status, output) == (0, ""), complaints
    there, here = contents(mongo_uri, database.name), contents(mongo_uri, database_name)
    assert without_watermarks(here) == without_watermarks(there)
    # With another key, or none, the next one is complete by itself.
    assert run("backup", str(tmp_path), **other)[0] == run("backup", str(tmp_path))[0] == 0
    for backup, key in zip(complete(tmp_path)[1:], (KEY, other, {}), strict=True):
        assert run("restore", str(backup), "--check", **key)[0] == 0
    assert run("backup", str(tmp_path), BACKUP_KEY="too short")[0] == 78


@pytest.mark.usefixtures("quick_keys")
async def test_any_byte_of_an_encrypted_backup_that_changed_is_found(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_full_database(database)
    run("backup", str(tmp_path), **KEY)
    [directory] = complete(tmp_path)
    seal = Seal(KEY["BACKUP_KEY"])
    assert check(found_in(directory, seal)).blobs == 1
    files = [each for each in sorted(directory.rglob("*")) if each.is_file()]
    assert len(files) > 6
    for path in files:
        content = path.read_bytes()
        for broken in (content[:-1], content[: len(content) // 2], b"", _flipped(content), None):
            path.unlink() if broken is None else path.write_bytes(broken)
            with pytest.raises(Damaged, match=re.escape(directory.name)):
                check(found_in(directory, seal))
        path.write_bytes(content)
    # Nor can a file stand for another.
    one, other = sorted(directory.glob("[dl]*.bson.gz.sealed"))[:2]
    one.write_bytes(other.read_bytes())
    with pytest.raises(Damaged, match=re.escape(one.name)):
        check(found_in(directory, seal))


def test_a_backup_is_read_by_what_reads_bson(tmp_path: Path) -> None:
    """Its files are BSON documents one after another, as every reader of BSON expects."""

    written_documents = [{"_id": n, "text": "я" * n} for n in range(5)]
    with gzip.open(Backup(tmp_path).documents_path("letters"), "wb") as file:
        for each in written_documents:
            file.write(encode(each))
    expected = [encode(each) for each in written_documents]
    assert list(Backup(tmp_path).documents_in("letters")) == expected
    with gzip.open(Backup(tmp_path).documents_path("letters"), "rb") as file:
        assert list(decode_file_iter(BytesIO(file.read()))) == written_documents
