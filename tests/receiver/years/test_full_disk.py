"""A disk that is full at any byte: reported in words, and no part is taken for the whole.

The system itself refuses to let a file grow beyond a limit (RLIMIT_FSIZE), as a full disk does.
"""

import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from yarl import URL

from receiver.backup.directory import complete
from receiver.erasing import record
from receiver.store.mongo import Database, Document
from tests.receiver.erasing.people import IVAN, everything, filled
from tests.receiver.running import Run
from tests.receiver.years import mongo_proxy

__all__ = ["filled"]

ROOMS = [0, 1, *(4**power for power in range(3, 11))]
WHY = "File too large"


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes within the block."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_backup_is_whole_or_none(filled: Database, run: Run, tmp_path: Path) -> None:
    statuses = []
    for room in ROOMS:
        place = tmp_path / str(room)
        with room_for(room):
            status, _, complaints = run("backup", str(place))
        statuses.append(status)
        if status:
            assert (status, WHY in complaints) == (1, True), complaints
            assert "Errno" not in complaints
            assert [each.name for each in place.iterdir() if each.is_dir()] == []
        else:
            assert run("restore", str(complete(place)[0]), "--check")[0] == 0
    assert statuses == sorted(statuses, reverse=True)
    assert {*statuses} == {0, 1}


async def test_an_export_is_whole_or_none(filled: Database, run: Run, tmp_path: Path) -> None:
    statuses = []
    for room in ROOMS:
        path = tmp_path / f"{room}.zip"
        with room_for(room):
            status, _, complaints = run("export", IVAN, str(path))
        statuses.append(status)
        if status:
            assert (status, WHY in complaints) == (78, True), complaints
        else:
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
    assert statuses == sorted(statuses, reverse=True)
    assert len([*tmp_path.iterdir()]) == statuses.count(0) > 0  # noqa: ASYNC240


@pytest.mark.parametrize("room", [0, 1, 200])
async def test_without_room_for_what_a_restore_must_know_nothing_is_erased(
    filled: Database, run: Run, tmp_path: Path, room: int
) -> None:
    before = await everything(filled)
    with room_for(room):
        status, _, complaints = run(
            "erase", IVAN, "--reason", "asked", "--yes", DATA_DIR=str(tmp_path)
        )
    assert (status, "nothing was erased" in complaints, WHY in complaints) == (78, True, True)
    assert {*before.split(b"\n")} <= {*(await everything(filled)).split(b"\n")}
    assert [*(tmp_path / record.DIRECTORY).iterdir()] == []


async def test_without_room_for_the_act_it_is_said_and_the_next_one_tells_of_both(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    words = ("erase", IVAN, "--reason", "asked " * 999, "--yes")
    with room_for(5000):
        status, _, complaints = run(*words, DATA_DIR=str(tmp_path))
    assert (status, "it was erased, but the act" in complaints, WHY in complaints) == (
        *(78, True, True),
    )
    [first] = (tmp_path / record.DIRECTORY).iterdir()
    assert [each.name for each in first.iterdir()] == [record.TOMBSTONES]
    status, output, complaints = run(*words, DATA_DIR=str(tmp_path))
    assert status == 0, complaints
    act = (Path(output.splitlines()[-1]) / record.ACT).read_text("utf-8")
    assert "прервано и закончено теперь" in act


NO_SPACE = {"code": 14031, "errmsg": "No space left on device"}


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        ("insert", {"ok": 1, "n": 0, "writeErrors": [NO_SPACE | {"index": 0}]}),
        ("insert", {"ok": 0} | NO_SPACE),
        ("update", {"ok": 0} | NO_SPACE),
    ],
)
async def test_where_the_servers_disk_is_full_a_restore_says_what_to_do_and_goes_on(
    filled: Database, run: Run, tmp_path: Path, mongo_uri: str, command: str, refused: Document
) -> None:
    place = tmp_path / "backups"
    assert run("backup", str(place))[0] == 0
    into = {"MONGO_DATABASE": f"{filled.name}_restored", "DATA_DIR": str(tmp_path)}
    words = ("restore", str(complete(place)[0]))

    def refuse(answer: Document) -> None:
        answer.clear()
        answer.update(refused)

    try:
        with mongo_proxy.before(URL(mongo_uri).port or 27017) as proxy:
            proxy.changes[command] = refuse
            uri = f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true"
            status, _, said = run(*words, MONGO_URI=uri, **into)
        assert status == 75, said
        assert "make room there" in said
        assert "the same command goes on from there" in said
        assert "Traceback" not in said
        assert run(*words, **into)[:2] == (0, "")
    finally:
        await filled.client.drop_database(into["MONGO_DATABASE"])
