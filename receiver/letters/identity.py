"""Which letters are one letter that came several times: pure.

A letter's key is the digest of its Message-ID, its sender, its date and its parts as they were
decoded. The parts count, so that two letters under one reused Message-ID are both kept. The bytes
do not, for the SMTP copy and the IMAP copy have other Received lines; nor do the texts, for a
parser that reads better would make a second letter of each old one. ``VERSION`` stands in the key.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from contract.event import Email
from receiver.letters.addresses import canonical

VERSION = 2
EARLIEST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_ERROR = timedelta(days=1)


def letter_key(message_id: str, email: Email) -> str:
    """Return the key; an event without a digest of the parts counts subject, text and files."""
    words = [" ".join(email.subject.split()), " ".join(email.text.split())]
    files = sorted(attachment.sha256 for attachment in email.attachments)
    content = [
        VERSION,
        message_id,
        canonical(email.from_.address),
        utc(email.date).isoformat() if email.date else "",
        email.parts_sha256 or [*words, files],
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
