"""How commands take the address of a person: as pasted, one only, and in which mailboxes."""

import zipfile
from pathlib import Path

import pytest

from receiver.erasing import record
from receiver.store.mongo import Database
from tests.receiver.erasing.people import IVAN, come, email, filled
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX

__all__ = ["filled"]

PASTED = [
    f"{IVAN};a@a.ru",
    f"a@a.ru <{IVAN}>",
    f"x {IVAN}",
    "ivan@ example.ru",
    "Ivan <>",
    "ivan",
]


def is_empty(directory: Path) -> bool:
    return not [*directory.iterdir()]


@pytest.mark.parametrize("pasted", PASTED)
async def test_what_is_not_one_address_is_refused(
    database: Database, run: Run, tmp_path: Path, pasted: str
) -> None:
    """Otherwise it would say that nothing is stored, and write an act about nothing."""
    await come(database, email(1, IVAN))
    for words in (
        ("person", pasted),
        ("export", pasted, str(tmp_path / "x.zip")),
        ("erase", pasted, "--reason", "asked", "--yes"),
    ):
        status, _, complaints = run(*words, DATA_DIR=str(tmp_path))
        assert (status, "is not one address" in complaints) == (78, True), words
    assert is_empty(tmp_path)


async def test_an_address_that_is_held_is_found_however_odd(database: Database, run: Run) -> None:
    for number, odd in enumerate(['"ivan petrov"@a.ru', "ivan petrov@a.ru"]):
        await come(database, email(number, odd))
        assert run("person", odd)[0] == 0
    assert run("person", "nobody@a.ru")[0] == 1


async def test_a_letter_in_two_mailboxes_has_both_its_originals_in_the_archive(
    database: Database, run: Run, tmp_path: Path
) -> None:
    for mailbox in ("support@example.ru", "sales@example.ru"):
        await come(database, email(1, IVAN, f"{mailbox},other@example.ru", mailbox=mailbox))
    path = tmp_path / "x.zip"
    assert run("export", IVAN, str(path))[0] == 0
    names = [each for each in zipfile.ZipFile(path).namelist() if each.startswith("letters/")]
    assert len({*names}) == len(names) == 2


async def test_a_mailbox_that_never_had_letters_is_told_with_the_nearest(
    database: Database, run: Run, tmp_path: Path
) -> None:
    await come(database, email(1, IVAN))
    for words in (("person", IVAN), ("erase", IVAN, "--reason", "asked", "--yes")):
        typo = (*words, "--mailbox", f"x{MAILBOX}")
        status, _, complaints = run(*typo, DATA_DIR=str(tmp_path))
        assert (status, f"the nearest is {MAILBOX}" in complaints) == (78, True), complaints
    assert is_empty(tmp_path)
    assert run("person", IVAN, "--mailbox", MAILBOX)[0] == 0


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
