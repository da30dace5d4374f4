"""Spans of time in which a list of dialogs is read until a page is full: pure.

Not every database takes a limit into account where it reads an index: among 100,000 dialogs the
embedded one reads them all for the first fifty. So each query is bounded on both sides. Spans begin
with an hour and grow fourfold, so that few of them reach far and none reads much more than a page.
A list that begins with the oldest begins with the years before, each span a little younger than the
last: a hundred that are empty cost less than one that holds half of what waits.
A list that was read once begins where it began then, after all that may stand before that by now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FIRST, GROWS = timedelta(hours=1), 4
TICK = timedelta(milliseconds=1)  # as exact as the database keeps times
OLDEST, NEWEST_AGE, YOUNGER = timedelta(days=64 * 365), timedelta(days=1), 0.9
BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)


@dataclass(frozen=True)
class TimeSpan:
    """Times from ``low`` on, and before ``high``."""

    low: datetime
    high: datetime


def back_from(start: datetime | None, now: datetime) -> Iterator[TimeSpan]:
    """Yield spans from a time, or from the end of time, back to its beginning."""
    high, low, length = start or END, (start or now) - FIRST, FIRST
    while low - BEGINNING > length * GROWS:
        yield TimeSpan(low, high)
        length *= GROWS
        high, low = low, low - length
    yield TimeSpan(BEGINNING, high)


def on_from(start: datetime, now: datetime) -> Iterator[TimeSpan]:
    """Yield spans from a time on, to the end of time."""
    low, length = start, FIRST
    while low < now and low + length < now:
        yield TimeSpan(low, low + length)
        low, length = low + length, length * GROWS
    yield TimeSpan(low, END)


def from_the_beginning(now: datetime) -> Iterator[TimeSpan]:
    """Yield spans from the beginning of time on, each a tenth younger than the one before."""
    low, age = BEGINNING, OLDEST
    while age > NEWEST_AGE:
        yield TimeSpan(low, now - age)
        low, age = now - age, age * YOUNGER
    yield TimeSpan(low, END)
