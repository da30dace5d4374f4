"""When a mailbox has been quiet for longer than its own rhythm allows. Pure.

The theory. For each hour of the week the *longest usual gap* is the longest time between two
letters that covered that hour, or one within three hours of it, in the last year. A mailbox that is
quiet from some moment on is suspicious once it has been so, counted from the beginning of any hour
that it has been quiet in, for twice the longest usual gap of that hour. So a rule that stops
forwarding at any moment is found within twice what is usual there; nights and weekends are long
gaps themselves, and allow long ones. Public holidays do not count: the clock stands still, and what
was not suspicious before one is judged by the hours after it.

A mailbox must have been known for eight weeks. Until it is known for sixteen, four times what is
usual is suspicious and not twice: of so few weeks the longest gap says little of the next. Nothing
is said before two hours of silence: where letters come by the minute chance alone makes gaps of
many times what is usual.
"""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

HOLIDAYS: Final = (
    *((1, day) for day in range(1, 9)),
    *((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)),
)
"""Days on which offices in Russia are closed every year, as (month, day)."""

FACTOR, FACTOR_AT_FIRST = 2, 4
NEAR = 3  # hours before and after one that count as it
LEAST = timedelta(hours=2)
KNOWN_FOR = timedelta(weeks=8)
KNOWN_WELL = timedelta(weeks=16)
WINDOW = timedelta(weeks=52)
FURTHEST = timedelta(days=30)
HOUR = timedelta(hours=1)
WEEK_HOURS = 7 * 24
_DAY_SECONDS = 86400


def counted(moment: datetime) -> timedelta:
    """Return the time up to a local moment on a clock that stands still on holidays."""
    whole = moment - datetime(2000, 1, 1)
    days = (moment.year - 2000) * len(HOLIDAYS)
    today = (moment.month, moment.day)
    days += bisect_right(HOLIDAYS, today)
    if today in HOLIDAYS:  # of today what has passed does not count
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return whole - timedelta(days=days - 1) - (moment - midnight)
    return whole - timedelta(days=days)


class Rhythm:
    """The rhythm of one mailbox; times are local, without a zone, and come in order."""

    def __init__(self, arrivals: Iterable[datetime] = ()) -> None:
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._gaps: defaultdict[int, deque[tuple[datetime, timedelta]]] = defaultdict(deque)
        for each in arrivals:
            self.add(each)

    @property
    def last(self) -> datetime | None:
        """When the last letter came."""
        return self._last

    def add(self, arrival: datetime) -> None:
        """Take in the next arrival; one that is no later than the last says nothing."""
        if self._first is None:
            self._first = arrival
        if self._last is not None and arrival > self._last:
            gap = counted(arrival) - counted(self._last)
            for hour in _hours(self._last, arrival):
                self._note(_of_week(hour), arrival, gap)
        self._last = max(arrival, self._last or arrival)

    def longest_usual(self, moment: datetime) -> timedelta | None:
        """Return the longest usual gap of a moment's hour; None if nothing is known of it."""
        hour = _of_week(moment)
        beside = ((hour + step) % WEEK_HOURS for step in range(-NEAR, NEAR + 1))
        gaps = [self._longest(each, moment) for each in beside]
        return max((each for each in gaps if each is not None), default=None)

    def silent_from(self) -> datetime | None:
        """Return when the silence after the last letter becomes suspicious; None if never."""
        if self._first is None or self._last is None or self._last - self._first < KNOWN_FOR:
            return None
        well = self._last - self._first >= KNOWN_WELL
        factor = FACTOR if well else FACTOR_AT_FIRST
        deadline: datetime | None = None
        for hour in _hours(self._last, self._last + FURTHEST):
            if deadline is not None and deadline <= hour:
                return deadline
            if _is_holiday(hour):
                deadline = None  # who was not missed before it is looked for after it
                continue
            usual = self.longest_usual(hour)
            if usual is None:
                continue
            begins = max(hour, self._last)
            allowed = max(factor * usual, LEAST)
            if deadline is None or begins + allowed < deadline:  # holidays only put it off
                found = _after(begins, allowed)
                deadline = found if deadline is None else min(deadline, found)
        return deadline

    def _longest(self, hour: int, moment: datetime) -> timedelta | None:
        """Return the longest gap of one hour that is not too old; the longest stands first."""
        for when, gap in self._gaps.get(hour, ()):
            if moment - when < WINDOW + HOUR:
                return gap
        return None

    def _note(self, hour: int, when: datetime, gap: timedelta) -> None:
        """Keep of the gaps of an hour those that may yet be the longest in the window."""
        gaps = self._gaps[hour]
        while gaps and gaps[-1][1] <= gap:
            gaps.pop()
        gaps.append((when, gap))
        while when - gaps[0][0] >= WINDOW + 2 * HOUR:
            gaps.popleft()


def _hours(begin: datetime, end: datetime) -> Iterable[datetime]:
    """Yield the beginnings of the hours from the one that ``begin`` lies in; a month at most."""
    hour = begin.replace(minute=0, second=0, microsecond=0)
    end = min(end, begin + FURTHEST)
    while hour <= end:
        yield hour
        hour += HOUR


def _of_week(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour


def _is_holiday(moment: datetime) -> bool:
    return (moment.month, moment.day) in HOLIDAYS


def _after(begin: datetime, span: timedelta) -> datetime:
    """Return when so much time has been counted since a moment."""
    end = counted(begin) + span
    moment = begin + span
    while (lacks := end - counted(moment)) > timedelta(0):
        moment += lacks
    return moment
