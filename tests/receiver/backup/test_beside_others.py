"""What belongs to another user in the directory of backups is named, and stops nothing."""

import os
from pathlib import Path

import pytest

from receiver.backup.choosing import newest_of
from receiver.backup.directory import complete
from receiver.store.mongo import Database
from tests.receiver.running import Run
from tests.receiver.written import a_letter_with_bytes
from tests.unreadable import unreadable

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of another user")


@pytest.mark.parametrize("name", ["lost+found", "2026-01-01T000000000000Z", "2020"])
async def test_a_directory_is_named_and_passed_over(
    database: Database, run: Run, tmp_path: Path, database_name: str, name: str
) -> None:
    await a_letter_with_bytes(database)
    place = tmp_path / "backups"
    (place / name).mkdir(parents=True)
    (place / name / "manifest.json").write_text("{}")
    into = {"MONGO_DATABASE": database_name, "DATA_DIR": str(tmp_path)}
    with unreadable(place / name, tmp_path):
        for _ in range(2):
            status, _, told = run("backup", str(place), "--keep", "1")
            assert (status, f"{place / name} cannot be looked into" in told) == (0, True), told
        assert len(complete(place)) == 1
        assert newest_of(place, database.name, None) is not None
        status, _, told = run("restore", str(place), **into)
    assert (status, f"{place / name} cannot be" in told) == (0, name.endswith("Z")), told
    await database.client.drop_database(database_name)


async def test_a_draft_is_named_and_the_new_backup_counts(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    draft = tmp_path / "backups" / ".2026-01-01T000000000000Z"
    draft.mkdir(parents=True)
    (draft / "letters.bson.gz").write_text("")
    with unreadable(draft, tmp_path):
        status, _, told = run("backup", str(draft.parent))
    assert (status, str(draft) in told, len(complete(draft.parent))) == (1, True, 1), told


async def test_a_lock_of_another_user_stops_nothing(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    lock = tmp_path / "backups" / ".lock"
    lock.parent.mkdir()
    lock.touch(mode=0o600)
    with unreadable(lock, tmp_path):
        status, _, told = run("backup", str(lock.parent))
    assert (status, len(complete(lock.parent))) == (0, 1), told


async def test_an_encrypted_one_whose_files_are_closed_is_no_pattern(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    place, key = tmp_path / "backups", {"BACKUP_KEY": "a passphrase of many letters"}
    assert run("backup", str(place), **key)[0] == 0
    manifest = complete(place)[0] / "manifest.json.sealed"
    with unreadable(manifest, tmp_path):
        status, _, told = run("backup", str(place), **key)
    assert (status, len(complete(place))) == (0, 2), told
