"""Receivers whose clocks differ: what each takes for the time, and writes into its ids."""

from contextvars import ContextVar
from datetime import datetime, timedelta, tzinfo
from time import time
from types import SimpleNamespace

import pytest
from bson import objectid

from receiver.store import mongo

AHEAD: ContextVar[float] = ContextVar("AHEAD", default=0)
"""By how many seconds the clock of this task is ahead."""
FIVE_MINUTES = (0, 300, -300)


class _Clock(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=AHEAD.get())


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each task have a clock of its own."""
    monkeypatch.setattr(objectid, "time", SimpleNamespace(time=lambda: time() + AHEAD.get()))
    monkeypatch.setattr(mongo, "datetime", _Clock)
