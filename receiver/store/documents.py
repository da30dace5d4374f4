"""The shapes of documents: what is looked at, and what is written for a letter. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from receiver.letters.letter import Letter, cited_ids
from receiver.letters.people import speakers_of, writers_of
from receiver.store.summary import OF_THE_FIRST, subject_changed, summary
from receiver.threads.join_policy import Candidate, Held
from receiver.threads.matching import Join, Open, Refusal

Document = dict[str, Any]

SEEN: Document = {
    "mailbox": 1,
    "thread_ids": 1,
    "created": 1,
    "updated": 1,
    "opened_by": 1,
    "base_subject": 1,
    "participants": 1,
    "writers": 1,
    "thread_indexes": 1,
    "related": 1,
    "apart": 1,
    "former_ids": 1,
    "continued": 1,
    "continues": 1,
    "size": 1,
    "transfer.id": 1,
    "messages.key": 1,
    "messages.message_id": 1,
    "messages.direction": 1,
    "messages.from.address": 1,
}
CITING: Document = dict.fromkeys(
    (
        "mailbox",
        "transfer.id",
        *("messages.key", "messages.message_id", "messages.direction", "messages.from"),
        *("messages.kind", "messages.bounce", "messages.in_reply_to", "messages.references"),
    ),
    1,
)


def candidate_of(documents: Sequence[Document]) -> Candidate:
    """Return the dialog of some of its documents, the head first."""
    head = documents[0]
    return Candidate(
        id=head["_id"],
        mailbox=head["mailbox"],
        thread_ids=frozenset(one for each in documents for one in each["thread_ids"]),
        created=head["created"],
        updated=head["updated"],
        opened_by=head["opened_by"],
        base_subject=head["base_subject"],
        held={
            message["key"]: held_of(head["mailbox"], message)
            for document in documents
            for message in document["messages"]
        },
        participants=frozenset(head["participants"]),
        writers=frozenset(head["writers"]),
        thread_indexes=frozenset(head["thread_indexes"]),
        related=tuple(head["related"]),
        former_ids=frozenset(head.get("former_ids", [])),
        apart=frozenset(head["apart"]),
        continued=bool(head.get("continued")),
        size=head["size"],
    )


def citers_of(documents: Iterable[Document], ids: Iterable[str]) -> dict[str, set[str]]:
    """Return who named these ids in the documents of a dialog."""
    citers: dict[str, set[str]] = {one: set() for one in ids}
    for document in documents:
        for message in document["messages"]:
            for one in cited_ids(message) & citers.keys():
                citers[one] |= writers_of(document["mailbox"], message)
    return citers


def held_of(mailbox: str, message: Document) -> Held:
    """Return what is known of a stored message."""
    out = message["direction"] == "out"
    return Held(message["message_id"], out, speakers_of(mailbox, message))


def opened_by(letter: Letter, decision: Open, dialog_id: Any) -> Document:
    """Return the document of a dialog that a letter opens."""
    message = message_of(letter, decision)
    return {
        "_id": dialog_id,
        "mailbox": letter.mailbox,
        **summary(letter.mailbox, [message]),
        "messages": [message],
        "thread_ids": list(decision.claims),
        "related": refused_ids(decision.refused),
        "apart": [],
        "corrections": [],
        "revision": 0,
    }


def message_of(letter: Letter, decision: Join | Open) -> Document:
    """Return the message that a letter becomes, with the reason why it is where it is."""
    changed = isinstance(decision, Join) and subject_changed(
        letter.message, decision.dialog.base_subject
    )
    return letter.message | {
        "matched_by": decision.matched_by,
        "matched_id": decision.matched_id,
        "refused": [
            {"dialog": refusal.dialog.id, "id": refusal.message_id} for refusal in decision.refused
        ],
        "subject_changed": changed,
    }


def update_of(letter: Letter, message: Document, decision: Join) -> Document:
    """Return the update that adds a message to its dialog."""
    fields = summary(letter.mailbox, [message])
    return {
        "$push": {"messages": {"$each": [message], "$sort": {"created": 1, "key": 1}}},
        "$addToSet": {
            "thread_ids": {"$each": list(decision.claims)},
            "participants": {"$each": fields["participants"]},
            "writers": {"$each": fields["writers"]},
            "thread_indexes": {"$each": fields["thread_indexes"]},
            "related": {"$each": refused_ids(decision.refused)},
        },
        "$max": {"updated": letter.created},
        "$inc": {"size": fields["size"], "revision": 1},
    }


def opening_of(letter: Letter, message: Document) -> Document:
    """Return what a dialog says of itself if this is its earliest letter."""
    fields = summary(letter.mailbox, [message])
    return {name: fields[name] for name in OF_THE_FIRST}


def refused_ids(refused: Iterable[Refusal]) -> list[Any]:
    """Return the dialogs where a letter's sender is a stranger, each once."""
    return list(dict.fromkeys(refusal.dialog.id for refusal in refused))


def now_in_milliseconds(now: datetime) -> datetime:
    """Return a time as MongoDB will give it back."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
