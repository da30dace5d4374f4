"""Lines that a flood would fill the disk with: the first are written, the rest are counted."""

import asyncio
import logging

import pytest

from contract.door.sparing_log import SparingLog


async def test_a_flood_is_a_few_lines_and_a_number(caplog: pytest.LogCaptureFixture) -> None:
    sparing = SparingLog(logging.getLogger("door"), "guesses", lines=2, seconds=0.05)
    for number in range(1000):
        sparing.warning("guess %d", number)
    assert caplog.messages == ["guess 0", "guess 1"]
    await asyncio.sleep(0.1)
    assert caplog.messages[2:] == ["998 more guesses in 0 s"]
    sparing.warning("guess %d", 7)
    assert caplog.messages[3:] == ["guess 7"]


async def test_few_are_all_written(caplog: pytest.LogCaptureFixture) -> None:
    sparing = SparingLog(logging.getLogger("door"), "guesses", lines=2, seconds=0.01)
    sparing.warning("one")
    await asyncio.sleep(0.05)
    sparing.warning("two")
    assert caplog.messages == ["one", "two"]
