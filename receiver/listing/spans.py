"""Spans of time in which a list of dialogs is read until a page is full: pure.

Not every database heeds a limit while it reads an index: the embedded one reads all of 100,000
dialogs for the first fifty. So each query is bounded on both sides, and its span follows from the
density of the rows before it. As long as nothing was found, the density is unknown: then a span is
a sixth of the empty way, so that rows behind a quiet time are approached gently, and an empty list
takes a hundred spans.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FIRST, SHORT_WAY = timedelta(seconds=1), timedelta(minutes=10)
OF_EMPTY_WAY, ENOUGH = 6, 1.2
TICK = timedelta(milliseconds=1)  # as exact as the database keeps times
OLDEST, NEWEST_AGE, YOUNGER = timedelta(days=64 * 365), timedelta(days=1), 0.9
BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)


@dataclass(frozen=True)
class TimeSpan:
    """Times from ``low`` to before ``high``."""

    low: datetime
    high: datetime


Spans = Generator[TimeSpan, int, None]
"""Spans one after the other: to each is sent how many rows it held."""


@dataclass
class Pace:
    """The length of the next span, with ``wanted`` rows still wanted.

    While nothing is found it is the ``of_empty_way``-th part of the way: 1 doubles the way each
    time.
    """

    wanted: int
    length: timedelta = FIRST
    of_empty_way: int = OF_EMPTY_WAY
    _way: timedelta = timedelta()
    _rows: int = 0
    _empty: timedelta = timedelta()

    @classmethod
    def of_rows(cls, apart: timedelta, wanted: int) -> "Pace":
        """Return the pace for a list whose rows were this far apart when it was last read."""
        return cls(wanted, max(apart * wanted * ENOUGH, FIRST))

    def went(self, rows: int) -> None:
        """Count the rows that a span of this length held."""
        self._way = self._way + self.length if self._rows else self.length
        self._rows += rows
        if rows:
            self._empty = timedelta()
            left = max(self.wanted - self._rows, 1) * ENOUGH
            self.length = max(min(self._way * (left / self._rows), self.length * 2), TICK)
        else:
            self._empty += self.length
            short = self._empty < SHORT_WAY
            self.length = max(self.length, self._empty / (1 if short else self.of_empty_way))


def back_from(start: datetime | None, now: datetime, pace: Pace) -> Spans:
    """Yield spans from a time, or from the end of time, back to its beginning."""
    high, low = start or END, start or now
    while low - (now - OLDEST) > pace.length:
        low -= pace.length
        pace.went((yield TimeSpan(low, high)))
        high = low
    yield TimeSpan(BEGINNING, high)


def on_from(start: datetime, now: datetime, pace: Pace) -> Spans:
    """Yield spans from a time on, to the end of time."""
    low = start
    while now - low > pace.length:
        high = low + pace.length
        pace.went((yield TimeSpan(low, high)))
        low = high
    yield TimeSpan(low, END)


def from_the_beginning(now: datetime, pace: Pace, edge: datetime = END) -> Spans:
    """Yield spans from the beginning of time, each a tenth younger until something is found.

    ``edge`` is about where that will be: from there on their length follows the pace.
    """
    low, age, found = BEGINNING, OLDEST, 0
    while age > NEWEST_AGE and low < edge and not found:
        high = min(now - age, edge)
        found = yield TimeSpan(low, high)
        low, age = high, age * YOUNGER
    pace.wanted -= found
    yield from on_from(low, now, pace)


def following(spans: Spans, found: int) -> TimeSpan | None:
    """Return the span after one that held ``found`` rows, None at the end."""
    try:
        return spans.send(found)
    except StopIteration:
        return None
