"""A restore that cannot know who was erased since loads nothing, and says what to do."""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from receiver.backup.directory import complete
from receiver.erasing.record import DIRECTORY, TOMBSTONES
from receiver.store.mongo import Database
from tests.receiver.erasing.people import (
    OLGA,
    TELLS,
    after_six_days,
    erase,
    everything,
    filled,
)
from tests.receiver.running import Run
from tests.unreadable import unreadable

__all__ = ["filled"]


@pytest.fixture
async def restored(database_name: str, database: Database) -> AsyncIterator[Database]:
    """An empty database, which goes afterwards."""
    yield database.client[database_name]
    await database.client.drop_database(database_name)


@pytest.fixture
async def older(filled: Database, run: Run, tmp_path: Path) -> Path:
    """A backup from before he was erased."""
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    erase(run, tmp_path)
    return complete(tmp_path / "backups")[0]


class Restoring:
    """Restores a backup, with the files of erasures of ``data``."""

    def __init__(self, run: Run, restored: Database, data: Path) -> None:
        self._run, self._restored, self._data = run, restored, data

    async def is_refused(self, backup: Path, *words: str, says: str) -> None:
        """It ends with 78, and has loaded nothing."""
        into = {"MONGO_DATABASE": self._restored.name, "DATA_DIR": str(self._data)}
        status, output, told = self._run("restore", str(backup), *words, **into)
        assert (status, says in told) == (78, True), told + output
        assert await self._restored.list_collection_names() == []

    async def succeeds(self, backup: Path, *words: str) -> None:
        """It ends with 0, and letters are back."""
        into = {"MONGO_DATABASE": self._restored.name, "DATA_DIR": str(self._data)}
        status, _, told = self._run("restore", str(backup), *words, **into)
        assert status == 0, told
        assert await self._restored.letters.count_documents({}) > 0

    async def succeeds_without_him(self, backup: Path, *words: str) -> None:
        """It ends with 0, and he is not back."""
        await self.succeeds(backup, *words)
        await after_six_days(self._restored)
        assert TELLS.findall(await everything(self._restored)) == []


@pytest.fixture
def restore(run: Run, restored: Database, tmp_path: Path) -> Restoring:
    return Restoring(run, restored, tmp_path)


@pytest.mark.parametrize("content", [b"", b'{"key": "ab', b"{}", b"[]", b"\xff\x00"])
async def test_a_torn_record(
    older: Path, restore: Restoring, tmp_path: Path, content: bytes
) -> None:
    [path] = (tmp_path / DIRECTORY).glob(f"*/{TOMBSTONES}")
    whole = path.read_bytes()
    path.write_bytes(content)
    await restore.is_refused(older, says=f"{path}: it is torn or damaged")
    path.unlink()
    await restore.is_refused(older, says=f"{path}: No such file")
    path.write_bytes(whole)
    (tmp_path / DIRECTORY / "notes.txt").write_text("none of ours")
    await restore.succeeds_without_him(older)


@pytest.mark.parametrize("depth", [0, 1, 2])
async def test_a_record_of_another_user(
    older: Path, restore: Restoring, tmp_path: Path, depth: int
) -> None:
    [path] = (tmp_path / DIRECTORY).glob(f"*/{TOMBSTONES}")
    closed = [tmp_path / DIRECTORY, path.parent, path][depth]
    with unreadable(closed, tmp_path):
        await restore.is_refused(older, says="Permission denied")
    await restore.succeeds_without_him(older)


async def test_a_mistyped_directory(older: Path, restore: Restoring, tmp_path: Path) -> None:
    [one] = (tmp_path / DIRECTORY).iterdir()
    (tmp_path / "empty").mkdir()
    for wrong in (tmp_path / "nowhere", tmp_path / "empty", tmp_path, one):
        words = ("--erasures", str(wrong))
        await restore.is_refused(older, *words, says=f"{wrong} has no files of erasures")
    await restore.succeeds_without_him(older, "--erasures", str(tmp_path / DIRECTORY))


