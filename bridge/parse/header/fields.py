"""Reading a header: it is mended, read by mail-parser, and what that drops is read again.

mail-parser deletes or changes raw 8-bit text (F03, F04), leaves encoded words in quotes (F05),
drops addresses (F08) and dates (F15), and makes lists of repeated fields (F16). It gets one clean
field of each name, as text, which rules out F03, F04, F05 and F16.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge.parse.header import message_ids
from bridge.parse.header.addresses import addresses_of, mended, of_its_host, sender_of
from bridge.parse.header.block import Block
from bridge.parse.header.dates import read_date
from bridge.parse.header.mail_parser import addresses_in, date_in, subject_in
from bridge.parse.header.rewritten_from import rewritten_from
from bridge.parse.text.charset import read_text
from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.spoilt.escapes import without_escapes
from bridge.parse.text.spoilt.misread import as_meant, without_numbers
from bridge.parse.text.storable import clean_line, clean_text
from contract.bounds import MAX_LINE, is_blank
from contract.event import Address

MAX_SUBJECT = 64 * 1024
MAX_REPEATED = 10
MAX_DATE = 500
MAX_FIELD = 256 * 1024

_ADDRESSES = ("from", "to", "cc", "bcc", "reply-to")


@dataclass(frozen=True)
class Header:
    """What the header says, by the names of the letter's fields; judged once that is complete."""

    from_: Address
    subject: str
    message_id: str | None
    in_reply_to: list[str]
    references: list[str]
    thread_index: str
    reply_to: list[Address]
    to: list[Address]
    cc: list[Address]
    bcc: list[Address]
    original_from: Address | None
    date: datetime | None
    headers: list[tuple[str, str]]
    defects: list[str]


def read_header(block: Block, hint: str) -> Header:
    """Return what the header says; ``hint`` is the charset of raw bytes, if the body names one."""
    fields = _Fields(block, hint)
    mail = _read_by_mail_parser(fields)

    def addresses(name: str) -> list[Address]:
        value = fields.joined(name)
        return addresses_of(mail.addresses.get(name, ()), value) if value else []

    reply_to = addresses("reply-to")
    sender, no_sender = sender_of(
        fields.joined("from"),
        ("From", addresses("from")),
        ("Sender", addresses("sender")),
        ("Reply-To", reply_to),
        ("Return-Path", addresses("return-path")),
    )
    own = message_ids.own_id(fields.first("message-id"))
    sender = of_its_host(sender, own)
    to, cc = addresses("to"), addresses("cc")
    rewritten = rewritten_from(sender, addresses("x-original-from"), addresses("x-original-sender"))
    people = {each.address.casefold() for each in (sender, *reply_to, *to, *cc)}
    return Header(
        from_=sender,
        subject="" if is_blank(mail.subject) else clean_line(mail.subject, MAX_SUBJECT),
        message_id=own,
        in_reply_to=list(message_ids.in_reply_to(fields.first("in-reply-to"), own, people)),
        references=list(message_ids.references(_references(fields), own)),
        thread_index=clean_line(fields.first("thread-index"), MAX_LINE),
        reply_to=reply_to,
        to=to,
        cc=cc,
        bcc=addresses("bcc"),
        original_from=rewritten,
        date=read_date(fields.first("date"), mail.date, fields.all("received")[:3]),
        headers=[(name, clean_text(decode_words(text))) for name, text in fields.everything],
        defects=[*block.defects, *([no_sender] if no_sender else [])],
    )


class _Fields:
    """The fields of a header as text, each decoded once."""

    def __init__(self, block: Block, hint: str) -> None:
        self.everything = [(one.name, _text(one.value, hint)) for one in block.fields]
        self._named: dict[str, list[str]] = {}
        for name, text in self.everything:
            self._named.setdefault(name.lower(), []).append(text)

    def first(self, name: str) -> str:
        """Return the first non-empty field of a name."""
        return next(filter(str.strip, self._named.get(name, ())), "")

    def all(self, name: str) -> Sequence[str]:
        return self._named.get(name, ())[:MAX_REPEATED]

    def joined(self, name: str) -> str:
        return ", ".join(self.all(name))


def _references(fields: _Fields) -> str:
    """Return References, with the letter that a rule of Exchange's redirected under a new id.

    The copy has the writer's From and no other sign of the letter that it is.
    """
    named = (fields.first("x-ms-exchange-parent-message-id"), fields.joined("references"))
    return ", ".join(filter(None, named))


def _text(value: bytes, hint: str) -> str:
    return read_text(value, hint).replace("\r", " ").replace("\n", " ")


@dataclass(frozen=True, slots=True)
class _Read:
    """mail-parser's reading of the kinds of fields that it is used for."""

    subject: str
    addresses: dict[str, Sequence[tuple[str, str]]]
    date: datetime | None


def _read_by_mail_parser(fields: _Fields) -> _Read:
    """Read the mended fields, one line each."""
    subject = without_numbers(without_escapes(as_meant(decode_words(fields.first("subject")))[0]))
    subject = clean_line(subject, MAX_SUBJECT)
    date = clean_line(fields.first("date"), MAX_DATE)
    addresses: dict[str, Sequence[tuple[str, str]]] = {}
    try:
        for name in _ADDRESSES:
            if value := fields.joined(name):
                addresses[name] = addresses_in(clean_line(mended(value), MAX_FIELD))
        return _Read(subject_in(subject) or subject, addresses, date_in(date))
    except Exception:  # it raises anything on hostile input (F01)
        return _Read(subject, {}, None)
