"""Which letter opens a dialog, and gives it subject, user and date: the same in any order."""

from itertools import permutations

import pytest

from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from tests.receiver.written import dialogs, empty, file, filing, flaws_in, written

CASES: dict[str, tuple[list[Letter], str]] = {
    "one names only what nobody has seen, others name each other in a circle": (
        [
            written("1", "ivan", "olga", "2"),
            written("2", "olga", "ivan", "1 x"),
            written("3", "ivan", "olga", "x", days=1),
        ],
        "3",
    ),
    "all name each other in a circle": (
        [
            written("1", "ivan", "olga", "2"),
            written("2", "olga", "ivan", "3"),
            written("3", "ivan", "olga", "1", days=1),
        ],
        "1",
    ),
    "the first names an answer to it": (
        [
            written("1", "ivan", "olga", "2"),
            written("2", "olga", "ivan", "1"),
            written("3", "ivan", "olga", days=1),
            written("4", "ivan", "olga", "3 1", days=2),
        ],
        "3",
    ),
}


@pytest.mark.parametrize(("letters", "opening"), CASES.values(), ids=CASES.keys())
async def test_it_is_the_first_that_names_no_other(
    letters: list[Letter], opening: str, database: Database
) -> None:
    for order in permutations(letters):
        await empty(database)
        files = filing(database)
        for each in order:
            await file(files, each)
        assert len(await dialogs(database)) == 1
        assert await flaws_in(database) == []
        [dialog] = await database.dialogs.find().to_list(None)
        shown = {each["body"]: each["matched_by"] for each in dialog["messages"]}
        assert [text for text, why in shown.items() if why == "new"] == [opening]
