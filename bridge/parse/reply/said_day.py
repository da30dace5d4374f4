"""The day that a line names, in numbers or in any language whose months are known."""

import re
from collections.abc import Iterator
from datetime import date

from bridge.parse.header.months import month_of

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.年년] ?(\d{1,2})[-/.月월] ?(\d{1,2})(?!\d)")
_IN_FIGURES = re.compile(r"(?<!\d)(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d{2})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})\.? (?:de |d')?([^\W\d_]{3,12})\.?,? (?:de )?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"(?<!\w)([^\W\d_]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")
_LAST_CENTURY = 50


def day_of(text: str) -> date | None:
    """Return the first day in a text; the earlier one if the numbers have two readings.

    A two-digit year from 50 on is of the last century (RFC 5322 section 4.3). None if no day with
    month and year is there.
    """
    return min(_readings(text), default=None)


def _readings(text: str) -> Iterator[date]:
    if found := _YEAR_FIRST.search(text):
        year, month, day = found.groups()
        yield from _valid(year, int(month), day)
    elif found := _IN_FIGURES.search(text):
        first, sign, second, year = found.groups()
        yield from _valid(year, int(second), first)
        if sign != ".":
            yield from _valid(year, int(first), second)
    elif found := _DAY_FIRST.search(text):
        yield from _valid(found[3], month_of(found[2]), found[1])
    elif found := _MONTH_FIRST.search(text):
        yield from _valid(found[3], month_of(found[1]), found[2])


def _valid(year: str, month: int, day: str) -> Iterator[date]:
    whole = int(year)
    if len(year) == 2:
        whole += 1900 if whole >= _LAST_CENTURY else 2000
    try:
        yield date(whole, month, int(day))
    except ValueError:
        return
