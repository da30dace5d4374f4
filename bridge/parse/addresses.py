"""Who wrote and to whom: mail-parser reads a mended field; what it drops is read leniently.

The faults are F04 and F05 (names) and F08 (addresses that are lost).
"""

import re
from collections.abc import Callable

import mailparser

from bridge.parse.encoded_words import clean_words, decode_words
from bridge.parse.plain import clean_line
from contract.event import MAX_ADDRESSES, Address

MAX_NAME = 2000
MAX_ADDRESS = 1000
NOBODY = Address(address="unknown@unknown.invalid")

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ANGLE = re.compile(r"<+\s*([^<>]*?)\s*>+")
_SPEC = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()]+")


def read_addresses(value: str) -> list[Address]:
    """Return the persons of an address field, groups opened (RFC 5322 3.4)."""
    mended = _mend(value)
    found = _by_mail_parser(mended) or _leniently(decode_words(value))
    return found[:MAX_ADDRESSES]


def _mend(value: str) -> str:
    """Decode words inside quotes, where mail-parser leaves them, and clean those outside."""
    pieces: list[str] = []
    position = 0
    for quoted in _QUOTED.finditer(value):
        pieces.append(clean_words(value[position : quoted.start()]))
        inner = decode_words(quoted.group(1)) if "=?" in quoted.group(1) else quoted.group(1)
        if inner != quoted.group(1):
            inner = inner.replace("\\", "\\\\").replace('"', '\\"')
        pieces.append(f'"{inner}"')
        position = quoted.end()
    pieces.append(clean_words(value[position:]))
    return "".join(pieces)


def _by_mail_parser(value: str) -> list[Address]:
    field = b"From: " + value.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace")
    try:
        pairs = mailparser.parse_from_bytes(field + b"\r\n\r\n").from_
    except Exception:  # any fault of the parser leaves the field to the lenient reading
        return []
    return [one for name, address in pairs if (one := _address(name, address))]


def _leniently(value: str) -> list[Address]:
    """Read what mail-parser drops: no brackets, no domain, doubled brackets, a trailing dot."""
    found: list[Address] = []
    for piece in _split(value):
        angle = list(_ANGLE.finditer(piece))
        if angle and angle[-1].group(1):
            name = piece[: angle[0].start()]
            one = _address(name, angle[-1].group(1))
        else:
            spec = _SPEC.search(piece)
            name = piece.replace(spec.group(), "", 1) if spec else ""
            one = _address(name.strip(" <>()"), spec.group() if spec else piece.strip())
        if one:
            found.append(one)
    return found


def _split(value: str) -> list[str]:
    """Split at commas and semicolons outside quotes."""
    pieces = re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^",;]|")+', value)
    return [piece.strip() for piece in pieces if piece.strip()]


def _address(name: str, address: str) -> Address | None:
    address = clean_line(address, MAX_ADDRESS).strip(" <>.\"',;")
    if not address or address.endswith(":"):
        return None
    name = clean_line(name, MAX_NAME).strip().strip('"').strip()
    return Address(address=address, name="" if name == address else name)


def sender_of(fields: Callable[[str], str]) -> tuple[Address, str | None]:
    """Return From, else Sender, Reply-To, Return-Path, else ``NOBODY``; and a defect or None."""
    for name in ("from", "sender", "reply-to", "return-path"):
        found = read_addresses(fields(name))
        if found:
            return found[0], None if name == "from" else f"no From, sender taken from {name}"
    return NOBODY, "no From and no other sender"
