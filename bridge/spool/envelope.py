"""The envelope of a letter, kept as final-delivery MTAs keep it: as trace headers on top.

Return-Path, Delivered-To, X-Original-To and Received (RFC 5321 4.4) stand before the letter's own
bytes, which follow unchanged. The block is ours: a sender writes only below it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Literal, get_args

from contract.bounds import Direction, is_mailbox

Via = Literal["smtp", "imap", "import"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ID = re.compile(r" id ([0-9A-Za-z.-]+);\r?\n")
_PEER = re.compile(r"\(\[(.*?)\]\)\r?\n")
_DATE = re.compile(r"\A.*;\r?\n\t(.*)", re.DOTALL)
_HELO = re.compile(r"from (\S+) \(\[")
_PROTOCOL = re.compile(r" with (\S+) id ")
_NOT_IN_NAME = re.compile(r"[^\w.:\[\]-]+")
_LONGEST_BLOCK = 512 * 1024  # a hundred recipients, and more than that
_LONGEST_RECEIVED = 16 * 1024  # HELO's argument has at most 4 KiB of four-byte characters


class NotATrace(ValueError):
    """A spool file does not begin with a trace block that names the letter's mailbox."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter's arrival: who handed it over, for which mailbox, when, and by which door.

    ``mail_from`` is empty for the null sender ``<>``. ``protocol`` is the registered name for the
    ``with`` clause, such as ``ESMTPS`` (RFC 3848). ``received`` is timezone-aware.
    """

    id: str
    mailbox: str
    received: datetime
    mail_from: str = ""
    rcpt_to: tuple[str, ...] = ()
    peer: str = ""
    helo: str = ""
    protocol: str = "ESMTP"
    via: Via = "smtp"
    folder: str = ""
    direction: Direction = "in"


def trace_block(delivery: Delivery, hostname: str) -> bytes:
    r"""Return the header lines, each ended by CRLF, that go before the letter's first byte.

    Control characters in an envelope's address are written as ``\x0a``.
    """
    helo = _NOT_IN_NAME.sub("?", delivery.helo) or "unknown"
    lines = [f"Return-Path: <{_shown(delivery.mail_from)}>"]
    lines += [f"X-Original-To: {_shown(recipient)}" for recipient in delivery.rcpt_to]
    lines += [
        f"Delivered-To: {_clean(delivery.mailbox)}",
        f"X-Source: {delivery.via} {delivery.direction} {_clean(delivery.folder)}",
        f"Received: from {helo} ([{_clean(delivery.peer)}])",
        f"\tby {_NOT_IN_NAME.sub('?', hostname)} with {delivery.protocol} id {delivery.id};",
        f"\t{format_datetime(delivery.received.astimezone(UTC))}",
    ]
    return "".join(line + "\r\n" for line in lines).encode("utf-8", "surrogateescape")


# Reading is lenient: the bridge wrote the block, but perhaps another version or with other
# settings, or it is damaged or edited. Unreadable fields get their defaults, and the letter is
# delivered with the rest. Its id in Received, or X-Source, tells the block from another program's,
# whose mailbox is none of ours.
def read_trace(content: bytes, letter_id: str = "") -> tuple[Delivery, int]:
    """Return the delivery in a spool file's first lines, and where the letter begins.

    ``letter_id`` is the id in the file's name, for a block without it. Raises NotATrace if the
    block does not name the letter's mailbox.
    """
    by_id = _end_by_id(content, letter_id)
    fields, end = (_lines(content[:by_id]), by_id) if by_id else _fields(content, letter_id)
    mailbox = fields.get("delivered-to", [b""])[0].decode("utf-8", "replace")
    ours = "x-source" in fields and (bool(letter_id) or "received" in fields)
    if not (ours or by_id) or not is_mailbox(mailbox):
        raise NotATrace("the trace block of the spool file does not say whose letter it is")
    received = _text(fields.get("received", [b""])[-1])
    named = _found(_ID, received) or letter_id
    return_path = _text(fields.get("return-path", [b"<>"])[0])
    return (
        Delivery(
            id=named,
            mailbox=mailbox,
            received=_date(_found(_DATE, received), named),
            mail_from=return_path.removeprefix("<").removesuffix(">"),
            rcpt_to=tuple(map(_text, fields.get("x-original-to", []))),
            peer=_found(_PEER, received),
            helo=_found(_HELO, received) or "unknown",
            protocol=_found(_PROTOCOL, received) or "SMTP",
            **_source(fields),
        ),
        end,
    )


_NAMES = (b"return-path", b"x-original-to", b"delivered-to", b"x-source", b"received")
# An editor or ``sed`` ends a line with LF alone.
_LINE_END = re.compile(rb"\r?\n")
_FIELD_END = re.compile(rb"\r?\n(?![ \t])")
_AFTER_ID = re.compile(rb"\r?\n\t[^\r\n]*\r?\n")
_LAST_LINES = re.compile(rb" id [0-9A-Za-z.-]+;\r?\n\t[^\r\n]*\r?\n")


def _end_by_id(content: bytes, letter_id: str) -> int:
    """Return the end of a block with the letter's own id, which no sender knows; 0 if none."""
    if not letter_id:
        return 0
    # Searched as bytes: a pattern for each letter would be compiled each time.
    named = b" id %s;" % letter_id.encode()
    position = content.find(named, 0, _LONGEST_BLOCK)
    while position >= 0:
        if last := _AFTER_ID.match(content, position + len(named), _LONGEST_BLOCK):
            return last.end()
        position = content.find(named, position + 1, _LONGEST_BLOCK)
    return 0


