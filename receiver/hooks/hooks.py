"""The collection ``hooks``: one document a hook, with its secret, its cursor and what waits.

One receiver at a time sends for a hook, the holder of its lease. A lease has no time in it, as
clocks differ: its holder counts ``beat`` up, and a receiver that sees it stand still for long
enough, by its own clock, takes the lease. The holder's notes are only written while it holds the
lease.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.changes.state import State
from receiver.hooks.hook import MAX_DELIVERIES, HookState, as_of, state_document
from receiver.hooks.rules import LateEvent
from receiver.store.mongo import Database, Document, store_errors

MAX_HOOKS = 200
MAX_OF_THE_SAME = 50  # mailboxes
MAX_FORMERS = 3  # secrets of before
MAX_OF_ONE = 50  # token of some mailboxes, so that it cannot use up all hooks


class LeaseLost(Exception):
    """Another receiver sends for the hook now, or nobody may."""


class Hooks:
    """Keeps hooks; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._hooks = database["hooks"]

    async def add(self, document: Document) -> bool:
        """Store a hook; return False if there are too many.

        Raises DuplicateKey if exactly these mailboxes have one of this name.
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
        """Return the hook with this id, or those with this name: one for each set of mailboxes."""
        wanted: list[Document] = [{"name": word}]
        if ObjectId.is_valid(word):
            wanted.append({"_id": ObjectId(word)})
        with store_errors():
            return await self._hooks.find({"$or": wanted}).sort("_id", 1).to_list(None)

    async def remove(self, hook: ObjectId) -> bool:
        """Delete a hook."""
        with store_errors():
            return bool((await self._hooks.delete_one({"_id": hook})).deleted_count)

    async def switch(self, hook: ObjectId, state: HookState) -> None:
        """Switch a hook on or off."""
        fields: Document = {"state": state, "why": "", "lease.holder": None}
        with store_errors():
            await self._hooks.update_one({"_id": hook}, {"$set": fields})

    async def go_on(self, seen: Document, late: Sequence[LateEvent]) -> bool:
        """Switch a hook on, with new waiting events; return False if it changed since ``seen``.

        Its holder may have stored another waiting event meanwhile, which the cursor has passed.
        """
        fields: Document = {"state": "on", "why": "", "lease.holder": None}
        fields["late"] = [each.document() for each in late]
        query = {"_id": seen["_id"], "lease.beat": seen["lease"]["beat"]}
        with store_errors():
            done = await self._hooks.update_one(query, {"$set": fields, "$inc": {"lease.beat": 1}})
        return bool(done.matched_count)

    async def set_back(self, now: datetime, place: datetime) -> None:
        """Let every hook read again from a place on: the clock was set back to ``now``.

        Holders lose their leases, so that they store nothing that they knew before.
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
        """Give a hook a new secret; return False if ``seen`` no longer has its secret.

        Former secrets sign as long as planned: the target may know any of them.
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
        """Return how many hooks are off for this reason."""
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
        """Store how far a hook is, for the holder of its lease; raises LeaseLost.

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
        """Record an attempt that does not concern the cursor."""
        with store_errors():
            await self._hooks.update_one({"_id": hook}, {"$push": _pushed([delivery])})

    async def leases(self) -> list[Document]:
        """Return for every hook its name, state and lease, and since when events wait."""
        fields = dict.fromkeys(("name", "mailboxes", "state", "why", "lease", "late.since"), 1)
        with store_errors():
            return await self._hooks.find({}, fields).to_list(None)

    async def take(self, hook: ObjectId, seen: Mapping[str, Any], holder: str) -> bool:
        """Take a lease that has not changed since it was seen; return False if it has."""
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
        """Show that the holder of leases is alive."""
        with store_errors():
            await self._hooks.update_many({"lease.holder": holder}, {"$inc": {"lease.beat": 1}})

    async def let_go(self, holder: str) -> None:
        """Give all leases back, as the holder stops."""
        with store_errors():
            await self._hooks.update_many(
                {"lease.holder": holder}, {"$set": {"lease.holder": None}}
            )


def delivery_of(
    event_id: str, kind: str, when: datetime, status: int, reason: str, seconds: float
) -> Document:
    """Return the stored form of an attempt."""
    said = {"id": event_id, "event": kind, "when": when, "status": status}
    return said | {"reason": reason[:300], "seconds": round(seconds, 3)}


def _pushed(deliveries: Sequence[Document]) -> Document:
    return {"deliveries": {"$each": list(deliveries), "$slice": -MAX_DELIVERIES}}
