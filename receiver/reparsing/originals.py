"""The originals of stored letters, and the writing of letters read again."""

from collections.abc import AsyncIterator, Iterable, Set
from datetime import datetime
from hashlib import sha256

from receiver.reparsing.anew import Rewritten
from receiver.store.blobs import Blobs
from receiver.store.mongo import Database, Document, store_errors
from receiver.store.packed import unpacked

AT_ONCE = 32
UNDER_WAY = "reparse"


class Originals:
    """Reads letters with their originals; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._letters = database["letters"]
        self._meta = database["meta"]
        self._blobs = Blobs(database)

    async def batches(self, mailbox: str) -> AsyncIterator[list[Document]]:
        """Yield whole documents of letters in the order of their keys, a few at a time."""
        after = ""
        while True:
            query = {"mailbox": mailbox, "key": {"$gt": after}}
            with store_errors():
                cursor = self._letters.find(query).sort("key", 1).limit(AT_ONCE)
                found = await cursor.to_list(AT_ONCE)
            if not found:
                return
            yield found
            after = found[-1]["key"]

    async def of_keys(self, mailbox: str, keys: Iterable[str]) -> list[Document]:
        """Return the whole documents of these letters."""
        query = {"mailbox": mailbox, "key": {"$in": sorted(keys)}}
        with store_errors():
            return await self._letters.find(query).to_list(None)

    async def original(self, document: Document) -> bytes | None:
        """Return a letter as received; None if that is not stored, or not whole."""
        content = document["content"]
        raw = content.get("raw")
        if not raw:
            return None
        if "original" in content:
            found = unpacked(content["original"])
        else:
            found = b"".join([piece async for piece in self._blobs.pieces(raw["sha256"])])
        return found if sha256(found).hexdigest() == raw["sha256"] else None

    async def write(self, document: Document, changes: Rewritten) -> bool:
        """Write a letter's changes; return False if anybody has changed it since it was read."""
        guard = {"_id": document["_id"], "copies": document["copies"]}
        guard |= {name: document.get(name) for name in ("redacted", "trimmed")}
        update: Document = {"$set": changes.fields} if changes.fields else {}
        if changes.left_out:
            update["$unset"] = dict.fromkeys(sorted(changes.left_out), "")
        with store_errors():
            return bool((await self._letters.update_one(guard, update)).matched_count)

    async def condemn(self, digests: Set[str], when: datetime) -> None:
        """Mark files that a letter no longer names."""
        if digests:
            await self._blobs.condemn(digests, when)

    async def begun(self) -> list[str]:
        """Return the mailboxes whose letters were written anew, but perhaps not their dialogs."""
        with store_errors():
            found = await self._meta.find_one({"_id": UNDER_WAY})
        return list(found["mailboxes"]) if found else []

    async def begin(self, mailbox: str) -> None:
        """Record that a mailbox's dialogs must be made anew."""
        with store_errors():
            await self._meta.update_one(
                {"_id": UNDER_WAY}, {"$addToSet": {"mailboxes": mailbox}}, upsert=True
            )

    async def end(self, mailbox: str) -> None:
        """Record that they have been."""
        with store_errors():
            await self._meta.update_one({"_id": UNDER_WAY}, {"$pull": {"mailboxes": mailbox}})
