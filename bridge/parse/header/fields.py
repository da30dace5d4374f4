"""What a header says: mended first, then read by mail-parser, then what it drops is read again.

mail-parser deletes or bends raw 8-bit text (F03, F04), leaves encoded words in quotes (F05),
drops addresses (F08) and dates (F15) and makes lists of repeated fields (F16). It is given one
clean field of each name, in UTF-8, so that it meets none of the first three and the last.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import mailparser

from bridge.parse.header import message_ids
from bridge.parse.header.addresses import addresses_of, mended, sender_of
from bridge.parse.header.block import Block
from bridge.parse.header.dates import read_date
from bridge.parse.letter import ParsedLetter
from bridge.parse.text.charset import read_text
from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.storable import clean_line, clean_text
from contract.event import MAX_LINE, Address

MAX_SUBJECT = 64 * 1024
MAX_REPEATED = 10
MAX_DATE = 500
MAX_FIELD = 256 * 1024

_ADDRESSES = ("from", "to", "cc", "bcc", "reply-to")


def read_header(block: Block, hint: str) -> ParsedLetter:
    """Return what the header says, as a letter without a body.

    ``hint`` is the charset that the raw bytes are in, where the body names one.
    """
    fields = _Fields(block, hint)
    mail = _read_by_mail_parser(fields)

    def addresses(name: str) -> list[Address]:
        return addresses_of(mail.addresses.get(name, []), fields.joined(name))

    reply_to = addresses("reply-to")
    sender, no_sender = sender_of(
        fields.joined("from"),
        ("From", addresses("from")),
        ("Sender", addresses("sender")),
        ("Reply-To", reply_to),
        ("Return-Path", addresses("return-path")),
    )
    own = message_ids.own_id(fields.first("message-id"))
    to, cc = addresses("to"), addresses("cc")
    rewritten = [one for one in addresses("x-original-from") if "@" in one.address]
    people = {each.address.casefold() for each in (sender, *reply_to, *to, *cc)}
    return ParsedLetter(
        from_=sender,
        subject=clean_line(mail.subject, MAX_SUBJECT),
        message_id=own,
        in_reply_to=list(message_ids.in_reply_to(fields.first("in-reply-to"), own, people)),
        references=list(message_ids.references(fields.joined("references"), own)),
        thread_index=clean_line(fields.first("thread-index"), MAX_LINE),
        reply_to=reply_to,
        to=to,
        cc=cc,
        bcc=addresses("bcc"),
        # Groups name here whom they took out of From, and only then (RFC 7960 4.1.3); what Google
        # Groups writes above every letter is X-Original-Sender.
        original_from=rewritten[0] if rewritten else None,
        date=read_date(fields.first("date"), mail.date, fields.all("received")[:3]),
        headers=[(name, clean_text(decode_words(text))) for name, text in fields.everything()],
        defects=[*block.defects, *([no_sender] if no_sender else [])],
    )


class _Fields:
    """The fields of a header as text."""

    def __init__(self, block: Block, hint: str) -> None:
        self._block = block
        self._hint = hint

    def first(self, name: str) -> str:
        return self._text(self._block.first(name) or b"")

    def all(self, name: str) -> list[str]:
        return [self._text(value) for value in self._block.all(name)[:MAX_REPEATED]]

    def joined(self, name: str) -> str:
        return ", ".join(self.all(name))

    def everything(self) -> Iterator[tuple[str, str]]:
        for one in self._block.fields:
            yield one.name, self._text(one.value)

    def _text(self, value: bytes) -> str:
        return read_text(value, self._hint).replace("\r", " ").replace("\n", " ")


@dataclass(frozen=True, slots=True)
class _Read:
    """mail-parser's reading, of the kinds that it gives."""

    subject: str
    addresses: dict[str, list[tuple[str, str]]]
    date: datetime | None


def _read_by_mail_parser(fields: _Fields) -> _Read:
    """Read the mended fields; one line each, so that no decoded line end opens a field."""
    subject = clean_line(decode_words(fields.first("subject")), MAX_SUBJECT)
    lines = [f"{name}: {clean_line(mended(fields.joined(name)), MAX_FIELD)}" for name in _ADDRESSES]
    lines.append(f"Subject: {subject}")
    lines.append(f"Date: {clean_line(fields.first('date'), MAX_DATE)}")
    try:
        mail = mailparser.parse_from_bytes("\r\n".join(lines).encode("utf-8"))
        addresses = {
            "from": mail.from_,
            "to": mail.to,
            "cc": mail.cc,
            "bcc": mail.bcc,
            "reply-to": mail.reply_to,
        }
        return _Read(str(mail.subject) or subject, addresses, mail.date)
    except Exception:  # it raises what it likes on hostile input (F01)
        return _Read(subject, {}, None)
