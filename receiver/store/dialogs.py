"""The collection ``dialogs``: what letters show. Each write is a compare-and-set on ``revision``.

A dialog's head has its ``_id`` and the newest letters. When it is full it gives the oldest half to
a part of its own (``part_of``), lists that in ``parts``, and only then drops them: for a moment a
reader may see a letter twice, never nowhere. Parts stand in no list. The id of a dialog that went
into another one leads there by a document in ``redirects``.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from receiver.store.dialog import (
    FULL_BYTES,
    FULL_LETTERS,
    HEAD,
    MAX_RELATED,
    Dialog,
    Parts,
    as_read,
    differing,
    in_order,
    measured,
    one_by_one,
    ours,
    size_of,
)
from receiver.store.mongo import (
    Database,
    Document,
    ServerClock,
    StoreUnavailable,
    insert_new,
    store_errors,
    update_each,
)
from receiver.store.redirects import Redirects

Read = TypeVar("Read")


class LettersLeft(StoreUnavailable):
    """Some letters of a dialog went elsewhere while it was read: read it again."""


class Dialogs:
    """Reads and writes dialogs; each method raises StoreUnavailable when in doubt."""

    def __init__(
        self,
        database: Database,
        full_letters: int = FULL_LETTERS,
        full_bytes: int = FULL_BYTES,
        collection: str = "dialogs",
    ) -> None:
        self._dialogs = database[collection]
        self.redirects = Redirects(database)
        self._clock = ServerClock(database)
        self._parts = Parts(self._dialogs, self._clock, full_letters, full_bytes)

    async def now(self) -> datetime:
        """Return the database's time."""
        return await self._clock.now()

    async def heads(self, ids: Iterable[Any], fields: Document = HEAD) -> dict[Any, Document]:
        """Return the dialogs that ids lead to, by these ids, without messages.

        ``fields`` are some of theirs, ``revision`` among them: that costs the embedded database
        half of what leaving the messages out does.
        """

        async def read(some: Set[Any]) -> dict[Any, Document]:
            return {each["_id"]: each for each in await ours(self._dialogs, some, fields)}

        return await self._led_to(set(ids), read)

    async def message(self, head: Document, key: str) -> Document | None:
        """Return a letter as a dialog shows it, if it stands there."""
        ids = (head["_id"], *head["parts"])
        fields: Document = {"revision": 1, "messages": {"$elemMatch": {"key": key}}}
        found = await ours(self._dialogs, ids, fields)
        return next((each["messages"][0] for each in found if each.get("messages")), None)

    async def one_by_one(self, head: Document) -> AsyncIterator[Document]:
        """Yield every message of a dialog in order, without ever having all of them in memory.

        Also if the dialog goes into another one meanwhile. Raises LettersLeft, at the end, if some
        went elsewhere, or none was there any more.
        """
        told = 0
        async for key, message in one_by_one(self._dialogs, head):
            found = message
            if found is None:
                now = await self.heads([head["_id"]])
                found = await self.message(now[head["_id"]], key) if now else None
            if found is not None:
                told += 1
                yield found
        if told < head["count"]:
            now = await self.heads([head["_id"]], {"revision": 1})
            if head["_id"] not in now or now[head["_id"]]["revision"] != head["revision"]:
                raise LettersLeft("letters left the dialog while it was read")

    async def whole(self, ids: Iterable[Any], fields: Document | None = None) -> dict[Any, Dialog]:
        """Return dialogs with all their messages, those that are there; or some ``fields``."""
        found = {each["_id"]: Dialog(each) for each in await ours(self._dialogs, set(ids), fields)}
        parts = {one: each for each in found.values() for one in each.head.get("parts", [])}
        for part in await ours(self._dialogs, set(parts), fields):
            parts[part["_id"]].parts.append(part)
        return found

    async def whole_by(self, ids: Iterable[Any], own: Iterable[Any] = ()) -> dict[Any, Dialog]:
        """Return dialogs with all their messages by the ids that lead to them.

        Of ``own`` only those that are there: where a former id leads is not asked.
        """
        return await self._led_to(set(ids), self.whole, set(own))

    async def _led_to(
        self,
        ids: Set[Any],
        read: Callable[[Set[Any]], Awaitable[dict[Any, Read]]],
        own: Set[Any] = frozenset(),
    ) -> dict[Any, Read]:
        found = await read(ids | own)
        leads = await self.redirects.of(ids - found.keys())
        into = {each for each in leads.values() if each is not None}
        further = await self._led_to(into, read) if into else {}
        return found | {one: further[to] for one, to in leads.items() if to in further}

    async def open_all(
        self, documents: Sequence[Document], before: Mapping[Any, int] = MappingProxyType({})
    ) -> set[Any]:
        """Insert new dialogs in one call, and return the ids of those that were opened.

        ``parts`` and ``count`` may be said; without them all the messages are here.

        Not of those that are there, or were there and went into another one, but for those that
        are to come back (``before``: their last revision). Redirects are looked at after the
        insert: who was too slow has opened again what others had opened and merged. It stays, for
        a reader may have seen it; settling its letters has it go where they stand.
        """
        now = await self._clock.now()
        times = {"changed": now, "opened": now}
        full = [
            {"parts": [], "count": len(each["messages"])}
            | each
            | measured(each["messages"])
            | times
            | {"revision": before.get(each["_id"], -1) + 1}
            for each in documents
        ]
        there = await insert_new(self._dialogs, full)
        opened = {each["_id"] for place, each in enumerate(full) if place not in there}
        last = await self.redirects.last_revisions(opened)
        return {one for one in opened if last.get(one) == before.get(one)}

    async def open_whole(self, head: Document, messages: Sequence[Document]) -> bool:
        """Open a dialog of any length, its parts first; False if there is one already."""
        rest, given = await self._parts.take_from(head, messages)
        fields = {"messages": rest, "parts": given, "count": len(messages)}
        before = await self.redirects.last_revisions([head["_id"]])
        if await self.open_all([head | fields], before):
            return True
        await self._parts.forget(given)
        return False

    async def restore(self, head: Document, messages: Sequence[Document], revision: int) -> None:
        """Insert a dialog of any length where nobody else writes."""
        rest, given = await self._parts.take_from(head, messages)
        fields = {"messages": rest, "parts": given, "count": len(messages)} | measured(rest)
        changed = {"revision": revision, "changed": await self._clock.now()}
        with store_errors():
            await self._dialogs.insert_one(head | fields | changed)

    async def append_all(
        self, additions: Sequence[tuple[Document, Sequence[Document], Mapping[str, Any]]]
    ) -> bool:
        """Add the newest messages to dialogs: for each its head, them, what it says of itself then.

        False if one of them has changed since its ``head`` was read; the others are written.
        """
        updates, full = [], []
        for head, messages, says in additions:
            count, size = len(messages), size_of(messages)
            update: Document = {
                "$push": {"messages": {"$each": list(messages)}},
                "$set": dict(says),
                "$inc": {"revision": 1, "count": count, "held": count, "bytes": size},
                "$currentDate": {"changed": True},
            }
            updates.append((as_read(head), update))
            if self._parts.is_full(head["held"] + count, head["bytes"] + size):
                full.append(head["_id"])
        done = await update_each(self._dialogs, updates)
        for each in full:
            await self._give_to_a_part(each)
        return done

    async def relate_all(self, heads: Iterable[Document], other: Any) -> bool:
        """Have dialogs name another that shares an id, or beyond a bound say that there are more.

        False if one of them has changed since its head was read; the others are written. Those
        that say all of it already (``says_of_more``) are the caller's to leave out.
        """
        updates = []
        for head in heads:
            update = differing(head, {})
            if len(head["related"]) < MAX_RELATED:
                update |= {"$addToSet": {"related": other}, "$max": {"noticed": 1}}
            else:
                update["$set"] = {"related_more": True}
            updates.append((as_read(head), update))
        return await update_each(self._dialogs, updates)

    async def unrelate(self, head: Document, left: Sequence[Any], noticed: int) -> bool:
        """Have a dialog name only these others; False if it has changed since it was read.

        ``noticed`` is how much a person should look at it then.
        """
        return await self._replace(head, {"related": list(left), "noticed": noticed})

    async def write_all(
        self, writes: Sequence[tuple[Dialog, Mapping[str, Any], Sequence[Document]]]
    ) -> bool:
        """Have dialogs hold just these messages, as ``write`` does, in one call where all fit in.

        False if one of them has changed since it was read; others are written.
        """
        updates, apart = [], []
        for old, says, messages in writes:
            size = measured(messages)
            if old.parts or self._parts.is_full(size["held"], size["bytes"]):
                apart.append((old, says, messages))
                continue
            fields = {**says, "messages": list(messages), "parts": [], "count": len(messages)}
            updates.append((as_read(old.head), differing(old.head, fields | size)))
        if updates and not await update_each(self._dialogs, updates):
            return False
        for each in apart:
            if not await self.write(*each):
                return False
        return True

    async def write(
        self, old: Dialog, says: Mapping[str, Any], messages: Sequence[Document]
    ) -> bool:
        """Have a dialog hold just these messages; False if it has changed since it was read.

        What stands in a part stays there; the head takes the rest, and gives to new parts what is
        too much. Those are written before the head, old parts after it: so a crash leaves letters
        twice and none nowhere. Fields that are not ours are kept.
        """
        by_key = {message["key"]: message for message in messages}
        kept = [
            [by_key.pop(each["key"]) for each in part["messages"] if each["key"] in by_key]
            for part in old.parts
        ]
        rest, given = await self._parts.take_from(old.head, list(by_key.values()))
        stay = [part["_id"] for part, left in zip(old.parts, kept, strict=True) if left]
        fields = {**says, "messages": rest, "parts": [*stay, *given], "count": len(messages)}
        empty = [part["_id"] for part in old.parts if part["_id"] not in stay]
        await self._parts.will_go(empty)
        if not await self._replace(old.head, fields | measured(rest)):
            await self._parts.forget(given)
            return False
        await self._parts.forget(empty)
        for part, left in zip(old.parts, kept, strict=True):
            if left in ([], part["messages"]):
                continue
            if not await self._replace(part, {"messages": left}):
                return False
        return True

    async def remove(self, dialog: Dialog, into: Any) -> bool:
        """Take a dialog away whose letters stand in another one, where its id leads from now on.

        ``into`` is None if its letters were erased. False if it changed, or somebody else has begun
        to take it away, and may have died: it gets another revision, so that who comes next can.
        """
        if not await self.redirects.lead(dialog.head, into):
            await self.touch(dialog.head)
            return False
        parts = [part["_id"] for part in dialog.parts]
        await self._parts.will_go(parts)
        with store_errors():
            done = await self._dialogs.delete_one(as_read(dialog.head))
        if done.deleted_count:
            await self._parts.forget(parts)
        return bool(done.deleted_count)

    async def touch(self, head: Document) -> bool:
        """Have whoever read a dialog before look again; False if it has changed since we did."""
        if not await self._replace(head, {}):
            return False
        head["revision"] += 1
        return True

    async def take_out(self, dialog_id: Any, keys: Set[str]) -> set[str]:
        """Have a dialog show letters no more, and go if it showed no others; others may be first.

        Return the keys of those left: what the dialog says of itself is to follow from them.
        """
        found = (await self.whole([dialog_id])).get(dialog_id)
        if found is None:
            return set()
        left = [each for each in found.messages if each["key"] not in keys]
        if not left:
            await self.remove(found, None)
        elif len(left) < len(found.messages):
            await self.write(found, {}, left)
        return {each["key"] for each in left}

    async def forget_orphans(self, parts: Mapping[Any, Any]) -> None:
        """Take away those of parts that no head lists: their writer died before it wrote that."""
        heads = {each["_id"]: each for each in await ours(self._dialogs, set(parts.values()), HEAD)}
        await self._parts.forget(
            [one for one, head in parts.items() if one not in heads.get(head, {}).get("parts", ())]
        )

    async def _replace(self, old: Document, fields: Mapping[str, Any]) -> bool:
        update = differing(old, fields)
        with store_errors():
            return bool((await self._dialogs.update_one(as_read(old), update)).matched_count)

    async def _give_to_a_part(self, dialog_id: Any) -> None:
        """Move the oldest letters of a full head into parts; others may write it meanwhile."""
        while head := next(iter(await ours(self._dialogs, {dialog_id}, None)), None):
            if not self._parts.is_full(head["held"], head["bytes"]):
                return
            left, given = await self._parts.take_from(head, in_order(head["messages"]))
            fields = {"messages": left, "parts": [*head["parts"], *given]} | measured(left)
            if await self._replace(head, fields):
                return
            await self._parts.forget(given)
