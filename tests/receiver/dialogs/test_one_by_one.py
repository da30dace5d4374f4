"""A dialog of any size is read a document at a time, and still every letter once and in order."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from bson import encode
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener

from receiver.filing.collections import Store
from receiver.filing.filing import Filing
from receiver.store.mongo import Database
from tests.receiver.dialogs.test_growth import FULL, chain
from tests.receiver.written import corrections, file, written

COUNT = 5 * FULL


class Answers(CommandListener):
    """Counts the answers of the database, and notes how large the largest was."""

    def __init__(self) -> None:
        self.largest = self.count = 0

    def started(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...

    def succeeded(self, event: Any) -> None:
        self.count += 1
        self.largest = max(self.largest, len(encode(event.reply)))


@pytest.fixture
async def filled(database: Database) -> Store:
    """One dialog in several parts; the oldest letter came last, and stands in the head."""
    store = Store.of(database, full_letters=FULL)
    files = Filing(store, "participants", match_by_subject=False)
    for letter in [*chain(COUNT), written("late", names="03", days=-1)]:
        await file(files, letter)
    return store


async def head_of(database: Database) -> dict[str, Any]:
    return await database.dialogs.find_one({"part_of": None}, {"messages": 0}) or {}


async def keys(found: AsyncIterator[dict[str, Any]]) -> list[str]:
    return [each["key"] async for each in found]


@contextmanager
def watched(uri: str, name: str) -> Iterator[tuple[Answers, Database]]:
    """Give a database, and what it answers."""
    answers = Answers()
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
        uri, tz_aware=True, event_listeners=[answers]
    )
    yield answers, client[name]
    client.close()


async def test_every_letter_comes_once_and_in_order(filled: Store, database: Database) -> None:
    head = await head_of(database)
    assert len(head["parts"]) > 2
    dialog = (await filled.dialogs.whole([head["_id"]]))[head["_id"]]
    assert [each async for each in filled.dialogs.one_by_one(head)] == dialog.conversation
    assert dialog.messages[0]["key"] == written("late", days=-1).key


async def test_what_moves_into_a_part_meanwhile_is_found_there(
    filled: Store, database: Database
) -> None:
    head = await head_of(database)
    found = filled.dialogs.one_by_one(head)
    first = (await anext(found))["key"]
    files = Filing(filled, "participants", match_by_subject=False)
    for number in range(FULL):
        await file(files, written(f"more{number}", names="03"))
    read = [first, *await keys(found)]
    expected = {each.key for each in chain(COUNT)} | {written("late", days=-1).key}
    assert set(read) == expected
    assert len(read) == len(expected)


async def test_no_answer_of_the_database_holds_the_whole_dialog(
    filled: Store, database: Database, mongo_uri: str
) -> None:
    head = await head_of(database)
    whole = sum(len(encode(each)) for each in await database.dialogs.find({}).to_list(None))
    with watched(mongo_uri, database.name) as (answers, found):
        store = Store.of(found, full_letters=FULL)
        assert len(await keys(store.dialogs.one_by_one(head))) == COUNT + 1
        assert answers.largest < whole / 3
        answers.largest = 0
        assert await corrections(found).head(head["_id"]) == head
        assert answers.largest < whole / 10


async def test_letters_of_two_folders_that_came_in_turn_are_read_once(
    database: Database, mongo_uri: str
) -> None:
    files = Filing(Store.of(database, full_letters=FULL), "participants", match_by_subject=False)
    numbers = [f"{number:02}" for number in range(1, COUNT)]
    for number in ("00", *numbers[::2], *numbers[1::2]):
        await file(files, written(number, names="00" if number != "00" else ""))
    head = await head_of(database)
    with watched(mongo_uri, database.name) as (answers, found):
        read = await keys(Store.of(found, full_letters=FULL).dialogs.one_by_one(head))
    assert len(read) == COUNT
    assert answers.count <= len(head["parts"]) + 4  # the keys, the head, the parts; goodbye