def _lines(block: bytes) -> Mapping[str, list[bytes]]:
    """Return the legible lines of a block whose end is known."""
    fields: dict[str, list[bytes]] = {}
    for field in _FIELD_END.split(block.rstrip(b"\r\n")):
        name, _, value = field.partition(b": ")
        if name.lower() in _NAMES:
            fields.setdefault(name.decode().lower(), []).append(value)
    return fields


def _fields(content: bytes, letter_id: str) -> tuple[Mapping[str, list[bytes]], int]:
    """Return the block's values by name, and its end: Received is its last field.

    A block without the letter's id is part of the letter itself.
    """
    fields: dict[str, list[bytes]] = {}
    position = 0
    while "received" not in fields:
        line = _LINE_END.search(content, position)
        name, colon, value = content[position : line.start() if line else 0].partition(b": ")
        if not line or not colon or name.lower() not in _NAMES:
            break
        end = line.end()
        if name.lower() == b"received":
            last = _LAST_LINES.search(content, position, position + _LONGEST_RECEIVED)
            end = last.end() if last else _end_of_folded(content, end)
            value = content[position + len(b"Received: ") : end].rstrip(b"\r\n")
            if letter_id and letter_id.encode() not in value:
                break
        fields.setdefault(name.decode().lower(), []).append(value)
        position = end
    return fields, position


def _end_of_folded(content: bytes, end: int) -> int:
    """Return where a field of at most three lines ends whose first line ends at ``end``."""
    for _ in range(2):
        following = _LINE_END.search(content, end)
        if not following or content[end : end + 1] != b"\t":
            break
        end = following.end()
    return end


def _source(fields: Mapping[str, list[bytes]]) -> dict[str, Any]:
    """Return door, folder and direction."""
    told = _text(fields.get("x-source", [b""])[0])
    via, direction, folder = (told + "  ").split(" ", 2)
    return {
        "via": via if via in get_args(Via) else "smtp",
        "folder": folder.strip(),
        "direction": direction if direction in get_args(Direction) else "in",
    }


def _date(text: str, letter_id: str) -> datetime:
    """Return the time of arrival from the block, else from the letter's id."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        try:
            date = datetime.fromtimestamp(int(letter_id.partition("-")[0]) / 1e6, UTC)
        except (ValueError, OverflowError, OSError):
            date = datetime(1970, 1, 1, tzinfo=UTC)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""


def _shown(address: str) -> str:
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", address)


def _clean(value: str) -> str:
    return _CONTROL.sub("", value)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
