"""The kind of an S/MIME part, and its content if no key is needed (RFC 5652, RFC 8551 3).

A letter signed in one piece travels inside its signature, and a compressed one inside a zlib
stream: anybody can open both. Nothing is verified here.

This reader knows only the few fields on the way to the content. The usual libraries read the whole
structure first and join the pieces of a streamed letter in quadratic time; this one takes the outer
fields in one pass, in BER as in DER, and reads a truncated object as far as it goes.
"""

import zlib
from dataclasses import dataclass
from enum import StrEnum

from bridge.parse.structure.encodings.transfer_encoding import BASE64, decode

MAX_FIELDS = 200_000
MAX_DEPTH = 50

_SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _CONTENT = 0x30, 0x04, 0x24, 0xA0
_END = (0x00, 0)


class Sealed(StrEnum):
    """The kind of a CMS object."""

    SIGNED = "signed"
    CERTIFICATES = "certificates"
    COMPRESSED = "compressed"
    ENCRYPTED = "encrypted"


# object ids as encoded: 1.2.840.113549.1.7.2, .3, .6 and 1.2.840.113549.1.9.16.1.9, .23
_TYPES = {
    bytes.fromhex("2a864886f70d010702"): Sealed.SIGNED,
    bytes.fromhex("2a864886f70d010703"): Sealed.ENCRYPTED,
    bytes.fromhex("2a864886f70d010706"): Sealed.ENCRYPTED,
    bytes.fromhex("2a864886f70d0109100109"): Sealed.COMPRESSED,
    bytes.fromhex("2a864886f70d0109100117"): Sealed.ENCRYPTED,
}


class NotBer(Exception):
    """The bytes are not BER, or have more fields than we read."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The kind of a CMS object, and its content if it is readable without a key."""

    sealed: Sealed
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class _Value:
    """One tag-length-value: where its content stands; ``end`` is None for an indefinite length."""

    tag: int
    start: int
    end: int | None


def open_cms(content: bytes, limit: int) -> Opened | None:
    """Return what ``content`` is, None if it is not CMS; at most ``limit`` bytes are unpacked."""
    reader = _Reader(_binary(content))
    try:
        reader.enter(_SEQUENCE)
        sealed = _TYPES.get(reader.bytes_of(reader.next()))
        if sealed is None or sealed is Sealed.ENCRYPTED:
            return Opened(sealed) if sealed else None
        reader.enter(_CONTENT)
        reader.enter(_SEQUENCE)
        reader.skip(reader.next())  # version
        reader.skip(reader.next())  # digest algorithms, or the compression's
        reader.enter(_SEQUENCE)
        reader.skip(reader.next())  # the content's type
    except NotBer:
        return None
    try:
        reader.enter(_CONTENT)
        inner = reader.octets()
    except NotBer:
        return Opened(Sealed.CERTIFICATES if sealed is Sealed.SIGNED else sealed)
    return Opened(sealed, _inflated(inner, limit) if sealed is Sealed.COMPRESSED else inner)


def _binary(content: bytes) -> bytes:
    """Undo base64 that no header names, with or without PEM lines (RFC 7468)."""
    start = content[:200].lstrip()
    if start.startswith(b"-----BEGIN"):
        content = content.partition(b"\n")[2].partition(b"-----END")[0]
    elif not start.startswith(b"MI"):
        return content
    return decode(content, BASE64)


def _inflated(content: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, max(limit, 1))
    except zlib.error:
        return b""


class _Reader:
    """Reads values one after the other; the ends of entered values are not remembered."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0
        self._fields = 0

    def next(self) -> _Value:
        """Read a tag and a length (X.690 8.1)."""
        self._fields += 1
        content, position = self._content, self._position
        if self._fields > MAX_FIELDS or position + 2 > len(content):
            raise NotBer
        tag, length = content[position], content[position + 1]
        position += 2
        if tag & 0x1F == 0x1F:  # no field on the way has such a tag
            raise NotBer
        if length == 0x80:
            self._position = position
            return _Value(tag, position, None)
        if length > 0x80:
            size = length & 0x7F
            if size > 8 or position + size > len(content):
                raise NotBer
            length = int.from_bytes(content[position : position + size], "big")
            position += size
        self._position = position
        return _Value(tag, position, position + length)

    def enter(self, tag: int) -> _Value:
        """Read a value that must have this tag, and stop at its content."""
        value = self.next()
        if value.tag != tag:
            raise NotBer
        return value

    def bytes_of(self, value: _Value) -> bytes:
        """Return the content of a value of known length, and move behind it."""
        if value.end is None:
            raise NotBer
        self._position = value.end
        return self._content[value.start : value.end]

    def skip(self, value: _Value) -> None:
        """Move behind a value; if it has no length, read the values in it."""
        if value.end is not None:
            self._position = value.end
            return
        depth = 1
        while depth:
            inner = self.next()
            if inner.end is None:
                depth += 1
            elif (inner.tag, inner.end - inner.start) == _END:
                depth -= 1
            else:
                self._position = inner.end

    def octets(self) -> bytes:
        """Return an octet string, also one in pieces (X.690 8.7), up to where it is cut off."""
        value = self.next()
        if value.tag == _OCTETS:
            return self.bytes_of(value)
        if value.tag != _OCTETS_IN_PIECES:
            raise NotBer
        pieces: list[bytes] = []
        ends: list[int | None] = [value.end]
        try:
            while ends:
                if ends[-1] is not None and self._position >= ends[-1]:
                    ends.pop()
                    continue
                piece = self.next()
                if piece.tag == _OCTETS_IN_PIECES and len(ends) < MAX_DEPTH:
                    ends.append(piece.end)
                elif piece.tag == _OCTETS:
                    pieces.append(self.bytes_of(piece))
                elif (piece.tag, piece.end) == (0x00, piece.start):
                    ends.pop()
                else:
                    break
        except NotBer:
            pass
        return b"".join(pieces)
