"""A letter cut into its parts, on the bytes, within bounds (faults F01, F10, F14, nesting).

mail-parser walks into attached letters, gives up on a wrong boundary and raises on deep nesting.
Here an attached letter stays one part, and a boundary that is missing or wrong is found again.
"""

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bridge.parse.header.block import MAX_BLOCK, Block, read_block
from bridge.parse.structure.parameters import read_parameters
from bridge.parse.structure.transfer_encoding import decode
from bridge.parse.text.charset import read_text

MAX_DEPTH = 50
MAX_PARTS = 1000
MIN_TELLING = 8
MAX_BLANK_TAIL = 1000
MIN_SCANNED = 64 * 1024 * 1024
MAX_SCANS = 8  # levels that a letter of the largest size may have
MAX_SEARCH = 256 * 1024
MAX_HEAD = 4 * MAX_BLOCK

Span = tuple[int, int]

_ENCODED = ("base64", "quoted-printable")
_TYPE = re.compile(r"[!#$&+\-.^_0-9A-Za-z]+/[!#$&+\-.^_0-9A-Za-z*]+")


@dataclass(slots=True)
class Node:
    """One part: its header, its type in lower case, its content as sent, its children."""

    block: Block
    content_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    encoding: str
    encoded: bytes
    children: list["Node"] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """The decoded bytes."""
        return decode(self.encoded, self.encoding)

    @property
    def is_multipart(self) -> bool:
        """Whether the part is a container that could be opened."""
        return bool(self.children)

    @property
    def filename(self) -> str:
        """The name the sender gave (RFC 2183 2.3, else the older ``name``), as it stands."""
        return self.disposition_parameters.get("filename") or self.parameters.get("name", "")

    def leaves(self) -> Iterator["Node"]:
        """Yield the parts that are no containers, in the order of the letter."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.is_multipart:
                stack.extend(reversed(node.children))
            else:
                yield node


def file_node(name: str, content: bytes, content_type: str = "") -> Node:
    """Return a file that was found inside another part, as a part of its own."""
    guessed = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Node(Block((), 0), guessed, {"name": name}, "attachment", {}, "", content)


class _Budget:
    """How many parts may still be made and bytes be searched, shared by the whole letter."""

    def __init__(self, size: int) -> None:
        self.parts = MAX_PARTS
        self.bytes = max(MIN_SCANNED, MAX_SCANS * size)
        self.defects: list[str] = []

    def defect(self, text: str) -> None:
        if text not in self.defects:
            self.defects.append(text)


def cut(raw: bytes, block: Block) -> tuple[Node, list[str]]:
    """Cut the letter with the header ``block``; return its root part and the defects."""
    budget = _Budget(len(raw))
    root = _node(block, raw[block.body_start :], "text/plain")
    queue = [(root, 0)]
    while queue:
        node, depth = queue.pop(0)
        if not _is_container(node):
            continue
        budget.bytes -= len(node.encoded)
        if depth >= MAX_DEPTH or budget.bytes < 0:
            budget.defect(f"parts nested deeper than {MAX_DEPTH}, or too deep for their size")
            continue
        _open(node, budget)
        queue.extend((child, depth + 1) for child in node.children)
    return root, budget.defects


def _is_container(node: Node) -> bool:
    """A text that names a boundary and holds it is a container under a wrong name."""
    if node.content_type.startswith("multipart/"):
        return True
    boundary = node.parameters.get("boundary", "").encode("utf-8", "replace")
    return bool(
        boundary
        and node.content_type.startswith("text/")
        and node.encoded.lstrip().startswith(b"--" + boundary)
    )


def _open(node: Node, budget: _Budget) -> None:
    default = "message/rfc822" if node.content_type == "multipart/digest" else "text/plain"
    body, chunks = _chunks(node, budget)
    for start, end in chunks:
        if budget.parts <= 0:
            budget.defect(f"more than {MAX_PARTS} parts")
            break
        budget.parts -= 1
        block = _block(body, start, end)
        node.children.append(_node(block, body[start + block.body_start : end], default))
    if node.children:
        node.encoded = b""  # fifty levels of a large letter need not be kept beside each other
    else:  # a container of nothing is read as the text that it holds (F14)
        budget.defect("multipart without its boundary")
        node.content_type = "text/plain"


def _block(body: bytes, start: int, end: int) -> Block:
    """Read the header of a chunk; of a large one no copy is made but of where its header is."""
    head = body[start : min(end, start + MAX_HEAD)]
    block = read_block(head)
    if end - start > MAX_HEAD and block.body_start > MAX_HEAD // 2:
        return read_block(body[start:end])
    return block


def _chunks(node: Node, budget: _Budget) -> tuple[bytes, list[Span]]:
    """Split by the declared boundary, else by the one the body shows; where in what it is split.

    A container may not be encoded (RFC 2045 6.4): its encoding counts only as a last resort.
    """
    boundary = node.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    bodies = [node.encoded] + ([node.content] if node.encoding in _ENCODED else [])
    for body in bodies:
        chunks = _split(body, boundary, budget.parts) if boundary else []
        if not chunks and (guessed := _guess_boundary(body)):
            chunks = _split(body, guessed, budget.parts)
        if chunks:
            return body, chunks
    return b"", []


def _split(body: bytes, boundary: bytes, limit: int) -> list[Span]:
    """Return what stands between the delimiter lines (RFC 2046 5.1.1), at most ``limit`` spans.

    Behind the last delimiter is an epilogue, unless nothing but blanks and more delimiters follow.
    """
    delimiter = b"--" + boundary
    chunks: list[Span] = []
    start = -1
    closed_at = -1
    position = body.find(delimiter)
    while position >= 0 and len(chunks) <= limit:
        line_end = body.find(b"\n", position)
        line_end = len(body) if line_end < 0 else line_end
        rest = body[position + len(delimiter) : line_end][:100].rstrip()
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
    """Tell whether a delimiter's text is one: at a line's start, or the last one, run together."""
    if position == 0 or body[position - 1] in b"\r\n":
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


def _guess_boundary(body: bytes) -> bytes:
    """Find the boundary that the header does not name: a ``--`` line before part headers."""
    found = re.search(
        rb"(?:^|\n)--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n(?:content-|mime-)",
        body[:MAX_SEARCH],
        re.IGNORECASE,
    )
    return found.group(1) if found else b""


def _node(block: Block, encoded: bytes, default: str) -> Node:
    content_type, parameters = read_parameters(_text(block.first("content-type")))
    if not _TYPE.fullmatch(content_type):
        content_type = _mended_type(content_type, default)
    disposition, more = read_parameters(_text(block.first("content-disposition")))
    encoding = _text(block.first("content-transfer-encoding"))
    encoding = encoding.partition(";")[0].partition("(")[0].strip().strip("\"'").lower()
    return Node(block, content_type, parameters, disposition, more, encoding, encoded)


def _mended_type(content_type: str, default: str) -> str:
    found = _TYPE.search(content_type)
    if found:
        return found.group()
    main = re.split(r"[^a-z]", content_type, maxsplit=1)[0]
    return {
        "text": "text/plain",
        "html": "text/html",
        **dict.fromkeys(("application", "image", "audio", "video"), "application/octet-stream"),
    }.get(main, default)


def _text(value: bytes | None) -> str:
    return read_text(value) if value else ""