async def test_files_of_an_erasure_that_the_backup_knows_are_missing(
    filled: Database, restore: Restoring, run: Run, tmp_path: Path
) -> None:
    """The record is another machine's, or an old copy: later ones may be missing, too."""
    first = erase(run, tmp_path)
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    [backup] = complete(tmp_path / "backups")
    shutil.move(tmp_path / DIRECTORY, tmp_path / "copied")
    await restore.is_refused(backup, says=f"{first.name[-24:]} of ")
    (tmp_path / DIRECTORY).mkdir()
    await restore.is_refused(backup, says="say --erasures-lost")
    await restore.succeeds_without_him(backup, "--erasures-lost")


async def test_files_of_an_erasure_that_a_later_backup_knows_are_missing(
    older: Path, restore: Restoring, run: Run, tmp_path: Path
) -> None:
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    shutil.move(tmp_path / DIRECTORY, tmp_path / "copied")
    await restore.is_refused(older, says="say --erasures-lost")
    await restore.succeeds_without_him(older, "--erasures-lost")


async def test_a_later_backup_is_damaged(
    older: Path, restore: Restoring, run: Run, tmp_path: Path
) -> None:
    """Files of erasures tell all that it would; without them nobody knows."""
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    later = complete(tmp_path / "backups")[-1]
    (later / "manifest.json").write_text("{")
    shutil.copytree(tmp_path / DIRECTORY, tmp_path / "copied")
    shutil.rmtree(tmp_path / DIRECTORY)
    words = ("--erasures", str(tmp_path / "copied"))
    await restore.is_refused(older, says=f"{later} is later and cannot be read")
    await restore.succeeds_without_him(older, *words)


async def test_files_of_two_databases_in_one_directory(
    older: Path, restore: Restoring, tmp_path: Path
) -> None:
    """Nothing tells which are the backup's own if an earlier version has written them."""
    [path] = (tmp_path / DIRECTORY).glob(f"*/{TOMBSTONES}")
    told = json.loads(path.read_text())
    told.pop("origin")
    other = path.parent.with_name("2026-11-26T184000Z-" + "a" * 24)
    other.mkdir()
    (other / TOMBSTONES).write_text(json.dumps(told | {"key": "00" * 32, "number": "a" * 24}))
    await restore.is_refused(older, says="are of two databases")
    shutil.rmtree(other)
    await restore.succeeds_without_him(older)


@pytest.mark.parametrize("are_ours_there", [True, False])
async def test_the_first_erasure_of_another_database_is_told_from_ours(
    older: Path, restore: Restoring, restored: Database, tmp_path: Path, are_ours_there: bool
) -> None:
    """Neither the backup nor a later one has a key to compare; the databases have names."""
    [path] = (tmp_path / DIRECTORY).glob(f"*/{TOMBSTONES}")
    told = json.loads(path.read_text())
    other = path.parent.with_name("2026-11-26T184000Z-" + "a" * 24)
    other.mkdir()
    others = told | {"key": "00" * 32, "number": "a" * 24, "origin": "0" * 16}
    (other / TOMBSTONES).write_text(json.dumps(others))
    if are_ours_there:
        await restore.succeeds_without_him(older)
    else:
        path.write_text(json.dumps(told | {"key": "00" * 32, "origin": "0" * 16}))
        await restore.succeeds(older)
        assert await restored.tombstones.count_documents({}) == 0


async def test_files_of_another_database_are_passed_over(
    filled: Database, restore: Restoring, run: Run, tmp_path: Path
) -> None:
    assert run("erase", OLGA, "--reason", "x", "--yes", DATA_DIR=str(tmp_path))[0] == 0
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    erase(run, tmp_path)
    [path, _] = (tmp_path / DIRECTORY).glob(f"*/{TOMBSTONES}")
    told = json.loads(path.read_text())
    other = path.parent.with_name("2026-11-26T184000Z-" + "a" * 24)
    other.mkdir()
    (other / TOMBSTONES).write_text(json.dumps(told | {"key": "00" * 32, "number": "a" * 24}))
    await restore.succeeds_without_him(complete(tmp_path / "backups")[0])


async def test_nobody_was_ever_erased(
    filled: Database, restore: Restoring, run: Run, tmp_path: Path
) -> None:
    """A missing directory is normal then: no word is needed."""
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    await restore.succeeds(complete(tmp_path / "backups")[0])
