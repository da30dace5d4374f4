"""Who wrote and to whom: mail-parser reads a mended field; what it drops is read leniently.

The faults are F04 and F05 (names) and F08 (addresses that are lost).
"""

import re
from collections.abc import Callable

import mailparser

from bridge.parse.encoded_words import clean_words, decode_words, encode_word
from bridge.parse.plain import clean_line
from contract.event import MAX_ADDRESSES, Address

MAX_NAME = 2000
MAX_ADDRESS = 1000
NOBODY = Address(address="unknown@unknown.invalid")

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ANGLE = re.compile(r"<+\s*([^<>]*?)\s*>+")
_SPEC = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()]+")
_ATOM = re.compile(r"[\w.+=-]+")
_COMMENT = re.compile(r"\(((?:[^()\\]|\\.)*)\)")
# A comment between a name and an address is part of neither (RFC 5322 3.4).
_REMARK = re.compile(r"(?<=[\w?=.\"]) *\(((?:[^()\\]|\\.)*)\)(?=\s*<)")
_SPECIALS = re.compile(r'[()<>@,;:\\"\[\]\x00-\x1f]')


def read_addresses(value: str) -> list[Address]:
    """Return the persons of an address field, groups opened (RFC 5322 3.4)."""
    if not value:
        return []
    found = _by_mail_parser(_mend(value))
    if not found or any(re.search(r"\s", one.address) for one in found):
        found = _leniently(decode_words(value))
    return found[:MAX_ADDRESSES]


def _mend(value: str) -> str:
    """Write words that mail-parser leaves encoded as plain UTF-8: in quotes, and run together."""
    pieces: list[str] = []
    position = 0
    for quoted in _QUOTED.finditer(value):
        pieces.append(clean_words(_REMARK.sub(" ", value[position : quoted.start()]), _atoms))
        inner = quoted.group(1)
        if "=?" in inner:
            inner = decode_words(inner).replace("\\", "\\\\").replace('"', '\\"')
        pieces.append(f'"{inner}"')
        position = quoted.end()
    pieces.append(clean_words(_REMARK.sub(" ", value[position:]), _atoms))
    return "".join(pieces)


def _atoms(text: str) -> str:
    """Return decoded words as they may stand in a field: bare, or encoded where they would bind."""
    return f" {encode_word(text)} " if _SPECIALS.search(text) else text


def _by_mail_parser(value: str) -> list[Address]:
    field = b"From: " + value.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace")
    try:
        pairs = mailparser.parse_from_bytes(field + b"\r\n\r\n").from_
    except Exception:  # any fault of the parser leaves the field to the lenient reading
        return []
    return [one for name, address in pairs if (one := _address(name, address))]


def _leniently(value: str) -> list[Address]:
    """Read what mail-parser drops: no brackets, no domain, doubled brackets, a trailing dot."""
    return [one for piece in _split(value) if (one := _lenient_one(piece))]


def _lenient_one(piece: str) -> Address | None:
    angle = [found for found in _ANGLE.finditer(piece) if found.group(1)]
    if angle:
        inner = angle[-1].group(1)
        spec = _SPEC.search(inner)
        name = piece[: angle[0].start()]
        return _address(
            name or _COMMENT.sub(r"\1", piece[angle[-1].end() :]),
            spec.group() if spec else inner.replace(" ", ""),
        )
    spec = _SPEC.search(piece)
    if spec:
        return _address(piece.replace(spec.group(), "", 1).strip(" <>()"), spec.group())
    comment = _COMMENT.search(piece)
    bare = _COMMENT.sub("", piece).strip()
    return _address(comment.group(1) if comment else "", bare) if _ATOM.fullmatch(bare) else None


def _split(value: str) -> list[str]:
    """Split at commas and semicolons outside quotes."""
    pieces = re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^",;]|")+', value)
    return [piece.strip() for piece in pieces if piece.strip()]


def _address(name: str, address: str) -> Address | None:
    address = clean_line(address, MAX_ADDRESS).strip(" <>.',;")
    if address.startswith('"') == address.endswith('"'):
        address = address.strip('"')
    if not address or address.endswith(":"):
        return None
    name = clean_line(name, MAX_NAME)
    name = name.strip(" \"'") if name[:1] in "\"'" else name
    return Address(address=address, name="" if name == address else name)


def sender_of(fields: Callable[[str], list[str]]) -> tuple[Address, str | None]:
    """Return From, else Sender, Reply-To, Return-Path, else ``NOBODY``; and a defect or None.

    Of several From fields the first that names somebody counts; a sender without a domain
    (``MAILER-DAEMON``) is somebody.
    """
    for name in ("from", "sender", "reply-to", "return-path"):
        found = [one for value in fields(name) for one in read_addresses(value)]
        whole = [one for one in found if "@" in one.address or _ATOM.fullmatch(one.address)]
        if whole:
            return whole[0], None if name == "from" else f"no From, sender taken from {name}"
    return NOBODY, "no From and no other sender"
