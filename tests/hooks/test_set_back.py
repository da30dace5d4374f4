"""The database's clock was ahead and is set back: new writes get times that cursors have passed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from receiver.changes.changes import Changes, TooOld
from receiver.changes.state import HOT
from receiver.retaining.one_receiver import take_turn
from receiver.running.set_back import SetBack
from receiver.search.indexing import Indexing
from receiver.store import schema, standing
from receiver.store.mongo import Database, ServerClock
from tests.hooks.conftest import Teller
from tests.hooks.listening import Listening, saying
from tests.receiver.written import (
    MAILBOX,
    corrections,
    dialogs,
    file,
    filing,
    sweeper_of,
    written,
)
from tests.search.world import found, keep

AHEAD = timedelta(hours=2)
LATER = HOT + timedelta(minutes=1)


class MovedClock:
    """The database's time as receivers ask for it: it goes on, and is ahead at first."""

    def __init__(self) -> None:
        self.by = AHEAD

    async def now(self) -> datetime:
        now = datetime.now(UTC) + self.by
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


@pytest.fixture
async def clock(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MovedClock]:
    """A database whose clock is ahead, with followers."""
    clock = MovedClock()
    await schema.ensure(database)
    with monkeypatch.context() as patched:
        patched.setattr(ServerClock, "now", clock.now)
        patched.setattr(ServerClock, "asked", clock.now)
        await SetBack(database, lambda: True).look()
        yield clock


async def set_back(database: Database, clock: MovedClock) -> None:
    """Set the clock right, and let it be noticed."""
    clock.by = timedelta(0)
    await SetBack(database, lambda: True).look()


