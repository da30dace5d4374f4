"""The new dialogs take the place of those of before, which stay in ``dialogs_before``.

No collection is renamed or dropped for that: a rename is not done at once everywhere, and names do
not tell what a collection holds. The steps, each of which may be cut short and repeated:

1. every earlier document is copied to ``dialogs_before``; nothing there is ever replaced;
2. ``changing places`` is noted;
3. earlier documents of which there is a copy, byte for byte, leave ``dialogs``;
4. those of ``dialogs_next`` are inserted; then it is dropped.

What a receiver of before has written meanwhile has no copy, and so it stays in ``dialogs``: it is
migrated like the others, by another round.
"""

from collections.abc import AsyncIterator, Sequence, Set
from hashlib import sha256
from typing import Any

from bson import ObjectId, encode
from pymongo import DeleteOne

from receiver.letters.letter import Document
from receiver.migration.store import NEXT, OURS
from receiver.store import schema
from receiver.store.leaving import BEFORE
from receiver.store.mongo import Collection, Database, all_of, insert_new, store_errors

AT_ONCE = 100


class Switch:
    """Changes the places of the collections; methods raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialogs = database["dialogs"]
        self._before = database[BEFORE]
        self._next = database[NEXT]

    async def keep_before(self) -> None:
        """Copy the earlier documents, beside what may be there already."""
        async for some in _batches(self._dialogs, OURS):
            there = await self._copies(some)
            missing = [each for each in some if not _has_copy(each, there)]
            if missing:
                copies = [_aside(each) if each["_id"] in there else each for each in missing]
                await insert_new(self._before, copies)

    async def change_places(self) -> None:
        """Let the new dialogs take the place of all earlier documents of which there is a copy."""
        await schema.ensure(self._database, ("dialogs",))  # earlier indexes would be in the way
        left = set()
        async for some in _batches(self._dialogs, OURS):
            there = await self._copies(some)
            proven = [each for each in some if _has_copy(each, there)]
            left |= {each["_id"] for each in some if not _has_copy(each, there)}
            with store_errors():
                gone = [{name: each.get(name) for name in ("_id", "revision")} for each in proven]
                if gone:
                    await self._dialogs.bulk_write([DeleteOne(each) for each in gone])
        await self._insert_next(left)
        with store_errors():
            await self._next.drop()

    async def _insert_next(self, but: Set[Any]) -> None:
        async for some in _batches(self._next, {}):
            new = [each for each in some if not {each["_id"], each.get("part_of")} & but]
            if new:
                await insert_new(self._dialogs, new)

    async def _copies(self, some: Sequence[Document]) -> dict[Any, Document]:
        ids = [one for each in some for one in (each["_id"], _aside(each)["_id"])]
        with store_errors():
            found = await self._before.find({"_id": {"$in": ids}}).to_list(None)
        return {each["_id"]: each for each in found}


def _has_copy(document: Document, there: dict[Any, Document]) -> bool:
    copies = (document, _aside(document))
    return any(encode(each) == encode(there.get(each["_id"], {})) for each in copies)


def _aside(document: Document) -> Document:
    """Return the copy of a document under another id, where its own has an earlier state of it."""
    one = ObjectId(sha256(encode(document)).digest()[:12])
    return document | {"_id": one, "copy_of": document["_id"]}


async def _batches(collection: Collection, query: Document) -> AsyncIterator[list[Document]]:
    """Yield what is found, some at a time; they may be deleted meanwhile."""
    with store_errors():
        ids = [each["_id"] for each in await all_of(collection.find(query, {"_id": 1}))]
    for start in range(0, len(ids), AT_ONCE):
        some = {"_id": {"$in": ids[start : start + AT_ONCE]}}
        with store_errors():
            yield await collection.find(query | some).to_list(None)
