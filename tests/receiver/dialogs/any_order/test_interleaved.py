"""A worker stops before every call, whatever it is, so that a test decides their order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from receiver.store.mongo import Database, all_of
from tests.receiver.dialogs.any_order.interleaved import WORKER, Stopping

CALLS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "update_many": lambda some: some.update_many({}, {"$set": {"here": True}}),
    "find_one_and_update": lambda some: some.find_one_and_update({}, {"$set": {"here": True}}),
    "insert_many": lambda some: some.insert_many([{"_id": 2}]),
    "count_documents": lambda some: some.count_documents({}),
    "a cursor that is listed": lambda some: some.find().sort("_id", 1).limit(1).to_list(None),
    "a cursor that is read": lambda some: all_of(some.find().batch_size(1)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_a_worker_waits_before_a_call(
    call: Callable[[Any], Awaitable[Any]], database: Database
) -> None:
    await database.anything.drop()
    await database.anything.insert_one({"_id": 1})
    stopping, before, waits = Stopping(database), list[Any](), list[str]()

    async def look() -> None:
        before.append(await database.anything.find().to_list(None))

    def choose(waiting: Any) -> tuple[str, bool]:
        waits.extend(waiting)
        return waiting[0], False

    async def work() -> None:
        assert WORKER.get() == "one"
        await call(stopping["anything"])

    async with asyncio.timeout(30):
        await stopping.run({"one": work}, choose, look)
    assert waits == ["one"]
    assert before[0] == [{"_id": 1}]
