"""Letters that go, whole or in part: what erasing and retention read of them, and delete."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence, Set
from datetime import UTC, datetime

from receiver.store.mongo import Database, Document, at_length, each_of, store_errors

BEFORE = "dialogs_before"  # left by a migration, until somebody drops it
FEW = 50  # looking into each takes a while: others get their turn in between


class Leaving:
    """Reads and deletes letters; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._letters = database["letters"]
        self._dialogs = database["dialogs"]
        self._before = database[BEFORE]

    async def whole(self, mailbox: str) -> AsyncIterator[Document]:
        """Yield every letter's whole document."""
        with store_errors():
            async for document in each_of(self._letters.find({"mailbox": mailbox}).batch_size(FEW)):
                yield document

    async def forget_before(self, mailbox: str, tells: Callable[[Document], bool]) -> None:
        """Delete what a migration left of a mailbox if it tells something; the letters stay."""
        with store_errors():
            async for document in each_of(self._before.find({"mailbox": mailbox}).batch_size(FEW)):
                if tells(document):
                    await self._before.delete_one({"_id": document["_id"]})

    async def mailboxes_before(self) -> list[str]:
        """Return the mailboxes of which a migration left something."""
        with store_errors(), at_length():
            return sorted(await self._before.distinct("mailbox"))

    async def forget_what_went(self, mailbox: str, going: Set[str], *, dry: bool) -> int:
        """Delete what a migration left if a letter in it has gone, in part or whole; count it.

        What has not gone yet is in the letters. ``going`` are keys of letters that would go. For
        documents of others, without keys, nothing tells that it went.
        """
        count = 0
        with store_errors():
            fields = {"messages.key": 1}
            found = self._before.find({"mailbox": mailbox}, fields).batch_size(FEW)
            async for document in each_of(found):
                keys = {each["key"] for each in document.get("messages", ()) if "key" in each}
                query = {"mailbox": mailbox, "key": {"$in": sorted(keys)}}
                query["trimmed"] = {"$exists": False}
                whole = await self._letters.distinct("key", query)
                if keys <= set(whole) - going:
                    continue
                count += 1
                if not dry:
                    await self._before.delete_one({"_id": document["_id"]})
        return count

    async def rewrite(self, document: Document, fields: Document, left_out: Set[str]) -> bool:
        """Set some fields of a letter and remove others; return False if it has changed meanwhile.

        Others change a letter to remove something from it, or to read it anew.
        """
        fixed = ("_id", "copies", "redacted", "trimmed", "digests")
        guard = {name: document.get(name) for name in fixed}
        update: Document = {"$set": fields}
        if left_out:
            update["$unset"] = dict.fromkeys(sorted(left_out), "")
        with store_errors():
            return bool((await self._letters.update_one(guard, update)).matched_count)

    async def newest(self, mailbox: str, keys: Sequence[str]) -> datetime:
        """Return when the last of these letters came in; an import counts by its date.

        Letters that no longer exist make nothing newer: a retention that was cut short left them in
        their dialog.
        """
        query = {"mailbox": mailbox, "key": {"$in": sorted(keys)}}
        fields = {"kept": 1, "message.created": 1, "copies.source.via": 1}
        with store_errors():
            found = await self._letters.find(query, fields).to_list(None)
        return max(
            (
                each["message"]["created"]
                if all(one["source"].get("via") == "import" for one in each["copies"])
                else each["kept"]
                for each in found
            ),
            default=datetime.min.replace(tzinfo=UTC),
        )

    async def untrimmed(
        self, mailbox: str, keys: Sequence[str], kinds: Sequence[str]
    ) -> list[Document]:
        """Return the whole documents of those letters that still have some of these kinds."""
        query = {
            "mailbox": mailbox,
            "key": {"$in": sorted(keys)},
            "$or": [{"trimmed": {"$ne": kind}} for kind in kinds],
        }
        with store_errors():
            return await self._letters.find(query).to_list(None)

    async def remove(self, mailbox: str, keys: Iterable[str]) -> set[str]:
        """Delete letters for good; no letter remains guessed to answer one of them.

        Return the letters that were: they may stand in other dialogs.
        """
        gone = {"$in": sorted(set(keys))}
        guessed: Document = {"mailbox": mailbox, "message.guess.to": gone}
        with store_errors(), at_length():  # no index has guesses
            await self._letters.delete_many({"mailbox": mailbox, "key": gone})
            found = await self._letters.find(guessed, {"key": 1}).to_list(None)
            await self._letters.update_many(guessed, {"$unset": {"message.guess": ""}})
        return {each["key"] for each in found}

    async def digests(self, mailbox: str, keys: Iterable[str]) -> set[str]:
        """Return the blobs that letters name."""
        query = {"mailbox": mailbox, "key": {"$in": sorted(set(keys))}}
        with store_errors():
            found = await self._letters.find(query, {"digests": 1}).to_list(None)
        return {digest for each in found for digest in each.get("digests", ())}

    async def named_blobs(self, digests: Iterable[str]) -> set[str]:
        """Return which of these blobs letters name."""
        named = set()
        for digest in digests:
            with store_errors():
                found = await self._letters.find_one({"digests": digest}, {"_id": 1})
            named |= {digest} if found else set()
        return named

    async def note_trimmed(self, head: Document, kinds: Sequence[str]) -> None:
        """Note what the letters of an unchanged dialog have lost by age; its revision stays."""
        guard = {"_id": head["_id"], "revision": head["revision"]}
        noted = {"revision": head["revision"], "kinds": list(kinds)}
        with store_errors():
            await self._dialogs.update_one(guard, {"$set": {"trimmed": noted}})
