"""Cutting a letter's bytes into its parts, within bounds (faults F01, F10, F14, nesting).

mail-parser walks into attached letters, gives up on a wrong boundary and raises on deep nesting.
Here an attached letter stays one part, and a missing or wrong boundary is found again.
"""

import mimetypes
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from bridge.parse.containers.cms import Sealed, open_cms
from bridge.parse.header.block import MAX_HEAD, Block, read_block
from bridge.parse.header.late_fields import parted, with_late_fields, with_late_type
from bridge.parse.structure.boundaries import Span, guess_boundary, split
from bridge.parse.structure.encodings.transfer_encoding import QUOTED_PRINTABLE, known
from bridge.parse.structure.encodings.true_encoding import undo_file, undo_text
from bridge.parse.structure.encodings.undone import Undone
from bridge.parse.structure.file_names import better_name
from bridge.parse.structure.parameters import read_parameters, read_type
from bridge.parse.text.charset import read_text

MAX_DEPTH = 50
MAX_PARTS = 1000
MIN_SCANNED = 64 * 1024 * 1024
MAX_SCANS = 8  # nesting levels of a letter of the largest size
MAX_PREAMBLE = 64 * 1024

PKCS7_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pkcs7")

# Names that programs and gateways give to a sealed letter; a signed document has its own name.
_CMS_NAME = re.compile(
    r"(?:s-?mime|e?-?mail|message|msg|signed|encrypted|noname|unnamed|attachment|att\d+)"
    r"[ ()\d_-]{0,8}\.p7[mzsc]",
    re.IGNORECASE,
)
_PARTS_IN_CLEAR = re.compile(
    rb"(?:MIME-Version:[^\n]{0,80}\n)?Content-Type:\s{0,3}multipart/", re.I
)
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
_FILE_ITSELF = "binary"
_PARTS_AT_ONCE = re.compile(
    rb"\s*(?:This is a multi-?part message[^\n]{0,60}\n\s*)?"
    rb"--(?:[^\s-][^\r\n]{0,200}?|-{1,60}[^\s-]\S{0,200}?)[ \t]*\r?\n"
    rb"Content-[A-Za-z-]{2,20}[ \t]*:",
    re.IGNORECASE,
)
_PARTS_ALONE = "multipart/alternative"  # types of parts that are always files
MAX_QUOTED = 8 * 1024
_FIELD_BELOW = re.compile(rb"[ \t]*\r?\nContent-[A-Za-z-]{2,20}[ \t]*:", re.IGNORECASE)
_QUOTED_FIELD = re.compile(rb"^content-type:[^\n]{0,200}=3D", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Node:
    """One part: its header, lower-case type, content as sent, children.

    ``preamble`` is the text above the children, if it is short enough to be one.
    """

    block: Block
    content_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    encoding: str
    encoded: bytes
    children: list["Node"] = field(default_factory=list)
    sealed: Sealed | None = None
    preamble: bytes = b""

    @property
    def content(self) -> bytes:
        """The decoded bytes, if the part is a file."""
        return undo_file(self.encoded, self.encoding, self.content_type).pieces[0]

    @property
    def charset(self) -> str:
        """The charset that the part declares."""
        return self.parameters.get("charset", "")

    def words(self, charset: str) -> Undone:
        """Return the decoded bytes, if the part is text; ``charset`` is the declared one."""
        return undo_text(self.encoded, self.encoding, charset)

    @property
    def is_multipart(self) -> bool:
        """Whether the part is a container that was opened."""
        return bool(self.children)

    @property
    def filename(self) -> str:
        """The name that the sender gave (RFC 2183 2.3, else the older ``name``), unchanged."""
        misplaced = self.parameters.get("filename", "") if self.disposition else ""
        more = self.disposition_parameters
        misnamed = more.get("name", "") if self.disposition in ("attachment", "inline") else ""
        return better_name(
            more.get("filename") or misnamed,
            self.parameters.get("name") or misplaced,
        )

    def all(self) -> Iterator["Node"]:
        """Yield the part and all parts in it, in the order of the letter."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def leaves(self) -> Iterator["Node"]:
        """Yield the parts that are not containers, in the letter's order."""
        return (node for node in self.all() if not node.is_multipart)


def file_node(name: str, content: bytes, content_type: str = "") -> Node:
    """Return a file found inside another part, as a part of its own."""
    guessed = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Node(Block((), 0), guessed, {"name": name}, "attachment", {}, _FILE_ITSELF, content)


class _Budget:
    """How many parts may still be made and bytes searched, for the whole letter."""

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
    block = parted(with_late_type(block, raw))
    root = _node(block, raw[block.body_start :], "text/plain")
    _choose_type(root)
    if block.first("content-type") is None and _PARTS_AT_ONCE.match(root.encoded):
        root.content_type = _PARTS_ALONE  # the field that names them was lost on the way
    queue = deque([(root, 0)])
    while queue:
        node, depth = queue.popleft()
        is_cms = _is_cms(node) or (node is root and node.content_type in _SIGNATURES)
        if not is_cms and not _is_container(node):
            continue
        budget.bytes -= len(node.encoded)
        if depth >= MAX_DEPTH or budget.bytes < 0:
            budget.defect(f"parts nested deeper than {MAX_DEPTH}, or too deep for their size")
            continue
        if is_cms:
            _unseal(node, budget)
        else:
            _open(node, budget)
        queue.extend((child, depth + 1) for child in node.children)
    return root, budget.defects


def _choose_type(root: Node) -> None:
    """Choose from two Content-Types of a letter the container whose boundary is there."""
    for value in root.block.all("content-type")[1:3]:
        kind, parameters = read_parameters(value)
        boundary = parameters.get("boundary", "").encode("utf-8", "replace")
        is_there = boundary and b"--" + boundary in root.encoded
        if kind.startswith("multipart/") and is_there and not root.content_type.startswith("multi"):
            root.content_type, root.parameters = kind, parameters


def _is_cms(node: Node) -> bool:
    if node.content_type in PKCS7_TYPES:
        return True
    if node.content_type.startswith("multi"):
        return False
    is_detached = node.content_type in _SIGNATURES and node.filename.lower().endswith(".p7s")
    return bool(_CMS_NAME.fullmatch(node.filename)) and not is_detached


def _unseal(node: Node, budget: _Budget) -> None:
    """Open a letter signed or compressed in one piece; its content becomes its child.

    A signed document has the same type but stays a file. A sealed letter is named ``smime.p7m`` and
    the like, or not at all (RFC 8551 3.2.1), and begins with header fields.
    """
    content = node.content
    opened = open_cms(content, min(budget.bytes, MIN_SCANNED))
    if opened is not None:
        node.sealed, content = opened.sealed, opened.content
    elif not _PARTS_IN_CLEAR.match(content):  # Outlook also names clear-signed letters so
        return
    if not content or not _CMS_NAME.fullmatch(node.filename or "smime.p7m"):
        return
    budget.bytes -= len(content)
    block = read_block(content[:MAX_HEAD])
    if block.first("content-type") is None and b"\x00" in content[:MAX_HEAD]:
        return
    child = _node(block, content[block.body_start :], "text/plain")
    if child.content_type == "message/rfc822":  # the header is sealed too (RFC 8551 3.1)
        inner = child.content
        block = read_block(inner[:MAX_HEAD])
        child = _node(block, inner[block.body_start :], "text/plain")
    node.children.append(child)  # and the seal stays as it is, so that it can be verified


def _is_container(node: Node) -> bool:
    """Whether a text names a boundary that it contains: a container under a wrong name."""
    if node.content_type.startswith("multipart/"):
        return True
    boundary = node.parameters.get("boundary", "").encode("utf-8", "replace")
    if not boundary or not node.content_type.startswith("text/"):
        return False
    above, edge, below = node.encoded[:MAX_QUOTED].partition(b"--" + boundary)
    return bool(edge) and (not above.strip() or _FIELD_BELOW.match(below) is not None)


def _open(node: Node, budget: _Budget) -> None:
    default = "message/rfc822" if node.content_type == "multipart/digest" else "text/plain"
    body, chunks = _chunks(node, budget)
    for start, end in chunks:
        if budget.parts <= 0:
            budget.defect(f"more than {MAX_PARTS} parts")
            break
        budget.parts -= 1
        block = parted(_block(body, start, end))
        child = _node(block, body[start + block.body_start : end], default)
        # Some programs name the encoding of all parts once, above them, where none may stand.
        if not child.encoding and node.encoding == QUOTED_PRINTABLE:
            child.encoding = node.encoding
        if node.charset and child.content_type in ("text/plain", "text/html"):
            child.parameters.setdefault("charset", node.charset)
        node.children.append(child)
    if node.children:
        node.preamble = body[: min(chunks[0][0], MAX_PREAMBLE)].rpartition(b"\n--")[0]
        node.encoded = b""  # fifty levels of a large letter need not be in memory together
    else:  # an empty container is read as the text that it holds (F14)
        budget.defect("multipart without its boundary")
        node.content_type = "text/plain"
        edge = b"--" + node.parameters.get("boundary", "").encode("utf-8", "replace")
        if not node.encoded.replace(edge, b"").strip(b"-\r\n\t "):  # only delimiters
            node.encoded = b""


def _block(body: bytes, start: int, end: int) -> Block:
    """Read the header of a chunk; of a large one only the part with the header is copied."""
    head = body[start : min(end, start + MAX_HEAD)]
    block = read_block(head)
    if end - start > MAX_HEAD and block.body_start > MAX_HEAD // 2:
        return read_block(body[start:end])
    return with_late_fields(block, head)


def _chunks(node: Node, budget: _Budget) -> tuple[bytes, list[Span]]:
    """Split by the declared boundary, else by one in the body; return also the text split.

    A container may not be encoded (RFC 2045 6.4): its encoding is used only as a last resort.
    """
    boundary = node.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    bodies = [node.encoded] + ([node.content] if known(node.encoding) else [])
    if len(bodies) > 1 and _QUOTED_FIELD.search(node.encoded[:MAX_QUOTED]):
        bodies.reverse()
    for body in bodies:
        chunks = split(body, boundary, budget.parts) if boundary else []
        if not chunks and (guessed := guess_boundary(body)):
            chunks = split(body, guessed, budget.parts)
        if chunks:
            return body, chunks
    return b"", []


def _node(block: Block, encoded: bytes, default: str) -> Node:
    content_type, parameters = read_type(block.first("content-type") or b"", default)
    disposition, more = read_parameters(block.first("content-disposition") or b"")
    encoding = _text(block.first("content-transfer-encoding"))
    encoding = encoding.partition(";")[0].partition("(")[0].strip().strip("\"'").lower()
    return Node(block, content_type, parameters, disposition, more, encoding, encoded)


def _text(value: bytes | None) -> str:
    return read_text(value) if value else ""
