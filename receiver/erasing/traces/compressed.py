"""Compressed data within bytes: zip (docx, xlsx, odt), gzip, the streams of a PDF. Pure.

Only deflate, recognised anywhere by what stands before it. Bounded, as a few kilobytes can expand
to a gigabyte; other compression and encryption is not read.
"""

import re
import zlib
from typing import Any

MOST_INFLATED = 64 * 1024 * 1024
_TIMES = 24  # as much as the bytes: what office programs write is a tenth of what it says
_LEAST = 1024 * 1024
_MOST_BEGUN = 50_000
_AT_ONCE = 4096  # what follows a stream is copied by its end
_HEADER = 30

# PKWARE's APPNOTE 4.3.7 with method 8; RFC 1952 section 2.3; ISO 32000-1 section 7.3.8 with the
# two bytes of RFC 1950 section 2.2. Each ends where its stream begins.
_BEGINS = re.compile(
    rb"PK\x03\x04.{4}\x08\0.{16}(?P<name>..)(?P<more>..)"
    rb"|(?P<gzip>\x1f)(?=\x8b\x08[\0-\x1f].{4}[\0\x02\x04])"
    rb"|stream\r?\n(?=[\x08\x18\x28\x38\x48\x58\x68\x78].)",
    re.DOTALL,
)
_LISTED = re.compile(rb"PK\x01\x02.{24}(..)(..)(..).{12}", re.DOTALL)  # APPNOTE 4.3.12
# Each begins with characters that are searched for first; many letters contain ``octet-stream``.
_SIGNS = [
    re.compile(each, re.DOTALL)
    for each in (
        rb"PK\x03\x04.{4}\x08\0",
        rb"\x1f\x8b\x08[\0-\x1f]",
        rb"stream\r?\n[\x08\x18\x28\x38\x48\x58\x68\x78]",
    )
]
_RAW, _GZIP, _ZLIB = -15, 31, 15


def may_be_compressed(content: bytes) -> bool:
    """Tell whether something in the bytes may be compressed: a superset."""
    return any(sign.search(content) for sign in _SIGNS)


def most_inflated(size: int) -> int:
    """Return how many bytes may be decompressed out of this many."""
    return min(_TIMES * size + _LEAST, MOST_INFLATED)


def names_listed(content: bytes) -> bytes:
    """Return the names in an archive's list, one a line: there nothing separates them."""
    places = ((each.end(), int.from_bytes(each[1], "little")) for each in _LISTED.finditer(content))
    return b"\n".join(content[start : start + length] for start, length in places)


class Inflating:
    """Takes bytes piece by piece, and returns what was compressed in them, up to a bound."""

    def __init__(self, most: int) -> None:
        self._before = b""
        self._stream: Any = None
        self._skip = 0
        self._begun = 0
        self._room = most

    def feed(self, piece: bytes) -> bytes:
        """Return what one more piece contains; nothing once the bound is reached."""
        content = self._before + piece
        at, found = 0, list[bytes]()
        while at < len(content) and self._room > 0:
            if self._stream is None:
                begins = _BEGINS.search(content, at) if self._begun < _MOST_BEGUN else None
                if begins is None:  # the rest may be half of a stream's beginning
                    at = max(at, len(content) - _HEADER + 1)
                    break
                at = begins.end()
                self._begin(begins)
            elif self._skip:
                step = min(self._skip, len(content) - at)
                at, self._skip = at + step, self._skip - step
            else:
                some, at = self._inflated(content, at)
                found.append(some)
        self._before = content[at:] if self._room > 0 else b""
        return b"".join(found)

    def _begin(self, begins: re.Match[bytes]) -> None:
        self._begun += 1
        if begins["name"] is not None:
            self._stream = zlib.decompressobj(_RAW)
            self._skip = sum(int.from_bytes(begins[each], "little") for each in ("name", "more"))
        else:
            self._stream = zlib.decompressobj(_GZIP if begins["gzip"] else _ZLIB)
            self._stream.decompress(begins["gzip"] or b"")

    def _inflated(self, content: bytes, at: int) -> tuple[bytes, int]:
        """Return a little more of a stream, and where it goes on."""
        end = min(at + _AT_ONCE, len(content))
        try:
            some = self._stream.decompress(content[at:end])
        except zlib.error:  # it was none, or is damaged: what was read before is kept
            self._stream = None
            return b"\n", at
        self._room -= len(some)
        if self._stream.eof:
            end -= len(self._stream.unused_data)
            self._stream, some = None, some + b"\n"
        return some, end
