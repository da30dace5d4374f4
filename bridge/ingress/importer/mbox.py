"""Reading mbox files letter by letter in bounded memory (RFC 4155, and practice).

A letter begins with a ``From `` line that ends in a date and stands at the start, after an empty
line, or, as some writers leave that out, before a header field. ``>From `` was ``From `` (mboxrd).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

_SEPARATOR = re.compile(rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?P<date>.*\d\d?:\d\d.*)$")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_QUOTED = re.compile(rb">+From ")
# Bookkeeping that some servers keep at the head of an mbox.
_INTERNAL = re.compile(
    rb"\A(?:[^\r\n][^\n]*\n)*?Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r?\n"
    rb"(?:[^\r\n][^\n]*\n)*?X-IMAP(?:base)?: "
)


@dataclass(frozen=True, slots=True)
class MboxLetter:
    """A letter in a file: its bytes, when it came (None if unknown), where the next begins.

    ``content`` is None if the letter is too large.
    """

    content: bytes | None
    came: datetime | None
    end: int


def is_mbox(path: Path) -> bool:
    """Tell whether the file begins as an mbox does."""
    with path.open("rb") as file:
        return begins_mbox(file.readline(1000))


def begins_mbox(head: bytes) -> bool:
    """Tell whether a file that begins so is an mbox."""
    line, _, _ = head[:1000].partition(b"\n")
    return _SEPARATOR.match(line.rstrip(b"\r")) is not None


def read_mbox(path: Path, start: int, max_size: int) -> Iterator[MboxLetter]:
    """Yield the letters from byte ``start`` on: 0 or the ``end`` of an earlier letter."""
    with path.open("rb") as file:
        file.seek(start)
        separator: bytes | None = None
        lines: list[bytes] = []
        size, end = 0, start
        for line, begins in _lines(file):
            if begins:
                if separator is not None:
                    yield from _stored(separator, lines, size, max_size, end)
                separator, lines, size = line, [], 0
            elif separator is not None:
                size += len(line)
                if size <= max_size:
                    lines.append(line[1:] if _QUOTED.match(line) else line)
            end += len(line)
        if separator is not None:
            yield from _stored(separator, lines, size, max_size, end)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield each line, in pieces if it is long, and whether a letter begins with it."""
    after_empty = True
    held: bytes | None = None
    for line in iter(lambda: file.readline(1024 * 1024), b""):
        if held is not None:
            yield held, after_empty or _FIELD.match(line) is not None
            held, after_empty = None, False
        if line.startswith(b"From ") and _SEPARATOR.match(line.rstrip(b"\r\n")):
            held = line
        else:
            yield line, False
            after_empty = line in (b"\n", b"\r\n")
    if held is not None:
        yield held, after_empty


def _stored(
    separator: bytes, lines: list[bytes], size: int, max_size: int, end: int
) -> Iterator[MboxLetter]:
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines.pop()  # belongs to the next separator
    content = b"".join(lines)
    if size and not _INTERNAL.match(content[:2000]):
        yield MboxLetter(content if size <= max_size else None, _date(separator), end)


def _date(separator: bytes) -> datetime | None:
    """Return the date of ``From a@b Thu Jan  1 00:00:00 1970``; without a zone it is UTC."""
    found = _SEPARATOR.match(separator.rstrip(b"\r\n"))
    words = found["date"].decode("ascii", "replace").split() if found else []
    try:
        if len(words) >= 4 and words[1].isdigit():  # asctime: month, day, time, zone?, year
            zone = next((word for word in words[3:] if word[0] in "+-"), "+0000")
            year = next(word for word in words[3:] if word.isdigit() and len(word) == 4)
            words = [words[1], words[0], year, words[2], zone]
        date = parsedate_to_datetime(" ".join(words))
        in_zone = date if date.tzinfo else date.replace(tzinfo=UTC)
        in_zone.astimezone(UTC)  # its UTC time is out of range
    except (ValueError, OverflowError, StopIteration):
        return None
    return in_zone
