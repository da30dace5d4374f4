"""A hold set during a deletion either wins, or whoever sets it is told that it came too late.

Two workers on one database, each stopped before its every call about holds and before it takes
away: in whichever order these come, nothing goes of a dialog that is on hold without whoever set
the hold having been told that it may be too late.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from receiver.erasing.act import Subject
from receiver.erasing.carrying import Carrying, OnHold
from receiver.erasing.erase import Erasing
from receiver.erasing.order import Order
from receiver.erasing.survey import held
from receiver.filing.collections import Store
from receiver.projecting.mailbox import Projecting
from receiver.retaining.holds import BELIEVED_FOR, Holds
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import terms_of
from receiver.store.leaving import Leaving
from receiver.store.mongo import Database
from tests.receiver.dialogs.any_order.interleaved import Stopping
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, file, filing, written

Takes = Callable[[Any, Any], Awaitable[None]]


class StopsAtHolds:
    """A database whose callers are stopped where they ask of holds, and nowhere else."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stopping = Stopping(database)

    def __getitem__(self, name: str) -> Any:
        return (self.stopping if name in ("holds", "meta") else self.database)[name]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)


class StopsBeforeItGoes(Leaving):
    """What takes letters away, stopped before it does."""

    def __init__(self, at: StopsAtHolds) -> None:
        super().__init__(at.database)
        self._stop = at.stopping.stop

    async def rewrite(self, *words: Any) -> bool:
        await self._stop()
        return await super().rewrite(*words)

    async def remove(self, *words: Any) -> set[str]:
        await self._stop()
        return await super().remove(*words)


def store_of(stopping: StopsAtHolds) -> Store:
    return replace(Store.of(stopping.database), leaving=StopsBeforeItGoes(stopping))


async def erases(stopping: Any, place: Any) -> None:
    """Erase the writer of the letter, as the command and the API do."""
    store = store_of(stopping)
    found = await held(store, [MAILBOX], "ivan@example.ru")
    order = Order(ObjectId(), "Anna", "asked", datetime.now(UTC))
    holds = Holds(stopping, store.dialogs)
    carrying = Carrying(store, holds, Erasing(store, "participants").erase, place)
    await carrying.carry_out(found, order, Subject("ivan@example.ru"))


async def retains(words: str, stopping: Any) -> None:
    store = store_of(stopping)
    project = Projecting(store, "participants").project
    retaining = Retaining(stopping, store, "participants", project)
    await retaining.run(MAILBOX, terms_of(f"* {words}")["*"])


async def trims(stopping: Any, _: Any) -> None:
    """Have the text of the letter go by its age."""
    await retains("text=1", stopping)


async def drops(stopping: Any, _: Any) -> None:
    """Have the whole dialog go by its age."""
    await retains("dialogs=1", stopping)


@pytest.mark.parametrize("takes", [erases, trims, drops])
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(turns=st.lists(st.booleans(), max_size=10))
@example(turns=[])  # first who takes away, then the hold
@example(turns=[True] * 9)
@example(turns=[False] * 3 + [True] * 3)  # announced, and the holds not read yet
@example(turns=[False] * 5 + [True] * 9)  # not held, and about to take
@example(turns=[False] * 6 + [True] * 9)
@example(turns=[False] * 7 + [True] * 9)
async def test_whoever_takes_away_sees_the_hold_or_the_hold_is_told(
    database: Database, tmp_path: Any, takes: Takes, turns: Sequence[bool]
) -> None:
    for name in ("letters", "dialogs", "holds", "tombstones"):
        await database[name].delete_many({})
    old = datetime.now(UTC) - timedelta(days=90)
    await file(filing(database), written("1", sender="ivan@example.ru", created=old))
    await database.letters.update_many({}, {"$set": {"kept": old}})
    before = await database.letters.find_one()
    [dialog] = await database.dialogs.find().to_list(None)
    stopping = StopsAtHolds(database)
    told: list[datetime | None] = []

    async def take() -> None:
        with suppress(OnHold):
            await takes(stopping, tmp_path)

    async def hold() -> None:
        holds = Holds(stopping, Store.of(database).dialogs)  # type: ignore[arg-type]
        told.append(await holds.place(dialog, "anna", "a lawsuit", datetime.now(UTC), None))
        # What was not told of is there when the hold stands, and stays.
        seen.append(await database.letters.find_one())

    seen: list[Any] = []
    order = list(turns)

    def choose(waiting: Sequence[str]) -> tuple[str, bool]:
        name = "hold" if order and order.pop(0) else "take"
        return (name if name in waiting else waiting[0]), False

    async def nothing() -> None:
        return None

    await stopping.stopping.run({"take": take, "hold": hold}, choose, nothing)
    after = await database.letters.find_one()
    assert told[0] or after == seen[0], "something went of what was on hold, and nobody said so"
    if not turns:
        assert after != before  # nothing was on hold
    assert await database.meta.count_documents({"_id": {"$regex": "^leaving "}}) == 0


async def test_one_who_was_killed_while_taking_away_is_told_of_for_a_day(
    database: Database, run: Run
) -> None:
    await file(filing(database), written("1"))
    [dialog] = await database.dialogs.find().to_list(None)
    holds = Holds(database, Store.of(database).dialogs)
    entered = holds.leaving({MAILBOX: {dialog["_id"]}})
    assert await entered.__aenter__() == set()  # and never leaves
    words = ("hold", str(dialog["_id"]), "--why", "a lawsuit")
    status, _, complaints = run(*words)
    assert (status, "or was cut short doing so" in complaints) == (1, True)
    assert str(dialog["_id"]) in run("hold")[1]  # it is held all the same
    since = datetime.now(UTC) - BELIEVED_FOR
    await database.meta.update_many({"_id": {"$regex": "^leaving "}}, {"$set": {"since": since}})
    assert run(*words)[0] == 0
    async with holds.leaving({MAILBOX: {dialog["_id"]}}) as on_hold:
        assert on_hold == {dialog["_id"]}
    assert await database.meta.count_documents({"_id": {"$regex": "^leaving "}}) == 0
