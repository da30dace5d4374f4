"""The database of ``make run`` ends in a line of ours, whatever its own program prints."""

import asyncio
import os
import shutil
import socket
from pathlib import Path

import pytest

from contract.process import EXIT_CONFIG
from local.embedded import Directory, EmbeddedDatabase
from local.supervisor import Part, supervise
from tests.servers import wait_until

TRACEBACK = """\
2026-11-27 11:57:51,039 ERROR secantus.commands: internal error handling command find
Traceback (most recent call last):
  File "secantus/storage.py", line 4425, in _cursor
    c.reset()

KeyError: 'x'
2026-11-27 11:57:52,039 WARNING secantus.commands: slow
"""
PANIC = """\
[1795780670:538104][27490:0x7fa8], log-server: [WT_VERB_DEFAULT][ERROR]: __directory_list: No space
[1795780670:538243][27490:0x7fa8], log-server: [WT_VERB_DEFAULT][ERROR]: the process must: WT_PANIC
Traceback (most recent call last):
  File "secantus/storage.py", line 4425, in _cursor
_wiredtiger.WiredTigerError: WT_PANIC: WiredTiger library panic
"""


def heard(database: EmbeddedDatabase, text: str) -> list[str]:
    return [told for line in text.splitlines() if (told := database.heard(line)) is not None]


def test_of_a_traceback_the_last_line_is_told(tmp_path: Path) -> None:
    database = EmbeddedDatabase(tmp_path)
    first, *_, error, last = TRACEBACK.splitlines()
    assert heard(database, TRACEBACK) == [first, error, last]
    assert database.trouble() == ""


def test_a_storage_that_gives_up_ends_everything_and_says_why(tmp_path: Path) -> None:
    database = EmbeddedDatabase(tmp_path)
    assert heard(database, PANIC) == []
    assert f"{tmp_path / 'mongo'} any more: __directory_list: No space" in database.trouble()
    assert database.status == 1


def test_a_directory_that_is_removed_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    database, directory = EmbeddedDatabase(data), Directory(data)

    async def removed() -> int:
        troubles = [directory.gone, database.trouble]
        running = asyncio.create_task(supervise([database.part()], os.environ, troubles))
        await asyncio.to_thread(wait_until, database.listens)
        shutil.rmtree(data)
        return await running

    assert asyncio.run(removed()) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert f"run | DATA_DIR: {data} was removed or moved while make run works on it" in line


def test_a_port_that_is_taken_before_the_database_has_it_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = EmbeddedDatabase(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        database.port = taken.getsockname()[1]
        others = Part("receiver", ["echo", "with another's data"], database.listens)
        asyncio.run(supervise([database.part(), others], os.environ, [database.trouble]))
    [line] = capsys.readouterr().out.splitlines()  # so nobody was started beside it
    assert f"run | 127.0.0.1:{database.port} was taken just now" in line
    assert database.status == EXIT_CONFIG
