"""When the letter says it was written (RFC 5322 3.3); mail-parser's faults F15 are mended."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import mktime_tz, parsedate_tz
from typing import Any

from bridge.parse.header.as_dates_go import as_dates_go
from bridge.parse.header.figures import ENGLISH, readings
from bridge.parse.header.months import in_english
from bridge.parse.header.zones import hours_in_words, zone_hours

_REGULAR = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d{{1,2}}) (?:{'|'.join(ENGLISH)}) (?:19|20)\d{{2}}"
    r" (\d{2}):(\d{2}):\d{2} [+-](?:0\d|1[0-4])[0-5]\d"
    r"(?: \([A-Z]{1,5}\))?"
)
_HALF_DAY = re.compile(r"\b(\d{1,2})(:\d{2}(?::\d{2})?)\s*([ap])\.?m\b\.?", re.IGNORECASE)
_GMT_SHIFT = re.compile(
    r"(?<![A-Za-z])\(?(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d{2}))?\b\)?", re.IGNORECASE
)
_ZONE = re.compile(
    r"(?<![\w:.])[+-]\d{4}(?!\d)|\d[+-]\d{2}:?\d{2}(?!\d)|\d\s?(?:GMT|UTC?|Z)\b(?![+-])"
)
_NAME = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,5}(?![^\W\d_])")
# Words in a date that are not zones.
_NO_ZONES = frozenset({
    *("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "ПН", "ВТ", "СР", "ЧТ", "ПТ", "СБ", "ВС"),
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "SEPT", "OCT", "NOV", "DEC"),
    *("MARCH", "APRIL", "JUNE", "JULY", "AM", "PM", "T"),
})  # fmt: skip
_NO_HOUR = re.compile(r"(?<![\d:])(?:2[5-9]|[3-9]\d):\d{2}:\d{2}(?!\d)|:[6-9]\d:\d{2}(?![\d:])")
_CLOCKS_DIFFER = timedelta(minutes=10)
_EASTERNMOST = 14
_IN_EVERY_MONTH = 28
_UNREADABLE = (ValueError, OverflowError, TypeError, IndexError)
_YEAR_SINCE_1900 = re.compile(r"\b0?(1\d\d)(?=\s+\d{1,2}:)")  # 102 and 0102 for 2002
_EARLIEST = datetime(1960, 1, 1, tzinfo=UTC)
_EPOCH, _DAY = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)  # a clock that was never set
_NO_YEAR = re.compile(r"(?<=\s)000\d(?=\s+\d{1,2}:)|^000\d-")
_AT_THE_END = re.compile(r"\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}[^;]{0,60}\Z")
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s?(Z|[+-]\d{2}:?\d{2})?"
)


def read_date(value: str, parsed: datetime | None, received: Sequence[str]) -> datetime | None:
    """Return an aware time or None.

    ``parsed`` is mail-parser's reading of ``value``. It is not trusted for AM and PM, which it
    reads twelve hours wrong, for ``GMT+1``, without a numeric zone, and for 30 February, which it
    takes for 1 March. Without a readable Date the topmost ``received`` counts; it also tells which
    meaning of a zone's name is possible, as nothing arrives before it is written.
    """
    written = value[:500]
    value = written
    regular = _REGULAR.fullmatch(written)
    if not regular:
        value = as_dates_go(in_english(as_dates_go(written)))
    if value != written:
        parsed = None  # mail-parser read it without its month or zone
    # most dates are so, and need no other look
    if regular and int(regular[1]) <= _IN_EVERY_MONTH and regular[2] <= "24" and regular[3] <= "59":
        impossible, usual = False, parsed is not None
    else:
        impossible = bool(_NO_HOUR.search(value) or _NO_YEAR.search(value))
        usual = bool(parsed and _ZONE.search(value) and not _HALF_DAY.search(value))
        usual = usual and _parts(value) is not None
    read = _believable(_aware(parsed)) if parsed and usual and not impossible else None
    if read and abs(read - _EPOCH) > _DAY:
        return read
    arrived = next(filter(None, map(_of_received, received[:3])), None)
    if impossible:
        return arrived or _lenient(value)
    orders = readings(value)
    found = _likeliest([_one_reading(order, arrived) for order in orders], arrived)
    return arrived if arrived and found and abs(found - _EPOCH) <= _DAY else found or arrived


def _one_reading(value: str, arrived: datetime | None) -> datetime | None:
    if not _ZONE.search(value) and not _GMT_SHIFT.search(value):
        found = _in_words(value) or _by_name(value, arrived)
        if found:
            return found
    return _lenient(value)


def _in_words(value: str) -> datetime | None:
    """Read a time whose zone is a place or in words: ``Asia/Shanghai``, «Moscow Time»."""
    clock, _, words = value.rpartition(":")
    at = _lenient(f"{clock}:{words[:2]} +0000") if words[2:].strip() else None
    hours = hours_in_words(words[2:], at) if at else None
    return at.replace(tzinfo=timezone(timedelta(hours=hours))) if at and hours is not None else None


def _likeliest(found: Sequence[datetime | None], arrived: datetime | None) -> datetime | None:
    """Return the last reading before the arrival, the first reading if that tells nothing."""
    read = [one for one in found if one is not None]
    possible = [one for one in read if arrived and one <= arrived + _CLOCKS_DIFFER]
    return max(possible) if possible else next(iter(read), None)


def _by_name(value: str, arrived: datetime | None) -> datetime | None:
    """Read a time with a zone's name or no zone; RFC 5322 4.3 takes an unknown name for -0000."""
    name = next((word for word in _NAME.findall(value) if word.upper() not in _NO_ZONES), "")
    clock = _lenient(value.replace(name, " ", 1) + " +0000" if name else f"{value} +0000")
    if clock is None:
        return None
    hours = zone_hours(name) or (0,)
    readings = [clock.replace(tzinfo=timezone(timedelta(hours=hour))) for hour in hours]
    if arrived is None or (len(readings) == 1 and zone_hours(name)):
        return readings[0]
    latest = arrived + _CLOCKS_DIFFER
    possible = [reading for reading in readings if reading <= latest]
    if possible:
        return max(possible)
    early = -((latest - clock) // timedelta(hours=1))
    if 0 < early <= _EASTERNMOST:
        return clock.replace(tzinfo=timezone(timedelta(hours=early)))
    return readings[0]


def _of_received(value: str) -> datetime | None:
    _, stop, date = value[:4000].rpartition(";")
    found = None if stop else _AT_THE_END.search(date)
    return _lenient(found.group() if found else date)


def _lenient(value: str) -> datetime | None:
    value = _HALF_DAY.sub(_whole_day, value)
    value = _GMT_SHIFT.sub(_shift, value)
    value = _YEAR_SINCE_1900.sub(lambda found: str(1900 + int(found.group(1))), value)
    iso = _ISO.search(value)
    if iso:
        try:
            return _believable(_aware(datetime.fromisoformat(iso.group(1) + (iso.group(2) or ""))))
        except ValueError:
            pass
    try:
        parts = _parts(value)
        if parts is None:
            return None
        zone = parts[9] or 0
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=mktime_tz(parts))
        return _believable(at.astimezone(timezone(timedelta(seconds=zone))))
    except _UNREADABLE:
        return None


def _parts(value: str) -> Any:
    """Do as ``parsedate_tz``, but return None for a day that its month does not have.

    Others take 30 February for 1 March.
    """
    try:
        parts = parsedate_tz(value)
        return parts if parts and date(*parts[:3]) else None
    except _UNREADABLE:
        return None


def _whole_day(found: re.Match[str]) -> str:
    hour = int(found.group(1)) % 12 + (12 if found.group(3).lower() == "p" else 0)
    return f"{hour:02d}{found.group(2)}"


def _shift(found: re.Match[str]) -> str:
    return f"{found.group(1)}{int(found.group(2)):02d}{found.group(3) or '00'}"


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _believable(at: datetime) -> datetime | None:
    return at if _EARLIEST <= at <= _LATEST else None
