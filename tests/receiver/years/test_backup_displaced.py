"""A backup of an empty, or of another, database displaces none of the letters of this one."""

from pathlib import Path

from receiver.backup.layout import complete
from receiver.store.mongo import Database
from tests.receiver.running import Run
from tests.receiver.written import a_letter_with_bytes


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
    assert "the last one has 0 letters, the one before had 1" in told
