"""Writes the collection ``dialogs``: each write is a compare-and-set on ``revision``.

When a head is full its oldest half is written as a part, then listed in ``parts`` and dropped from
the head: for a moment a reader may see a letter twice, but never nowhere. Parts never change, or
the revision of the head would not tell of it. A removed dialog leaves a redirect, and a document in
``gone`` for those who follow the changes.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

from receiver.store.dialog import (
    FULL_BYTES,
    FULL_LETTERS,
    HEAD,
    MAX_RELATED,
    Change,
    Dialog,
    Parts,
    as_read,
    change_each,
    changed_fields,
    differing,
    in_order,
    measured,
    ours,
    size_of,
)
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import (
    Database,
    Document,
    DuplicateKey,
    insert_new,
    store_errors,
    update_each,
)


class DialogWriting:
    """Writes dialogs; each method raises StoreUnavailable when in doubt.

    A dialog goes on in parts above ``full_letters`` or ``full_bytes``.
    """

    def __init__(
        self,
        database: Database,
        full_letters: int = FULL_LETTERS,
        full_bytes: int = FULL_BYTES,
        collection: str = "dialogs",
    ) -> None:
        self._dialogs = database[collection]
        self._read = Dialogs(database, collection)
        self._redirects = database["redirects"]
        self._gone = database["gone"]
        self._parts = Parts(self._dialogs, self._read.now, full_letters, full_bytes)

    async def say_who(self, mailbox: str, decided: Mapping[Any, str]) -> None:
        """Rewrite who decided some facts, in the dialogs that list them."""
        query: Document = {"mailbox": mailbox, "corrections.id": {"$in": [*decided]}}
        with store_errors():
            for head in await self._dialogs.find(query, {"messages": 0}).to_list(None):
                said = [
                    each | {"who": decided.get(each["id"], each["who"])}
                    for each in head["corrections"]
                ]
                update = differing(head, {"corrections": said})
                await self._dialogs.update_one(as_read(head), update)

    async def open_all(
        self, documents: Sequence[Document], before: Mapping[Any, int] = MappingProxyType({})
    ) -> set[Any]:
        """Insert new dialogs in one call, and return the ids of those that were opened.

        Dialogs that exist, or existed and were merged into another, are not opened, except those
        that are to come back (``before``: their last revision). Redirects are checked after the
        insert: a slow caller has then reopened what others had opened and merged. It stays, as a
        reader may have seen it; settling its letters removes it.

        One that is too large for one document gets its newest letters, then the others: its parts
        cannot be there before it, as they would count as orphans.
        """
        now = await self._read.now()
        times = {"changed": now, "opened": now}
        heads = []
        for each in documents:
            fits = self._parts.pieces(each["messages"])[-1]
            fields = {"messages": fits, "parts": [], "count": len(fits)} | measured(fits) | times
            heads.append(each | fields | {"revision": before.get(each["_id"], -1) + 1})
        there = await insert_new(self._dialogs, heads)
        opened = {each["_id"] for place, each in enumerate(heads) if place not in there}
        last = await self._read.last_revisions(opened)
        opened = {one for one in opened if last.get(one) == before.get(one)}
        for head, each in zip(heads, documents, strict=True):
            cut = head["count"] < len(each["messages"]) and head["_id"] in opened
            if cut and not await self.write(Dialog(head), {}, each["messages"]):
                opened.remove(head["_id"])
        return opened

    async def open_again(self, document: Document) -> bool:
        """Open a dialog, even one that was merged into another; False if there is one already."""
        before = await self._read.last_revisions([document["_id"]])
        return bool(await self.open_all([document], before))

    async def restore(self, head: Document, messages: Sequence[Document], revision: int) -> None:
        """Insert a dialog of any length if nobody else writes."""
        rest, given = await self._parts.take_from(head, messages)
        fields = {"messages": rest, "parts": given, "count": len(messages)} | measured(rest)
        changed = {"revision": revision, "changed": await self._read.now()}
        with store_errors():
            await self._dialogs.insert_one(head | fields | changed)

    async def append_all(
        self, additions: Sequence[tuple[Document, Sequence[Document], Mapping[str, Any]]]
    ) -> bool:
        """Add the newest messages to dialogs: for each its head, messages and new head fields.

        Returns False if one of them has changed since its ``head`` was read; the others are
        written.
        """
        changes, full = [], []
        for head, messages, says in additions:
            count, size = len(messages), size_of(messages)
            grown = {"count": count, "held": count, "bytes": size}
            now = {name: head[name] + more for name, more in grown.items()}
            changes.append(Change(head, {**says, **now}, messages, size))
            if self._parts.is_full(now["held"], now["bytes"]):
                full.append(head["_id"])
        done = await change_each(self._dialogs, changes)
        for each in full:
            await self._give_to_a_part(each)
        return done

    async def relate_all(self, heads: Iterable[Document], other: Any) -> bool:
        """Let dialogs name another that shares an id, or beyond a bound say that there are more.

        Returns False if one of them has changed since its head was read; the others are written.
        The caller must leave out those that say all of it already (``says_of_more``).
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
        """Let a dialog name only these others; return False if it has changed since it was read.

        ``noticed`` is how much a person should then look at it.
        """
        return await self._replace(head, {"related": list(left), "noticed": noticed})

    async def write_all(
        self, writes: Sequence[tuple[Dialog, Mapping[str, Any], Sequence[Document]]]
    ) -> bool:
        """Write dialogs with exactly these messages, like ``write``, in one call if all fit.

        Returns False if one of them has changed since it was read; others are written.
        """
        changes, apart = [], []
        for old, says, messages in writes:
            size = measured(messages)
            if old.parts or self._parts.is_full(size["held"], size["bytes"]):
                apart.append((old, says, messages))
                continue
            fields = {**says, "messages": list(messages), "parts": [], "count": len(messages)}
            said = changed_fields(old.head, fields | size)
            changes.append(Change(old.head, said, (), size["bytes"]))
        if changes and not await change_each(self._dialogs, changes):
            return False
        for each in apart:
            if not await self.write(*each):
                return False
        return True

    async def write(
        self, old: Dialog, says: Mapping[str, Any], messages: Sequence[Document]
    ) -> bool:
        """Write a dialog with exactly these messages; False if it has changed since it was read.

        What stands in a part stays there; the head takes the rest, and gives to new parts what is
        too much. A part never changes: another one replaces it, with the one write of the head. New
        parts are written before that, and old ones removed after it: so a crash leaves letters
        twice and none nowhere. Fields that are not ours are kept.
        """
        by_key = {message["key"]: message for message in messages}
        parts: list[Any] = []
        gone: list[Any] = []
        new: list[Any] = []
        for part in old.parts:
            left = [by_key.pop(each["key"]) for each in part["messages"] if each["key"] in by_key]
            if left == part["messages"]:
                parts.append(part["_id"])
                continue
            gone.append(part["_id"])
            new += [await self._parts.add(old.head, left)] if left else []
            parts += new[-1:] if left else []
        rest, given = await self._parts.take_from(old.head, list(by_key.values()))
        fields = {**says, "messages": rest, "parts": [*parts, *given], "count": len(messages)}
        await self._parts.will_go(gone)
        done = await self._replace(old.head, fields | measured(rest))
        await self._parts.forget(gone if done else [*new, *given])
        return done

    async def remove(self, dialog: Dialog, into: Any) -> bool:
        """Remove a dialog whose letters stand in another one, to which its id leads from now on.

        ``into`` is None if its letters were erased. Returns False if it changed, or if somebody
        else has begun to remove it, and may have died: it gets another revision, so that the next
        call succeeds.
        """
        if not await self.lead(dialog.head, into):
            await self.touch(dialog.head)
            return False
        parts = [part["_id"] for part in dialog.parts]
        await self._parts.will_go(parts)
        with store_errors():
            done = await self._dialogs.delete_one(as_read(dialog.head))
        if done.deleted_count:
            await self._parts.forget(parts)
        return bool(done.deleted_count)

    async def lead(self, head: Document, into: Any) -> bool:
        """Let a dialog's id lead to another; return False if somebody has made it lead elsewhere.

        If two writers move the letters of one dialog into different dialogs, the first wins, and
        the second must look again. A redirect of an earlier revision is of an earlier life.
        """
        said = {"into": into, "mailbox": head["mailbox"], "revision": head["revision"]}
        try:
            with store_errors():
                await self._redirects.insert_one({"_id": head["_id"]} | said)
        except DuplicateKey:
            earlier = {"_id": head["_id"], "revision": {"$lt": head["revision"]}}
            with store_errors():
                replaced = (await self._redirects.replace_one(earlier, said)).matched_count
            if (
                not replaced
                and (await self._read.lead_to([head["_id"]])).get(head["_id"], head) != into
            ):
                return False
        gone = {"$set": said | {"opened": head.get("opened")}, "$currentDate": {"changed": True}}
        with store_errors():
            await self._gone.update_one({"_id": head["_id"]}, gone, upsert=True)
        return True

    async def touch(self, head: Document) -> bool:
        """Invalidate what others read of a dialog; False if it has changed since our read."""
        if not await self._replace(head, {}):
            return False
        head["revision"] += 1
        return True

    async def take_out(self, dialog_id: Any, keys: Set[str]) -> set[str]:
        """Remove letters from a dialog, and the dialog if it showed no others; others may be first.

        Return the keys of those left: the caller must update the head by them.
        """
        found = (await self._read.whole([dialog_id])).get(dialog_id)
        if found is None:
            return set()
        left = [each for each in found.messages if each["key"] not in keys]
        if not left:
            await self.remove(found, None)
        elif len(left) < len(found.messages):
            await self.write(found, {}, left)
        return {each["key"] for each in left}

    async def forget_orphans(self, parts: Mapping[Any, Any]) -> None:
        """Remove those of the parts that no head lists: their writer died before it wrote that.

        Or it stopped for long, and goes on: so it must find the head changed.
        """
        heads = {each["_id"]: each for each in await ours(self._dialogs, set(parts.values()), HEAD)}
        for one in dict.fromkeys(parts.values()):
            head = heads.get(one)
            listed = head["parts"] if head else []
            orphans = [part for part, of in parts.items() if of == one and part not in listed]
            if orphans and (head is None or await self.touch(head)):
                await self._parts.forget(orphans)

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
