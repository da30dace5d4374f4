"""The machine-readable parts of a letter: reports, complaints, receipts, the returned letter.

Only the parts of the letter itself are looked at, never those of a letter attached to it: a person
who forwards a bounce as an attachment wrote a letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Final

Block = dict[str, str]

MAX_PARTS: Final = 1000
MAX_DEPTH: Final = 50
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
    """What the parts say; ``formal`` is true inside a multipart/report (RFC 6522).

    ``delivery`` are the blocks of RFC 3464, ``complaint`` those of RFC 5965 (None: no such part),
    ``receipt`` is a disposition notification (RFC 8098), ``returned`` the header of the letter
    that came back, lower-case names, first value of each.
    """

    formal: bool = False
    delivery: tuple[Block, ...] | None = None
    complaint: tuple[Block, ...] | None = None
    receipt: bool = False
    returned: Block | None = None


def outer_parts(message: Message) -> Iterator[Message]:
    """Yield the letter's own parts in order, attached letters as one part each; bounded."""
    stack = [(message, 0)]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        part, depth = stack.pop()
        yield part
        children = part.get_payload()
        if depth < MAX_DEPTH and _is_multipart(part) and isinstance(children, list):
            nested = [child for child in children[:MAX_PARTS] if isinstance(child, Message)]
            stack.extend((child, depth + 1) for child in reversed(nested))


def read_report(message: Message) -> Report:
    """Find the machine-readable parts of ``message``; a damaged one is read as far as it goes."""
    formal = receipt = False
    delivery: list[Block] | None = None
    complaint: list[Block] | None = None
    returned: Block | None = None
    for part in outer_parts(message):
        kind = _type(part)
        formal = formal or kind == "multipart/report"
        if kind in DELIVERY_TYPES:
            delivery = (delivery or []) + _blocks_of(part)
        elif kind == "message/feedback-report":
            complaint = (complaint or []) + _blocks_of(part)
        elif kind in RECEIPT_TYPES:
            receipt = True
        elif kind in RETURNED_TYPES and returned is None and part is not message:
            returned = next(iter(_blocks_of(part)), {})
    return Report(
        formal=formal,
        delivery=None if delivery is None else tuple(delivery[:MAX_BLOCKS]),
        complaint=None if complaint is None else tuple(complaint[:MAX_BLOCKS]),
        receipt=receipt,
        returned=returned,
    )


def own_text(message: Message) -> str:
    """Return the text/plain parts of the letter itself, joined; for what a body leaves out."""
    texts = []
    room = MAX_TEXT
    for part in outer_parts(message):
        if room > 0 and _type(part) in {"text/plain", "multipart/report", "multipart/mixed"}:
            text = text_of(part)[:room]
            room -= len(text)
            texts.append(text)
    return "\n\n".join(text for text in texts if text)


def text_of(part: Message) -> str:
    """Decode a leaf part tolerantly: declared charset, UTF-8, Latin-1; never raises; bounded."""
    if isinstance(part.get_payload(), list):
        return ""
    try:
        content = part.get_payload(decode=True)
        charset = part.get_content_charset() or "utf-8"
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    if not isinstance(content, bytes):
        return ""
    content = content[:MAX_TEXT]
    for name in (charset, "utf-8"):
        try:
            return scrubbed(content.decode(name))
        except (ValueError, LookupError):
            continue
    return content.decode("latin-1")


def blocks(text: str) -> list[Block]:
    """Read groups of ``Name: value`` lines set apart by blank lines (RFC 3464 2.1.1); bounded.

    Names are in lower case, a folded value is joined, the first of a repeated field counts.
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


def scrubbed(text: str) -> str:
    """Replace lone surrogates, which neither JSON nor BSON can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _blocks_of(part: Message) -> list[Block]:
    """Read a report part; the standard library gives each block as a message of its own."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return blocks(text_of(part))
    found: list[Block] = []
    for child in payload[:MAX_BLOCKS]:
        if not isinstance(child, Message):
            continue
        block: Block = {}
        for name, value in child.items():
            flat = " ".join(scrubbed(str(value)[:MAX_FIELD]).split())
            block.setdefault(name.lower(), flat)
        if block:
            found.append(block)
        if _type(part).endswith("-status") or not block:
            found.extend(blocks(text_of(child)))
    return found


def _is_multipart(part: Message) -> bool:
    return _type(part).startswith("multipart/")


def _type(part: Message) -> str:
    """Return the content type in lower case; a malformed one is text/plain (RFC 2045 5.2)."""
    try:
        return part.get_content_type()
    except (ValueError, AttributeError, TypeError, IndexError):
        return "text/plain"
