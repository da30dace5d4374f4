"""Where a header ends and which fields it has, even if the sender broke it (fault F09).

mail-parser takes the rest of the header for text at the first malformed line, so that Message-ID,
From and Date vanish. Here such a line is joined to the field before it.
"""

import re
from dataclasses import dataclass, field

MAX_BLOCK = 256 * 1024
MAX_HEAD = 4 * MAX_BLOCK
MAX_FIELD = 64 * 1024
MAX_FIELDS = 10_000

_END = re.compile(rb"\r\n\r?\n|\n\r?\n|\r\r(?!\n)")
_MBOX = re.compile(rb">?From (?![ \t]*:)")
_BLANK = re.compile(rb"\r?\n|\r")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_WELL_FORMED = re.compile(
    rb"(?:[!-9;-~]{1,200}+[ \t]*+:[^\n]*+(?:\n|\Z)(?:[ \t]++[^\s][^\n]*+(?:\n|\Z))*+)++"
)
_EACH = re.compile(rb"([!-9;-~]{1,200}+)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_FOLDED_INSIDE = re.compile(
    rb"([\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})[ \t]+(?=[\x80-\xbf])"
)
MAX_TRACE = 16 * 1024
# Fields that relays add (RFC 5321 4.4 and customs), and lines that are nothing but fields.
_TRACE = re.compile(
    rb"(?:(?:received|return-path|delivered-to|envelope-to|x-[!-9;-~]+|arc-[!-9;-~]+|dkim-signature"
    rb"|authentication-results|received-spf)[ \t]*:[^\n]*+(?:\r?\n[ \t][^\n]*+)*+(?:\n|\Z))+",
    re.IGNORECASE,
)
_FIELDS = re.compile(rb"(?:[A-Za-z][\w-]{1,60}[ \t]*:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*")
_AUTHOR = re.compile(rb"^from[ \t]*:[^\n]{0,998}@", re.IGNORECASE | re.MULTILINE)
_STAMP = re.compile(  # nobody copies these into a text
    rb"^(?:message-id|received|return-path|mime-version)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
MAX_FOREIGN = 1024
_KNOWN = re.compile(
    rb"(?:x-[!-9;-~]+|[a-z]+-[!-9;-~]+|from|to|cc|bcc|subject|date|sender|received|references"
    rb"|comments|keywords|precedence|organization|mime-version)[ \t]*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name as written and its unfolded bytes."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A header, the place where the body starts, and the header's defects."""

    fields: tuple[Field, ...]
    body_start: int
    defects: tuple[str, ...] = ()
    _named: dict[str, list[bytes]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, list[bytes]] = {}
        for one in self.fields:
            named.setdefault(one.name.lower(), []).append(one.value)
        object.__setattr__(self, "_named", named)

    def first(self, name: str) -> bytes | None:
        """Return the first field of that name; mail-parser would make a list of several (F16)."""
        values = self._named.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[bytes]:
        """Return every field of that name, in order."""
        return self._named.get(name, [])[:]


def read_block(raw: bytes, start: int = 0, end: int | None = None) -> Block:
    """Read the header that begins at ``start``; ``body_start`` is an offset into ``raw``.

    Bounded: what exceeds ``MAX_BLOCK``, ``MAX_FIELD`` or ``MAX_FIELDS`` is left out, with a defect
    (RFC 5322 2.1 for the empty line, 2.2.3 for folding).
    """
    end = len(raw) if end is None else end
    start = _skip_blank(raw, start, end)
    blank = _BLANK.match(raw, start, end)
    if blank:
        return Block((), blank.end())
    found = _END.search(raw, start, end)
    while found and (_goes_on(raw, found.end()) or _is_trace_alone(raw, start, found)):
        found = _END.search(raw, found.end(), end)
    block_end, body_start = (found.start(), found.end()) if found else (end, end)
    defects: list[str] = []
    if block_end - start > MAX_BLOCK:
        block_end = start + MAX_BLOCK
        defects.append(f"header longer than {MAX_BLOCK} bytes, cut")
    block = raw[start:block_end]
    if b"\n" in block and _WELL_FORMED.fullmatch(block):  # nearly all are
        each = [(name.decode("ascii"), value.split(b"\n")) for name, value in _EACH.findall(block)]
        return Block(tuple(_unfolded(each, defects)), body_start, tuple(defects))
    fields, early_end = _fields(_lines(block), defects)
    if early_end is not None:
        body_start = start + early_end
        defects.append("no empty line between header and body")
    return Block(tuple(fields), body_start, tuple(defects))


def header_start(raw: bytes) -> int:
    """Return where the header begins if an export wrote lines and a blank one above it.

    Those lines hold no field; below stands a whole header, with From and fields of programs.
    """
    blank = _END.search(raw, 0, MAX_FOREIGN)
    if blank is None or any(map(_KNOWN.match, raw[: blank.start()].splitlines())):
        return 0
    told = _AUTHOR.search(raw, blank.end(), blank.end() + MAX_TRACE)
    if told is None or not _FIELDS.fullmatch(raw, blank.end(), told.start()):
        return 0
    end = _END.search(raw, told.start(), told.start() + MAX_TRACE)
    is_whole = end and _STAMP.search(raw, blank.end(), end.start())
    return blank.end() if is_whole else 0


def _goes_on(raw: bytes, position: int) -> bool:
    """Tell whether an empty line slipped into the header: a continuation and a field follow."""
    if raw[position : position + 1] not in (b" ", b"\t"):
        return False
    first, second, *_ = [*raw[position : position + 2000].split(b"\n", 2), b"", b""]
    return bool(first.strip()) and bool(_KNOWN.match(second))


def _is_trace_alone(raw: bytes, start: int, blank: re.Match[bytes]) -> bool:
    """Tell whether a relay put an empty line between its own fields and the letter's header."""
    if blank.start() - start > MAX_TRACE or not _TRACE.fullmatch(raw, start, blank.start()):
        return False
    told = _AUTHOR.search(raw, blank.end(), blank.end() + MAX_TRACE)
    return told is not None and _FIELDS.fullmatch(raw, blank.end(), told.start()) is not None


def _skip_blank(raw: bytes, start: int, end: int) -> int:
    """Skip a byte order mark or an mbox ``From `` line before a header."""
    if raw.startswith(b"\xef\xbb\xbf", start):
        start += 3
    if raw[start : start + 1] in (b" ", b"\t") and _FIELD.match(raw[start : start + 300].lstrip()):
        start += 1  # the first line cannot continue another
    if _MBOX.match(raw, start):
        newline = raw.find(b"\n", start, min(end, start + 2000))
        if newline >= 0:
            start = newline + 1
    return start


def _lines(block: bytes) -> list[bytes]:
    """Split at line ends and keep them; a lone CR ends a line only if there is no LF."""
    if b"\n" not in block:
        return block.splitlines(keepends=True)
    lines = block.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _fields(lines: list[bytes], defects: list[str]) -> tuple[list[Field], int | None]:
    """Return the fields, and the offset of a body that begins without an empty line."""
    collected: list[tuple[str, list[bytes]]] = []
    last_known = len(lines) - 1
    while last_known >= 0 and not _KNOWN.match(lines[last_known]):
        last_known -= 1
    offset = 0
    early_end: int | None = None
    for number, line in enumerate(lines):
        folded = line[:1] in (b" ", b"\t")
        found = None if folded else _FIELD.match(line)
        if folded and not line.strip() and not _goes_on_after(lines, number):
            early_end = offset + len(line)  # a separator made of blanks
            break
        if not found and not folded:
            if number >= last_known or _is_delimiter(line, collected):
                early_end = offset
                break
            defects.append("malformed line in the header")
        if found:
            collected.append((found.group(1).decode("ascii"), [found.group(2)]))
        elif collected:
            collected[-1][1].append(line)
        offset += len(line)
    return _unfolded(collected, defects), early_end


def _is_delimiter(line: bytes, collected: list[tuple[str, list[bytes]]]) -> bool:
    """Tell whether a line is the delimiter named by a field above it (RFC 2046 5.1.1)."""
    boundary = line.rstrip()[2:]
    if not line.startswith(b"--") or not boundary:
        return False
    return any(
        boundary in value and name.lower() == "content-type"
        for name, values in collected
        for value in values
    )


def _unfolded(collected: list[tuple[str, list[bytes]]], defects: list[str]) -> list[Field]:
    if len(collected) > MAX_FIELDS:
        defects.append(f"more than {MAX_FIELDS} header fields, cut")
    fields = [Field(name, _unfold(pieces)) for name, pieces in collected[:MAX_FIELDS]]
    if any(len(one.value) >= MAX_FIELD for one in fields):
        defects.append(f"a header field longer than {MAX_FIELD} bytes, cut")
    return fields


def _goes_on_after(lines: list[bytes], number: int) -> bool:
    """Tell whether the line behind a blank one is a field or continues one."""
    line = b"".join(lines[number + 1 : number + 2])
    return bool(_FIELD.match(line)) or (line[:1] in (b" ", b"\t") and bool(line.strip()))


def _unfold(pieces: list[bytes]) -> bytes:
    if len(pieces) == 1:  # most fields are one line
        return pieces[0].replace(b"\x00", b"").strip()[:MAX_FIELD]
    lines = [pieces[0].strip(b"\r\n")]
    for piece in pieces[1:]:
        piece = piece.strip(b"\r\n")
        lines.append(piece if piece[:1] in b" \t" else b" " + piece)
    value = b"".join(lines).replace(b"\x00", b"").strip()[:MAX_FIELD]
    return value if value.isascii() else _unfolded_inside(value)


def _unfolded_inside(value: bytes) -> bytes:
    """Remove blanks that a relay folded into a raw character, if all is UTF-8 afterwards."""
    joined = _FOLDED_INSIDE.sub(rb"\1", value)
    if joined == value:
        return value
    try:
        joined.decode("utf-8")
    except UnicodeDecodeError:
        return value
    return joined
