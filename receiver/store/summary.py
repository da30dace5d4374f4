"""What a dialog says of itself follows from its messages: pure, and the same in any order.

The summary of a document is ``email_from``, ``user`` (the same, canonical), ``subject`` and
``base_subject``, ``created`` and ``opened_by`` of its earliest message; ``updated`` of its latest;
``participants``, ``writers`` (in whose name messages were sent), ``thread_indexes`` and ``size``
(bytes) of all.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from bson import encode

from receiver.letters.addresses import canonical
from receiver.letters.people import people_of, writers_of
from receiver.letters.subject import base_subject
from receiver.letters.thread_index import prefix

Document = dict[str, Any]

OF_THE_FIRST = ("email_from", "user", "subject", "base_subject", "created", "opened_by")
UNITED = ("participants", "writers", "thread_indexes")
# The subject of these says what happened to a letter, not what the writer writes about.
WRITTEN_BY_PROGRAMS = frozenset(["auto-reply", "bounce"])


def summary(mailbox: str, messages: Iterable[Document]) -> Document:
    """Return the summary of one message or more."""
    return reduce(combined, (_of_one(mailbox, message) for message in messages))


def combined(one: Document, other: Document) -> Document:
    """Return the summary of two documents' messages taken together."""
    first = min(one, other, key=_opening)
    fields: Document = {name: first[name] for name in OF_THE_FIRST}
    fields |= {name: sorted({*one[name], *other[name]}) for name in UNITED}
    fields["updated"] = max(one["updated"], other["updated"])
    fields["size"] = one["size"] + other["size"]
    return fields


def in_order(messages: Iterable[Document]) -> list[Document]:
    """Return the messages as a dialog keeps them, each letter once."""
    each_once = {message["key"]: message for message in messages}
    return sorted(each_once.values(), key=lambda message: (message["created"], message["key"]))


def marked(messages: Sequence[Document], base: str) -> list[Document]:
    """Return the messages, each saying whether its subject differs from the dialog's."""
    return [message | {"subject_changed": subject_changed(message, base)} for message in messages]


def subject_changed(message: Document, base: str) -> bool:
    """Tell whether a message has another subject than its dialog; a bare ``Re:`` has none."""
    if message["kind"] in WRITTEN_BY_PROGRAMS:
        return False
    own = base_subject(message["subject"])
    return bool(own) and own != base


def _opening(fields: Document) -> tuple[Any, str]:
    return fields["created"], fields["opened_by"]


def _of_one(mailbox: str, message: Document) -> Document:
    out = message["direction"] == "out" and message["to"]
    user = (message["to"][0] if out else message["from"])["address"]
    index = prefix(message["thread_index"])
    return {
        "email_from": user,
        "user": canonical(user),
        "subject": message["subject"],
        "base_subject": base_subject(message["subject"]),
        "created": message["created"],
        "opened_by": message["key"],
        "updated": message["created"],
        "participants": sorted(people_of(message)),
        "writers": sorted(writers_of(mailbox, message)),
        "thread_indexes": [index] if index else [],
        "size": len(encode(message)),
    }
