"""A zip file as several small ones, so that no list of all its members is in memory."""

import io
import os
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

ENTRIES_AT_ONCE = 2000
_ENTRY = struct.Struct("<4s24x3H12x")
_END_OF_ZIP64 = 56 + 20  # its record, and what leads to it
_MOST_OFFSET = 2**32 - 1


def parts(path: Path) -> Iterator[IO[bytes]]:
    """Yield a zip as several, of some members each.

    ZipFile makes half a kilobyte of each entry of the directory at the archive's end, and keeps it:
    for a quarter of a million members more than a hundred megabytes. So the directory is read piece
    by piece, and each piece is presented as if it were all (APPNOTE.TXT 4.3.6, 4.3.12, 4.3.16).
    """
    with path.open("rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # finds that of zip64, too
        if not end:
            raise zipfile.BadZipFile("its end is missing: copy it anew")
        size, offset = end[5], end[6]
        start = end[9] - size - (_END_OF_ZIP64 if end[0] == b"PK\x06\x06" else 0)
        if start < 0 or offset > _MOST_OFFSET:
            yield file
            return
        done = 0
        while done < size:
            file.seek(start + done)
            entries, count = _some_entries(file, size - done)
            done += len(entries)
            last = struct.pack(
                "<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), offset, 0
            )
            yield io.BufferedReader(_Part(file, start, entries + last))


def _some_entries(file: IO[bytes], size: int) -> tuple[bytes, int]:
    """Return the next entries of the directory, with ``size`` bytes left, and their number."""
    found, count = bytearray(), 0
    while len(found) < size and count < ENTRIES_AT_ONCE:
        head = file.read(_ENTRY.size)
        signature, name, extra, comment = _ENTRY.unpack(head)
        if signature != b"PK\x01\x02":
            raise zipfile.BadZipFile("its directory is damaged")
        found += head + file.read(name + extra + comment)
        count += 1
    return bytes(found), count


class _Part(io.RawIOBase):
    """The beginning of a file, followed by other bytes than its own."""

    def __init__(self, file: BinaryIO, size: int, rest: bytes) -> None:
        self._file = file
        self._size = size
        self._rest = rest
        self._place = 0

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """It can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, and return the place from the beginning."""
        end = self._size + len(self._rest)
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: end}[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """Return the place from the beginning."""
        return self._place

    def readinto(self, room: "Buffer", /) -> int:
        """Read some bytes; return how many, 0 at the end."""
        view = memoryview(room).cast("B")
        if self._place < self._size:
            self._file.seek(self._place)
            found = self._file.read(min(len(view), self._size - self._place))
        else:
            begin = self._place - self._size
            found = self._rest[begin : begin + len(view)]
        view[: len(found)] = found
        self._place += len(found)
        return len(found)
