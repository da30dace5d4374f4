"""The parts of a multipart, by its declared boundary or by one found in its body (F14)."""

import re

MIN_TELLING = 8
MAX_BLANK_TAIL = 1000
MAX_SEARCH = 256 * 1024

Span = tuple[int, int]

_FIELD = re.compile(rb"content-(?:type|transfer-encoding|disposition)[ \t]*:", re.IGNORECASE)


def split(body: bytes, boundary: bytes, limit: int) -> list[Span]:
    """Return the spans between the delimiter lines (RFC 2046 5.1.1), at most ``limit``.

    An epilogue follows the last delimiter, unless only blanks and more delimiters follow.
    """
    delimiter = b"--" + boundary
    chunks: list[Span] = []
    start = -1
    closed_at = -1
    position = body.find(delimiter)
    while position >= 0 and len(chunks) <= limit:
        line_end = body.find(b"\n", position)
        line_end = len(body) if line_end < 0 else line_end
        rest = body[position + len(delimiter) : line_end][:100].strip()
        if rest in (b"", b"--") and _delimits(body, position, line_end, len(boundary), start):
            if start >= 0:
                chunks.append((start, _without_last_line_end(body, start, position)))
            elif closed_at >= 0 and body[closed_at:position].strip():
                break
            start, closed_at = (-1, line_end) if rest else (line_end + 1, -1)
        position = body.find(delimiter, line_end)
    if start >= 0:
        chunks.append((start, len(body)))
    return chunks


def _delimits(body: bytes, position: int, line_end: int, length: int, start: int) -> bool:
    """Tell whether a delimiter's text is a delimiter: at a line's start, or glued to the text.

    A glued one must be the last, or be followed by a part's fields.
    """
    if position == 0 or body[position - 1] in b"\r\n":
        return True
    if not body[body.rfind(b"\n", 0, position) + 1 : position].strip(b"-"):
        return False  # the delimiter of another container, whose boundary begins with dashes
    if length >= MIN_TELLING and _FIELD.match(body, line_end + 1):
        return True
    is_last = body[position:line_end].rstrip().endswith(b"--")
    if not is_last or start < 0:
        return False
    at_the_end = len(body) - line_end < MAX_BLANK_TAIL and not body[line_end:].strip()
    return length >= MIN_TELLING or at_the_end


def _without_last_line_end(body: bytes, start: int, end: int) -> int:
    if body.endswith(b"\r\n", start, end):
        return end - 2
    return end - 1 if body.endswith((b"\n", b"\r"), start, end) else end


def guess_boundary(body: bytes) -> bytes:
    """Find a boundary that the header does not name: a ``--`` line before part headers."""
    found = re.search(
        rb"(?:^|\n)--([^\s-][^\r\n]{0,200}?|-{1,60}[^\s-]\S{0,200}?)[ \t]*\r?\n(?:content-|mime-)",
        body[:MAX_SEARCH],
        re.IGNORECASE,
    )
    return found.group(1) if found else b""
