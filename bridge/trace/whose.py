"""What the head of a letter in the spool says of it: whose it is, and what people ask for it by."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import Path

from bridge.parse.header.addresses import addresses_of
from bridge.parse.header.block import Block, read_block
from bridge.parse.header.message_ids import own_id
from bridge.parse.text.charset import read_text
from bridge.spool.envelope import NotATrace, read_trace
from bridge.spool.spool import HEAD_BYTES, SUFFIX

_PEOPLE = ("from", "sender", "reply-to", "to", "cc")
_FIELD_BYTES = 4096
MAX_SIGNS = 300
MAX_PEOPLE = 1000


@dataclass(frozen=True, slots=True)
class Whose:
    """A letter's envelope, and its own header: Message-ID without ``<>``, subject and ``people``.

    ``mailbox`` is empty if the trace header does not name it; ``mail_from`` and ``rcpt_to`` are
    then what is legible. ``is_read`` is false if the disk did not give the file, or nothing of a
    letter's own header is in it.
    """

    mailbox: str = ""
    mail_from: str = ""
    rcpt_to: tuple[str, ...] = ()
    message_id: str = ""
    subject: str = ""
    people: tuple[str, ...] = ()
    is_read: bool = True

    def reported(self) -> dict[str, str]:
        """Return the fields of ``contract.bridge.report.SpoolLetter`` but its id."""
        return {
            "mailbox": self.mailbox,
            "mail_from": shortened([self.mail_from]),
            "rcpt_to": shortened(self.rcpt_to),
            "message_id": shortened([self.message_id]),
            "subject": shortened([self.subject]),
            "people": shortened(self.people, MAX_PEOPLE),
        }


def whose(path: Path) -> Whose:
    """Return what a spool file says; a trace header that is illegible hides no field below it."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return Whose(is_read=False)
    try:
        delivery, start = read_trace(head, path.name.partition(SUFFIX)[0])
    except NotATrace:
        return _without_trace(head)
    return _told(read_block(head, start), delivery.mailbox, delivery.mail_from, delivery.rcpt_to)


def shortened(texts: Iterable[str], most: int = MAX_SIGNS) -> str:
    """Return texts as one line of a report, with what cannot be shown as blanks."""
    text = ", ".join(texts)[:most].encode("utf-8", "surrogateescape")
    decoded = text.decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in decoded)


def _without_trace(head: bytes) -> Whose:
    block = read_block(head)
    mail_from, *_ = (*_named(block, ("return-path",)), *_named(block, ("from",)), "")
    rcpt_to = _named(block, ("x-original-to", "delivered-to")) or _named(block, ("to",))
    told = _told(block, "", mail_from, tuple(dict.fromkeys(rcpt_to)))
    is_read = bool(told.message_id or told.subject or _named(block, _PEOPLE))
    return replace(told, is_read=is_read)


def _told(block: Block, mailbox: str, mail_from: str, rcpt_to: tuple[str, ...]) -> Whose:
    message_id = (block.first("message-id") or b"").decode("utf-8", "replace")
    named = dict.fromkeys(_named(block, _PEOPLE))
    return Whose(
        mailbox=mailbox,
        mail_from=mail_from,
        rcpt_to=rcpt_to,
        message_id=own_id(message_id) or "",
        subject=_decoded(read_text(block.first("subject") or b"")),
        people=tuple(each for each in named if each not in {mail_from, *rcpt_to}),
    )


def _named(block: Block, names: tuple[str, ...]) -> list[str]:
    """Return the addresses in fields of these names, in their order."""
    values = [read_text(each[:_FIELD_BYTES]) for name in names for each in block.all(name)]
    return [each.address for value in values for each in addresses_of((), value) if each.address]


def _decoded(subject: str) -> str:
    """Return a subject with its encoded words read (RFC 2047), as far as possible."""
    with suppress(ValueError, LookupError, HeaderParseError):
        return str(make_header(decode_header(subject)))
    return subject
