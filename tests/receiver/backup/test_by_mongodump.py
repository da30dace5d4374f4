"""``backup`` reads by mongodump if there is one: the same backup, in the same order."""

import json
from pathlib import Path

import pytest

from contract.sealing.seal import Seal
from receiver.backup.by_mongodump import mongodump_here
from receiver.backup.directory import complete
from receiver.backup.layout import Backup, Manifest, found_in
from receiver.store.mongo import Database
from tests.receiver.backup.dumper import BY, Dumper, dumper_in_path
from tests.receiver.running import Run
from tests.receiver.written import a_letter_with_bytes

GAVE_UP = "mongodump gave up ("


@pytest.fixture(params=BY)
def dumper(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Dumper:
    return dumper_in_path(request.param, tmp_path / "bin", monkeypatch)


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dumper:
    """The one of the tests, which can fail and says what it was asked."""
    return dumper_in_path("of the tests", tmp_path / "bin", monkeypatch)


def content(backup: Backup) -> dict[str, list[bytes]]:
    """Return the documents of each collection, in the order of their ids."""
    collections = Manifest.read(backup).collections
    return {name: sorted(backup.documents_in(name)) for name in collections if name != "meta"}


def blobs(place: Path) -> dict[str, int]:
    return {each.name: each.stat().st_ino for each in place.glob("blobs/*/*")}


async def test_it_is_the_same_backup(
    database: Database, run: Run, tmp_path: Path, dumper: Dumper
) -> None:
    """Documents, manifest, and the files of blobs, which both have in common."""
    await a_letter_with_bytes(database)
    assert run("backup", str(tmp_path / "b"), "--with", "own")[0] == 0
    status, output, complaints = run("backup", str(tmp_path / "b"))
    assert (status, complaints, "read by mongodump" in output) == (0, "", True)
    [own, by] = [found_in(each, None) for each in complete(tmp_path / "b")]
    assert content(own) == content(by)
    assert len(content(by)["letters"]) == 1
    assert blobs(own.directory) == blobs(by.directory) != {}
    assert "mongodump" in Manifest.read(by).made_by
    assert "mongodump" not in Manifest.read(own).made_by


@pytest.mark.parametrize("key", ["", "a passphrase of some length"])
async def test_it_is_restored_with_all_proofs(
    database: Database, run: Run, tmp_path: Path, dumper: Dumper, database_name: str, key: str
) -> None:
    await a_letter_with_bytes(database)
    settings = {"DATA_DIR": str(tmp_path)} | ({"BACKUP_KEY": key} if key else {})
    status, output, _ = run("backup", str(tmp_path / "b"), "--with", "mongodump", **settings)
    assert (status, "read by mongodump" in output) == (0, True)
    [directory] = complete(tmp_path / "b")
    if key:
        assert b"letters" not in b"".join(each.read_bytes() for each in directory.glob("*.sealed"))
        assert content(found_in(directory, Seal(key)))["letters"]
    into = settings | {"MONGO_DATABASE": database_name}
    status, _, told = run("restore", str(tmp_path / "b"), **into)
    assert status == 0, told
    assert await database.client[database_name].letters.count_documents({}) == 1


async def test_collections_are_read_in_the_order_of_any_backup(
    database: Database, run: Run, tmp_path: Path, ours: Dumper
) -> None:
    await a_letter_with_bytes(database)
    assert run("backup", str(tmp_path / "b"))[0] == 0
    [directory] = complete(tmp_path / "b")
    listed = json.loads((directory / "manifest.json").read_text())["collections"]
    assert ours.collections == [each for each in listed if each != "meta"]
    turn = ours.collections.index
    assert turn("dialogs") < turn("letters") < turn("blobs.files")
    assert "blobs.chunks" not in ours.collections


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("print('2026\\tFailed: no way', file=sys.stderr); sys.exit(1)", "Failed: no way"),
        ("sys.stdout.buffer.write(bytes([9, 0, 0, 0, 1]))", "it ended within a document"),
        ("sys.stdout.buffer.write(b'\\xff' * 9)", "it wrote what is no document"),
        ("import os; os.kill(os.getpid(), 9)", "exit status -9"),
        ("sys.stdout.flush(); import time; time.sleep(60)", "nothing came for 3 s"),
    ],
)
async def test_if_it_fails_the_backup_is_made_without_it(
    database: Database,
    run: Run,
    tmp_path: Path,
    ours: Dumper,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    why: str,
) -> None:
    await a_letter_with_bytes(database)
    monkeypatch.setattr("receiver.backup.by_mongodump.PATIENCE", 2.0)
    ours.fails(how)
    asked = {"MONGO_TIMEOUT": "1"} if "3 s" in why else {}
    status, output, complaints = run("backup", str(tmp_path / "b"), **asked)
    assert (status, GAVE_UP in complaints, why in complaints) == (0, True, True), complaints
    assert "read by" not in output
    assert ours.collections[-1] == "letters"  # not asked again
    [directory] = complete(tmp_path / "b")
    assert [each for each in directory.parent.iterdir() if "Z" in each.name] == [directory]
    assert len(content(found_in(directory, None))["letters"]) == 1
    assert run("restore", str(tmp_path / "b"), "--check")[0] == 0


async def test_neither_arguments_nor_words_have_the_password(
    database: Database, run: Run, tmp_path: Path, ours: Dumper, mongo_uri: str
) -> None:
    await a_letter_with_bytes(database)
    ours.fails("print(uri, file=sys.stderr); sys.exit(1)")
    place = mongo_uri.removeprefix("mongodb://").partition("/")[0]
    found = mongodump_here(f"mongodb://anna:ge%2Fheim@{place}/x?appName=a", database.name, 1)
    assert found is not None
    assert found.uri == (
        f"mongodb://anna:ge%2Fheim@{place}/?appName=a&authSource=x"
        "&readconcernlevel=majority&readpreference=primary"
    )
    assert "heim" not in repr(found)
    assert run("backup", str(tmp_path / "b"))[0] == 0
    assert "mongodb" not in (ours.directory / "calls").read_text()


async def test_what_it_says_is_repeated_without_the_password(
    database: Database, tmp_path: Path, ours: Dumper
) -> None:
    (ours.directory / "mongodump").write_text(
        "#!/bin/sh\ncase $1 in --version) echo 'mongodump version: 1';; *)\n"
        "echo 'Failed: mongodb://anna:ge%2Fheim@h and ge/heim' >&2; exit 1;; esac\n"
    )
    found = mongodump_here("mongodb://anna:ge%2Fheim@127.0.0.1:1/", database.name, 1)
    assert found is not None
    with pytest.raises(Exception, match="Failed: mongodb://anna:…@h and …"):
        [each async for each in found.every("letters")]


async def test_without_one_asking_for_it_is_refused(
    database: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    await a_letter_with_bytes(database)
    status, _, told = run("backup", str(tmp_path / "b"), "--with", "mongodump")
    assert (status, "no mongodump is here" in told) == (78, True)
    status, output, complaints = run("backup", str(tmp_path / "b"))
    assert (status, "read by" in output, complaints) == (0, False, "")
