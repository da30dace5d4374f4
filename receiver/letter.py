"""From an event to what is matched and what is stored: pure."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.event import Address, Email
from receiver.addresses import canonical

EARLIEST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_ERROR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as the dialogs see it.

    ``key`` identifies the letter whichever way it came. ``user`` is the company's counterpart:
    the sender of a letter that came in, the addressee of one that went out. ``message`` is the
    document for ``messages[]``, all but how it was matched.
    """

    mailbox: str
    key: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    user: str
    subject: str
    created: datetime
    participants: tuple[str, ...]
    message: dict[str, Any]

    @property
    def ids(self) -> tuple[str, ...]:
        """Every Message-ID that the letter names, its own first, each once."""
        return tuple(dict.fromkeys((self.message_id, *self.in_reply_to, *self.references)))


def letter_of(event_id: str, email: Email, now: datetime) -> Letter:
    """Return the letter that an event tells of; ``now`` is when it arrived here."""
    received = believable(email.received_at, now)
    created = believable(email.date, received)
    message_id = email.message_id or made_id(event_id, email)
    key = letter_key(message_id, email)
    addressee = email.to[0] if email.to else email.from_
    people = [email.from_, *email.to, *email.cc]
    return Letter(
        mailbox=email.mailbox.strip().casefold(),
        key=key,
        message_id=message_id,
        in_reply_to=tuple(email.in_reply_to),
        references=tuple(email.references),
        user=(addressee if email.direction == "out" else email.from_).address,
        subject=email.subject,
        created=created,
        participants=tuple(dict.fromkeys(canonical(person.address) for person in people)),
        message=_message(email, key, message_id, created, received),
    )


def believable(date: datetime | None, received: datetime) -> datetime:
    """Return a date in UTC, or the time of arrival if the date cannot be true."""
    if date is not None:
        in_utc = utc(date)
        if EARLIEST_DATE <= in_utc <= received + CLOCK_ERROR:
            return in_utc
    return received


def utc(date: datetime) -> datetime:
    """Return the date in UTC; at the very ends of the calendar its zone is ignored."""
    try:
        return date.astimezone(UTC)
    except OverflowError:
        return date.replace(tzinfo=UTC)


def letter_key(message_id: str, email: Email) -> str:
    """Return the digest of the Message-ID and the canonical content.

    The content counts so that two letters under one reused Message-ID are both kept, and not the
    bytes, so that the SMTP copy and the IMAP copy of one letter agree.
    """
    content = [
        message_id,
        canonical(email.from_.address),
        utc(email.date).isoformat() if email.date else "",
        " ".join(email.subject.split()),
        " ".join(email.text.split()),
        sorted(attachment.sha256 for attachment in email.attachments),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def made_id(event_id: str, email: Email) -> str:
    """Return a Message-ID for a letter that has none, the same on every way of arrival.

    It follows from the content; where there is no Date either, equal letters need not be one, and
    their raw bytes or, for want of those, the event tells them apart.
    """
    identity = ""
    if email.date is None:
        identity = email.raw.sha256 if email.raw else event_id
    digest = hashlib.sha256(f"{identity}\n{letter_key('', email)}".encode()).hexdigest()
    return f"{digest[:32]}@no-message-id.invalid"


def _message(
    email: Email, key: str, message_id: str, created: datetime, received: datetime
) -> dict[str, Any]:
    return {
        "subject": email.subject,
        "body": email.text,
        "created": created,
        "key": key,
        "message_id": message_id,
        "from": _person(email.from_),
        "to": [_person(person) for person in email.to],
        "cc": [_person(person) for person in email.cc],
        "reply_to": [_person(person) for person in email.reply_to],
        "direction": email.direction,
        "kind": email.kind,
        "bounce": email.bounce.model_dump() if email.bounce else None,
        "reply": email.reply,
        "html": email.html,
        "attachments": [attachment.model_dump() for attachment in email.attachments],
        "raw": email.raw.model_dump() if email.raw else None,
        "received": received,
        "source": email.source.model_dump() | email.envelope.model_dump(),
        "auth": [verdict.model_dump() for verdict in email.auth],
        "defects": list(email.defects),
    }


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}
