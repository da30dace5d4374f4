"""A dialog's documents: its head, and parts with the older letters that do not fit into it.

When a head is full its oldest half goes into a part, written before the head that lists it: so a
crash leaves letters twice, but never nowhere. A part that no head lists is an orphan, and is
removed later. A write finds a document only if it is unchanged since it was read.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from bson import ObjectId, encode

from contract.reading.addresses import forms
from receiver.store.mongo import Collection, Document, store_errors
from receiver.threads.conversation import NEEDED, in_conversation

FULL_LETTERS = 64
STATEMENT_BYTES = 8 * 1024 * 1024  # half of what a command may have
FULL_BYTES = 128 * 1024  # an append rewrites its document, and in the embedded database reads it
READ_TOGETHER = 4  # documents of a dialog that is read letter by letter
MAX_RELATED = 100  # how many dialogs that share an id with it a dialog names
HEAD: Document = {"messages": 0}
REVISION: Document = {"revision": 1}
WITHOUT_TEXTS: Document = {"messages.body": 0, "messages.reply": 0}
"""What letters say may be a hundred times as much as all else of them."""


@dataclass
class Dialog:
    """A dialog's head and the parts with its older letters, all as they were read."""

    head: Document
    parts: list[Document] = field(default_factory=list)

    @property
    def id(self) -> Any:
        """The dialog's id."""
        return self.head["_id"]

    @cached_property
    def messages(self) -> list[Document]:
        """Every message once, by (created, key)."""
        documents = (self.head, *self.parts)
        found = {message["key"]: message for each in documents for message in each["messages"]}
        return in_order(found.values())

    @cached_property
    def conversation(self) -> list[Document]:
        """Every message once, as people read them: no answer before its question."""
        return in_conversation(self.messages)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of its letters."""
        return frozenset(message["key"] for message in self.messages)


def in_order(messages: Iterable[Document]) -> list[Document]:
    """Return messages by (created, key), as parts hold them."""
    return sorted(messages, key=lambda message: (message["created"], message["key"]))


def says_of_more(head: Document) -> bool:
    """Tell whether a dialog names as many others as it can, and says that there are more."""
    return bool(head["related_more"]) and len(head["related"]) >= MAX_RELATED


class Parts:
    """Writes parts into the collection of the dialogs."""

    def __init__(
        self,
        dialogs: Collection,
        now: Callable[[], Awaitable[datetime]],
        full_letters: int,
        full_bytes: int,
    ) -> None:
        self._dialogs = dialogs
        self._now = now
        self._full_letters = full_letters
        self._full_bytes = full_bytes

    async def take_from(
        self, head: Document, messages: Sequence[Document]
    ) -> tuple[list[Document], list[ObjectId]]:
        """Move what is too much for a head into new parts; return what is left, and the parts."""
        *older, rest = self.pieces(messages)
        return rest, [await self.add(head, each) for each in older]

    def pieces(self, messages: Sequence[Document]) -> list[list[Document]]:
        """Return messages as they are divided: a part each, and at last what fits into the head."""
        found, rest, sizes = [], list(messages), [size_of([each]) for each in messages]
        while self.is_full(len(rest), sum(sizes)):
            half = self.half(len(rest))
            found.append(rest[:half])
            rest, sizes = rest[half:], sizes[half:]
        return [*found, rest]

    async def add(self, head: Document, messages: Sequence[Document]) -> ObjectId:
        """Write a part of a dialog, and return its id."""
        part_id = ObjectId()
        part = {
            "_id": part_id,
            "mailbox": head["mailbox"],
            "email_from": head["email_from"],
            "part_of": head["_id"],
            "messages": [*messages],
            "revision": 0,
            "changed": await self._now(),
        }
        with store_errors():
            await self._dialogs.insert_one(part)
        return part_id

    async def will_go(self, parts: Sequence[ObjectId]) -> None:
        """Note that parts are about to be removed: if we die before, they are checked as if new."""
        if parts:
            with store_errors():
                await self._dialogs.update_many(
                    {"_id": {"$in": list(parts)}}, {"$currentDate": {"changed": True}}
                )

    async def forget(self, parts: Sequence[ObjectId]) -> None:
        """Remove parts."""
        if parts:
            with store_errors():
                await self._dialogs.delete_many({"_id": {"$in": list(parts)}})

    def is_full(self, letters: int, size: int) -> bool:
        """Tell whether a head with this many letters and bytes must move some into a part."""
        return letters > self._full_letters or (size > self._full_bytes and letters > 1)

    def half(self, letters: int) -> int:
        """Return how many of this many letters go into a part."""
        return min(max(letters // 2, 1), self._full_letters // 2 or 1)


def measured(messages: Sequence[Document]) -> Document:
    """Return the fields of a head that tell its size."""
    return {"held": len(messages), "bytes": size_of(messages)}


def size_of(messages: Iterable[Document]) -> int:
    """Return the bytes that messages take in a document."""
    return sum(len(encode(each)) for each in messages)


async def ours(
    dialogs: Collection, ids: Iterable[Any], projection: Document | None
) -> list[Document]:
    """Return the documents of these ids that this service wrote."""
    wanted = set(ids)
    if not wanted:
        return []
    with store_errors():
        found = await dialogs.find({"_id": {"$in": sorted(wanted)}}, projection).to_list(None)
    return [each for each in found if "revision" in each]


async def one_by_one(
    dialogs: Collection, head: Document
) -> AsyncIterator[tuple[str, Document | None]]:
    """Yield the key of every message once, as people read them, and the message.

    Only a few documents of the dialog are in memory: letters of two folders that came one after the
    other alternate between two documents. None stands for a message that was moved after its key
    was read.
    """
    fields: Document = {"revision": 1} | {f"messages.{name}": 1 for name in NEEDED}
    outlines, places = dict[str, Document](), dict[str, Any]()
    for document in await ours(dialogs, [head["_id"], *head["parts"]], fields):
        for message in document["messages"]:
            outlines[message["key"]] = message
            places[message["key"]] = document["_id"]
    keys = [each["key"] for each in in_conversation(outlines.values())]
    del outlines
    read: OrderedDict[Any, dict[str, Document]] = OrderedDict()
    for key in keys:
        one = places[key]
        if one not in read:
            found = await ours(dialogs, [one], None)
            read[one] = {m["key"]: m for each in found for m in each["messages"]}
        read.move_to_end(one)
        if len(read) > READ_TOGETHER:
            read.popitem(last=False)
        yield key, read[one].get(key)


def changed_fields(old: Document, fields: Mapping[str, Any]) -> Document:
    """Return those of the fields that differ from what was read."""
    return {name: value for name, value in fields.items() if name not in old or old[name] != value}


def differing(old: Document, fields: Mapping[str, Any]) -> Document:
    """Return the update that sets these fields; unchanged ones are left alone."""
    said = changed_fields(old, fields)
    update: Document = {"$inc": {"revision": 1}, "$currentDate": {"changed": True}}
    return update | ({"$set": said} if said else {})


@dataclass(frozen=True)
class Change:
    """What to write of a dialog if it is unchanged since its head was read.

    ``says`` are fields, ``messages`` among them if they are replaced; ``adds`` are messages at the
    end. All messages together have ``bytes``.
    """

    head: Document
    says: Document
    adds: Sequence[Document]
    bytes: int


async def change_each(dialogs: Collection, changes: Sequence[Change]) -> bool:
    """Change dialogs together; return False if one of them has changed since it was read.

    The others are written. One statement changes as many as fit into a command: with a statement
    for each, the embedded database makes a transaction with an fsync of each.
    """
    done, some, room = True, list[Change](), STATEMENT_BYTES
    for each in changes:
        if some and each.bytes > room:
            done &= await _change(dialogs, some)
            some, room = [], STATEMENT_BYTES
        some.append(each)
        room -= each.bytes
    return await _change(dialogs, some) and done


async def _change(dialogs: Collection, changes: Sequence[Change]) -> bool:
    """Change dialogs by one statement, which compares the revision of each."""
    ids = [each.head["_id"] for each in changes]
    told = [
        {
            "revision": each.head["revision"],
            "says": each.says | {"revision": each.head["revision"] + 1},
            "adds": list(each.adds),
        }
        for each in changes
    ]
    place = {"$indexOfArray": [{"$literal": ids}, "$_id"]}
    before = {"$ifNull": ["$$change.says.messages", "$messages"]}
    messages = {"$concatArrays": [before, "$$change.adds"]}
    said = {"$mergeObjects": ["$$change.says", {"messages": messages, "changed": "$$NOW"}]}
    if_as_read = {"$cond": [{"$eq": ["$revision", "$$change.revision"]}, said, {}]}
    new = {
        "$let": {
            "vars": {"change": {"$arrayElemAt": [{"$literal": told}, place]}},
            "in": {"$mergeObjects": ["$$ROOT", if_as_read]},
        }
    }
    # Only one of one document is sent again by the driver if the primary is lost.
    write = dialogs.update_one if len(changes) == 1 else dialogs.update_many
    with store_errors():
        done = await write({"_id": {"$in": ids}}, [{"$replaceWith": new}])
    return done.modified_count == len(changes)


def as_read(head: Document) -> Document:
    """Return the filter that finds a dialog only if it is unchanged since it was read.

    ``$all`` with one value means the same as the value. But with it the embedded database uses
    ``_id`` at once; otherwise it weighs each index every time, a quarter of a write's cost.
    """
    return {"_id": head["_id"], "revision": {"$all": [head["revision"]]}}


def kept_as(person: str) -> str | Document:
    """Return a filter for a canonical address, also in its former form.

    Dialogs have the present form once they are shown anew, or after ``project``.
    """
    names = forms(person)
    return person if len(names) == 1 else {"$in": sorted(names)}
