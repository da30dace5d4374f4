"""Every letter must fit the contract, whatever its bytes were."""

import json

from bridge.parse.letter import ParsedLetter
from contract.event import Email


def validated(read: ParsedLetter) -> ParsedLetter:
    """Build the contract's ``Email`` of ``read`` through JSON; raise where it does not fit."""
    data = {
        "mailbox": "support@example.com",
        "from": read.sender.model_dump(),
        "subject": read.subject,
        "text": read.body,
        "html": read.html,
        "reply": read.reply,
        "message_id": read.message_id,
        "in_reply_to": list(read.in_reply_to),
        "references": list(read.references),
        "thread_index": read.thread_index,
        "reply_to": [one.model_dump() for one in read.reply_to],
        "to": [one.model_dump() for one in read.to],
        "cc": [one.model_dump() for one in read.cc],
        "date": read.date.isoformat() if read.date else None,
        "kind": read.kind,
        "headers": [list(pair) for pair in read.headers],
        "attachments": [part.attachment.model_dump() for part in read.parts],
        "defects": list(read.defects),
    }
    encoded = json.dumps(data, ensure_ascii=False).encode("utf-8")
    assert b"\x00" not in encoded
    assert b"\\u0000" not in encoded
    Email.model_validate_json(encoded)
    return read
