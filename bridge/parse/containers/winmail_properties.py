"""The property lists inside a winmail.dat ([MS-OXTNEF] 2.1.3.4, [MS-OXCDATA] 2.11.1)."""

from collections.abc import Iterator

MAX_PROPERTIES = 2000

_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8}
_FIXED |= {0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8, 0x0048: 16}
_VARIABLE = (0x000D, 0x001E, 0x001F, 0x0102)
_MANY = 0x1000
_NAMED = 0x8000


class Malformed(Exception):
    """The bytes are no property list, or end inside one."""


class Reader:
    """Reads little-endian numbers and bytes from the front of a buffer."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    @property
    def left(self) -> int:
        """The number of unread bytes."""
        return len(self._content) - self._position

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes; raises Malformed if there are fewer."""
        if size > self.left:
            raise Malformed
        start = self._position
        self._position += size
        return self._content[start : self._position]

    def number(self, size: int) -> int:
        """Return the next ``size`` bytes as an unsigned number."""
        return int.from_bytes(self.take(size), "little")


def properties(content: bytes) -> dict[int, tuple[int, bytes]]:
    """Return the first value of every property: id to (type, bytes); stops where it breaks."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        for number, kind, value in _each(Reader(content)):
            found.setdefault(number, (kind, value))
    except Malformed:
        pass
    return found


def _each(reader: Reader) -> Iterator[tuple[int, int, bytes]]:
    for _ in range(min(reader.number(4), MAX_PROPERTIES)):
        kind, number = reader.number(2), reader.number(2)
        if number >= _NAMED:
            _skip_name(reader)
        single = kind & ~_MANY
        many = kind & _MANY or single in _VARIABLE
        for count in range(min(reader.number(4), MAX_PROPERTIES) if many else 1):
            size = reader.number(4) if single in _VARIABLE else _size(single)
            value = reader.take(size)
            reader.take(min(-size % 4, reader.left))
            if count == 0:
                yield number, single, value


def _skip_name(reader: Reader) -> None:
    reader.take(16)
    if reader.number(4) == 0:
        reader.take(4)
    else:
        size = reader.number(4)
        reader.take(size + -size % 4)


def _size(kind: int) -> int:
    if kind not in _FIXED:
        raise Malformed
    return _FIXED[kind]
