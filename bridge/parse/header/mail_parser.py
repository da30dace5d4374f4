"""mail-parser's readers of one field each, called alone.

``mailparser.parse_from_bytes`` makes a message of the fields, walks it for a missing body and reads
every field three times, ten times as slowly. The readers give the same results; a test compares
them.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from mailparser.dates import parse_mail_date
from mailparser.utils import decode_header_part, get_addresses

MAX_USUAL = 500
MAX_OPEN = 100  # encoded words in a subject without an end


def addresses_in(line: str) -> Sequence[tuple[str, str]]:
    """Return the names and addresses of an address field; raises what mail-parser raises."""
    return _usual(line) if len(line) <= MAX_USUAL else _read(line)


@lru_cache(maxsize=256)  # a mailbox's letters name the same people again and again
def _usual(line: str) -> Sequence[tuple[str, str]]:
    return _read(line)


def _read(line: str) -> Sequence[tuple[str, str]]:
    found = get_addresses(line, decode_names=True)
    return tuple(("" if name == address else name, address) for name, address in found if address)


def subject_in(line: str) -> str:
    """Return a subject; beside a character that is not ASCII an encoded word is not decoded."""
    if not line.isascii():
        return line.strip()
    closed = line.rfind("?=") + 2 if "?=" in line else 0
    if line.count("=?", closed) <= MAX_OPEN:
        return str(decode_header_part(line))
    # The standard library searches for the end of each to the end of the line.
    return f"{decode_header_part(line[:closed])}{line[closed:]}".strip()


def date_in(line: str) -> datetime | None:
    """Return the time of a Date field in UTC, or None."""
    value: datetime | None = parse_mail_date(line).value
    return value
