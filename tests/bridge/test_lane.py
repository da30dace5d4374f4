"""A lane of letters gives up its place at once when it is told to stop."""

import asyncio
import time
from pathlib import Path

import pytest

from bridge.courier.lane import Lane
from bridge.spool.spool import Waiting


def later(name: str) -> Waiting:
    return Waiting(name, Path(name), time.time() + 3600)


@pytest.mark.parametrize("turns", range(3))
async def test_a_stop_counts_though_a_letter_comes_with_it(turns: int) -> None:
    """So many turns of the loop after the letter."""
    lane = Lane({}, few=1)
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
