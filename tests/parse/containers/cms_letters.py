"""CMS objects built by hand: what signs, compresses and encrypts letters (RFC 5652)."""

import zlib

SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
ENVELOPED = bytes.fromhex("06092a864886f70d010703")
COMPRESSED = bytes.fromhex("060b2a864886f70d0109100109")
_SHA256 = bytes.fromhex("300b0609608648016503040201")
_ZLIB = bytes.fromhex("300d060b2a864886f70d0109100308")


def value(tag: int, content: bytes) -> bytes:
    """Return a tag, a length and a content (DER)."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def open_value(tag: int, content: bytes) -> bytes:
    """Return the same without a length, as programs write it that do not know the size yet."""
    return bytes((tag, 0x80)) + content + b"\0\0"


def signed(content: bytes | None) -> bytes:
    """Return a signed letter in one piece (DER); None makes a bundle of certificates."""
    inner = b"" if content is None else value(0xA0, value(0x04, content))
    fields = (
        value(0x02, b"\x01")
        + value(0x31, _SHA256)
        + value(0x30, DATA + inner)
        + value(0xA0, b"\x30\x03\x02\x01\x01")
        + value(0x31, b"")
    )
    return value(0x30, SIGNED + value(0xA0, value(0x30, fields)))


def streamed(content: bytes, size: int = 1000) -> bytes:
    """Return a signed letter as a stream: no lengths, the content in pieces (BER)."""
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    octets = open_value(0x24, b"".join(value(0x04, piece) for piece in pieces))
    fields = (
        value(0x02, b"\x01")
        + open_value(0x31, _SHA256)
        + open_value(0x30, DATA + open_value(0xA0, octets))
        + value(0x31, b"")
    )
    return open_value(0x30, SIGNED + open_value(0xA0, open_value(0x30, fields)))


def compressed(content: bytes) -> bytes:
    """Return a compressed letter (RFC 3274)."""
    inner = value(0xA0, value(0x04, zlib.compress(content, 9)))
    fields = value(0x02, b"\0") + _ZLIB + value(0x30, DATA + inner)
    return value(0x30, COMPRESSED + value(0xA0, value(0x30, fields)))


def encrypted() -> bytes:
    """Return the outside of an encrypted letter."""
    return value(0x30, ENVELOPED + value(0xA0, value(0x30, value(0x02, b"\0") + b"\x31\0")))
