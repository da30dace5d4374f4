"""Moving letters between dialogs: each step of ``receiver.store.transfer`` as one write.

Dialogs merge into the one with the smaller ``_id``, which was opened first. That order never
changes, so that two workers cannot merge two dialogs into each other.
"""

import logging
from collections.abc import Iterable, Set
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from contract.faults import reach
from receiver.errors import DuplicateKey, KeepsChanging, StoreUnavailable
from receiver.store.dialogs import Dialogs
from receiver.store.documents import now_in_milliseconds
from receiver.store.mongo import Document, store_errors
from receiver.store.store import goes
from receiver.store.summary import summary
from receiver.store.transfer import (
    as_new,
    as_part,
    begun_part,
    begun_whole,
    has_taken,
    ids_of,
    released,
    taken,
    taken_beside,
    without_ids,
)
from receiver.threads.join_policy import Policy
from receiver.threads.meeting import are_one, linked_well

log = logging.getLogger(__name__)

ATTEMPTS = 100
MAX_RELATED = 100
FIRST_ID = ObjectId(bytes(12))


class Moving:
    """Merges, splits and moves; each may be cut short anywhere and is finished by the next."""

    def __init__(self, dialogs: Dialogs, policy: Policy) -> None:
        self._dialogs = dialogs
        self._policy = policy

    async def merge(self, one_id: Any, other_id: Any, record: Document) -> Any:
        """Make two dialogs one, unless they are, and return its id; raises StoreUnavailable."""
        for _ in range(ATTEMPTS):
            one, other = await self.settled(one_id), await self.settled(other_id)
            if one is None or other is None:
                raise StoreUnavailable("a dialog went away while it was merged")
            if one["_id"] == other["_id"]:
                return one["_id"]
            target, source = sorted((one, other), key=lambda document: document["_id"])
            full = record | {"from": source["_id"], "to": target["_id"]}
            begun = begun_whole(source, target["_id"], full, source["thread_ids"])
            if await self._dialogs.replace(source, begun):
                reach("moving.begun")
                log.info("dialog %s goes into %s", source["_id"], target["_id"])
                await self.finish(source["_id"])
        raise KeepsChanging("the dialogs kept changing")

    async def move(self, keys: Set[str], source_id: Any, to: Any, record: Document) -> bool:
        """Move letters out of one document, which keeps some; False to look again.

        ``to`` is a dialog, or the id of one that is not there yet.
        """
        source = await self._dialogs.read(source_id)
        if source is None:
            return False
        if "transfer" in source:
            await self.finish(source_id)
            return False
        held = {message["key"] for message in source["messages"]}
        if not keys <= held:
            return False
        ids = ids_of(await self._dialogs.documents_of(source), keys)
        if keys == held:
            begun = begun_whole(source, to, record, ids)
        else:
            begun = begun_part(source, to, record, ids, keys)
        if not await self._dialogs.replace(source, begun):
            return False
        reach("moving.begun")
        await self.finish(source_id)
        return True

    async def finish(self, source_id: Any) -> None:
        """Finish what is under way in a document; several may do so at once."""
        for _ in range(ATTEMPTS):
            source = await self._dialogs.read(source_id)
            if source is None or "transfer" not in source:
                return
            await self._step(source, source["transfer"])
        raise KeepsChanging("a dialog kept changing while its letters were moved")

    async def finish_all(self) -> int:
        """Finish everything that is under way anywhere; return how much it was."""
        query: Document = {"transfer.id": {"$gte": FIRST_ID}}
        with store_errors():
            found = await self._dialogs.documents.find(query, {"_id": 1}).to_list(None)
        for document in found:
            try:
                await self.finish(document["_id"])
            except KeepsChanging as error:  # the others need not wait for it
                log.warning("dialog %s: %s", document["_id"], error)
        return len(found)

    async def settled(self, dialog_id: Any) -> Document | None:
        """Return the dialog that an id stands for, with nothing of it under way."""
        for _ in range(ATTEMPTS):
            found = await self._dialogs.resolve(dialog_id)
            if found is None or "transfer" not in found:
                return found
            await self.finish(found["_id"])
        raise KeepsChanging("a dialog kept changing")

    async def link(self, one_id: Any, other_id: Any) -> None:
        """Have two dialogs say of each other that they are related."""
        await self.link_to(one_id, other_id)
        await self.link_to(other_id, one_id)

    async def link_to(self, dialog_id: Any, other_id: Any) -> None:
        """Have the dialog that an id stands for say that another is related, up to a bound."""
        for _ in range(ATTEMPTS):
            found = await self._staying(dialog_id)
            if found is None or other_id in found["related"]:
                return
            if len(found["related"]) >= MAX_RELATED or await self._dialogs.link(found, other_id):
                return
        raise KeepsChanging("a dialog kept changing while it was linked")

    async def linked_well(self, one: Document, other: Document) -> bool:
        """Tell whether nobody is a stranger any more who is why two dialogs are linked."""
        own, others = await self._here(one), await self._here(other)
        return bool(own and others) and linked_well(own, others)

    async def _here(self, dialog: Document) -> list[Document]:
        """Return all documents of a dialog, the head first; none if it is about to go."""
        documents = await self._dialogs.documents_of(dialog)
        return [each for each in documents if not goes(each)] if not goes(documents[0]) else []

    async def _staying(self, dialog_id: Any) -> Document | None:
        """Return the dialog that an id stands for, which is not about to go into another one."""
        for _ in range(ATTEMPTS):
            found = await self._dialogs.resolve(dialog_id)
            if found is None or not found.get("transfer", {}).get("whole"):
                return found
            await self.finish(found["_id"])
        raise KeepsChanging("a dialog kept changing")

    async def _step(self, source: Document, note: Document) -> None:
        target = await self._staying(note["to"])
        if target is None or not has_taken(target, note):
            await self._take(target, source)
            reach("moving.taken")
            return
        if target.get("continued") and not await self._part_is_there(target, source):
            return
        if not note["released"]:
            await self._release(source, note)
            reach("moving.released")
        elif await self._claimed(target, note):
            reach("moving.claimed")
            ends = (source.get("continues", source["_id"]), target["_id"])
            if all([await self._dialogs.grown.restate(one) for one in ends]):
                await self._close(source, note)
            reach("moving.closed")

    async def _take(self, target: Document | None, source: Document) -> None:
        note = source["transfer"]
        try:
            if target is None:
                with store_errors():
                    await self._dialogs.documents.insert_one(as_new(source))
            elif self._has_room(target, note):
                await self._dialogs.replace(target, taken(target, source))
            else:
                await self._dialogs.replace(target, taken_beside(target, source))
        except DuplicateKey:
            return

    def _has_room(self, target: Document, note: Document) -> bool:
        size = summary(target["mailbox"], note["messages"])["size"]
        return bool(target["size"] + size <= self._dialogs.part_bytes)

    async def _part_is_there(self, target: Document, source: Document) -> bool:
        """Make sure that the letters are in the head or in a document of their own."""
        key = source["transfer"]["messages"][0]["key"]
        query: Document = {"mailbox": target["mailbox"], "messages.key": key}
        with store_errors():
            if await self._dialogs.documents.find_one(query, {"_id": 1}) is not None:
                return True
        try:
            with store_errors():
                await self._dialogs.documents.insert_one(as_part(target, source))
        except DuplicateKey:
            return False
        return True

    async def _release(self, source: Document, note: Document) -> None:
        if "continues" in source:
            head = await self._staying(source["continues"])
            if head is not None and not set(note["ids"]).isdisjoint(head["thread_ids"]):
                await self._dialogs.replace(head, without_ids(head, note["ids"]))
                return
        await self._dialogs.replace(source, released(source))

    async def _claimed(self, target: Document, note: Document) -> bool:
        """Have the target claim the ids; what others claimed meanwhile is settled with them."""
        query: Document = {"mailbox": target["mailbox"], "thread_ids": {"$in": note["ids"]}}
        fields: Document = {"thread_ids": 1, "continues": 1}
        with store_errors():
            owners = await self._dialogs.documents.find(query, fields).to_list(None)
        owned: set[str] = set()
        for owner in owners:
            owned |= set(owner["thread_ids"])
            head = await self._dialogs.resolve(owner["_id"], {"_id": 1})
            if head is None or head["_id"] == target["_id"]:
                continue
            shared = [one for one in note["ids"] if one in owner["thread_ids"]]
            if not await self._settle(target, head["_id"], owner["_id"], shared):
                return False
        missing = [one for one in note["ids"] if one not in owned]
        sentinel = f"moved {note['id']}"
        if missing:
            update: Document = {"$addToSet": {"thread_ids": {"$each": missing}}}
        elif sentinel in target["thread_ids"] and len(target["thread_ids"]) > 1:
            update = {"$pull": {"thread_ids": sentinel}}
        else:
            return True
        guard: Document = {"_id": target["_id"], "transfer.whole": {"$ne": True}}
        try:
            with store_errors():
                await self._dialogs.documents.update_one(guard, update | {"$inc": {"revision": 1}})
        except DuplicateKey:
            pass
        return False

    async def _settle(
        self, target: Document, other_id: Any, owner_id: Any, shared: Iterable[str]
    ) -> bool:
        """Settle with a dialog that claimed ids while they were nobody's; False to look again."""
        other = await self.settled(other_id)
        if other is None or other["_id"] == target["_id"]:
            return False
        if are_apart(target, other):
            return True
        here, there = await self._here(target), await self._here(other)
        if not here or not there:
            return False
        if self._policy == "anyone" or are_one(here, there, set(shared), self._policy):
            record = new_record("merge", None, {"ids": sorted(shared)})
            await self.merge(target["_id"], other["_id"], record)
            return False
        await self.link(target["_id"], other["_id"])
        own = {message["message_id"] for message in target["messages"]}
        theirs = {message["message_id"] for message in other["messages"]}
        ours = [one for one in shared if one in own - theirs]
        if not ours:
            return True
        update: Document = {"$pull": {"thread_ids": {"$in": ours}}, "$inc": {"revision": 1}}
        with store_errors():
            await self._dialogs.documents.update_one({"_id": owner_id, "transfer": None}, update)
        return False

    async def _close(self, source: Document, note: Document) -> None:
        guard = {"_id": source["_id"], "transfer.id": note["id"]}
        with store_errors():
            if note["whole"]:
                await self._dialogs.documents.delete_one(guard)
                return
            update = {"$unset": {"transfer": ""}, "$inc": {"revision": 1}}
            await self._dialogs.documents.update_one(guard, update)


def are_apart(one: Document, other: Document) -> bool:
    """Tell whether a person has parted the two."""
    names = {other["_id"], *other.get("former_ids", [])}
    own_names = {one["_id"], *one.get("former_ids", [])}
    return bool(names & set(one["apart"]) or own_names & set(other["apart"]))


def new_record(what: str, who: str | None, details: Document) -> Document:
    """Return the note of a correction: who (nobody if a letter proved it), when and what."""
    when = now_in_milliseconds(datetime.now(UTC))
    return {"id": ObjectId(), "what": what, "who": who, "when": when, **details}
