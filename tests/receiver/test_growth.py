"""A dialog too large for one document goes on in others, and every rule holds across them."""

import asyncio
from itertools import pairwise

import pytest

from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.letters.letter import Letter
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database
from tests.receiver.written import dialogs, filed, written

PART_BYTES = 6000
LONG = "длинное письмо " * 50


def long(number: int, names: str = "", **fields: object) -> Letter:
    return written(f"{number:02}", "ivan", names=names, html=LONG, **fields)  # type: ignore[arg-type]


def chain(count: int) -> list[Letter]:
    """Return letters of which each answers the one before."""
    first = [long(0)]
    return first + [long(after, f"{before:02}") for before, after in pairwise(range(count))]


@pytest.fixture
def files(database: Database) -> Filing:
    return Filing(Dialogs(database, PART_BYTES), "participants", match_by_subject=False)


async def whole(files: Filing, database: Database) -> list[str]:
    """Return the letters of the one dialog as the API shows them: in order."""
    heads = await database.dialogs.find({"continues": {"$exists": False}}).to_list(None)
    [head] = heads
    parts = await files.moving._dialogs.parts(head["_id"])
    messages = [each for one in (head, *parts) for each in one["messages"]]
    return [each["body"] for each in sorted(messages, key=lambda each: each["created"])]


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
async def test_a_long_conversation_is_one_dialog_in_several_documents(
    files: Filing, database: Database, backwards: bool
) -> None:
    letters = chain(30)
    for letter in letters[::-1] if backwards else letters:
        await files.file(letter)
    assert await database.dialogs.count_documents({}) > 3
    assert await whole(files, database) == [f"{number:02}" for number in range(30)]
    head = await database.dialogs.find_one({"continues": {"$exists": False}})
    assert head is not None
    assert head["created"] == letters[0].created
    assert head["updated"] == letters[-1].created
    for letter in letters:
        answer = await files.file(letter)
        assert (answer.outcome, answer.dialog) == ("duplicate", str(head["_id"]))
    assert len(await whole(files, database)) == 30


async def test_many_at_once_fill_parts_without_a_double(files: Filing, database: Database) -> None:
    letters = [long(0), *(long(number, "00") for number in range(1, 25))]
    await files.file(letters[0])
    await asyncio.gather(*(files.file(letter) for letter in [*letters, *letters]))
    assert await whole(files, database) == [f"{number:02}" for number in range(25)]


async def test_long_dialogs_merge_and_keep_every_letter(files: Filing, database: Database) -> None:
    for letter in chain(12):
        await files.file(letter)
    await files.file(written("20", "ivan", html=LONG))
    for number in range(21, 32):
        await files.file(long(number, str(number - 1)))
    assert len(await dialogs(database)) == 2
    await files.file(long(40, "31 11"))
    expected = [f"{number:02}" for number in (*range(12), *range(20, 32), 40)]
    assert await whole(files, database) == expected


async def test_letters_of_a_part_are_split_off(files: Filing, database: Database) -> None:
    letters = chain(20)
    for letter in letters:
        await files.file(letter)
    head = await database.dialogs.find_one({"continues": {"$exists": False}})
    assert head is not None
    corrections = Corrections(Dialogs(database, PART_BYTES), files.moving)
    await corrections.split(head["_id"], {letters[-1].key, letters[-2].key}, "olga")
    found = await dialogs(database)
    assert "18 19" in found
    assert " ".join(f"{number:02}" for number in range(18)) in found
    assert await filed(database, [long(21, "19 18 17"), long(22, "17 16")]) == [
        " ".join(f"{number:02}" for number in (*range(18), 22)),
        "18 19 21",
    ]
