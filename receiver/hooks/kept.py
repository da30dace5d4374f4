"""The collection ``hooks``: one document a hook, with its secret, its cursor and what waits.

One receiver at a time sends for a hook, the holder of its lease. A lease has no time in it, for
clocks differ: its holder counts ``beat`` up, and who has seen it stand still for long enough, by
his own clock's running, takes it. All that a holder notes is noted only while he holds it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.changes.telling import State
from receiver.hooks.hook import MAX_DELIVERIES, HookState, as_of, state_document
from receiver.hooks.rules import LateEvent
from receiver.store.mongo import Database, Document, store_errors

MAX_HOOKS = 200
MAX_OF_THE_SAME = 50  # mailboxes
MAX_FORMERS = 3  # secrets of before
MAX_OF_ONE = 50  # token of some mailboxes, so that it takes no others their hooks


class LeaseLost(Exception):
    """Another receiver sends for the hook now, or nobody shall."""


class Hooks:
    """Keeps hooks; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._hooks = database["hooks"]

    async def add(self, document: Document) -> bool:
        """Keep a hook; False if there are too many.

        Raises DuplicateKey if just these mailboxes have one of this name.
        """
        with store_errors():
            if await self._hooks.count_documents({}, limit=MAX_HOOKS) >= MAX_HOOKS:
                return False
            same = {"owner": document["owner"]}
            if await self._hooks.count_documents(same) >= MAX_OF_THE_SAME:
                return False
            await self._hooks.insert_one(document)
        return True

    async def every(self) -> list[Document]:
        """Return every hook, the oldest first."""
        with store_errors():
            return await self._hooks.find().sort("_id", 1).to_list(None)

    async def find(self, hook: ObjectId) -> Document | None:
        """Return a hook."""
        with store_errors():
            return await self._hooks.find_one({"_id": hook})

    async def called(self, word: str) -> list[Document]:
        """Return the hook of an id, or those of a name, which each set of mailboxes may have."""
        wanted: list[Document] = [{"name": word}]
        if ObjectId.is_valid(word):
            wanted.append({"_id": ObjectId(word)})
        with store_errors():
            return await self._hooks.find({"$or": wanted}).sort("_id", 1).to_list(None)

    async def remove(self, hook: ObjectId) -> bool:
        """Forget a hook."""
        with store_errors():
            return bool((await self._hooks.delete_one({"_id": hook})).deleted_count)

    async def switch(self, hook: ObjectId, state: HookState) -> None:
        """Have a hook be on or off."""
        fields: Document = {"state": state, "why": "", "lease.holder": None}
        with store_errors():
            await self._hooks.update_one({"_id": hook}, {"$set": fields})

    async def go_on(self, seen: Document, late: Sequence[LateEvent]) -> bool:
        """Have a hook be on, with what waits from now on; False if it has changed since ``seen``.

        Its holder may have noted meanwhile that another event waits, behind which its cursor is.
        """
        fields: Document = {"state": "on", "why": "", "lease.holder": None}
        fields["late"] = [each.document() for each in late]
        query = {"_id": seen["_id"], "lease.beat": seen["lease"]["beat"]}
        with store_errors():
            done = await self._hooks.update_one(query, {"$set": fields, "$inc": {"lease.beat": 1}})
        return bool(done.matched_count)

    async def set_back(self, now: datetime, place: datetime) -> None:
        """Have every hook look again from a place on: the clock was set back to ``now``.

        Its holder, who knows it as it was, loses its lease and so notes nothing of that any more.
        """
        for hook in await self.every():
            found: Document | None = hook
            while found is not None and not await self._set_back(found, now, place):
                found = await self.find(hook["_id"])

    async def _set_back(self, seen: Document, now: datetime, place: datetime) -> bool:
        fields = as_of(seen, now, place)
        if all(seen[name] == each for name, each in fields.items()):
            return True
        query = {"_id": seen["_id"], "lease.beat": seen["lease"]["beat"]}
        update = {"$set": fields | {"lease.holder": None}, "$inc": {"lease.beat": 1}}
        with store_errors():
            return bool((await self._hooks.update_one(query, update)).matched_count)

    async def rotate(self, seen: Document, secret: str, until: datetime) -> bool:
        """Give a hook a new secret; False if that which was seen is not its secret any more.

        Those of before sign as long as they were to: its target may know any of them.
        """
        formers = [{"secret": seen["secret"], "until": until}, *seen.get("formers", ())][
            :MAX_FORMERS
        ]
        query = {"_id": seen["_id"], "secret": seen["secret"]}
        with store_errors():
            done = await self._hooks.update_one(
                query, {"$set": {"secret": secret, "formers": formers}}
            )
        return bool(done.matched_count)

    async def are_off(self, why: str) -> int:
        """Return how many hooks are off for a reason."""
        with store_errors():
            return await self._hooks.count_documents({"state": "off", "why": why})

    async def note(
        self,
        hook: ObjectId,
        holder: str,
        states: Mapping[str, State],
        late: Sequence[LateEvent],
        deliveries: Sequence[Document],
        ended: str = "",
    ) -> None:
        """Note how far a hook is, by the holder of its lease; raises LeaseLost.

        ``ended`` is why it is disabled now.
        """
        fields: Document = {f"states.{name}": state_document(each) for name, each in states.items()}
        fields["late"] = [each.document() for each in late]
        if ended:
            fields |= {"state": "failed", "why": ended, "lease.holder": None}
        update: Document = {"$set": fields, "$inc": {"lease.beat": 1}}
        if deliveries:
            update["$push"] = _pushed(deliveries)
        query = {"_id": hook, "lease.holder": holder, "state": "on"}
        with store_errors():
            done = await self._hooks.update_one(query, update)
        if not done.matched_count:
            raise LeaseLost

    async def note_delivery(self, hook: ObjectId, delivery: Document) -> None:
        """Note an attempt that has nothing to do with the cursor."""
        with store_errors():
            await self._hooks.update_one({"_id": hook}, {"$push": _pushed([delivery])})

    async def leases(self) -> list[Document]:
        """Return of every hook its name, state and lease, and since when events wait."""
        fields = dict.fromkeys(("name", "mailboxes", "state", "why", "lease", "late.since"), 1)
        with store_errors():
            return await self._hooks.find({}, fields).to_list(None)

    async def take(self, hook: ObjectId, seen: Mapping[str, Any], holder: str) -> bool:
        """Take a lease that has not changed since it was seen; False if it has."""
        query = {
            "_id": hook,
            "state": "on",
            "lease.holder": seen["holder"],
            "lease.beat": seen["beat"],
        }
        update = {"$set": {"lease.holder": holder}, "$inc": {"lease.beat": 1}}
        with store_errors():
            return bool((await self._hooks.update_one(query, update)).matched_count)

    async def beat(self, holder: str) -> None:
        """Show that the holder of leases lives."""
        with store_errors():
            await self._hooks.update_many({"lease.holder": holder}, {"$inc": {"lease.beat": 1}})

    async def let_go(self, holder: str) -> None:
        """Give all leases back: the holder stops."""
        with store_errors():
            await self._hooks.update_many(
                {"lease.holder": holder}, {"$set": {"lease.holder": None}}
            )


def delivery_of(
    event_id: str, kind: str, when: datetime, status: int, reason: str, seconds: float
) -> Document:
    """Return how an attempt is noted."""
    said = {"id": event_id, "event": kind, "when": when, "status": status}
    return said | {"reason": reason[:300], "seconds": round(seconds, 3)}


def _pushed(deliveries: Sequence[Document]) -> Document:
    return {"deliveries": {"$each": list(deliveries), "$slice": -MAX_DELIVERIES}}
