"""All-numeric dates; some orders allow two readings (05/06/2024)."""

import re
from datetime import UTC, datetime

ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DAY_OR_MONTH = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2}),?(?=\s+\d{1,2}:\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2}),?(?=[\sT]+\d{1,2}:\d{2})")
_WITH_SIGNS = re.compile(r"(\d{4})(?:年|년)\s?(\d{1,2})(?:月|월)\s?(\d{1,2})(?:日|일)")
_AS_ONE = re.compile(r"(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(?!\d)")
_SECONDS = re.compile(r"@?(\d{9,10})(?:\d{3}|\.\d{1,9})?")  # or milliseconds
_MONTH_WITH_SIGN = re.compile(r"(?<=\d)(\s+)(\d{1,2})\s?[月월](?=\s+\d{4})")
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
_CENTURY = 2000


def readings(value: str) -> tuple[str, ...]:
    """Return ``value`` with its month in English, in each possible order; else unchanged.

    With dots the day comes first, as everywhere that dots are used. With slashes or dashes either
    may (Russia and the Commonwealth, or America), the likelier first: a 12-hour clock is American.
    """
    value = _MONTH_WITH_SIGN.sub(_by_name, value.strip())
    if value[:1] != "@" and not value[:1].isdigit():
        return (value,)
    if found := _SECONDS.fullmatch(value):  # since 1970, as a program's own clock counts
        return (datetime.fromtimestamp(int(found[1]), UTC).isoformat(),)
    if found := _AS_ONE.match(value):
        year, month, day, *clock = found.groups()
        return _possible([(day, month, year)], f" {':'.join(clock)} {value[found.end() :]}", value)
    if found := _YEAR_FIRST.match(value):
        year, _, month, day = found.groups()
        return _possible([(day, month, year)], value[found.end() :], value)
    if found := _WITH_SIGNS.match(value):
        year, month, day = found.groups()
        return _possible([(day, month, year)], value[found.end() :], value)
    found = _DAY_OR_MONTH.match(value)
    if found is None:
        return (value,)
    first, sign, second, year = found.groups()
    rest = value[found.end() :]
    orders = [(first, second, year)]
    if sign != ".":
        orders.insert(0 if _HALF_DAY.search(rest) else 1, (second, first, year))
    return _possible(orders, rest, value)


def _by_name(found: re.Match[str]) -> str:
    month = int(found[2])
    return found[1] + ENGLISH[month - 1] if 1 <= month <= 12 else found.group()


def _possible(orders: list[tuple[str, str, str]], rest: str, value: str) -> tuple[str, ...]:
    """Return the orders with a valid month, as ``20 May 2024 12:31``."""
    found = dict.fromkeys(
        f"{int(day)} {ENGLISH[int(month) - 1]} {_whole(year)}{rest}"
        for day, month, year in orders
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    )
    return tuple(found) or (value,)


def _whole(year: str) -> int:
    return int(year) if len(year) == 4 else _CENTURY + int(year)
