"""From an event to what is matched and what is stored: pure."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import encode

from contract.event import Address, Email
from receiver.letters.addresses import canonical
from receiver.letters.people import people_of, speakers_of
from receiver.letters.subject import base_subject, says_reply
from receiver.letters.thread_index import prefix

EARLIEST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_ERROR = timedelta(days=1)
MAX_ASKED = 100
MAX_ANSWERED = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as the dialogs see it.

    ``key`` identifies the letter whichever way it came. ``message_id`` is the id by which others
    may know it, ``bounced`` that of the letter which a bounce returns. ``user`` is the company's
    counterpart: the sender of a letter that came in, the addressee of one that went out.
    ``speakers`` are those in whose name it may join a dialog (see ``people``). ``message`` is
    the document for ``messages[]``, all but how it was matched; ``size`` is its bytes.
    """

    mailbox: str
    key: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    bounced: str | None
    user: str
    subject: str
    created: datetime
    speakers: frozenset[str]
    participants: frozenset[str]
    message: dict[str, Any]
    size: int

    @property
    def ids(self) -> tuple[str, ...]:
        """Every Message-ID that the letter names, its own first, each once."""
        named = (self.bounced,) if self.bounced else ()
        return tuple(dict.fromkeys((self.message_id, *named, *self.in_reply_to, *self.references)))

    @property
    def named(self) -> tuple[str, ...]:
        """What dialogs that others keep from an id of the letter's may know it by.

        Those are its writer's own, and those of the people that it asks.
        """
        asked = [*sorted(self.speakers), *sorted(self.participants - self.speakers)][:MAX_ASKED]
        voices = asked[:MAX_ANSWERED] if self.out else sorted(self.speakers)
        own = (named_by(self.message_id, person) for person in ("", *asked))
        return (*own, *(named_by(one, each) for one in self.ids[1:] for each in voices))

    @property
    def sentinel(self) -> str:
        """What stands for the letter where its own id is another dialog's; nobody can name it."""
        return f"letter {self.key}"

    @property
    def out(self) -> bool:
        """Whether the letter is the mailbox's own."""
        return bool(self.message["direction"] == "out")

    @property
    def base_subject(self) -> str:
        """The subject without its prefixes."""
        return base_subject(self.subject)

    @property
    def says_reply(self) -> bool:
        """Whether the subject says that the letter is a reply."""
        return says_reply(self.subject)

    @property
    def thread_prefix(self) -> str:
        """What the letter's Thread-Index shares with those of its conversation."""
        return prefix(self.message["thread_index"])


def letter_of(event_id: str, email: Email, now: datetime) -> Letter:
    """Return the letter that an event tells of; ``now`` is when it arrived here."""
    received = believable(email.received_at, now)
    created = believable(email.date, received)
    mailbox = email.mailbox.strip().casefold()
    message_id = email.message_id or ""
    # An id without @, such as <yes>, names nothing: letters that share one have nothing in common.
    if "@" not in message_id:
        made = made_id(event_id, email)
        message_id, thread_id = message_id or made, made
    else:
        thread_id = message_id
    key = letter_key(message_id, email)
    message = _message(email, key, message_id, created, received)
    letter = stored_letter(mailbox, message)
    return replace(letter, message_id=thread_id, size=len(encode(message)))


def stored_letter(mailbox: str, message: dict[str, Any]) -> Letter:
    """Return the letter that a message was; its ``size`` is not known any more."""
    addressee = message["to"][0] if message["to"] else message["from"]
    return Letter(
        mailbox=mailbox,
        key=message["key"],
        message_id=message["message_id"],
        in_reply_to=tuple(message["in_reply_to"]),
        references=tuple(message["references"]),
        bounced=bounced_id(message),
        user=(addressee if message["direction"] == "out" else message["from"])["address"],
        subject=message["subject"],
        created=message["created"],
        speakers=speakers_of(mailbox, message),
        participants=people_of(message),
        message=message,
        size=0,
    )


def bounced_id(message: dict[str, Any]) -> str | None:
    """Return the Message-ID of the letter that a bounce returns."""
    if message["kind"] != "bounce" or not message["bounce"]:
        return None
    returned = message["bounce"]["message_id"]
    return returned if returned and "@" in returned else None


def cited_ids(message: dict[str, Any]) -> frozenset[str]:
    """Return the ids of the letters that a stored message answers or returns."""
    returned = bounced_id(message)
    cited = (*message["in_reply_to"], *message["references"])
    return frozenset((*cited, returned) if returned else cited)


def named_by(message_id: str, person: str) -> str:
    """Return what a dialog knows an id by that is another's, from a letter of this person."""
    return f"{message_id} named by {person}"


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
        "in_reply_to": _joining(email.in_reply_to),
        "references": _joining(email.references),
        "thread_index": email.thread_index,
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


def _joining(ids: list[str]) -> list[str]:
    return [message_id for message_id in dict.fromkeys(ids) if "@" in message_id]


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}
