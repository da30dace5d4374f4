"""Content-Transfer-Encoding undone as labelled, leniently (RFC 2045 6)."""

import binascii
import re
from functools import lru_cache
from io import BytesIO

BASE64, QUOTED_PRINTABLE, UUENCODE = "base64", "quoted-printable", "x-uuencode"
YENC = "x-yenc"
PIECE = 1024 * 1024

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_PADDED = re.compile(rb"=+")
_PADDED_BREAK = re.compile(rb"=[ \t]++(?=\r*+\n|\Z)")
# Senders that wrap already encoded lines break inside an escape: ``=8=`` and ``2``, or break the
# line without a mark.
_CUT_ESCAPE = re.compile(rb"=([0-9A-Fa-f])=?\r*+\n([0-9A-Fa-f])")
YENC_BLOCK = re.compile(
    rb"^=ybegin [^\r\n]{0,200}?\bname=(?P<name>[^\r\n]{1,200})\r?\n(?:=ypart [^\r\n]{0,200}\r?\n)?"
    rb"(?P<lines>.*?)(?:^=yend[^\r\n]{0,200}(?:\r?\n|\Z)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_YENC_ESCAPED = re.compile(rb"=(.)", re.DOTALL)
_YENC_PLAIN = bytes((byte - 42) % 256 for byte in range(256))
_NAMES = {
    "base64": BASE64, "b64": BASE64, "b": BASE64, "mimebase64": BASE64,
    "quotedprintable": QUOTED_PRINTABLE, "quotedprintible": QUOTED_PRINTABLE,
    "quotedprint": QUOTED_PRINTABLE, "quoted": QUOTED_PRINTABLE, "qp": QUOTED_PRINTABLE,
    "q": QUOTED_PRINTABLE,
    "xuuencode": UUENCODE, "uuencode": UUENCODE, "uue": UUENCODE, "xuue": UUENCODE,
    "yenc": YENC, "xyenc": YENC,
}  # fmt: skip


@lru_cache(maxsize=256)
def known(encoding: str) -> str:
    """Return the encoding that a sender's label means, empty if it means none."""
    return _NAMES.get(re.sub("[^a-z0-9]", "", encoding[:60].lower()), "")


def decode(content: bytes, encoding: str) -> bytes:
    """Return the decoded bytes; an unknown encoding leaves ``content`` unchanged."""
    meant = known(encoding)
    if meant == BASE64:
        return _base64(content)
    if meant == QUOTED_PRINTABLE:
        return _quoted_printable(content)
    if meant == UUENCODE:
        return uudecode(content)
    if meant == YENC and (block := YENC_BLOCK.search(content)):
        return yenc_decode(block["lines"])
    return content


def _quoted_printable(content: bytes) -> bytes:
    """Decode; blanks that a relay put behind a soft break's ``=`` go first (6.7, rule 3)."""
    if b"= " in content or b"=\t" in content:
        content = _PADDED_BREAK.sub(b"=", content)
    content = _CUT_ESCAPE.sub(rb"=\1\2", content)
    return binascii.a2b_qp(content.replace(b"=\r\r\n", b"=\r\n"))


def _base64(content: bytes) -> bytes:
    """Decode as much as possible: foreign bytes go; after padding another run may follow.

    Piece by piece, as forty megabytes need not be in memory three times.
    """
    if len(content) <= PIECE:
        letters = content.translate(None, _NOT_BASE64).rstrip(b"=")
        if b"=" not in letters:  # one run, as nearly all are
            return _base64_run(letters)
    output, run = BytesIO(), b""
    for start in range(0, len(content), PIECE):
        letters = content[start : start + PIECE].translate(None, _NOT_BASE64)
        *ended, rest = _PADDED.split(letters) if b"=" in letters else (letters,)
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
    if len(letters) % 4 == 1:  # one base64 letter holds six bits: less than a byte
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def yenc_decode(lines: bytes) -> bytes:
    """Decode the lines between ``=ybegin`` and ``=yend`` (http://www.yenc.org/yenc-draft.1.3.txt).

    Only NUL, LF, CR and ``=`` are escaped.
    """
    unescaped = _YENC_ESCAPED.sub(
        lambda found: bytes(((found[1][0] - 64) % 256,)), lines.translate(None, b"\r\n")
    )
    return unescaped.translate(_YENC_PLAIN)


def uudecode(content: bytes) -> bytes:
    """Decode from the ``begin`` line to ``end``; invalid lines are skipped."""
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
