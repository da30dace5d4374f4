"""What a part holds where its Content-Transfer-Encoding does not fit its bytes.

The label is a claim, the bytes are the fact. A gateway writes its warning as plain text above
base64 or its footer below, a script names one encoding and uses another or none. So a label is
followed where the bytes bear it out, and else what the bytes show is read:

- base64 comes in lines of its alphabet without a blank inside. A block of such lines counts where
  it decodes to text that a person can read; lines that are no base64 are text and stay text.
- Quoted-printable writes every ``=`` as ``=3D``. A text with more ``=`` that open nothing than
  such that open an escape or a soft break was never encoded.
- A text without a label (or under one that changes nothing) that is base64 or quoted-printable
  from its first line to its last, and readable once it is decoded, is decoded.

A file has no text to judge by: there only the shape of the lines and well-known first bytes count.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bridge.parse.structure.transfer_encoding import (
    BASE64,
    QUOTED_PRINTABLE,
    UUENCODE,
    decode,
    known,
)
from bridge.parse.text.charset import russian_code_page
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.cyrillic import CODE_PAGES
from bridge.parse.text.legible import is_legible, is_prose

AROUND = "plain text around base64"
NOT_BASE64 = "labelled base64, but is not"
NOT_QUOTED = "labelled quoted-printable, but is not"
UNLABELLED = "encoded as its label does not say"
MAX_SHORT = 200
MAX_BLOCKS = 1000
MIN_LINE = 40
MAX_FOREIGN = 8  # one byte in so many
MIN_UNLABELLED = 32
MIN_ESCAPES = 12

_BASE64_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64_BYTES.strip()))
_USUAL = bytes.maketrans(b"-_", b"+/")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_STRICT = re.compile(rb"[ \t]*+[A-Za-z0-9+/]++={0,2}+[ \t\r]*+\n?+")
_WORD = re.compile(rb"(?:[A-Z]?[a-z]{0,24}|[A-Z]{1,24})[0-9]{0,6}")
_PROSE_LINE = re.compile(rb"[\x80-\xff]|\S[ \t]+\S+[ \t]+\S")
_WORDS_IN_LINE = re.compile(rb"\S[ \t]+\S")
_FIELD = re.compile(rb"(?:\s*+[A-Za-z][A-Za-z-]{1,40}:[^\n]*\n){2}")
_ESCAPE = re.compile(rb"=[0-9A-Fa-f]{2}")
_ESCAPES = re.compile(rb"(?:=[0-9A-Fa-f]{2})++")
_HIGH_ESCAPE = re.compile(rb"=(?:[89A-Fa-f][0-9A-Fa-f]|3[Dd])")
_SOFT = re.compile(rb"=[ \t]*+(?:\r*+\n|\Z)")
_ROW = re.compile(rb"=(=++)([89A-F][0-9A-F])?")
# Signs that no text holds; ISO-2022 needs 0E, 0F and 1B, and 09, 0A, 0C, 0D are white space.
_CONTROL_ESCAPE = re.compile(rb"=(?=0[0-8Bb]|1[0-9AaC-Fc-f]|7[Ff])")
_FILE_STARTS = (
    b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"Rar!",
    b"7z\xbc\xaf", b"\x1f\x8b", b"RIFF", b"II*\x00", b"MM\x00*", b"{\\rtf", b"<?xml", b"ID3",
    b"0\x80\x06\x09", b"0\x82", b"0\x83", b"0\x84",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Undone:
    """The decoded bytes in stretches of one charset each, and what was wrong, if anything."""

    pieces: tuple[bytes, ...]
    defect: str = ""


def undo_text(content: bytes, encoding: str, label: str) -> Undone:
    """Decode a part that is words; ``label`` is the charset that it claims."""
    meant = known(encoding)
    if meant == BASE64:
        content = _in_usual_letters(content)
        undone = _base64_text(content, label)
    elif meant == QUOTED_PRINTABLE:
        undone = _quoted_text(content, label)
    else:
        undone = Undone((_uudecoded(content) if meant == UUENCODE else content,))
    if meant == BASE64 and undone.defect != NOT_BASE64:
        twice = _unlabelled_base64(undone.pieces[0], label) if len(undone.pieces) == 1 else None
        return undone if twice is None else Undone((twice,), UNLABELLED)
    # What quoted-printable did to base64 is undone by looking at the bytes as they were sent.
    again = _unlabelled(undone.pieces[0], label) or _unlabelled_base64(content, label)
    return Undone((again,), UNLABELLED) if again is not None else undone


def undo_file(content: bytes, encoding: str, content_type: str) -> Undone:
    """Decode a part that is a file."""
    meant = known(encoding)
    if meant == BASE64:
        return _base64_file(_in_usual_letters(content))
    if meant == QUOTED_PRINTABLE:
        wrong = _is_no_quoted_printable(content, "")
        return Undone((content,), NOT_QUOTED) if wrong else Undone((decode(content, meant),))
    if meant == UUENCODE:
        return Undone((_uudecoded(content),))
    if not content_type.startswith("text/") and _is_unlabelled_file(content):
        return Undone((decode(content, BASE64),), UNLABELLED)
    return Undone((content,))


def _is_unlabelled_file(content: bytes) -> bool:
    start = content[:100].strip()
    if len(start) < MIN_LINE or start.translate(None, _BASE64_BYTES) or not _is_clean(content):
        return False
    return decode(start[:MIN_LINE], BASE64).startswith(_FILE_STARTS)


def _uudecoded(content: bytes) -> bytes:
    return decode(content, UUENCODE) or content


def _in_usual_letters(content: bytes) -> bytes:
    """Return base64 in the letters of MIME, where it is all in those of addresses (RFC 4648 5)."""
    if b"+" in content or b"/" in content or not (b"-" in content or b"_" in content):
        return content
    usual = content.translate(_USUAL)
    return usual if len(content) >= MIN_LINE and _is_clean(usual) else content


def _is_clean(content: bytes) -> bool:
    """Tell whether there is nothing but base64 and line ends."""
    return not content.translate(None, _BASE64_BYTES)


# base64


def _base64_text(content: bytes, label: str) -> Undone:
    decoded = decode(content, BASE64)
    if _is_clean(content) and _is_even(content):
        if decoded and _is_words(content) and not _is_certain(decoded, label):
            return Undone((content,), NOT_BASE64)
        return Undone((decoded,))
    if not _PROSE_LINE.search(content) and _is_certain(decoded, label):
        return Undone((decoded,))
    pieces = list(_text_pieces(content, label))
    if pieces != [content]:
        return Undone(tuple(pieces), AROUND)
    is_rubbish = not _is_clean(content) and not _is_certain(decoded, label)
    if is_rubbish and is_legible(content, label):
        return Undone((content,), NOT_BASE64)
    return Undone((decoded,))


def _is_even(content: bytes) -> bool:
    """Tell whether base64 has its padding at the end alone and no short line in front."""
    first, second, *_ = [*content.split(b"\n", 2), b"", b""]
    return len(first.strip()) >= len(second.strip()) and b"=" not in content.rstrip(b"=\r\n")


def _is_words(content: bytes) -> bool:
    """Tell whether what looks like base64 may be plain words, one on each line."""
    return len(content) < MAX_SHORT and all(map(_WORD.fullmatch, content.split()))


def _is_certain(decoded: bytes, label: str) -> bool:
    """Tell whether doubtful base64 gave a text that cannot be there by chance."""
    try:
        decoded.decode("utf-8")
    except UnicodeDecodeError:
        russian = codec_of(label) in CODE_PAGES and russian_code_page(decoded) is not None
        return russian and is_legible(decoded, label)
    return is_legible(decoded, label)


def _text_pieces(content: bytes, label: str) -> Iterator[bytes]:
    """Yield the stretches of plain text as they are and the blocks of base64 decoded."""
    plain_from = 0
    for start, end in islice(_blocks(content), MAX_BLOCKS):
        decoded = decode(content[start:end], BASE64)
        if not is_legible(decoded, label):  # perhaps a word stands below the block
            end = content.rfind(b"\n", start, end - 1) + 1
            decoded = decode(content[start:end], BASE64)
        if not decoded or not is_legible(decoded, label):
            continue
        if content[plain_from:start].strip():
            yield content[plain_from:start]
        yield decoded
        plain_from = end
    rest = content[plain_from:]
    if not plain_from or rest.strip():
        yield rest


def _blocks(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where base64 may stand: lines of its alphabet under each other, in block shape."""
    run: list[tuple[int, int]] = []
    for line in _LINE.finditer(content):
        if _STRICT.fullmatch(line.group()) or _is_damaged(line.group().strip()):
            run.append(line.span())
            continue
        if run and (block := _core(content, run)):
            yield block
        run = []
    if run and (block := _core(content, run)):
        yield block


