"""Times as people read them: exact ones, short ones, and how long ago."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from receiver.page.words import PageWords

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MAX_ZONE = 64


@dataclass(frozen=True)
class Moment:
    """A time for the templates: for machines, exact, short, and how long ago."""

    iso: str
    exact: str
    short: str
    ago: str


@dataclass(frozen=True)
class Clock:
    """The time now, the time zone, and the words for times."""

    words: PageWords
    now: datetime
    zone: tzinfo = UTC

    def moment(self, when: datetime) -> Moment:
        """Return a time in every form."""
        iso = moved(when, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Moment(iso, self.exact(when), self.short(when), self.ago(when))

    def exact(self, when: datetime) -> str:
        """Return a time to the second, with its zone."""
        local = moved(when, self.zone)
        date = self._date(local, "months", year=True)
        return f"{date}, {local:%H:%M:%S} {offset_of(local)}"

    def short(self, when: datetime) -> str:
        """Return the time of a letter of today, the day of an earlier one."""
        local, now = moved(when, self.zone), moved(self.now, self.zone)
        if local.date() == now.date():
            return f"{local:%H:%M}"
        return self._date(local, "months_short", year=local.year != now.year)

    def day_in_short(self, when: datetime) -> str:
        """Return a recent day in short, as a chart has little room."""
        return self._date(moved(when, self.zone), "months_short", year=False)

    def day(self, when: datetime) -> str:
        """Return the day of a time."""
        local = moved(when, self.zone)
        return self._date(local, "months", year=local.year != moved(self.now, self.zone).year)

    def last_days(self, count: int) -> list[tuple[datetime, datetime]]:
        """Return the beginning and end of each of the last days, today's last."""
        today = moved(self.now, self.zone).date()
        dates = [today - timedelta(days=back) for back in range(count - 1, -2, -1)]
        midnights = [datetime.combine(each, time.min, self.zone) for each in dates]
        return list(pairwise(each.astimezone(UTC) for each in midnights))

    def ago(self, when: datetime) -> str:
        """Return how long ago a time was, or when it will be; of one far off the day."""
        passed = self.now - when
        if -30 * DAY < passed <= -MINUTE:
            return self.words("time.ahead", span=self.span(-passed))
        if passed <= -MINUTE:
            return self.day(when)
        if passed < MINUTE:
            return self.words("time.now")
        if passed < 30 * DAY:
            return self.words("time.ago", span=self.span(passed))
        return self.day(when)

    def since(self, when: datetime, words: str) -> str:
        """Return in these words how long something lasts; of a date ahead that it is one."""
        passed = self.now - when
        if passed <= -MINUTE:
            return self.words("time.dated_ahead", span=self.span(-passed))
        return self.words(words, span=self.span(passed))

    def span(self, passed: timedelta, *, alone: bool = False) -> str:
        """Return a length of time in its largest unit; Russian differs if it stands alone."""
        units = (("days", DAY), ("hours", HOUR), ("minutes", MINUTE))
        seconds = ("seconds", timedelta(seconds=1))
        name, unit = next((each for each in units if passed >= each[1]), seconds)
        key = f"span.{name}" if alone else f"time.{name}"
        return self.words.n(key, max(0, passed // unit))

    def _date(self, local: datetime, months: str, *, year: bool) -> str:
        month = self.words.forms(months)[local.month - 1]
        return f"{local.day}\u00a0{month}" + (f" {local.year}" if year else "")


def moved(when: datetime, zone: tzinfo) -> datetime:
    """Return a time in a zone; at the very ends of the calendar its own zone is ignored."""
    try:
        return when.astimezone(zone)
    except OverflowError:  # a hop's date is whatever its sender wrote
        return when.replace(tzinfo=zone)


def offset_of(local: datetime) -> str:
    """Return the distance from UTC: ``UTC``, ``UTC+3``, ``UTC-3:30``."""
    minutes = (local.utcoffset() or timedelta(0)) // MINUTE
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")


def zone_of(name: str | None) -> tzinfo:
    """Return the zone that a browser stated, UTC if it did not or is not understood."""
    if not name or len(name) > MAX_ZONE or not name.isascii():
        return UTC
    try:
        return ZoneInfo(unquote(name))
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return UTC
