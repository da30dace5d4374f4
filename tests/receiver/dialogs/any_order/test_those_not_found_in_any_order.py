"""Letters that are not found under an id alone, as others knew it first: in any order.

A case is the letters and the dialogs that must come of them in each order; all cases are of few
letters, but for dialogs that share ids with more others than are read.
"""

from contextlib import suppress
from itertools import permutations
from typing import Any

import pytest

from receiver.filing.look import MAX_PEOPLE
from receiver.filing.settling import FEW_DIALOGS
from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from tests.receiver.dialogs.any_order.fragile import Crash, FragileDatabase
from tests.receiver.written import (
    dialogs,
    empty,
    file,
    filed,
    filing,
    message_id,
    parted,
    person,
    sent,
    written,
)


def bounce(number: str, of: str, *failed: str, **fields: Any) -> Letter:
    """Return a letter by which one of ours comes back that did not reach some people."""
    said = {
        "message_id": message_id(of),
        "failures": [{"recipient": person(each)} for each in failed],
    }
    return written(number, "mailer-daemon", kind="bounce", bounce=said, **fields)


CASES: dict[str, tuple[list[Letter], list[str]]] = {
    "a letter of ours that nobody has seen came back, and is answered all the same": (
        [bounce("2", "x", "petr", "ivan"), written("3", "petr", names="x")],
        ["2 3"],
    ),
    "we answer what two have written under one id, the earlier comes last": (
        [
            written("1", "ivan", text="late", days=1),
            sent("2", "", "1", days=2),
            written("1", "petr", text="early"),
        ],
        ["2 early", "late"],
    ),
    "a colleague answers what two have written under one id, the earlier comes last": (
        [
            written("1", "ivan", "olga", text="late", days=1),
            written("2", "olga", names="1", days=2),
            written("1", "petr", "olga", text="early"),
        ],
        ["2 early", "late"],
    ),
    "we answer what we write under one id twice": (
        [
            sent("1", "", text="late", days=1),
            sent("2", "", "1"),
            sent("1", "", "2", text="early"),
        ],
        ["2 early late"],
    ),
    "ours is to another one as well, who names the same": (
        [
            written("1", "anna", names="x"),
            sent("2", "anna petr", "x"),
            written("3", "petr", names="x"),
        ],
        ["1 2 3"],
    ),
    "ours is to the second of two who name the same": (
        [
            written("1", "ivan", "petr", "x"),
            written("2", "petr", "ivan", "x"),
            sent("3", "petr", "x"),
        ],
        ["1 2 3"],
    ),
    "what two had named together whom it does not know, beside a third": (
        [
            written("1", "mark", names="x"),
            written("2", "petr", "olga", "x"),
            written("3", "olga", "petr", "x"),
            written("x", "zoja", text="4"),
        ],
        ["1", "2", "3", "4"],
    ),
    "what we and one had named together, beside a third": (
        [
            written("1", "mark", names="x"),
            written("2", "petr", names="x"),
            sent("3", "petr", "x"),
            written("x", "zoja", text="4"),
        ],
        ["1", "2 3 4"],
    ),
}


@pytest.mark.parametrize(("letters", "expected"), CASES.values(), ids=CASES.keys())
async def test_letters_are_found_that_have_no_name_of_their_own_under_an_id(
    letters: list[Letter], expected: list[str], database: Database
) -> None:
    assert parted(letters) == expected
    for order in permutations(letters):
        await empty(database)
        assert await filed(database, order) == expected, [each.message["body"] for each in order]
        await empty(database)
        files = filing(database)
        await file(files, order[0])
        await file(files, *order[1:])
        assert await dialogs(database) == expected, [each.message["body"] for each in order]


MET = written("1", "olga", "ivan", "x")
IN_BETWEEN = [written("2", "ivan"), written("3", "ivan", names="2 x")]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ([MET, *IN_BETWEEN], ["1 2 3 4"]),
        ([*IN_BETWEEN, written("5", "anna"), MET], ["1 2 3 4", "5"]),
        ([*IN_BETWEEN, written("x", "anna"), MET], ["1", "2 3 4", "x"]),
    ],
    ids=["the first to know an id", "a later one", "one who names what came meanwhile"],
)
async def test_whoever_is_brought_in_is_found_where_more_are_related_than_are_read(
    letters: list[Letter], expected: list[str], database: Database
) -> None:
    """Whichever of the many others is read, an id counts as known or as unseen."""
    strangers = [written(f"s{n}", f"s{n}", names="2") for n in range(FEW_DIALOGS + 1)]
    files = filing(database)
    for letter in letters:
        await file(files, letter)
    await file(files, *strangers)
    last = written("4", "ivan", "olga", "3", days=1)
    await file(files, last)
    found = await dialogs(database)
    assert found == parted([*letters, *strangers, last])
    assert [each for each in found if not each.startswith("s")] == expected


async def test_whoever_is_brought_in_is_looked_for_before_those_who_took_part(
    database: Database,
) -> None:
    """Also if one of a crowd writes for the first time, so that all of the crowd is looked for."""
    crowd = " ".join(f"a{n}" for n in range(MAX_PEOPLE + 1))
    begun = [written("2", "ivan", crowd), written("3", "ivan", names="2 x")]
    letters = [*begun, written("1", "olga", "ivan", "x")]
    letters += [written(f"s{n}", f"s{n}", names="2") for n in range(FEW_DIALOGS + 1)]
    files = filing(database)
    await file(files, *begun)
    await file(files, *letters[len(begun) :])
    last = written("4", "a1", "olga", "3", days=1)
    await file(files, last)
    found = await dialogs(database)
    assert "1 2 3 4" in found
    assert found == parted([*letters, last])


async def test_a_stranger_who_is_brought_in_before_his_dialog_is_opened_is_found(
    database: Database,
) -> None:
    """Its writer has announced it in the first dialog, and pauses there."""
    seen = False
    for lives in range(12):
        await empty(database)
        await file(filing(database), written("1", "ivan"))
        fragile: Any = FragileDatabase(database)
        fragile.lives = lives
        with suppress(Crash):
            await file(filing(fragile), written("3", "olga", names="1"))
        heads = await database.dialogs.find().to_list(None)
        if len(heads) == 1 and heads[0]["related"]:
            seen = True
            await file(filing(database), written("4", "ivan", "olga", names="1"))
            assert await dialogs(database) == ["1 3 4"], lives
    assert seen
