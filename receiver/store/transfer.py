"""Moving letters from one document to another without a transaction: the pure steps.

1. *begun*: the source puts the letters into a note on itself; it keeps their ids, so that whoever
   looks for one of them meets the note and finishes it.
2. *taken*: the target takes the letters in, and the note's record with them, which is the proof
   that it did.
3. *released*: the source gives up the ids, 4. the target claims them, and 5. the note goes, or
   the whole source where nothing is left in it.

Each step is one write to one document, guarded by its ``revision``; each can be repeated. The
letters go first and the ids later, so that at every moment either the letter's key or its id is
in a unique index: a second copy of a letter under way cannot be stored.
"""

from collections.abc import Iterable, Sequence, Set
from typing import Any

from receiver.letters.letter import cited_ids, named_by
from receiver.letters.people import speakers_of
from receiver.store.summary import combined, in_order, marked, summary

Document = dict[str, Any]


def ids_of(documents: Sequence[Document], keys: Set[str]) -> list[str]:
    """Return the ids that only these letters of a dialog need, of all that its documents know."""
    mailbox = documents[0]["mailbox"]
    messages = [message for document in documents for message in document["messages"]]
    moving = [message for message in messages if message["key"] in keys]
    rest = [message for message in messages if message["key"] not in keys]
    moved = _known(mailbox, moving) - _known(mailbox, rest) | (_own(moving) - _own(rest))
    known = dict.fromkeys(one for document in documents for one in document["thread_ids"])
    return [one for one in known if one in moved]


def begun_whole(source: Document, to: Any, record: Document, ids: list[str]) -> Document:
    """Return the source with all its letters and some ids under way."""
    note = _note(to, record, source["messages"], ids, whole=True)
    return source | {"messages": [_placeholder(source)], "transfer": note}


def begun_part(
    source: Document, to: Any, record: Document, ids: list[str], keys: Set[str]
) -> Document:
    """Return the source with some letters and ids under way.

    Source and target are *apart* from now on: a later answer that quotes both must not undo this.
    """
    moving = [message for message in source["messages"] if message["key"] in keys]
    rest = [message for message in source["messages"] if message["key"] not in keys]
    left: Document = summary(source["mailbox"], rest)
    if source.get("continued") or "continues" in source:
        left = {"size": left["size"]}
    return source | {
        **left,
        "messages": marked(rest, {**source, **left}["base_subject"]),
        "transfer": _note(to, record, moving, ids, whole=False),
        "corrections": [*source["corrections"], record],
        "apart": _with(source["apart"], [to]),
    }


def released(source: Document) -> Document:
    """Return the source that has given up the ids under way."""
    return without_ids(source, source["transfer"]["ids"]) | {
        "transfer": source["transfer"] | {"released": True}
    }


def without_ids(document: Document, ids: Iterable[str]) -> Document:
    """Return a document that does not know these ids; the array is unique, so never empty."""
    going = set(ids)
    left = [one for one in document["thread_ids"] if one not in going]
    return document | {"thread_ids": left or [f"moved {document['_id']}"]}


def has_taken(target: Document, note: Document) -> bool:
    """Tell whether the target has the note's letters already."""
    return any(record["id"] == note["id"] for record in target["corrections"])


def taken(target: Document, source: Document) -> Document:
    """Return the target with the letters of the source's note."""
    note = source["transfer"]
    joined = combined(target, _moved_summary(source))
    messages = in_order([*target["messages"], *note["messages"]])
    return (
        target
        | joined
        | _bonds(target, source)
        | {"messages": marked(messages, joined["base_subject"])}
    )


def taken_beside(target: Document, source: Document) -> Document:
    """Return the target that knows of the note's letters, which go on in a second document."""
    joined = combined(target, _moved_summary(source)) | {"size": target["size"]}
    messages = marked(target["messages"], joined["base_subject"])
    bonds = _bonds(target, source)
    return target | joined | bonds | {"messages": messages, "continued": True}


def as_part(target: Document, source: Document) -> Document:
    """Return the second document of ``taken_beside``: its ``_id`` is the note's."""
    note = source["transfer"]
    return part_of(target, note["id"], note["messages"])


def part_of(head: Document, part_id: Any, messages: list[Document]) -> Document:
    """Return a document in which the dialog ``head`` goes on, which alone knows ids."""
    return {
        "_id": part_id,
        "mailbox": head["mailbox"],
        **summary(head["mailbox"], messages),
        "continues": head["_id"],
        "messages": marked(messages, head["base_subject"]),
        "thread_ids": [f"part {part_id}"],
        "related": [],
        "apart": [],
        "corrections": [],
        "revision": 0,
    }


def as_new(source: Document) -> Document:
    """Return the dialog that a split opens for the note's letters."""
    note = source["transfer"]
    fields = summary(source["mailbox"], note["messages"])
    return {
        "_id": note["to"],
        "mailbox": source["mailbox"],
        **fields,
        "messages": marked(note["messages"], fields["base_subject"]),
        "thread_ids": [f"moved {note['id']}"],
        "related": [],
        "apart": [_head(source)],
        "corrections": [note["record"]],
        "revision": 0,
    }


def _note(
    to: Any, record: Document, messages: list[Document], ids: list[str], *, whole: bool
) -> Document:
    return {
        "id": record["id"],
        "to": to,
        "whole": whole,
        "released": False,
        "record": record,
        "messages": messages,
        "ids": [one for one in ids if "@" in one],
    }


def _placeholder(source: Document) -> Document:
    """An empty array would collide in the unique index with that of another such document."""
    key = f"moved {source['_id']}"
    return {"key": key, "subject": "", "body": "", "created": source["created"]}


def _moved_summary(source: Document) -> Document:
    note = source["transfer"]
    if note["whole"] and "continues" not in source:
        return source
    return summary(source["mailbox"], note["messages"])


def _bonds(target: Document, source: Document) -> Document:
    """Return what ties the target to other dialogs after it took the source's letters."""
    note = source["transfer"]
    bonds: Document = {"corrections": [*target["corrections"], note["record"]]}
    if not note["whole"]:
        return bonds | {"apart": _with(target["apart"], [_head(source)])}
    if "continues" in source:
        return bonds | {"apart": _with(target["apart"], [source["continues"]])}
    gone = {source["_id"], *source.get("former_ids", [])}
    same = {target["_id"], *target.get("former_ids", []), *gone}
    return {
        "corrections": _each_once([*target["corrections"], *source["corrections"], note["record"]]),
        "former_ids": _with(target.get("former_ids", []), gone),
        "related": [one for one in _with(target["related"], source["related"]) if one not in same],
        "apart": [one for one in _with(target["apart"], source["apart"]) if one not in same],
        "continued": bool(target.get("continued") or source.get("continued")),
    }


def _head(document: Document) -> Any:
    """Return the dialog that a document is, or goes on."""
    return document.get("continues", document["_id"])


def _each_once(records: Iterable[Document]) -> list[Document]:
    """Two halves of a split dialog both have its record, and may be merged again."""
    return list({record["id"]: record for record in records}.values())


def _with(known: list[Any], more: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys([*known, *sorted(more)]))


def _own(messages: Iterable[Document]) -> frozenset[str]:
    return frozenset(message["message_id"] for message in messages)


def _known(mailbox: str, messages: Iterable[Document]) -> frozenset[str]:
    """Return what a dialog of these messages may know of ids, named ones included."""
    known: set[str] = set()
    for message in messages:
        cited = cited_ids(message)
        known |= {message["message_id"]} | cited
        known |= {named_by(one, each) for one in cited for each in speakers_of(mailbox, message)}
    return frozenset(known)