async def test_hooks_are_told_what_comes_then(
    database: Database, clock: MovedClock, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored", "dialog.opened"])
    off = await teller.make(target.url, kinds=["letter.stored"])
    files = filing(database)
    await file(files, written("1"))
    for _ in range(2):
        await teller.round(hook)
        await teller.round(off)
        clock.by += LATER
    target.heard.clear()
    await set_back(database, clock)
    await file(files, written("2", "petr"))
    clock.by += AHEAD + 4 * LATER  # one was off, and the time that it had seen is over
    await teller.take(hook)
    await teller.take(off)
    await teller.round(hook)
    await teller.round(off)
    keys = [each.data.get("letter") for each in target.heard]
    assert keys.count(written("2", "petr").key) == 2
    assert "dialog.opened" in target.types()


async def test_what_waits_at_a_hook_is_not_put_off_by_as_much(
    database: Database, clock: MovedClock, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"])
    target.answer = saying(503)
    await file(filing(database), written("1"))
    await teller.round(hook)
    assert len(target.heard) == 1
    await set_back(database, clock)
    await teller.take(hook)
    await teller.round(hook)
    first, second = target.heard
    assert first.id == second.id
    [late] = (await teller.document(hook))["late"]
    assert late["since"] <= late["due"] <= await clock.now() + timedelta(minutes=1)


async def test_searches_find_what_comes_then(database: Database, clock: MovedClock) -> None:
    indexing, files = Indexing(database), filing(database)
    await file(files, written("1", text="возврат"))
    clock.by += LATER
    assert await indexing.follow_mailbox(MAILBOX, wait=False) == 1
    await file(files, written("2", text="возврат"))
    await set_back(database, clock)
    await file(files, written("3", text="возврат"))
    everything = {written(each, text="возврат").key for each in "123"}
    assert set(await found(database, "возвраты")) == everything
    clock.by += LATER
    await indexing.follow_mailbox(MAILBOX, wait=False)
    clock.by += timedelta(hours=1)
    assert set(await found(database, "возвраты")) == everything
    clock.by += AHEAD
    await indexing.follow_mailbox(MAILBOX, wait=False)
    clock.by += timedelta(days=1)
    assert sorted(await found(database, "возвраты")) == sorted(everything)


async def test_what_was_kept_then_and_not_shown_is_read_back(
    database: Database, clock: MovedClock
) -> None:
    await file(filing(database), written("1"))
    before, after = sweeper_of(database), sweeper_of(database)
    clock.by += LATER
    await before.sweep()
    await set_back(database, clock)
    [lost] = await keep(database, [written("2", "petr")], await clock.now())
    await database.dialogs.delete_one({"_id": lost})
    clock.by += AHEAD + 2 * LATER  # nobody swept meanwhile
    assert await after.sweep() == 1
    kept = await database.letters.find_one({"key": written("2", "petr").key})
    assert kept
    assert await database.dialogs.find_one({"_id": kept["dialog"]})


@pytest.mark.parametrize("seconds", [0.5, 3, 7200])
async def test_of_two_corrections_the_later_counts_whatever_the_clock_says(
    database: Database, clock: MovedClock, seconds: float
) -> None:
    """Their times differ slightly, as two receivers with different clocks made them."""
    answers = await file(filing(database), written("1"), written("2", "petr"))
    one, two = (ObjectId(each.dialog) for each in answers)
    correct = corrections(database)
    apart, together = await dialogs(database), ["1 2"]
    for _ in range(3):
        assert await dialogs(database) == apart
        merged = await correct.merge(one, two, "Анна")
        assert await dialogs(database) == together
        clock.by -= timedelta(seconds=seconds)
        await correct.undo(merged.dialog, "Анна")
        clock.by -= timedelta(seconds=seconds)
    assert await dialogs(database) == apart


async def test_what_is_done_once_a_day_is_not_put_off_by_as_much(
    database: Database, clock: MovedClock
) -> None:
    day = timedelta(days=1)
    clock.by = timedelta(days=400)
    assert await take_turn(database, "a turn", await clock.now(), day)
    clock.by = timedelta(0)
    assert await take_turn(database, "a turn", await clock.now(), day)
    clock.by -= timedelta(seconds=5)  # another receiver
    assert not await take_turn(database, "a turn", await clock.now(), day)


async def test_who_follows_changes_and_asks_much_later_lists_anew(
    database: Database, clock: MovedClock
) -> None:
    state = await Changes(database).now()
    await set_back(database, clock)
    clock.by += AHEAD + LATER  # as if nothing had been
    with pytest.raises(TooOld):
        await Changes(database).since(MAILBOX, state, 10)


async def test_a_clock_that_differs_a_little_begins_no_life(
    database: Database, clock: MovedClock
) -> None:
    await standing.begin_life(database)
    first = await standing.life(database)
    for step in (5, -10, 5, -10):
        clock.by += timedelta(seconds=step)
        await SetBack(database, lambda: True).look()
    assert await standing.life(database) == first
    clock.by -= timedelta(seconds=30)
    await SetBack(database, lambda: True).look()
    again = await standing.life(database)
    assert again != first
    await SetBack(database, lambda: True).look()
    assert await standing.life(database) == again


async def test_it_is_seen_once_by_whoever_knows_what_time_it_should_be(
    database: Database, clock: MovedClock
) -> None:
    """Two receivers notice it; the second does not begin another life of the database."""
    one, other = SetBack(database, lambda: True), SetBack(database, lambda: True)
    clock.by += timedelta(seconds=50)  # within a minute of the last time nothing is noted
    for each in (one, other):
        await each.look()
    first = await standing.life(database)
    clock.by -= timedelta(seconds=30)
    await SetBack(database, lambda: True).look()
    assert await standing.life(database) == first
    await one.look()
    again = await standing.life(database)
    assert again != first
    for each in (other, one, other):
        await each.look()
    assert await standing.life(database) == again


async def test_a_database_that_answers_slowly_is_none_whose_clock_was_set_back(
    database: Database, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, latest = await standing.life(database), standing.latest

    async def slowly(found: Database) -> datetime | None:
        await asyncio.sleep(0.6)
        return await latest(found)

    monkeypatch.setattr(standing, "latest", slowly)
    monkeypatch.setattr("receiver.running.set_back.BY_LESS", timedelta(seconds=0.3))
    one = SetBack(database, lambda: True)
    for _ in range(2):
        await one.look()
    assert await standing.life(database) == first
