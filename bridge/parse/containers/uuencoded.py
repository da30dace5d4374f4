"""Files written into plain text by ``uuencode``, as mail before MIME sent them."""

import binascii
import re

from bridge.parse.structure.mime import Node, file_node

MAX_FILES = 20

_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{0,200})\n", re.MULTILINE)
_END = re.compile(r"^(?:`|[ ])?\n?end[ \t]*$\n?", re.MULTILINE)


def take_files(text: str) -> tuple[str, list[Node]]:
    """Return ``text`` without its uuencoded files, and the files; doubtful ones stay text."""
    if "begin " not in text:
        return text, []
    output: list[str] = []
    files: list[Node] = []
    position = 0
    while len(files) < MAX_FILES and (begin := _BEGIN.search(text, position)):
        end = _END.search(text, begin.end())
        if end is None:
            break
        content = _decode(text[begin.end() : end.start()])
        if content is None:
            output.append(text[position : begin.end()])
            position = begin.end()
            continue
        output.append(text[position : begin.start()])
        files.append(file_node(begin.group(1).strip(), content))
        position = end.end()
    return "".join(output) + text[position:], files


def _decode(block: str) -> bytes | None:
    """Decode the lines between ``begin`` and ``end``; None where one is no such line."""
    output = bytearray()
    for line in block.split("\n"):
        if not line.strip("` "):
            continue
        try:
            output += _line(line.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError, IndexError):
            return None
    return bytes(output) or None


def _line(line: bytes) -> bytes:
    """Decode one line; mail programs strip the trailing blanks and some pad it (POSIX uuencode)."""
    length = (((line[0] - 32) & 63) * 4 + 2) // 3
    return binascii.a2b_uu(line[: 1 + -(-length // 4) * 4].ljust(1 + length, b" "))
