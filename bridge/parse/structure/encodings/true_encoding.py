"""The content of a part whose Content-Transfer-Encoding does not fit its bytes.

A gateway writes its warning as plain text above base64, or its footer below; a script names one
encoding and uses another or none. So a label is followed only if the bytes confirm it; otherwise
the bytes decide: see ``base64_shape.py`` and ``quoted_shape.py``. A text without a label (or under
one that changes nothing) is decoded if all its lines are base64 or quoted-printable and the result
is readable.

A file has no text to judge by: only the shape of its lines and well-known first bytes count.
"""

from functools import lru_cache

from bridge.parse.structure.encodings.base64_mended import BASE64_BYTES, is_clean
from bridge.parse.structure.encodings.base64_shape import base64_file, base64_text
from bridge.parse.structure.encodings.quoted_shape import (
    is_no_quoted_printable,
    is_quoted_without_label,
    quoted_text,
)
from bridge.parse.structure.encodings.transfer_encoding import (
    BASE64,
    QUOTED_PRINTABLE,
    UUENCODE,
    YENC,
    decode,
    known,
)
from bridge.parse.structure.encodings.undone import NOT_BASE64, NOT_QUOTED, UNLABELLED, Undone
from bridge.parse.text.legible import is_legible, is_prose

MIN_LINE = 40
MIN_UNLABELLED = 16
MAX_REMEMBERED = 64 * 1024

_FILE_STARTS = (
    b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"Rar!",
    b"7z\xbc\xaf", b"\x1f\x8b", b"RIFF", b"II*\x00", b"MM\x00*", b"{\\rtf", b"<?xml", b"ID3",
    b"0\x80\x06\x09", b"0\x82", b"0\x83", b"0\x84",
)  # fmt: skip


def undo_text(content: bytes, encoding: str, label: str) -> Undone:
    """Decode a text part; ``label`` is its declared charset."""
    small = len(content) <= MAX_REMEMBERED
    return (_again if small else _undo_text)(content, encoding, label)


@lru_cache(maxsize=8)  # who chooses among a letter's texts has read some of them before
def _again(content: bytes, encoding: str, label: str) -> Undone:
    return _undo_text(content, encoding, label)


def _undo_text(content: bytes, encoding: str, label: str) -> Undone:
    meant = known(encoding)
    if meant == BASE64:
        if (quoted := _unlabelled_quoted(content, label)) is not None:
            return Undone((quoted,), UNLABELLED)
        undone = base64_text(content, label)
    elif meant == QUOTED_PRINTABLE:
        undone = quoted_text(content, label)
    else:
        undone = Undone((_uudecoded(content) if meant == UUENCODE else content,))
    if meant == BASE64 and undone.defect != NOT_BASE64:
        twice = _unlabelled(undone.pieces[0], label) if len(undone.pieces) == 1 else None
        return undone if twice is None else Undone((twice,), UNLABELLED)
    # What quoted-printable did to base64 is undone on the bytes as they were sent.
    again = _unlabelled(undone.pieces[0], label) or _unlabelled_base64(content, label)
    return Undone((again,), UNLABELLED) if again is not None else undone


def undo_file(content: bytes, encoding: str, content_type: str) -> Undone:
    """Decode a part that is a file."""
    meant = known(encoding)
    if meant == BASE64:
        return base64_file(content)
    if meant == QUOTED_PRINTABLE:
        if not content_type.startswith("text/") and _is_unlabelled_file(content):
            return Undone((decode(content, BASE64),), UNLABELLED)
        wrong = is_no_quoted_printable(content, "")
        return Undone((content,), NOT_QUOTED) if wrong else Undone((decode(content, meant),))
    if meant == UUENCODE:
        return Undone((_uudecoded(content),))
    if meant == YENC:
        return Undone((decode(content, YENC),))
    if not content_type.startswith("text/") and _is_unlabelled_file(content):
        return Undone((decode(content, BASE64),), UNLABELLED)
    return Undone((content,))


def _is_unlabelled_file(content: bytes) -> bool:
    start = content[:100].strip()
    if len(start) < MIN_LINE or start.translate(None, BASE64_BYTES) or not is_clean(content):
        return False
    return decode(start[:MIN_LINE], BASE64).startswith(_FILE_STARTS)


def _uudecoded(content: bytes) -> bytes:
    return decode(content, UUENCODE) or content


def _unlabelled(content: bytes, label: str) -> bytes | None:
    return _unlabelled_quoted(content, label) or _unlabelled_base64(content, label)


def _unlabelled_quoted(content: bytes, label: str) -> bytes | None:
    """Decode text that is quoted-printable throughout."""
    if not is_quoted_without_label(content):
        return None
    decoded = decode(content, QUOTED_PRINTABLE)
    return decoded if is_legible(decoded, label) else None


def _unlabelled_base64(content: bytes, label: str) -> bytes | None:
    """Decode text that is one block of base64 and holds prose."""
    lines = content[:200].split(maxsplit=1)
    if not lines or len(lines[0]) < MIN_UNLABELLED or not is_clean(content):
        return None
    letters = b"".join(content.split())
    if len(letters) % 4 or b"=" in letters[:-2]:
        return None
    decoded = decode(letters, BASE64)
    return decoded if is_legible(decoded, label) and is_prose(decoded, label) else None
