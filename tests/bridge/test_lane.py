"""A lane of letters: whose turn it is, and that a stop takes effect at once."""

import asyncio
import time
from pathlib import Path

import pytest

from bridge.courier.lane import Lane
from bridge.courier.room import RoomForLetters
from bridge.spool.spool import Waiting


def later(name: str) -> Waiting:
    return Waiting(name, Path(name), time.time() + 3600)


@pytest.mark.parametrize("turns", range(3))
async def test_a_stop_counts_though_a_letter_comes_with_it(turns: int) -> None:
    """The stop comes this many turns of the event loop after the letter."""
    lane = Lane({}, RoomForLetters(1))
    lane.put(later("1-a"))
    waiting = asyncio.create_task(lane.next_due())
    await asyncio.sleep(0.01)
    lane.put(later("2-b"))
    for _ in range(turns):
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting], timeout=10)
    assert waiting.cancelled()
    waiting.cancel()  # so that a failure ends as well


async def test_who_comes_behind_more_than_there_is_room_for_is_not_the_last() -> None:
    """If there is room for all, they go in order; if not, every other one is the newest."""
    queued: dict[str, Waiting] = {}
    lane = Lane(queued, RoomForLetters(1, many=3))
    old = [Waiting(f"{number:03}-old", Path("x"), 0.0) for number in range(100)]
    for each in old:
        lane.put(each)
    on_the_way = [await lane.next_due() for _ in range(3)]
    assert on_the_way == old[:3]
    standing = asyncio.create_task(lane.next_due())
    await asyncio.sleep(0.01)
    assert not standing.done()
    lane.put(good := Waiting("200-good", Path("x"), 0.0))
    lane.landed(on_the_way.pop(0))
    taken = [await standing]
    while queued:
        lane.landed(taken[-1])
        taken.append(await lane.next_due())
    assert sorted(taken, key=lambda each: each.id) == [*old[3:], good]
    assert taken[:6] == [old[3], good, old[4], old[99], old[5], old[98]]


async def test_a_letter_that_was_given_an_earlier_time_goes_once() -> None:
    lane = Lane({}, RoomForLetters(9))
    lane.put(later("1-a"))
    for _ in range(500):  # whatever is noted of those that are gone does not grow
        lane.put(Waiting("1-a", Path("1-a"), 0.0))
        assert (await lane.next_due()).due == 0.0
        lane.landed(later("1-a"))
    assert lane._came_due == {}
