"""From a delivery and a parsed letter to the event to POST: always one that the receiver takes.

The contract's bounds are what the receiver checks: an event beyond them would be refused, and its
letter, for which the sender was told 250, would never arrive.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from bridge.parse.header.addresses import NOBODY
from bridge.parse.letter import ParsedLetter
from bridge.parse.text.storable import clean_line
from bridge.spool.envelope import Delivery
from contract.bounds import (
    EVENT_BYTES,
    MAX_ADDRESS,
    MAX_ADDRESSES,
    MAX_DEFECTS,
    MAX_LINE,
    MAX_PATH_BYTES,
)
from contract.event import Address, Blob, Email, EmailReceived, Envelope, LetterContent, Source

NOT_PARSED: Final = "the letter could not be parsed"
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def email_received(
    delivery: Delivery, letter: ParsedLetter, raw: Blob, attempts: int = 1
) -> EmailReceived:
    """Join the delivery's facts, the parsed letter and the place of its bytes.

    Raises ValueError if what was read is beyond the contract's bounds.
    """
    content = {name: getattr(letter, name) for name in LetterContent.model_fields}
    if letter.from_.address == NOBODY.address:
        content["from_"] = _sender(delivery).model_copy(update={"name": letter.from_.name})
    email = Email(**_arrival(delivery, attempts), raw=raw, **content)
    return EmailReceived(type="email.received", timestamp=delivery.received, data=email)


def last_resort(delivery: Delivery, raw: Blob, attempts: int = 1) -> EmailReceived:
    """Return the event of a letter of which nothing could be read; never raises.

    Whatever the client and the spool say is made to fit; the sender is the envelope's.
    """
    sender, defects = _sender(delivery), [NOT_PARSED]
    arrival = _arrival(delivery, attempts)
    email = Email(**arrival, raw=raw, subject="", from_=sender, defects=defects)
    return EmailReceived(type="email.received", timestamp=delivery.received, data=email)


def _arrival(delivery: Delivery, attempts: int) -> dict[str, Any]:
    """Return the event's fields about the arrival."""
    return {
        "mailbox": delivery.mailbox,
        "source": Source(via=delivery.via, folder=_fitting(delivery.folder, MAX_LINE)),
        "envelope": Envelope(
            mail_from=_fitting(delivery.mail_from, 4 * MAX_PATH_BYTES),
            rcpt_to=[
                _fitting(recipient, 4 * MAX_PATH_BYTES)
                for recipient in delivery.rcpt_to[:MAX_ADDRESSES]
            ],
            peer=_fitting(delivery.peer, MAX_LINE),
            protocol=_fitting(delivery.protocol, MAX_LINE) if delivery.via == "smtp" else "",
        ),
        "direction": delivery.direction,
        "received_at": delivery.received,
        "attempts": attempts,
    }


def _sender(delivery: Delivery) -> Address:
    """Return the envelope's sender if it is an address."""
    mail_from = _fitting(delivery.mail_from, 4 * MAX_PATH_BYTES)
    sender = clean_line(mail_from, MAX_ADDRESS) if len(mail_from) <= MAX_ADDRESS else ""
    return Address(address=sender) if sender else NOBODY


def body_with_original(event: EmailReceived) -> tuple[bytes, bool]:
    """Return the event as JSON, and whether the letter's bytes fitted into it.

    The letter's bytes are the first to be left out, as they can travel apart.
    """
    raw = event.data.raw
    if raw is not None and raw.content is not None:
        body = _json(event)
        if len(body) <= EVENT_BYTES:
            return body, True
        raw = raw.model_copy(update={"content": None})
        event = event.model_copy(update={"data": event.data.model_copy(update={"raw": raw})})
    return event_body(event), False


def without_original(body: bytes) -> bytes:
    """Return the event's JSON without the letter's bytes, for a receiver that refuses them."""
    event = json.loads(body)
    event["data"]["raw"].pop("content", None)
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def with_files(body: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return the event's JSON with files by their digests, for a receiver that takes them so."""
    if not files:
        return body
    named = b",".join(
        b'"%s":"%s"' % (digest.encode(), b64encode(content)) for digest, content in files.items()
    )
    return b'{"files":{%s},%s' % (named, body.removeprefix(b"{"))


def event_body(event: EmailReceived) -> bytes:
    """Return the event as JSON of at most EVENT_BYTES; a control character takes six bytes there.

    If it is too large, the least important fields are left out first; the raw letter has them all.
    """
    email = event.data
    body = _json(event)
    leave_out: tuple[dict[str, object], ...] = (
        {"html": ""},
        {"headers": []},
        {"reply": ""},
        {"text": email.text[:100_000]},
        {"bounce": None},
        {"to": [], "cc": [], "bcc": [], "reply_to": []},
        {"attachments": []},
    )
    for fields in leave_out:
        if len(body) <= EVENT_BYTES:
            break
        left_out = f"{next(iter(fields))} was left out: the event was too large"
        defects = [*email.defects[: MAX_DEFECTS - 1], left_out]
        email = email.model_copy(update={**fields, "defects": defects})
        body = _json(event.model_copy(update={"data": email}))
    return body


def _json(event: EmailReceived) -> bytes:
    return event.model_dump_json(by_alias=True, exclude_none=True).encode()


def _fitting(text: str, limit: int) -> str:
    """Return text cut to a bound, with stray bytes made visible, as JSON cannot carry them."""
    if not text.isascii():
        octets = _NO_BYTE.sub("?", text).encode("utf-8", "surrogateescape")
        text = octets.decode("utf-8", "backslashreplace")
    return text[:limit]
