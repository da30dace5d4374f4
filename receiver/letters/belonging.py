"""Whose personal data a letter is, and the keyed digests that outlive it: pure.

A letter *belongs* to its writer; and, if besides the mailbox and machines only one person takes
part in it, to that person: what we wrote to him alone, a bounce about him alone. Other letters may
*name* him. Erased data is known by digests only, HMAC-SHA-256 with its own key
(``receiver.erasing.tombstones``), so that without the key nobody can confirm a guess.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from contract.reading.addresses import canonical, former, forms, with_untagged, without_tag
from receiver.letters.as_written import fields_in
from receiver.letters.identity import has_own_id
from receiver.letters.people import author_of, failed_recipients, is_machine

Message = dict[str, Any]
FIELDS = ("to", "cc", "bcc", "reply_to")
EVERYWHERE = "*"
"""In place of a mailbox: a person's tombstone that holds for all, also for those to come."""


def named_in(mailbox: str, message: Message) -> frozenset[str]:
    """Return everybody in the address fields, except the mailbox, as canonical addresses."""
    people = [message["from"], *(each for field in FIELDS for each in message.get(field, []))]
    people += [message["original_from"]] if message.get("original_from") else []
    found = {canonical(each["address"]) for each in people} | failed_recipients(message)
    return frozenset(found - {canonical(mailbox), ""})


def owners_of(mailbox: str, message: Message) -> frozenset[str]:
    """Return the owners of a letter as canonical addresses.

    A tagged address is returned without its tag, too: both belong to the owner of the latter.
    """
    own = canonical(mailbox)
    writers = [message["from"], author_of(mailbox, message), message.get("original_from")]
    found = {canonical(each["address"]) for each in writers if each} - {own, ""}
    others = {each for each in named_in(mailbox, message) if not is_machine(each)}
    is_one = len(set(map(without_tag, others))) == 1
    return frozenset(with_untagged(found | others if is_one else found) - {own, ""})


def digests_of_letter(
    key: bytes, mailbox: str, message: Message, raw: str, headers: Iterable[list[str]] = ()
) -> set[str]:
    """Return a letter's digests: of its key; of Message-ID, From and Date; of its bytes.

    The second recognises a letter stored under a key of an earlier version (``identity.Mark``).
    From and Date count as written, too: a better reader finds another sender or date there.
    """
    found = {digest_of_key(key, mailbox, str(message["key"]))}
    if has_own_id(message):
        created = message["created"].isoformat()
        sender = former(message["from"]["address"])
        found.add(_digest(key, mailbox, "mark", message["message_id"], sender, created))
        written = fields_in(headers)
        if "from" in written and "date" in written:
            said = (value.decode() for name in ("from", "date") for value in written[name])
            found.add(_digest(key, mailbox, "written", message["message_id"], *said))
    if raw:
        found.add(_digest(key, mailbox, "raw", raw))
    return found


def digest_of_key(key: bytes, mailbox: str, letter: str) -> str:
    """Return the digest of a letter's key."""
    return _digest(key, mailbox, "key", letter)


def digest_of_person(key: bytes, mailbox: str, person: str) -> str:
    """Return the digest of a canonical address."""
    return _digest(key, mailbox, "person", person)


def owned_before(key: bytes, mailbox: str, message: Message) -> Iterator[tuple[str, datetime]]:
    """Yield the digests of each owner of a letter, and the letter's date."""
    for owner in owners_of(mailbox, message):
        for person in forms(owner):
            for place in (mailbox, EVERYWHERE):
                yield digest_of_person(key, place, person), message["created"]


def digest_of_trace(key: bytes, mailbox: str, kind: str, trace: str) -> str:
    """Return the digest of a line, a name, a subject or an id that reveals a person."""
    return _digest(key, mailbox, kind, trace)


def _digest(key: bytes, *words: str) -> str:
    return hmac.new(key, json.dumps(words).encode(), hashlib.sha256).hexdigest()
