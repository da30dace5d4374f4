"""Whether each dialog is whole: what holds of every document whatever has happened to it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from receiver.store.summary import UNITED, summary

Document = dict[str, Any]


def flaws(documents: Sequence[Document]) -> list[str]:
    """Return what is wrong with the documents of a database at rest."""
    names = {
        name: head["_id"]
        for head in documents
        if "continues" not in head
        for name in (head["_id"], *head.get("former_ids", []))
    }
    dialogs: defaultdict[Any, list[Document]] = defaultdict(list)
    for document in documents:
        dialogs[names.get(document.get("continues", document["_id"]))].append(document)
    found = [f"{document['_id']} goes on from nowhere" for document in dialogs.pop(None, [])]
    for parts in dialogs.values():
        found += (f"{parts[0]['_id']}: {flaw}" for flaw in _of_a_dialog(parts))
    return found + _of_links(documents, names)


def _of_a_dialog(parts: Sequence[Document]) -> Iterable[str]:
    known = {one for part in parts for one in part["thread_ids"]}
    for part in parts:
        messages = part["messages"]
        if "transfer" in part:
            yield "letters are still under way"
            continue
        order = [(message["created"], message["key"]) for message in messages]
        if order != sorted(set(order)):
            yield "messages are out of order, or twice"
        if not {message["message_id"] for message in messages} <= known:
            yield "does not know the id of a letter of its own"
        if len(parts) == 1:
            wrong = _misstated(part, summary(part["mailbox"], messages))
            if wrong:
                yield f"does not say of itself what its messages say: {wrong}"


def _misstated(document: Document, right: Document) -> list[str]:
    """The size only steers where letters go on, and counts what a marking has added."""
    return [
        name
        for name, value in right.items()
        if name != "size"
        and (sorted(document[name]) != value if name in UNITED else document[name] != value)
    ]


def _of_links(documents: Sequence[Document], names: dict[Any, Any]) -> list[str]:
    links = {
        (document["_id"], names.get(other)) for document in documents for other in _links(document)
    }
    return [
        f"{one} is linked to {other}, but not back"
        for one, other in links
        if (other, one) not in links
    ]


def _links(document: Document) -> Iterable[Any]:
    related: list[Any] = document.get("related", [])
    return related
