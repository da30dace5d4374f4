"""The machine-readable parts of a letter: reports, complaints, receipts, the returned letter.

Only the letter's own parts count, never those of an attached letter: a person who forwards a bounce
as an attachment wrote a letter.
"""

import re
from dataclasses import dataclass
from typing import Final

from bridge.parse.containers import winmail
from bridge.parse.structure.mime import Node
from bridge.parse.text.charset import read_text
from bridge.parse.text.storable import clean_text

Block = dict[str, str]

MAX_TEXT: Final = 256 * 1024
MAX_BLOCKS: Final = 1000
MAX_FIELD: Final = 4000

FIELD: Final = re.compile(r"^([!-9;-~]{1,100})[ \t]{0,8}:[ \t]*(.*)$")
DELIVERY_TYPES: Final = {"message/delivery-status", "message/global-delivery-status"}
RECEIPT_TYPES: Final = {
    "message/disposition-notification",
    "message/global-disposition-notification",
}
RETURNED_TYPES: Final = {
    "message/rfc822",
    "message/global",
    "message/partial",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822-headers",
    "text/rfc822-header",
    "text/rfc822",
}


@dataclass(frozen=True, slots=True)
class Report:
    """The content of these parts; ``formal`` is true inside a multipart/report (RFC 6522).

    ``delivery`` has the blocks of RFC 3464, ``complaint`` those of RFC 5965 (None: no such part).
    ``receipt``: there is a disposition notification (RFC 8098), or one in Outlook's form;
    ``receipts`` has the blocks of the former. ``returned`` is the header of the returned letter:
    lower-case names, first value of each.
    """

    formal: bool = False
    delivery: tuple[Block, ...] | None = None
    complaint: tuple[Block, ...] | None = None
    receipt: bool = False
    receipts: tuple[Block, ...] = ()
    returned: Block | None = None


def read_report(root: Node) -> Report:
    """Find the machine-readable parts of a letter; a damaged one is read as far as possible."""
    receipts: list[Block] | None = None
    delivery: list[Block] | None = None
    complaint: list[Block] | None = None
    returned: Block | None = None
    receipt = False
    for part in root.leaves():
        kind = part.content_type
        if kind in DELIVERY_TYPES:
            delivery = (delivery or []) + blocks(text_of(part))
        elif kind == "message/feedback-report":
            complaint = (complaint or []) + blocks(text_of(part))
        elif kind in RECEIPT_TYPES:
            receipts = (receipts or []) + blocks(text_of(part))
        elif kind in winmail.TYPES or part.filename.lower() == winmail.FILE_NAME:
            receipt = receipt or winmail.is_receipt(part.content)
        elif kind in RETURNED_TYPES and returned is None and part is not root:
            returned = next(iter(blocks(text_of(part))), {})
    return Report(
        formal=_is_formal(root),
        delivery=None if delivery is None else tuple(delivery[:MAX_BLOCKS]),
        complaint=None if complaint is None else tuple(complaint[:MAX_BLOCKS]),
        receipt=receipt or receipts is not None,
        receipts=tuple((receipts or [])[:MAX_BLOCKS]),
        returned=returned,
    )


def own_text(root: Node) -> str:
    """Return the letter's own text/plain parts, joined, for what its body leaves out."""
    texts = []
    room = MAX_TEXT
    for part in root.leaves():
        if room > 0 and part.content_type == "text/plain":
            text = text_of(part)[:room]
            room -= len(text)
            texts.append(text)
    return "\n\n".join(text for text in texts if text)


def text_of(part: Node) -> str:
    """Decode the beginning of a leaf part."""
    return clean_text(read_text(part.content[:MAX_TEXT], part.parameters.get("charset", "")))


def blocks(text: str) -> list[Block]:
    """Read groups of ``Name: value`` lines separated by blank lines (RFC 3464 2.1.1); bounded.

    Names become lower case, folded values are joined, the first of a repeated field counts.
    """
    found: list[Block] = []
    block: Block = {}
    name = ""
    for line in text[:MAX_TEXT].splitlines():
        field = FIELD.match(line)
        if field and not line[0].isspace():
            name = field[1].lower()
            if name in block:
                name = ""
            else:
                block[name] = field[2].strip()[:MAX_FIELD]
        elif line[:1] in {" ", "\t"} and line.strip() and name:
            block[name] = f"{block[name]} {line.strip()}"[:MAX_FIELD]
        elif not line.strip():
            name = ""
            if block:
                found.append(block)
                block = {}
            if len(found) >= MAX_BLOCKS:
                return found
    return [*found, block] if block else found


def _is_formal(root: Node) -> bool:
    """Tell whether the letter or a container in it, opened or not, is a multipart/report."""
    declared = root.block.first("content-type") or b""
    if declared.strip().lower().startswith(b"multipart/report"):
        return True
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_multipart and node.content_type == "multipart/report":
            return True
        stack.extend(node.children)
    return False
