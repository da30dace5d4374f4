"""Opaque cursors: where a page ended. They give no rights: each page needs a token."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_MS = 253402300799999  # the end of the year 9999


def packed(values: list[Any]) -> str:
    """Return plain values as text for a URL."""
    text = json.dumps(values, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpacked(word: str) -> list[Any]:
    """Return the values in such a text; raises ValueError."""
    try:
        found = json.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (ValueError, RecursionError) as error:  # ValueError: not base64, not UTF-8, not JSON
        raise ValueError("not of this API") from error
    if not isinstance(found, list) or packed(found) != word:  # base64 is read over much else
        raise ValueError("not of this API")
    return found


def cursor_of(sort: str, when: datetime, last: ObjectId) -> str:
    """Return the cursor of the page behind a row."""
    return packed([sort, milliseconds(when), str(last)])


def read_cursor(word: str, sort: str) -> tuple[datetime, ObjectId]:
    """Return where the previous page ended; raises ValueError if it was sorted differently."""
    match unpacked(word):
        case [str() as of, int() as when, str() as last] if ObjectId.is_valid(last):
            if of != sort:
                raise ValueError("the list was sorted otherwise")
            return moment(when), ObjectId(last)
    raise ValueError("not of this API")


def milliseconds(when: datetime) -> int:
    """Return a time in whole milliseconds, the database's precision."""
    return (when - EPOCH) // timedelta(milliseconds=1)


def moment(when: int) -> datetime:
    """Return the time of milliseconds; raises ValueError."""
    if not 0 <= when < MAX_MS or isinstance(when, bool):  # there is one behind it
        raise ValueError("not of this API")
    return EPOCH + timedelta(milliseconds=when)
