"""Content-Transfer-Encoding undone, also where the encoding is broken (RFC 2045 6)."""

import binascii
import re
from io import BytesIO

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
PIECE = 1024 * 1024
_PADDED = re.compile(rb"=+")


def decode(content: bytes, encoding: str) -> bytes:
    """Return the bytes that ``content`` stands for; an unknown encoding leaves it as it is."""
    encoding = encoding.strip().strip("\"'").lower()
    if encoding == "base64":
        return _base64(content)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    if encoding in _UU_NAMES:
        return uudecode(content)
    return content


def _base64(content: bytes) -> bytes:
    """Decode what there is: foreign bytes go, padding ends one run and another may follow.

    Piece by piece, as there may be forty megabytes, which need not be held three times.
    """
    output, run = BytesIO(), b""
    for start in range(0, len(content), PIECE):
        letters = content[start : start + PIECE].translate(None, _NOT_BASE64)
        *ended, rest = _PADDED.split(letters)
        for piece in ended:
            output.write(_base64_run(run + piece))
            run = b""
        run += rest
        whole = len(run) // 4 * 4
        output.write(binascii.a2b_base64(run[:whole]))
        run = run[whole:]
    output.write(_base64_run(run))
    return output.getvalue()


def _base64_run(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:  # one letter holds six bits: less than a byte
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def uudecode(content: bytes) -> bytes:
    """Decode from the ``begin`` line to ``end``; a line that is none is passed over."""
    output = bytearray()
    begun = False
    for line in content.splitlines():
        if not begun:
            begun = line.startswith(b"begin ")
        elif line.strip() in (b"end", b"`"):
            break
        else:
            output += _uu_line(line)
    return bytes(output)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        if not line:
            return b""
        # Encoders that pad a line beyond its length; as in uu.decode of Python 3.12.
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return b""
