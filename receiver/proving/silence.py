"""When a mailbox has been quiet for longer than its own rhythm allows. Pure.

The theory. For each hour of the week the *longest usual gap* is the longest time between two
letters that covered that hour, or one within three hours of it, in the last year. A mailbox that is
quiet from some moment on is suspicious once it has been so, counted from the beginning of any hour
that it has been quiet in, for twice the longest usual gap of that hour. So a rule that stops
forwarding at any moment is found within twice what is usual there; nights and weekends are long
gaps themselves, and allow long ones. On public holidays the clock stands still, and the eve of one
is as its last day would be, too: before a free Friday, Thursday evening is as long as Friday's.

What is usual is asked of as much as must be known for that. An hour of the week has come twice in
two weeks, and the longest of two gaps says little of the third. So for six weeks the longest gap of
the mailbox at any time is what is usual, and until sixteen that of the same hour on any working day
counts, too, if no weekend or holiday lies XX of silence, which a restart may take.
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

FACTOR = 2
NEAR = 3  # hours before and after one that count as it
LEAST = timedelta(minutes=30)
KNOWN_AT_ALL = timedelta(weeks=2)
KNOWN_BY_DAY = timedelta(weeks=6)
KNOWN_BY_WEEK = timedelta(weeks=16)
WINDOW = timedelta(weeks=52)
FURTHEST = timedelta(days=30)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK_HOURS = 7 * 24
ANY_WORKING_DAY = WEEK_HOURS  # and the hour: what is noted beside the hours of the week
ANY_TIME = ANY_WORKING_DAY + 24
SATURDAY = 5


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

    at_all, by_day, by_week = KNOWN_AT_ALL, KNOWN_BY_DAY, KNOWN_BY_WEEK
    near = NEAR

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

    @property
    def known_for(self) -> timedelta:
        """How long the mailbox is known: from the first letter to the last."""
        return self._last - self._first if self._first and self._last else timedelta(0)

    def add(self, arrival: datetime) -> None:
        """Take in the next arrival; one that is no later than the last says nothing."""
        if self._first is None:
            self._first = arrival
        if self._last is not None and arrival > self._last:
            gap = counted(arrival) - counted(self._last)
            at_work = _is_all_at_work(self._last, arrival)
            self._note(ANY_TIME, arrival, gap)
            for hour in _hours(self._last, arrival):
                self._note(_of_week(hour), arrival, gap)
                if at_work:
                    self._note(ANY_WORKING_DAY + hour.hour, arrival, gap)
        self._last = max(arrival, self._last or arrival)

    def longest_usual(self, moment: datetime) -> timedelta | None:
        """Return the longest usual gap of a moment's hour; None if nothing is known of it."""
        if self.known_for < self.by_day:
            return self._longest(ANY_TIME, moment)
        hours = [_of_week(moment), *_of_holiday_after(moment)]
        asked = {
            (each + step) % WEEK_HOURS
            for each in hours
            for step in range(-self.near, self.near + 1)
        }
        if self.known_for < self.by_week and moment.weekday() < SATURDAY:
            asked.add(ANY_WORKING_DAY + moment.hour)
        gaps = [self._longest(each, moment) for each in asked]
        return max((each for each in gaps if each is not None), default=None)

    def silent_from(self) -> datetime | None:
        """Return when the silence after the last letter becomes suspicious; None if never.

        While it lasts the mailbox becomes known for as long as must be, though no better.
        """
        if self._first is None or (deadline := self._twice_the_usual()) is None:
            return None
        return max(deadline, self._first + self.at_all)

    def _twice_the_usual(self) -> datetime | None:
        """Return when what is usual has passed twice from some hour since the last letter."""
        if self._last is None:
            return None
        deadline: datetime | None = None
        for hour in _hours(self._last, self._last + FURTHEST):
            if deadline is not None and deadline <= hour:
                return deadline
            if _is_holiday(hour) or (usual := self.longest_usual(hour)) is None:
                continue
            begins = max(hour, self._last)
            allowed = max(FACTOR * usual, LEAST)
            if deadline is None or begins + allowed < deadline:  # holidays only put it off
                found = _after(begins, allowed)
                deadline = found if deadline is None else min(deadline, found)
        return deadline

    def _longest(self, key: int, moment: datetime) -> timedelta | None:
        """Return the longest gap of one key that is not too old; the longest stands first."""
        for when, gap in self._gaps.get(key, ()):
            if moment - when < WINDOW + HOUR:
                return gap
        return None

    def _note(self, key: int, when: datetime, gap: timedelta) -> None:
        """Keep of the gaps of a key those that may yet be the longest in the window."""
        gaps = self._gaps[key]
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


def _of_holiday_after(moment: datetime) -> Iterable[int]:
    """Yield the same hour of the last of the holidays that begin on the next day, if any do."""
    day = moment + DAY
    if _is_holiday(day) and not _is_holiday(moment):
        while _is_holiday(day + DAY):
            day += DAY
        yield _of_week(day)


def _is_all_at_work(begin: datetime, end: datetime) -> bool:
    """Tell whether no weekend and no holiday lies in a span."""
    days = range((end.date() - begin.date()).days + 1)
    if len(days) > SATURDAY:
        return False
    each = (begin + day * DAY for day in days)
    return all(one.weekday() < SATURDAY and not _is_holiday(one) for one in each)


def _is_holiday(moment: datetime) -> bool:
    return (moment.month, moment.day) in HOLIDAYS


def _after(begin: datetime, span: timedelta) -> datetime:
    """Return when so much time has been counted since a moment."""
    end = counted(begin) + span
    moment = begin + span
    while (lacks := end - counted(moment)) > timedelta(0):
        moment += lacks
    return moment
