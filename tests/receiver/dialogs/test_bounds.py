"""Within the bounds dialogs are what the rule makes of letters, beyond them after ``project``."""

from itertools import permutations
from pathlib import Path

import pytest

from receiver.filing import look, settling, short_way
from receiver.filing.collections import Store
from receiver.projecting.mailbox import Projecting
from receiver.reply import new_words
from receiver.store.mongo import Database
from receiver.threads import projection
from tests.receiver.written import (
    MAILBOX,
    dialogs,
    empty,
    file,
    filed,
    filing,
    flaws_in,
    parted,
    written,
)

DOCS = Path(__file__).parents[3] / "docs"
BOUNDS = {
    "related dialogs": settling.FEW_DIALOGS,
    "letters under one Message-ID": new_words.MANY_CARRIERS,
    "people in a letter": look.MAX_PEOPLE,
    "prefixes of Thread-Index": projection.MAX_INDEXES,
}


@pytest.mark.parametrize("name", ["dialogs.md", "dialogs.ru.md"])
def test_the_bounds_are_documented(name: str) -> None:
    text = (DOCS / name).read_text()
    table = text[text.index("| 64 ") :].split("\n\n")[0].splitlines()
    said = [int(line.split()[1]) for line in table]
    assert said == list(BOUNDS.values())


async def test_people_whom_a_dialog_does_not_list_take_part_in_it(
    monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    for module in (projection, short_way):
        monkeypatch.setattr(module, "MAX_PEOPLE", 2)
    letters = [
        written("1", "ivan", "olga petr"),
        written("2", "olga", names="1"),
        written("3", "petr", names="2"),
    ]
    for order in permutations(letters):
        await empty(database)
        assert await filed(database, order) == parted(letters) == ["1 2 3"]
        assert await flaws_in(database) == []


async def test_project_finds_what_more_related_dialogs_hide_than_are_read(
    database: Database,
) -> None:
    """The letter comes last whose id alone tied two dialogs, beside very many."""
    letters = [
        *(written(f"s{n}", f"s{n}", names="x") for n in range(settling.FEW_DIALOGS + 2)),
        written("2", "petr", "olga", "x"),
        written("3", "olga", "petr", "x"),
        written("x", "zoja", text="4"),
    ]
    files = filing(database)
    for each in letters:
        await file(files, each)
    right = parted(letters)
    found = await dialogs(database)
    projecting = Projecting(Store.of(database), "participants")
    assert bool((await projecting.check(MAILBOX)).differ) == (found != right)
    await projecting.project(MAILBOX)
    assert await dialogs(database) == right
