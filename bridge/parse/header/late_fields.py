"""MIME fields in unexpected places: below a blank line, or on another field's line."""

import re
from dataclasses import replace

from bridge.parse.header.block import MAX_HEAD, Block, Field, read_block

MAX_LATE = 200

_BEFORE = ("mime-version", "content-type", "content-transfer-encoding", "content-disposition")

_FIELD = re.compile(
    rb"\s*(Content-(?:Type|Disposition|Transfer-Encoding|ID|Description))[ \t]*:", re.IGNORECASE
)
_OF_LETTER = re.compile(rb"\s*((?:mime-version|content-[a-z-]{2,25})[ \t]*:)", re.IGNORECASE)
_BOUNDARY = re.compile(rb";\s*boundary\s*=\s*(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.I)
_PAGE = re.compile(rb"\s*text/html\b", re.IGNORECASE)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}[ \t]*(?:\r?\n|\Z)")
_PARAMETER = re.compile(
    rb"\s*((?:file)?name\*?[ \t]*=[^\r\n]{1,200}\r?\n)(?=content-[a-z-]{2,25}[ \t]*:)",
    re.IGNORECASE,
)
_MOST_LATE = 5
# A lost line end between two fields: ``MIME-Version: 1.0Content-Type: text/html; charset=…``.
_GLUED = re.compile(
    rb"[\s;\"\d]\s*(content-(?:type|transfer-encoding|disposition))[ \t]*:[ \t]*(?=[a-z\d])", re.I
)


def parted(block: Block) -> Block:
    """Return a header in which a MIME field inside the one before becomes a field of its own."""
    fields: list[Field] = []
    for one in block.fields:
        found = _GLUED.search(one.value) if one.name.lower() in _BEFORE else None
        if found and block.first(found[1].decode().lower()) is None:
            fields.append(Field(one.name, one.value[: found.start(1)].strip()))
            fields.append(Field(found[1].decode(), one.value[found.end() :].strip()))
        else:
            fields.append(one)
    return block if len(fields) == len(block.fields) else replace(block, fields=tuple(fields))


def with_late_type(block: Block, raw: bytes) -> Block:
    """Return a letter's header with the fields below blank lines, if they describe what follows.

    A person may write about such fields; the boundary, the page or the encoded lines right below
    show that they are real.
    """
    late = _OF_LETTER.match(raw, block.body_start)
    if late is None or any(each.name.lower().startswith("content-") for each in block.fields):
        return block
    more = read_block(raw[late.start(1) : late.start(1) + MAX_HEAD])
    start = late.start(1) + more.body_start
    if not _names(more, raw[start : start + MAX_HEAD].lstrip()):
        return block
    return Block((*block.fields, *more.fields), start, block.defects)


def _names(fields: Block, below: bytes) -> bool:
    """Tell whether MIME fields describe what stands below them."""
    shown = fields.first("content-type") or b""
    named = _BOUNDARY.search(shown)
    if named:
        return below.startswith(b"--" + (named[1] or named[2]))
    if _PAGE.match(shown):
        return below.startswith(b"<")
    encoding = (fields.first("content-transfer-encoding") or b"").strip().lower()
    return encoding == b"base64" and _BASE64_LINE.match(below) is not None


def with_late_fields(block: Block, head: bytes) -> Block:
    """Return a part's header with the fields below a blank line in ``head``."""
    last = block.fields[-1] if block.fields else None
    if last and last.value.endswith(b";"):
        found = _PARAMETER.match(head, block.body_start)
        if found:  # it should have been indented
            whole = Field(last.name, last.value + b" " + found[1].strip())
            more = read_block(head, found.end())
            return Block((*block.fields[:-1], whole, *more.fields), more.body_start, block.defects)
    for _ in range(_MOST_LATE):
        late = _FIELD.match(head, block.body_start, block.body_start + MAX_LATE)
        if late is None or block.first(late.group(1).decode().lower()) is not None:
            break
        if not all(each.name.lower().startswith("content-") for each in block.fields):
            break
        more = read_block(head, late.start(1))
        block = Block((*block.fields, *more.fields), more.body_start, block.defects)
    return block
