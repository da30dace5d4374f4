"""Files that ``uuencode`` wrote into plain text, as mail before MIME sent them."""

import binascii
import re

from bridge.parse.structure.encodings.transfer_encoding import BASE64, decode
from bridge.parse.structure.mime import Node, file_node

MAX_FILES = 20

_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{0,200})\n", re.MULTILINE)
_END = re.compile(r"^(?:`|[ ])?\n?end[ \t]*$\n?", re.MULTILINE)
_CUT_OFF = re.compile(r"\n`?\s*\Z")  # the last line is missing
_IN_BASE64 = re.compile(
    r"^begin-base64 [0-7]{3,4} ([^\n]{0,200})\n((?:[A-Za-z0-9+/=]{2,76}\n)+?)====[ \t]*$\n?",
    re.MULTILINE,
)


def take_files(text: str) -> tuple[str, list[Node]]:
    """Return ``text`` without its uuencoded files, and the files; doubtful blocks stay text."""
    if "begin-base64 " in text:  # the same program's other form (POSIX)
        return _take_base64(text)
    if "begin " not in text:
        return text, []
    output: list[str] = []
    files: list[Node] = []
    position = 0
    ends = _Ends(text)
    while len(files) < MAX_FILES and (begin := _BEGIN.search(text, position)):
        end = ends.behind(begin.end())
        if end is None:
            break
        content = _decode(text, begin.end(), end[0])
        if content is None:
            output.append(text[position : begin.end()])
            position = begin.end()
            continue
        output.append(text[position : begin.start()])
        files.append(file_node(begin.group(1).strip(), content))
        position = end[1]
    return "".join(output) + text[position:], files


class _Ends:
    """Where files end: sought once between two ``end`` lines, however many ``begin`` there are."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next = _END.search(text)
        kept = len(text.rstrip())
        closed = _CUT_OFF.search(text, max(kept - 2, 0))
        self._cut_off = closed.span() if closed else None

    def behind(self, place: int) -> tuple[int, int] | None:
        """Return the span of the first end from ``place`` on, else of a lost last line; or None."""
        if self._next and self._next.start() < place:
            self._next = _END.search(self._text, place)
        return self._next.span() if self._next else self._cut_off


def _take_base64(text: str) -> tuple[str, list[Node]]:
    files: list[Node] = []

    def taken(found: re.Match[str]) -> str:
        if len(files) < MAX_FILES:
            files.append(file_node(found[1].strip(), decode(found[2].encode(), BASE64)))
            return ""
        return found.group()

    return _IN_BASE64.sub(taken, text), files


def _decode(text: str, start: int, end: int) -> bytes | None:
    """Decode the lines between ``begin`` and ``end``; None at the first invalid line.

    A ``begin`` line is invalid, so no line is decoded for two files.
    """
    output = bytearray()
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line, start = text[start:stop], stop + 1
        if not line.strip("` "):
            continue
        try:
            output += _line(line.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError, IndexError):
            return None
    return bytes(output) or None


def _line(line: bytes) -> bytes:
    """Decode one line; mail programs strip trailing blanks and some pad (POSIX uuencode)."""
    length = (((line[0] - 32) & 63) * 4 + 2) // 3
    return binascii.a2b_uu(line[: 1 + -(-length // 4) * 4].ljust(1 + length, b" "))
