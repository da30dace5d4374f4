"""A backup of an empty, or of another, database displaces none of the letters of this one."""

import json
from datetime import UTC, datetime
from pathlib import Path

from receiver.backup.choosing import newest_of
from receiver.backup.directory import complete
from receiver.hooks.alarms import Alarms
from receiver.store import standing
from receiver.store.mongo import Database
from tests.receiver.running import Run
from tests.receiver.written import a_letter_with_bytes, filed, written


async def test_a_backup_of_another_database_displaces_none(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    await a_letter_with_bytes(database)
    for _ in range(2):
        assert run("backup", str(tmp_path), "--keep", "2")[0] == 0
    good = complete(tmp_path)
    status, output, told = run("backup", str(tmp_path), "--keep", "1", MONGO_DATABASE=database_name)
    assert (status, "0 letters" in output, "dropped" in output) == (0, True, False)
    assert f"the database {database_name} is empty" in told
    assert [each for each in complete(tmp_path) if each in good] == good
    status, _, told = run("restore", str(tmp_path), "--check")
    assert (status, str(good[-1]) in told, "name the one" in told) == (78, True, True)
    assert run("restore", str(good[-1]), "--check")[0] == 0
    assert run("backup", str(tmp_path), "--keep", "1")[0] == 0
    assert not {*good} & {*complete(tmp_path)}
    status, _, told = run("restore", str(tmp_path), "--check")
    assert (status, f"of the database {database.name}, 1 letters" in told) == (0, True)


async def test_a_backup_of_the_database_once_emptied_displaces_none_and_doctor_tells(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    await a_letter_with_bytes(database.client[database_name])
    assert run("backup", str(tmp_path), "--keep", "2", MONGO_DATABASE=database_name)[0] == 0
    [good] = complete(tmp_path)
    await database.client.drop_database(database_name)
    for _ in range(3):
        status, output, told = run(
            "backup", str(tmp_path), "--keep", "1", MONGO_DATABASE=database_name
        )
        assert (status, "0 letters" in output, "is empty: no older" in told) == (0, True, True)
    first, *empty = complete(tmp_path)
    assert (first, len(empty)) == (good, 1)
    assert run("restore", str(tmp_path), "--check")[0] == 78
    _, told, _ = run("doctor", MONGO_DATABASE=database_name)
    assert "the last one has 0 letters, one before had 1" in told


async def test_a_few_letters_on_a_new_volume_displace_none_and_everybody_tells(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    settings = {"MONGO_DATABASE": database_name}
    lost = database.client[database_name]
    await filed(lost, [written(str(number)) for number in range(5)])
    for _ in range(2):
        assert run("backup", str(tmp_path), "--keep", "2", **settings)[0] == 0
    good = complete(tmp_path)
    await database.client.drop_database(database_name)
    await filed(lost, [written(str(number)) for number in range(4)])  # not even far fewer
    for _ in range(3):
        status, _, told = run("backup", str(tmp_path), "--keep", "1", **settings)
        assert (status, f"2 older ones stay, up to {good[-1]}" in told) == (0, True), told
    assert [each for each in complete(tmp_path) if each in good] == good
    assert len(complete(tmp_path)) == 3
    _, told, _ = run("doctor", **settings)
    assert "older ones that stay beside it: 2" in told
    await Alarms(lost).look([], datetime.now(UTC))
    assert [each["name"] for each in await Alarms(lost).stand()] == ["the last backup is doubtful"]


async def test_one_with_far_fewer_letters_displaces_none_with_more(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await filed(database, [written(str(number)) for number in range(5)])
    for _ in range(2):
        assert run("backup", str(tmp_path), "--keep", "2")[0] == 0
    good = complete(tmp_path)
    first, *_ = await database.letters.find().to_list(None)
    await database.letters.delete_many({"_id": {"$ne": first["_id"]}})
    for _ in range(3):
        told = run("backup", str(tmp_path), "--keep", "1")[2]
        assert "a backup before had 5 letters" in told
    assert [each for each in complete(tmp_path) if each in good] == good
    assert len(complete(tmp_path)) == 3
    status, _, told = run("restore", str(tmp_path), "--check")
    assert (status, f"has 1 letters, and {good[-1]} has 5: name the one" in told) == (78, True)


async def test_a_restored_database_goes_on_displacing_its_backups(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    settings = {"MONGO_DATABASE": database_name, "DATA_DIR": str(tmp_path / "data")}
    place = tmp_path / "backups"
    await filed(database.client[database_name], [written("1")])
    assert run("backup", str(place), **settings)[0] == 0
    [good] = complete(place)
    await database.client.drop_database(database_name)
    assert run("restore", str(place), **settings)[0] == 0
    status, _, told = run("backup", str(place), "--keep", "1", **settings)
    assert (status, "older ones stay" in told, good in complete(place)) == (0, False, False)


async def test_every_goes_by_the_backups_of_its_directory_and_database(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    assert run("backup", str(elsewhere))[0] == 0
    assert newest_of(here, database.name, None) is None
    assert run("backup", str(here), MONGO_DATABASE=database_name)[0] == 0
    assert newest_of(here, database.name, None) is None
    assert run("backup", str(here))[0] == 0
    [_, newest] = complete(here)
    ended = json.loads((newest / "manifest.json").read_text())["ended"]
    assert newest_of(here, database.name, None) == datetime.fromisoformat(ended)
    newest.rename(here / "2999-01-01T000000000000Z")
    assert newest_of(here, database.name, None) is None


async def test_one_that_cannot_be_deleted_is_told_and_the_new_one_counts(
    database: Database, run: Run, tmp_path: Path
) -> None:
    """It may be another user's, or, as here, a link to another disk."""
    place = tmp_path / "backups"
    await filed(database, [written("1")])
    assert run("backup", str(place))[0] == 0
    [first] = complete(place)
    first.rename(tmp_path / "elsewhere")
    first.symlink_to(tmp_path / "elsewhere")
    for _ in range(2):
        status, output, told = run("backup", str(place), "--keep", "1")
        assert (status, "1 letters" in output, f"{first} cannot be deleted" in told) == (
            1,
            True,
            True,
        )
    assert await standing.backed_up(database) is not None
    assert len(complete(place)) == 2


async def test_an_empty_directory_although_one_was_made_may_be_a_disk_that_is_not_mounted(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await a_letter_with_bytes(database)
    place = tmp_path / "backups"
    for _ in range(2):
        status, _, told = run("backup", str(place))
        assert (status, "is its disk mounted" in told) == (0, False)
    place.rename(tmp_path / "unmounted")
    status, _, told = run("backup", str(place))
    assert (status, f"{place} had no backup, but one was made on" in told) == (0, True), told
