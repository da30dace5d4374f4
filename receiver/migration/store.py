"""The collections of a migration: the earlier dialogs, and what is written beside them.

``dialogs`` stays unchanged until all is written (``dialogs_next``) and copied (``dialogs_before``);
then ``receiver.migration.switch`` changes it. The note in ``meta`` says what is being done, and is
written before that is begun.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from contract.process import CannotStart
from receiver.letters.letter import Document, Guess
from receiver.migration.earlier import (
    content_of,
    copy_of,
    damage_before,
    message_of,
    messages_in,
)
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
            found = await self._dialogs.distinct("mailbox", OURS)
        return sorted(each for each in found if isinstance(each, str))

    async def documents(self, mailbox: str) -> AsyncIterator[Document]:
        """Yield the documents of a mailbox that can be read."""
        with store_errors():
            async for document in each_of(self._dialogs.find(OURS | {"mailbox": mailbox})):
                if not damage_before(document):
                    yield document

    async def damaged(self) -> AsyncIterator[tuple[Any, Any, str]]:
        """Yield id and mailbox of each earlier document that cannot be read, and why."""
        with store_errors():
            async for document in each_of(self._dialogs.find(OURS)):
                if why := damage_before(document):
                    yield document["_id"], document.get("mailbox"), why

    async def revisions(self) -> dict[Any, int]:
        """Return the revision of every earlier document."""
        with store_errors():
            found = await all_of(self._dialogs.find(OURS, {"revision": 1}))
        return {each["_id"]: each.get("revision", 0) for each in found}

    async def note(self) -> Document:
        """Return what is noted of a migration; nothing if none has begun."""
        with store_errors():
            return await self._database["meta"].find_one({"_id": "migration"}) or {}

    async def say(self, **fields: Any) -> None:
        """Note what is done next."""
        with store_errors():
            await self._database["meta"].update_one(
                {"_id": "migration"}, {"$set": fields}, upsert=True
            )

    async def begin(self) -> int:
        """Begin to write, and return which time that is; raises CannotStart.

        What a migration that was cut short has decided this time is dropped; its letters may stay.
        """
        note = await self.note()
        writing = note.get("state") == "writing"
        if not writing:
            with store_errors():
                if await self._database[NEXT].find_one({}, {"_id": 1}) is not None:
                    raise CannotStart(f"{NEXT} holds documents that no migration wrote: rename it")
        number: int = note.get("round", 1) + (1 if note and not writing else 0)
        await self.say(state="writing", round=number)
        own = {"$in": [1, None]} if number == 1 else number
        with store_errors(), at_length():
            await self._database[NEXT].drop()
            await self._database["facts"].delete_many({"migrated": True, "round": own})
        return number

    async def keep_letters(
        self, mailbox: str, kept: Mapping[str, Kept], guesses: Mapping[str, Guess], *, first: bool
    ) -> None:
        """Store every letter of a mailbox once, with the dialog, names and guess that it has.

        Unless it is the ``first`` time, those that are there stay as they are.
        """
        some: dict[str, UpdateOne] = {}
        async for document in self.documents(mailbox):
            for message in messages_in(document):
                key = message["key"]
                some[key] = _letter(message, kept[key], guesses.get(key), first=first)
            if len(some) >= AT_ONCE:
                await self._write(some)
                some = {}
        await self._write(some)

    async def _write(self, some: Mapping[str, UpdateOne]) -> None:
        if some:
            with store_errors():
                await self._database["letters"].bulk_write(list(some.values()), ordered=False)

    async def keep_facts(self, facts: Iterable[Document]) -> None:
        """Store facts, each once; what an earlier round knew of all letters stays."""
        writes = [
            UpdateOne({"_id": fact["_id"]}, {"$setOnInsert": fact}, upsert=True) for fact in facts
        ]
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


def _letter(earlier: Document, kept: Kept, guess: Guess | None, *, first: bool) -> UpdateOne:
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
    shown = {"dialog": kept.dialog, "known": sorted(kept.known), "message": message}
    update: Document = {"$setOnInsert": {"_id": kept.id, **document} | ({} if first else shown)}
    if first:  # what was decided may differ from what a migration that was cut short decided
        update["$set"] = shown
    query = {"mailbox": kept.letter.mailbox, "key": kept.letter.key}
    return UpdateOne(query, update, upsert=True)
