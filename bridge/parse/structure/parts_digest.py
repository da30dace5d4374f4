"""One digest of all parts of a letter: for ever, it tells copies of it from other letters.

A letter that came by SMTP and its copy in the mailbox have different headers, and a relay may have
changed transfer encoding, boundary and line ends. So only the decoded leaf parts count, with their
line ends made equal.

Receivers keep letters under this digest: for a given letter it must never change. That is why
nothing is shared with the readers of text and structure, which keep learning. Only RFC 2045 and
2046 are followed; whatever is wrong is taken as the bytes that it is.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator

MAX_DEPTH = 20
MAX_PARTS = 1000
MAX_HEADER = 256 * 1024
PIECE = 1024 * 1024

_HEADER_END = re.compile(rb"\n\r*\n")
_WHOLE_FIELD = re.compile(rb"[^\n]*+(?:\n[ \t][^\n]*+)*+")
_FOLD = re.compile(rb"\r*\n[ \t]+")
_TYPE = re.compile(rb"^content-type[ \t]*:[ \t]*([^\s;]*)(.*)", re.IGNORECASE | re.MULTILINE)
_ENCODING = re.compile(
    rb"^content-transfer-encoding[ \t]*:[ \t]*\"?([\w-]*)", re.IGNORECASE | re.MULTILINE
)
_BOUNDARY = re.compile(rb";[ \t]*boundary[ \t]*=[ \t]*(?:\"([^\"]*)\"|([^\s;]*))", re.IGNORECASE)
_LINE_END = re.compile(rb"\r++\n")
_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)

Span = tuple[int, int]


def parts_digest(raw: bytes) -> str | None:
    """Return the SHA-256 in hex of the leaf parts in order; None if no header ends.

    It is the digest of the parts' own digests (in hex, one after the other), each over the decoded
    bytes with LF for CRLF and without trailing line ends.
    """
    start = len(raw) - len(raw.lstrip(b"\r\n"))
    if _HEADER_END.search(raw, start) is None:
        return None
    digest = hashlib.sha256()
    stack: list[tuple[int, int, int]] = [(start, len(raw), 0)]
    parts = 0
    while stack:
        start, end, depth = stack.pop()
        parts += 1
        header, body = _head(raw, start, end)
        inner = _inside(raw, header, body, end) if depth < MAX_DEPTH and parts < MAX_PARTS else []
        if inner:
            stack += [(*span, depth + 1) for span in reversed(inner)]
        else:
            digest.update(_leaf_digest(_decoded(raw, header, body, end)))
    return digest.hexdigest()


def _head(raw: bytes, start: int, end: int) -> tuple[bytes, int]:
    """Return a part's unfolded MIME fields, where its body begins; none without a header's end."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return b"", raw.index(b"\n", start) + 1
    found = _HEADER_END.search(raw, start, end)
    if found is None:
        return b"", start
    header = b"\n".join(_content_fields(raw[start : min(found.start(), start + MAX_HEADER)]))
    if b"\n " in header or b"\n\t" in header:
        header = _FOLD.sub(b" ", header)
    return header, found.end()


def _content_fields(header: bytes) -> Iterator[bytes]:
    """Yield the fields whose names begin with ``Content-``, still folded."""
    lower = b"\n" + header.lower()  # so that a line begins at the place of its line end in here
    start = lower.find(b"\ncontent-")
    while start >= 0:
        found = _WHOLE_FIELD.match(header, start)
        if found is None:
            return
        yield found.group()
        start = lower.find(b"\ncontent-", found.end())


def _inside(raw: bytes, header: bytes, start: int, end: int) -> list[Span]:
    """Return the parts of a container, or the letter in a message part; nothing for a leaf."""
    found = _TYPE.search(header)
    kind = found.group(1).lower() if found else b""
    if kind == b"message/rfc822" and not _encoding(header):
        return [(start, end)]
    if found is None or not kind.startswith(b"multipart/"):
        return []
    named = _BOUNDARY.search(found.group(2))
    boundary = (named.group(1) or named.group(2) or b"").rstrip() if named else b""
    return _between(raw, b"--" + boundary, start, end) if boundary else []


def _between(raw: bytes, delimiter: bytes, start: int, end: int) -> list[Span]:
    """Return what stands between the delimiter lines (RFC 2046 5.1.1), up to the closing one."""
    spans: list[Span] = []
    opened = -1
    position = raw.find(delimiter, start, end)
    while position >= 0 and len(spans) < MAX_PARTS:
        line_end = raw.find(b"\n", position, end)
        line_end = end if line_end < 0 else line_end
        rest = raw[position + len(delimiter) : min(line_end, position + MAX_HEADER)].rstrip()
        if rest in (b"", b"--") and (position == start or raw[position - 1 : position] == b"\n"):
            if opened >= 0:
                spans.append((opened, position))
            opened = -1 if rest else min(line_end + 1, end)
            if rest:
                break
        position = raw.find(delimiter, line_end, end)
    return spans if opened < 0 else [*spans, (opened, end)]


def _encoding(header: bytes) -> bytes:
    """Return the transfer encoding if it changes the bytes."""
    found = _ENCODING.search(header)
    name = found.group(1).lower() if found else b""
    return name if name in (b"base64", b"quoted-printable") else b""


def _decoded(raw: bytes, header: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield the decoded bytes of a leaf, a large one in pieces."""
    encoding = _encoding(header)
    if encoding == b"quoted-printable":
        yield binascii.a2b_qp(raw[start:end])
        return
    rest = b""
    for at in range(start, end, PIECE):
        piece = raw[at : min(at + PIECE, end)]
        if not encoding:
            yield piece
            continue
        letters = rest + piece.translate(None, _NOT_BASE64)
        whole = len(letters) // 4 * 4
        rest = letters[whole:]
        yield binascii.a2b_base64(letters[:whole])
    if len(rest) > 1:  # one base64 letter holds six bits: less than a byte
        yield binascii.a2b_base64(rest + b"=" * (4 - len(rest)))


def _leaf_digest(pieces: Iterator[bytes]) -> bytes:
    digest = hashlib.sha256()
    line_ends = b""  # trailing so far: they count once something follows
    for piece in pieces:
        piece = line_ends + piece
        text = piece.rstrip(b"\r\n")
        line_ends = piece[len(text) :]
        if b"\r\r\n" in text:
            text = _LINE_END.sub(b"\n", text)
        digest.update(text.replace(b"\r\n", b"\n"))
    return digest.hexdigest().encode()
