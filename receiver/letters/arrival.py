"""From an event to the letter that it brings: pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from contract.event import Address, Email
from receiver.letters.as_written import Fields, fields_in, fields_of, ids_before, is_plain
from receiver.letters.identity import Mark, believable, earlier_key, has_own_id, letter_key
from receiver.letters.letter import Letter
from receiver.letters.nameless import is_nameless, key_before, key_of, made_id, name_before
from receiver.letters.senders import NOBODY, name_a_sender, senders

Document = dict[str, Any]
BYTES, FIELD = "bytes\n", "field\n"  # prefixes of letters' names that are digests


@dataclass(frozen=True)
class Arrival:
    """A letter as it came, and what is stored beside its message.

    ``copy`` says by which way this copy came: one letter may come by several. ``email`` is the
    event's data. ``redacted``: an erased person has been removed from it.
    """

    event_id: str
    letter: Letter
    content: Document
    copy: Document
    email: Email | None = None
    redacted: bool = False

    def without(self, message: Document, content: Document, copy: Document) -> "Arrival":
        """Return the arrival without an erased person; what it is recognised by stays."""
        letter = Letter(self.letter.mailbox, message)
        left = replace(self, letter=letter, content=content, copy=copy, redacted=True)
        left.__dict__.update(mark=self.mark, alike=self.alike, other_names=self.other_names)
        return left

    @cached_property
    def mark(self) -> Mark:
        """What it is recognised by if it is stored under a key of an earlier version."""
        message, raw = self.letter.message, self.content["raw"]
        return Mark(
            message["message_id"] if has_own_id(message) else "",
            message["from"]["address"],
            self.letter.created,
            earlier_key(self.event_id, self.email) if self.email else "",
            raw["sha256"] if raw else "",
        )

    @cached_property
    def alike(self) -> str:
        """The name of all letters with its sender, Date and parts, if it has no Message-ID."""
        if self.email is None or not is_nameless(self.email):
            return ""
        return name_before(self.event_id, self.email)

    @cached_property
    def other_names(self) -> frozenset[str]:
        """The names, beside its id, under which it may be stored; none if its id is plain.

        Another reader may read another id in the same field, or none: so a letter whose id is not
        plain can also be found under the digests of its bytes and of that field.
        """
        raw, email, fields = self.content["raw"], self.email, self._fields
        names = {self.alike} if self.alike else set()
        if not raw or email is None or is_plain(fields, email.message_id or ""):
            return frozenset(names)
        field = b" ".join(fields.get("message-id", ()))
        names |= {*ids_before(fields), f"{BYTES}{raw['sha256']}"}
        if field:
            names.add(f"{FIELD}{sha256(field).hexdigest()}")
        else:
            names |= self.names_of_its_parts
        return frozenset(names - {self.letter.message_id})

    @cached_property
    def names_of_its_parts(self) -> frozenset[str]:
        """Names of letters with these parts, with sender and Date as read, or not yet readable."""
        as_read = [self.email, *_without_a_sender_or_date(self.email)] if self.email else []
        return frozenset(name_before(self.event_id, each) for each in as_read)

    @cached_property
    def its_senders(self) -> frozenset[str]:
        """Who may have sent it, if nothing in it says which letter it is and who sent it.

        Empty if it has an id, its bytes name a sender, or no sender is known.
        """
        read = fields_in(self.content["headers"])  # with encoded words decoded
        if not self.alike or name_a_sender(self._fields) or name_a_sender(read):
            return frozenset()
        return senders(self.letter.message["from"]["address"], [self.copy["source"]])

    @cached_property
    def without_its_sender(self) -> str:
        """A name that all copies share of a letter with neither Message-ID nor address in From.

        Empty for others. Its sender is read from the envelope or the Return-Path, if there is one:
        so its copies have different keys, and are recognised only once the first is stored.
        """
        named = any(b"@" in value for value in self._fields.get("from", ()))
        if self.email is None or not self.alike or named or not self.content["raw"]:
            return ""
        nobody = self.email.from_.model_copy(update={"address": NOBODY})
        return name_before(self.event_id, self.email.model_copy(update={"from_": nobody}))

    @property
    def earlier_keys(self) -> set[str]:
        """Its keys of version 1, one for each id that may have been read then."""
        email = self.email
        if email is None:
            return set()
        ids = {email.message_id, None, *ids_before(self._fields)}
        as_read = (email.model_copy(update={"message_id": each}) for each in ids)
        return {earlier_key(self.event_id, each) for each in as_read}

    @property
    def keys_before(self) -> set[str]:
        """Its keys in each earlier version, from what is read now."""
        email = self.email
        if email is None:
            return set()
        return {self.mark.key, *({key_before(self.event_id, email)} if self.alike else ())}

    @cached_property
    def _fields(self) -> Fields:
        original = self.content.get("original")
        if original is not None:
            return fields_of(original)
        return fields_in(self.email.headers if self.email else ())

    @property
    def digest_names(self) -> frozenset[str]:
        """The names that are digests: it can be found under them once it is stored."""
        names = {one for one in self.other_names if one.startswith((BYTES, FIELD))}
        return frozenset(names | ({self.alike} if self.alike else set()))


def arrival_of(
    event_id: str, email: Email, now: datetime, *, text: str | None = None, mailbox: str = ""
) -> Arrival:
    """Return what an event brings; ``now`` is when it arrived here.

    ``text`` is what the letter says where the event has it in its page alone: it is shown and found
    by that, while its key is made of the event. ``mailbox`` is the event's, spelt as its letters
    have it.
    """
    received = _milliseconds(believable(email.received_at, now))
    message = _message(event_id, email, believable(email.date, received))
    if text is not None:
        message["body"] = text
    raw = email.raw.model_dump(exclude={"content"}) if email.raw else None
    original = email.raw.content if email.raw else None
    return Arrival(
        event_id,
        Letter(mailbox or email.mailbox.strip().casefold(), message),
        {
            "html": email.html,
            "headers": [list(each) for each in email.headers],
            "raw": raw,
            "received": received,
            **({"event_id": event_id} if email.source.via == "smtp" else {}),
            **({} if original is None else {"original": original}),
            **({"attempts": email.attempts} if email.attempts > 1 else {}),
            **({"left_out": email.left_out.model_dump()} if email.left_out else {}),
        },
        {
            "direction": email.direction,
            "source": email.source.model_dump() | email.envelope.model_dump(),
            "auth": [verdict.model_dump() for verdict in email.auth],
            "bcc": message["bcc"],
        },
        email,
    )


def _without_a_sender_or_date(email: Email) -> Iterator[Email]:
    """Yield the letter as a reader would see it that can read less of its header."""
    nobody = email.from_.model_copy(update={"address": NOBODY})
    for fields in ({"from_": nobody}, {"date": None}, {"from_": nobody, "date": None}):
        yield email.model_copy(update=fields)


def _message(event_id: str, email: Email, created: datetime) -> Document:
    message: Document = {
        "subject": email.subject,
        "body": email.text,
        "created": _milliseconds(created),
        "key": "",
        "message_id": email.message_id or "",
        "in_reply_to": _joining(email.in_reply_to),
        "references": _joining(email.references),
        "thread_index": email.thread_index,
        "from": _person(email.from_),
        "to": [_person(person) for person in email.to],
        "cc": [_person(person) for person in email.cc],
        "bcc": [_person(person) for person in email.bcc],
        "reply_to": [_person(person) for person in email.reply_to],
        "direction": email.direction,
        "kind": email.kind,
        "bounce": email.bounce.model_dump() if email.bounce else None,
        "reply": email.reply,
        "attachments": [attachment.model_dump() for attachment in email.attachments],
        "defects": list(email.defects),
    }
    if email.original_from:
        message["original_from"] = _person(email.original_from)
    return message | _identified(event_id, email, message)


def _identified(event_id: str, email: Email, message: Document) -> Document:
    """Return the id by which others know the letter."""
    own = message["message_id"]
    if not is_nameless(email):
        return {"key": letter_key(own, email)}
    made = made_id(event_id, email, message)
    return {"key": key_of(made), **({"known_as": made} if own else {"message_id": made})}


def _joining(ids: list[str]) -> list[str]:
    return [message_id for message_id in dict.fromkeys(ids) if "@" in message_id]


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _milliseconds(when: datetime) -> datetime:
    """Return a time in MongoDB's precision."""
    return when.replace(microsecond=when.microsecond // 1000 * 1000)
