"""A letter read: from its bytes to a ``Letter``, whatever the bytes are."""

import mailparser

from bridge.parse import message_ids
from bridge.parse.addresses import NOBODY, read_addresses, sender_of
from bridge.parse.attachments import read_attachments
from bridge.parse.body import charset_hint, read_body
from bridge.parse.charset import read_text
from bridge.parse.dates import read_date
from bridge.parse.encoded_words import decode_words
from bridge.parse.header_block import Block, read_block
from bridge.parse.letter import Letter
from bridge.parse.mime import cut
from bridge.parse.plain import clean_line, clean_text, cut_text
from contract.event import MAX_TEXT_BYTES, Kind

MAX_DEFECTS = 100
MAX_SUBJECT = 64 * 1024


def read_letter(raw: bytes) -> Letter:
    """Read a letter; never raises. What cannot be read is named in ``defects``."""
    try:
        block = read_block(raw)
    except Exception as error:
        return Letter(sender=NOBODY, defects=(f"header not read: {type(error).__name__}",))
    try:
        return _assemble(raw, block)
    except Exception as error:
        return _by_header(block, "", f"body not read: {type(error).__name__}")


def _assemble(raw: bytes, block: Block) -> Letter:
    root, defects = cut(raw, block)
    body = read_body(root)
    parts, more = read_attachments(body.rest)
    text = cut_text(body.text, MAX_TEXT_BYTES)
    kind: Kind = "letter"
    head = _by_header(block, charset_hint(root), None)
    return Letter(
        sender=head.sender,
        subject=head.subject,
        body=text,
        html=cut_text(body.html, MAX_TEXT_BYTES),
        reply=text,
        message_id=head.message_id,
        in_reply_to=head.in_reply_to,
        references=head.references,
        thread_index=head.thread_index,
        reply_to=head.reply_to,
        to=head.to,
        cc=head.cc,
        date=head.date,
        kind=kind,
        headers=head.headers,
        parts=parts,
        defects=tuple(dict.fromkeys((*head.defects, *defects, *more)))[:MAX_DEFECTS],
    )


def _by_header(block: Block, hint: str, defect: str | None) -> Letter:
    """Read what the header says; ``defect`` tells why that is all."""

    def field(name: str) -> str:
        return read_text(block.first(name) or b"", hint)

    def every(name: str) -> list[str]:
        return [read_text(value, hint) for value in block.all(name)[:10]]

    sender, no_sender = sender_of(every)
    own = message_ids.own_id(field("message-id"))
    received = [read_text(value) for value in block.all("received")[:3]]
    parsed = mailparser.parse_from_bytes(b"Date: " + field("date")[:500].encode("utf-8", "replace"))
    defects = [*block.defects, no_sender, defect]
    return Letter(
        sender=sender,
        subject=clean_line(decode_words(field("subject")), MAX_SUBJECT),
        message_id=own,
        in_reply_to=message_ids.in_reply_to(field("in-reply-to"), own),
        references=message_ids.references(" ".join(map(read_text, block.all("references"))), own),
        thread_index=clean_line(field("thread-index"), 2000),
        reply_to=tuple(read_addresses(field("reply-to"))),
        to=tuple(read_addresses(field("to"))),
        cc=tuple(read_addresses(field("cc"))),
        date=read_date(field("date"), parsed.date, received),
        headers=tuple(
            (one.name, clean_text(decode_words(read_text(one.value, hint)))) for one in block.fields
        ),
        defects=tuple(text for text in defects if text),
    )
