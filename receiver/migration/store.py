"""The collections of a migration: the earlier dialogs, and what is written beside them.

``dialogs`` stays unchanged until all is written. Then it becomes ``dialogs_before``, and
``dialogs_next`` takes its place: two renames, and a crash may come between them.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne, UpdateOne

from receiver.letters.letter import Document, Guess
from receiver.migration.earlier import content_of, copy_of, message_of, messages_in
from receiver.store.leaving import BEFORE
from receiver.store.letters import Kept
from receiver.store.mongo import Database, all_of, at_length, each_of, store_errors

NEXT = "dialogs_next"
OURS: Document = {"thread_ids": {"$exists": True}}
AT_ONCE = 200


class MigrationStore:
    """Reads earlier documents and writes new ones beside them; methods raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialogs = database["dialogs"]

    async def mailboxes(self) -> list[str]:
        """Return the mailboxes that have earlier dialogs."""
        with store_errors(), at_length():
            return sorted(await self._dialogs.distinct("mailbox", OURS))

    async def documents(self, mailbox: str) -> AsyncIterator[Document]:
        """Yield the documents of a mailbox."""
        with store_errors():
            async for document in each_of(self._dialogs.find(OURS | {"mailbox": mailbox})):
                yield document

    async def revisions(self) -> dict[Any, int]:
        """Return the revision of every earlier document."""
        with store_errors():
            found = await all_of(self._dialogs.find(OURS, {"revision": 1}))
        return {each["_id"]: each.get("revision", 0) for each in found}

    async def state(self) -> Document:
        """Return the state of a migration; nothing if none has begun."""
        with store_errors():
            return await self._database["meta"].find_one({"_id": "migration"}) or {}

    async def set_state(self, state: str) -> None:
        """Store the state of the migration."""
        with store_errors():
            await self._database["meta"].update_one(
                {"_id": "migration"}, {"$set": {"state": state}}, upsert=True
            )

    async def begin(self) -> None:
        """Drop what a migration that was cut short decided; its letters may stay."""
        with store_errors(), at_length():
            await self._database[NEXT].drop()
            await self._database["facts"].delete_many({"migrated": True})

    async def keep_letters(
        self, mailbox: str, kept: Mapping[str, Kept], guesses: Mapping[str, Guess]
    ) -> None:
        """Store every letter of a mailbox once, with the dialog, names and guess that it has."""
        some: dict[str, UpdateOne] = {}
        async for document in self.documents(mailbox):
            for message in messages_in(document):
                key = message["key"]
                some[key] = _letter(message, kept[key], guesses.get(key))
            if len(some) >= AT_ONCE:
                await self._write(some)
                some = {}
        await self._write(some)

    async def _write(self, some: Mapping[str, UpdateOne]) -> None:
        if some:
            with store_errors():
                await self._database["letters"].bulk_write(list(some.values()), ordered=False)

    async def keep_facts(self, facts: Iterable[Document]) -> None:
        """Store facts, each once."""
        writes = [ReplaceOne({"_id": fact["_id"]}, fact, upsert=True) for fact in facts]
        await self._write_in_steps("facts", writes)

    async def lead(
        self, mailbox: str, leads: Mapping[Any, Any], revisions: Mapping[Any, int]
    ) -> None:
        """Let ids without a dialog lead to the dialog that has their letters."""
        writes = [
            UpdateOne(
                {"_id": one},
                {"$set": {"into": into, "mailbox": mailbox, "revision": revisions.get(one, 0)}},
                upsert=True,
            )
            for one, into in leads.items()
        ]
        await self._write_in_steps("redirects", writes)

    async def _write_in_steps(self, collection: str, writes: Sequence[Any]) -> None:
        for start in range(0, len(writes), AT_ONCE):
            with store_errors():
                await self._database[collection].bulk_write(writes[start : start + AT_ONCE])

    async def copy_the_others(self) -> None:
        """Copy documents that are not of an earlier version, byte for byte."""
        some: list[Document] = []
        with store_errors():
            async for document in each_of(self._dialogs.find({"thread_ids": {"$exists": False}})):
                some.append(document)
                if len(some) >= AT_ONCE:
                    await self._database[NEXT].insert_many(some)
                    some = []
            if some:
                await self._database[NEXT].insert_many(some)

    async def change_places(self) -> None:
        """Replace the old collections by the new ones; may be repeated."""
        with store_errors():
            names = await self._database.list_collection_names()
            if NEXT not in names:
                return
            if "dialogs" in names:
                if BEFORE in names:
                    await self._database[BEFORE].drop()
                await self._dialogs.rename(BEFORE)
            await self._database[NEXT].rename("dialogs")


def _letter(earlier: Document, kept: Kept, guess: Guess | None) -> UpdateOne:
    message = message_of(earlier)
    if guess:
        message["guess"] = vars(guess)
    content = content_of(earlier)
    raw = content["raw"]
    digests = {each["sha256"] for each in message["attachments"]} | (
        {raw["sha256"]} if raw else set()
    )
    received: datetime = content["received"]
    document = {
        "kept": received,
        "content": content,
        "copies": [copy_of(earlier)],
        "earlier": raw["sha256"] if raw else "",
        **({"digests": sorted(digests)} if digests else {}),
    }
    return UpdateOne(
        {"mailbox": kept.letter.mailbox, "key": kept.letter.key},
        {
            "$setOnInsert": {"_id": kept.id, **document},
            "$set": {"dialog": kept.dialog, "known": sorted(kept.known), "message": message},
        },
        upsert=True,
    )
