"""A person's address as mail programs copy it: it is read."""

from pathlib import Path

from receiver.erasing import record
from receiver.store.mongo import Database
from tests.receiver.erasing.test_erasing import IVAN, filled
from tests.receiver.running import Run

__all__ = ["filled"]


async def test_an_address_is_read_as_it_was_copied(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    pasted = f"Ivan <{IVAN}>,"
    known = run("person", IVAN)
    assert run("person", pasted) == known
    assert known[0] == 0
    assert run("export", f"mailto:{IVAN}", str(tmp_path / "his.zip"))[0] == 0
    status, _, told = run("erase", pasted, "--reason", "x", "--yes", DATA_DIR=str(tmp_path))
    assert (status, f"python -m bridge erase {IVAN}" in told) == (0, True)
    [act] = (tmp_path / record.DIRECTORY).glob("*/akt.txt")
    written = act.read_text("utf-8")
    assert (IVAN in written, "Ivan <" in written) == (True, False)
    assert run("person", IVAN)[0] == 1


async def test_the_command_that_is_next_is_quoted_for_a_shell(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    words = ("--reason", "x", "--yes")
    status, _, told = run("erase", "o'neil&co@b.ru", *words, DATA_DIR=str(tmp_path))
    assert (status, """bridge erase 'o'"'"'neil&co@b.ru'""" in told) == (0, True)
