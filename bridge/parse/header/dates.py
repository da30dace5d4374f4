"""When the letter says it was written (RFC 5322 3.3); mail-parser reads it, faults F15 mended."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import mktime_tz, parsedate_tz

_HALF_DAY = re.compile(r"\b(\d{1,2})(:\d{2}(?::\d{2})?)\s*([ap])\.?m\b\.?", re.IGNORECASE)
_GMT_SHIFT = re.compile(r"\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d{2}))?\b", re.IGNORECASE)
_YEAR_SINCE_1900 = re.compile(r"\b0?(1\d\d)(?=\s+\d{1,2}:)")  # 102 and 0102 for 2002
_EARLIEST = datetime(1960, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?"
)


def read_date(value: str, parsed: datetime | None, received: list[str]) -> datetime | None:
    """Return an aware time or None.

    ``parsed`` is what mail-parser made of ``value``; it is not believed for times with AM or PM,
    which it reads twelve hours wrong, nor for ``GMT+1``. Without a readable Date the topmost
    ``received`` counts.
    """
    value = value[:500]
    if parsed is not None and not _HALF_DAY.search(value) and not _GMT_SHIFT.search(value):
        found = _believable(_aware(parsed))
        if found:
            return found
    return _lenient(value) or next(filter(None, map(_of_received, received[:3])), None)


def _of_received(value: str) -> datetime | None:
    return _lenient(value[:4000].rpartition(";")[2])


def _lenient(value: str) -> datetime | None:
    value = _HALF_DAY.sub(_whole_day, value)
    value = _GMT_SHIFT.sub(_shift, value)
    value = _YEAR_SINCE_1900.sub(lambda found: str(1900 + int(found.group(1))), value)
    iso = _ISO.search(value)
    if iso:
        try:
            return _believable(_aware(datetime.fromisoformat(iso.group())))
        except ValueError:
            pass
    try:
        parts = parsedate_tz(value)
        if parts is None:
            return None
        zone = parts[9] or 0
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=mktime_tz(parts))
        return _believable(at.astimezone(timezone(timedelta(seconds=zone))))
    except (ValueError, OverflowError, TypeError, IndexError):
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
