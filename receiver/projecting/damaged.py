"""Finds the documents that cannot be read, so that all others are."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

from receiver.projecting.shape import FACT, HEAD, LETTER, PART, complaint_of, damage
from receiver.store.letters import WITHOUT_TEXTS
from receiver.store.mongo import Database, Document, all_of, each_of, store_errors

OURS: Document = {"$or": [{"revision": {"$exists": True}}, {"mailbox": {"$ne": None}}]}


@dataclass(frozen=True)
class DamagedDocument:
    """A document that cannot be read: of which collection, its id and mailbox, and why."""

    collection: str
    id: Any
    mailbox: Any
    why: str


class DamagedDocuments:
    """The ids of damaged documents, and of dialogs of which a part is damaged."""

    def __init__(self, found: Iterable[DamagedDocument] = ()) -> None:
        self.found = list(found)
        self.letters = self._of("letters")
        self.facts = self._of("facts")
        self.dialogs = self._of("dialogs")

    def _of(self, collection: str) -> set[Any]:
        return {each.id for each in self.found if each.collection == collection}

    def may_write(self, mailbox: str) -> bool:
        """Tell whether all letters and facts are read that say what a mailbox's dialogs are."""
        said = [each.mailbox for each in self.found if each.collection != "dialogs"]
        return mailbox not in said and all(isinstance(each, str) for each in said)


async def what_is_left_out(database: Database) -> DamagedDocuments:
    """Return the documents that cannot be read."""
    left_out = DamagedDocuments([each async for each in damaged(database)])
    if left_out.dialogs:
        listing = {"parts": {"$in": [*left_out.dialogs]}}
        with store_errors():
            heads = await all_of(database["dialogs"].find(listing, {"_id": 1}))
        left_out.dialogs |= {each["_id"] for each in heads}
    return left_out


async def damaged(database: Database) -> AsyncIterator[DamagedDocument]:
    """Yield the letters, facts and dialogs that lack what they must have."""
    letters = database["letters"].find({}, WITHOUT_TEXTS)
    async for found in _of(letters, "letters"):
        yield found
    for field in ("message.body", "message.reply"):
        no_text = {field: {"$not": {"$type": "string"}}, "message": {"$type": "object"}}
        with store_errors():
            for each in await all_of(database["letters"].find(no_text, {"mailbox": 1})):
                yield DamagedDocument(
                    "letters", each["_id"], each.get("mailbox"), complaint_of(field)
                )
    async for found in _of(database["facts"].find({}), "facts"):
        yield found
    fields = dict.fromkeys(("messages.body", "messages.reply"), 0)
    async for found in _of(database["dialogs"].find(OURS, fields), "dialogs"):
        yield found


async def _of(cursor: Any, collection: str) -> AsyncIterator[DamagedDocument]:
    with store_errors():
        async for document in each_of(cursor):
            if why := _why(collection, document):
                yield DamagedDocument(collection, document["_id"], document.get("mailbox"), why)


def _why(collection: str, document: Document) -> str:
    match collection:
        case "letters":
            return damage(document, LETTER) or _two_keys(document)
        case "facts":
            return damage(document, FACT)
        case _:
            return damage(document, PART if "part_of" in document else HEAD)


def _two_keys(letter: Document) -> str:
    """A letter has its key twice: where an index finds it, and in its message."""
    if letter["key"] == letter["message"]["key"]:
        return ""
    return complaint_of("message.key")
