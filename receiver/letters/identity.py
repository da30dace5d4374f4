"""When two arrivals are one letter: pure.

A letter's key is the digest of its Message-ID, its sender, its date and its decoded parts. The
parts count, so that two letters under one reused Message-ID are both stored. The bytes do not, as
the SMTP copy and the IMAP copy have other Received lines; nor do the texts, as a better parser
would make a second letter of each old one. ``VERSION`` is part of the key. Letters without a
Message-ID have keys of their own: ``receiver.letters.nameless``.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.event import Email
from contract.reading.addresses import canonical, former

VERSION = 2
MADE = "@no-message-id.invalid"
EARLIEST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_ERROR = timedelta(days=1)
_OF_A_SECOND = re.compile(r":\d\d[.,](\d{4,9})")


def letter_key(message_id: str, email: Email) -> str:
    """Return the key; an event without a digest of the parts counts subject, text and files."""
    words = [" ".join(email.subject.split()), " ".join(email.text.split())]
    files = sorted(attachment.sha256 for attachment in email.attachments)
    content = [
        VERSION,
        message_id,
        former(email.from_.address),
        moment(email),
        email.parts_sha256 or [*words, files],
    ]
    return digest_of(content)


def earlier_key(event_id: str, email: Email) -> str:
    """Return the key of version 1, which counted subject, text and files, and no version number."""
    made = made_of(event_id, email, digest_of(_content_before("", email)))
    return digest_of(_content_before(email.message_id or made, email))


def has_own_id(message: dict[str, Any]) -> bool:
    """Tell whether a letter has an id of its own that others can name it by."""
    return "@" in message["message_id"] and not message["message_id"].endswith(MADE)


@dataclass(frozen=True)
class Mark:
    """What identifies a letter that has a key of an earlier version.

    ``message_id`` is empty if it has none of its own; ``raw`` is the digest of its bytes.
    """

    message_id: str
    sender: str
    written: datetime
    key: str
    raw: str


def is_the_same(arriving: Mark, earlier: Mark) -> bool:
    """Tell whether an arriving letter is one stored under a key of an earlier version.

    It is if it has the same bytes, or the same earlier key. Other ways bring other bytes, and a
    better reader other texts: so Message-ID, From and Date together are enough.
    """
    if arriving.key == earlier.key or (arriving.raw and arriving.raw == earlier.raw):
        return True
    ours = (arriving.message_id, canonical(arriving.sender), arriving.written)
    theirs = (earlier.message_id, canonical(earlier.sender), earlier.written)
    return bool(arriving.message_id) and ours == theirs


def same_sender(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two messages are from the same address."""
    return canonical(one["from"]["address"]) == canonical(other["from"]["address"])


def has_these_parts(message: dict[str, Any], email: Email) -> bool:
    """Tell whether a stored message's key would be the letter's with its sender and date.

    A date that was unreadable or impossible is not known of the message, nor are the parts of a
    second that its key counted beyond the stored milliseconds.
    """
    sender = email.from_.model_copy(update={"address": message["from"]["address"]})
    created: datetime = message["created"]
    parts = {
        figures[:6].ljust(6, "0")
        for name, value in email.headers
        if name.lower() == "date"
        for figures in _OF_A_SECOND.findall(value)
    }
    precise = [created.replace(microsecond=int(one)) for one in parts]
    return any(
        letter_key(message["message_id"], email.model_copy(update={"from_": sender, "date": date}))
        == message["key"]
        for date in dict.fromkeys((created, email.date, None, *precise))
    )


def holds_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two messages have the same subject, text and files."""
    return _held(one) == _held(other)


def _held(message: dict[str, Any]) -> list[Any]:
    files = sorted(each["sha256"] for each in message["attachments"])
    return [" ".join(message[name].split()) for name in ("subject", "body")] + files


def made_of(event_id: str, email: Email, said: str) -> str:
    """Return a Message-ID made from the digest of what a letter says.

    Without a Date its bytes or, if they are missing, the event count, too.
    """
    identity = ""
    if email.date is None:
        identity = email.raw.sha256 if email.raw else event_id
    digest = hashlib.sha256(f"{identity}\n{said}".encode()).hexdigest()
    return f"{digest[:32]}{MADE}"


def believable(date: datetime | None, received: datetime) -> datetime:
    """Return a date in UTC, or the time of arrival if the date cannot be true."""
    if date is not None:
        in_utc = utc(date)
        if EARLIEST_DATE <= in_utc <= received + CLOCK_ERROR:
            return in_utc
    return received


def moment(email: Email) -> str:
    """Return a letter's Date as text, empty if it has none."""
    return utc(email.date).isoformat() if email.date else ""


def utc(date: datetime) -> datetime:
    """Return the date in UTC; at the very ends of the calendar its zone is ignored."""
    try:
        return date.astimezone(UTC)
    except OverflowError:
        return date.replace(tzinfo=UTC)


def _content_before(message_id: str, email: Email) -> list[Any]:
    return [
        message_id,
        former(email.from_.address),
        moment(email),
        " ".join(email.subject.split()),
        " ".join(email.text.split()),
        sorted(attachment.sha256 for attachment in email.attachments),
    ]


def digest_of(content: list[Any]) -> str:
    """Return the digest of what identifies a letter."""
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