def _is_damaged(line: bytes) -> bool:
    """Tell whether a line is base64 but for a few foreign bytes, none of them a blank."""
    foreign = len(line.translate(None, _BASE64_BYTES))
    return 0 < foreign * MAX_FOREIGN <= len(line) and not _WORDS_IN_LINE.search(line)


def _core(content: bytes, run: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the lines of a run from the first full one to the first shorter one behind it.

    A word alone on its line also is of the alphabet: it belongs to no block, unless it is one.
    """
    lengths = [len(content[start:end].strip()) for start, end in run]
    full = max(lengths)
    if full < MIN_LINE:
        letters = b"".join(content[start:end].translate(None, _NOT_BASE64) for start, end in run)
        whole = len(letters) % 4 == 0 and (letters.endswith(b"=") or len(letters) > 15)
        return (run[0][0], run[-1][1]) if whole else None
    first = lengths.index(full)
    last = first
    while last + 1 < len(run) and lengths[last] == full:
        last += 1
    if last + 1 < len(run) and any(length >= MIN_LINE for length in lengths[last + 1 :]):
        last = len(run) - 1  # lines of uneven length, or blocks joined
    return run[first][0], run[last][1]


def _base64_file(content: bytes) -> Undone:
    if _is_clean(content):
        return Undone((decode(content, BASE64),))
    if _FIELD.match(content[:5000]):
        return Undone((content,), NOT_BASE64)
    blocks = list(_blocks(content))
    if not blocks:
        foreign = content.translate(None, _BASE64_BYTES)
        if len(foreign) * 20 > len(content):
            return Undone((content,), NOT_BASE64)
        return Undone((decode(content, BASE64),))
    kept = bytearray()
    for number, (start, end) in enumerate(blocks):
        between = content[blocks[number - 1][1] : start] if number else b""
        if between and not _WORDS_IN_LINE.search(between):
            kept += between  # a damaged line
        kept += content[start:end]
    dropped = len(content.strip()) - len(bytes(kept).strip())
    return Undone((decode(bytes(kept), BASE64),), AROUND if dropped > 0 else "")


# quoted-printable


def _quoted_text(content: bytes, label: str) -> Undone:
    if _is_no_quoted_printable(content, label):
        return Undone((content,), NOT_QUOTED)
    if not str(codec_of(label)).startswith(("utf-16", "utf-32")):  # which are full of them
        content = _CONTROL_ESCAPE.sub(b"=3D", content)
    content = _ROW.sub(_written_out, content)
    return Undone((decode(content, QUOTED_PRINTABLE),))


def _written_out(row: re.Match[bytes]) -> bytes:
    """Encode a row of ``=`` that is none of quoted-printable's; an escape may follow it."""
    if row.group(2):
        return b"=3D" * len(row.group(1)) + b"=" + row.group(2)
    return b"=3D" * len(row.group())


def _is_no_quoted_printable(content: bytes, label: str) -> bool:
    if b"=" not in content:
        return False
    content = _ROW.sub(b"", content)  # a line drawn with them says nothing
    marks = content.count(b"=")
    escapes, breaks = len(_ESCAPE.findall(content)), len(_SOFT.findall(content))
    if marks - escapes - breaks > escapes + breaks:
        return not _has_true_escapes(content, label)
    return not content.isascii() and not breaks and not _HIGH_ESCAPE.search(content)


def _has_true_escapes(content: bytes, label: str) -> bool:
    """Tell whether there are escapes of letters that fit the charset, in a text half encoded."""
    runs = [run for run in _ESCAPES.findall(content) if _HIGH_ESCAPE.search(run)]
    if codec_of(label) not in (None, "utf-8"):
        return bool(runs)
    try:
        return bool(runs) and all(decode(run, QUOTED_PRINTABLE).decode("utf-8") for run in runs)
    except UnicodeDecodeError:
        return False


# no label, or one that changes nothing


def _unlabelled(content: bytes, label: str) -> bytes | None:
    return _unlabelled_quoted(content, label) or _unlabelled_base64(content, label)


def _unlabelled_quoted(content: bytes, label: str) -> bytes | None:
    """Decode what is quoted-printable throughout: half of it and more are escapes."""
    if content.count(b"=") * 6 < len(content) or not content.isascii():
        return None
    escapes = len(_ESCAPE.findall(content))
    if escapes < MIN_ESCAPES or escapes * 6 < len(b"".join(content.split())):
        return None
    decoded = decode(content, QUOTED_PRINTABLE)
    return decoded if is_legible(decoded, label) else None


def _unlabelled_base64(content: bytes, label: str) -> bytes | None:
    """Decode what is one block of base64 and holds prose."""
    lines = content[:200].split(maxsplit=1)
    if not lines or len(lines[0]) < MIN_UNLABELLED or not _is_clean(content):
        return None
    letters = b"".join(content.split())
    if len(letters) % 4 or b"=" in letters[:-2]:
        return None
    decoded = decode(letters, BASE64)
    return decoded if is_legible(decoded, label) and is_prose(decoded, label) else None
