"""When an alarm is logged: once, and not of what a start has not come to yet."""

import logging
from pathlib import Path

import pytest

from bridge.health import HealthServer
from bridge.spool.capacity import Capacity
from bridge.spool.spool import Spool


async def test_an_alarm_is_logged_once_it_has_held_at_two_looks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    wrong = ["never reached yet"]
    watch = HealthServer(spool, Capacity(spool, 2**30, 0), 60.0, list, lambda: "".join(wrong))

    async def looked() -> tuple[list[str], list[str]]:
        caplog.clear()
        await watch.look()
        return watch.alarms, caplog.messages

    with caplog.at_level(logging.ERROR):
        assert await looked() == (["receiver not reached"], [])  # whoever asks is told at once
        assert await looked() == (
            ["receiver not reached"],
            ["alarm: receiver not reached: never reached yet"],
        )
        assert await looked() == (["receiver not reached"], [])
        wrong.clear()
        assert await looked() == ([], [])
        wrong.append("again")
        assert (await looked())[1] == []
        assert (await looked())[1] == ["alarm: receiver not reached: again"]
