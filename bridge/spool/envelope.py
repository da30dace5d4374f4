"""The envelope of a letter, kept the way final-delivery MTAs keep it: as trace headers on top.

Return-Path, Delivered-To, X-Original-To and Received (RFC 5321 4.4) stand before the letter's
own bytes, which follow untouched. What the block says is ours: a sender writes only below it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal, get_args

from contract.event import Direction

Via = Literal["smtp", "imap", "import"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_RECEIVED_FOLDS = 2
_NOT_IN_HELO = re.compile(r"[^\w.:\[\]-]+")


class NotATrace(ValueError):
    """A spool file does not begin with the trace block that the bridge writes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter's way in: who handed it over, for which mailbox, when, and by which door.

    ``mail_from`` is empty for the null sender ``<>``. ``protocol`` is the registered name for
    the ``with`` clause, such as ``ESMTPS`` (RFC 3848). ``received`` is timezone-aware.
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
    """Return the header lines, each ended by CRLF, that go before the letter's first byte."""
    helo = _NOT_IN_HELO.sub("?", delivery.helo) or "unknown"
    lines = [f"Return-Path: <{_clean(delivery.mail_from)}>"]
    lines += [f"X-Original-To: {_clean(recipient)}" for recipient in delivery.rcpt_to]
    lines += [
        f"Delivered-To: {_clean(delivery.mailbox)}",
        f"X-Source: {delivery.via} {delivery.direction} {_clean(delivery.folder)}",
        f"Received: from {helo} ([{_clean(delivery.peer)}])",
        f"\tby {hostname} with {delivery.protocol} id {delivery.id};",
        f"\t{format_datetime(delivery.received.astimezone(UTC))}",
    ]
    return "".join(line + "\r\n" for line in lines).encode("utf-8", "surrogateescape")


def read_trace(content: bytes) -> tuple[Delivery, int]:
    """Return the delivery that a spool file's first lines tell, and where the letter begins.

    Raises NotATrace if the file was not written by ``trace_block``.
    """
    headers: dict[str, list[str]] = {}
    position = 0
    while "received" not in headers:
        end = content.find(b"\r\n", position)
        name, colon, value = content[position : max(end, 0)].partition(b": ")
        if end < 0 or not colon:
            raise NotATrace("the trace block of the spool file is not complete")
        headers.setdefault(name.decode("ascii", "replace").lower(), []).append(_text(value))
        position = end + 2
    for _ in range(_RECEIVED_FOLDS):
        end = content.find(b"\r\n", position)
        if end < 0:
            raise NotATrace("the Received line of the spool file is cut off")
        headers["received"][0] += " " + _text(content[position + 1 : end])
        position = end + 2
    return _delivery(headers), position


_RECEIVED = re.compile(
    r"from (?P<helo>\S+) \(\[(?P<peer>.*?)\]\) by \S+ with (?P<protocol>\S+) id (?P<id>\S+);"
    r" (?P<date>.+)"
)


def _delivery(headers: dict[str, list[str]]) -> Delivery:
    received = _RECEIVED.fullmatch(headers["received"][0])
    via, direction, folder = (headers.get("x-source", ["smtp in "])[0] + "  ").split(" ", 2)
    if received is None or via not in get_args(Via) or direction not in get_args(Direction):
        raise NotATrace("the trace block of the spool file is not of this bridge's making")
    try:
        date = parsedate_to_datetime(received["date"])
    except (ValueError, OverflowError) as error:
        raise NotATrace("the trace block of the spool file has no date") from error
    return Delivery(
        id=received["id"],
        mailbox=headers.get("delivered-to", [""])[0],
        received=date,
        mail_from=headers.get("return-path", ["<>"])[0][1:-1],
        rcpt_to=tuple(headers.get("x-original-to", ())),
        peer=received["peer"],
        helo=received["helo"],
        protocol=received["protocol"],
        via=via,  # type: ignore[arg-type]  # checked against the literals above
        folder=folder.strip(),
        direction=direction,  # type: ignore[arg-type]
    )


def _clean(value: str) -> str:
    return _CONTROL.sub("", value)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
