"""Under ``participants``: letters of users, colleagues and strangers, in every order they can come.

A case is a table of letters: its number, sender, recipients beside the mailbox, what it names; and
the dialogs that must come of it in each order.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice, permutations

import pytest

from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from tests.measure.chaos.wholeness import relations
from tests.receiver.written import dialogs, empty, file, filed, filing, parted, written
from tests.stored import whole_dialogs

Row = tuple[str, str, str, str]

CASES: dict[str, tuple[list[Row], list[str]]] = {
    "a user's letters, whose middle is not seen": (
        [("1", "ivan", "", ""), ("3", "ivan", "", "2 1"), ("5", "ivan", "", "4 3")],
        ["1 3 5"],
    ),
    "answers to one unseen letter of ours": (
        [("2", "ivan", "", "1"), ("3", "ivan", "", "1"), ("4", "ivan", "", "1")],
        ["2 3 4"],
    ),
    "a colleague whom the user has put in Cc": (
        [("1", "ivan", "olga", ""), ("2", "olga", "", "1"), ("3", "ivan", "", "1")],
        ["1 2 3"],
    ),
    "a stranger who answers a user": (
        [("1", "ivan", "", ""), ("2", "ivan", "", "1"), ("3", "mallory", "ivan", "2 1")],
        ["1 2", "3"],
    ),
    "a stranger who answers a user twice": (
        [("1", "ivan", "", ""), ("3", "mallory", "ivan", "1"), ("4", "mallory", "", "1")],
        ["1", "3 4"],
    ),
    "a stranger who names an unseen letter, with the user in Cc": (
        [("2", "ivan", "", "1"), ("3", "mallory", "ivan", "1"), ("4", "ivan", "", "1")],
        ["2 4", "3"],
    ),
    "a stranger whom the user brings in later": (
        [("1", "ivan", "", ""), ("2", "olga", "", "1"), ("3", "ivan", "olga", "1")],
        ["1 2 3"],
    ),
    "a stranger whom the user brings in later, and who names an unseen letter, too": (
        [("1", "ivan", "", ""), ("3", "olga", "", "2 1"), ("4", "ivan", "olga", "1")],
        ["1 3 4"],
    ),
    "a stranger who names letters of two users, one of whom brings him in": (
        [
            ("1", "ivan", "", ""),
            ("2", "petr", "", ""),
            ("3", "olga", "", "2 1"),
            ("4", "ivan", "olga", "1"),
        ],
        ["1 3 4", "2"],
    ),
    "a stranger who names both letters of a user": (
        [("1", "ivan", "", ""), ("2", "ivan", "", "1"), ("9", "mallory", "", "1 2")],
        ["1 2", "9"],
    ),
    "a stranger who names everything there is": (
        [("1", "ivan", "", ""), ("2", "ivan", "", "1"), ("9", "mallory", "ivan", "1 2 3 4 5")],
        ["1 2", "9"],
    ),
}


ALL = pytest.mark.parametrize(("rows", "expected"), CASES.values(), ids=CASES.keys())


@ALL
def test_the_rule_makes_these_dialogs(rows: list[Row], expected: list[str]) -> None:
    assert parted([written(*row) for row in rows]) == expected


@ALL
async def test_the_dialogs_are_the_same_in_every_order(
    rows: list[Row], expected: list[str], database: Database
) -> None:
    for order in permutations(written(*row) for row in rows):
        await empty(database)
        found = await filed(database, order)
        assert found == expected, [each.message["body"] for each in order]


def some_orders(rows: list[Row]) -> Iterator[tuple[Letter, ...]]:
    """Yield a fifth of the orders of more than three; each letter is the first and last in some."""
    orders = permutations(written(*row) for row in rows)
    return islice(orders, 0, None, 5 if len(rows) > 3 else 1)


@ALL
async def test_nor_does_it_matter_which_come_at_once(
    rows: list[Row], expected: list[str], database: Database
) -> None:
    for first, *others in some_orders(rows):
        await empty(database)
        files = filing(database)
        await file(files, first)
        await asyncio.gather(*(file(files, each) for each in others))
        assert await dialogs(database) == expected, [each.message["body"] for each in others]


@ALL
async def test_nor_whether_they_come_together(
    rows: list[Row], expected: list[str], database: Database
) -> None:
    for order in some_orders(rows):
        await empty(database)
        await file(filing(database), *order)
        assert await dialogs(database) == expected, [each.message["body"] for each in order]


@ALL
async def test_nor_whether_some_of_them_come_together(
    rows: list[Row], expected: list[str], database: Database
) -> None:
    for first, second, *others in some_orders(rows):
        await empty(database)
        files = filing(database)
        await file(files, first, second)
        documents = await database.dialogs.find().to_list(None)
        assert list(relations(whole_dialogs(documents), {})) == []
        await file(files, *others)
        assert await dialogs(database) == expected, [first.message["body"], second.message["body"]]


async def test_a_letter_that_may_join_two_dialogs_goes_by_what_it_names_first(
    database: Database,
) -> None:
    """Whoever brought its writer in, and in any order, its newest reference decides."""
    rows = [("1", "ivan", "", ""), ("2", "petr", "", ""), ("3", "olga", "", "2 1")]
    rows += [("4", "ivan", "olga", "1"), ("5", "petr", "olga", "2")]
    orders = [*permutations(written(*row) for row in rows)]
    assert all(parted(order) == ["1 4", "2 3 5"] for order in orders)
    for order in orders[::5]:
        await empty(database)
        assert await filed(database, order) == ["1 4", "2 3 5"]


async def test_one_is_brought_in_where_more_carry_an_id_than_are_found_under_it(
    database: Database,
) -> None:
    carriers = [
        written("hub", f"user{n}", text=f"{n}", days=n / 100, names="z" if n == 14 else "")
        for n in range(1, 20)
    ]
    stranger = written("300", "olga", answers="hub", days=1)
    brings_in = written("301", "user14", "olga", names="z", days=2)
    letters = [*carriers, stranger, brings_in]
    found = await filed(database, letters)
    assert "14 300 301" in found
    assert found == parted(letters)
