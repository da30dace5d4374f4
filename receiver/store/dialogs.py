"""Reads the collection ``dialogs``: what letters show; ``dialog_writing`` writes it.

A dialog's head has its ``_id`` and the newest letters; older ones are in parts of their own
(``part_of``), which the head lists and no list shows. The id of a dialog that was merged into
another leads there by a document in ``redirects``.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Set
from datetime import datetime
from typing import Any, TypeVar

from receiver.store.dialog import HEAD, Dialog, kept_as, one_by_one, ours
from receiver.store.mailboxes import mailboxes_beside
from receiver.store.mongo import (
    Database,
    Document,
    ServerClock,
    StoreUnavailable,
    all_of,
    store_errors,
)

Read = TypeVar("Read")
READ_AGAIN = 5


class LettersLeft(StoreUnavailable):
    """Letters of a dialog were moved elsewhere while it was read: read it again."""


class Dialogs:
    """Reads dialogs; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database, collection: str = "dialogs") -> None:
        self._dialogs = database[collection]
        self._redirects = database["redirects"]
        self._clock = ServerClock(database)

    async def now(self) -> datetime:
        """Return the database's time."""
        return await self._clock.now()

    async def heads(self, ids: Iterable[Any], fields: Document = HEAD) -> dict[Any, Document]:
        """Return the dialogs that ids lead to, by these ids, without messages.

        ``fields`` are some of theirs, including ``revision``: that halves the cost in the embedded
        database.
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
        """Yield every message of a dialog in order, without having all of them in memory.

        Also if the dialog is merged into another meanwhile. Raises LettersLeft, at the end, if some
        were moved elsewhere, or none was there any more.
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
        """Return existing dialogs with all their messages, or some ``fields`` of them.

        Read again if parts were replaced before they were read.
        """
        found: dict[Any, Dialog] = {}
        missing = set(ids)
        for _ in range(READ_AGAIN):
            some = {
                each["_id"]: Dialog(each) for each in await ours(self._dialogs, missing, fields)
            }
            found = {one: each for one, each in found.items() if one not in missing} | some
            parts = {one: each for each in some.values() for one in each.head.get("parts", [])}
            for part in await ours(self._dialogs, set(parts), fields):
                parts.pop(part["_id"]).parts.append(part)
            missing = {each.id for each in parts.values()}
            if not missing:
                break
        return found

    async def keys(self, ids: Iterable[Any]) -> dict[Any, frozenset[str]]:
        """Return the keys of the letters in dialogs, of those that exist."""
        fields: Document = dict.fromkeys(
            ("messages.key", "messages.created", "revision", "parts"), 1
        )
        return {one: each.keys for one, each in (await self.whole(ids, fields)).items()}

    async def whole_by(self, ids: Iterable[Any], own: Iterable[Any] = ()) -> dict[Any, Dialog]:
        """Return dialogs with all their messages by the ids that lead to them.

        Of ``own`` only those that exist: former ids are not followed.
        """
        return await self._led_to(set(ids), self.whole, set(own))

    async def lead_to(self, ids: Collection[Any]) -> dict[Any, Any]:
        """Return where ids lead, if elsewhere; None if their letters were erased."""
        return {each["_id"]: each["into"] for each in await self._leading(ids)}

    async def last_revisions(self, ids: Collection[Any]) -> dict[Any, int]:
        """Return the last revisions of those dialogs that were merged into others."""
        return {each["_id"]: each["revision"] for each in await self._leading(ids)}

    async def erased_from(self, dialog_id: Any) -> str | None:
        """Return the mailbox of a dialog whose letters were erased; None for any other id."""
        seen = set()
        while dialog_id is not None and dialog_id not in seen:
            seen.add(dialog_id)
            for found in await self._leading([dialog_id]):
                if found["into"] is None:
                    return str(found["mailbox"])
                dialog_id = found["into"]
        return None

    async def mailboxes(self, known: Iterable[str]) -> set[str]:
        """Return the mailboxes that have dialogs and are none of those that are known."""
        return await mailboxes_beside(self._dialogs, known)

    async def outlines(self, mailbox: str, but: Collection[Any] = frozenset()) -> dict[Any, Dialog]:
        """Return every dialog of a mailbox: its letters' order, what it says of others.

        Except documents of some ids.
        """
        fields = (
            *("messages.key", "messages.created", "opened_by", "part_of", "parts", "revision"),
            *("related", "related_more", "corrections"),
        )
        with store_errors():
            query = {"mailbox": mailbox, "revision": {"$exists": True}}
            read = await all_of(self._dialogs.find(query, dict.fromkeys(fields, 1)))
        found = [each for each in read if each["_id"] not in but]
        parts = {each["_id"]: each for each in found if "part_of" in each}
        return {
            each["_id"]: Dialog(each, [parts[one] for one in each["parts"] if one in parts])
            for each in found
            if "part_of" not in each
        }

    async def leads(self, mailbox: str) -> dict[Any, Any]:
        """Return where former ids of a mailbox lead."""
        with store_errors():
            found = await all_of(self._redirects.find({"mailbox": mailbox}, {"into": 1}))
        return {each["_id"]: each["into"] for each in found}

    async def holding(self, mailbox: str, keys: Iterable[str]) -> dict[Any, Any]:
        """Return the documents that hold letters of these keys, each with its dialog.

        It looks through all of a mailbox.
        """
        query = {"mailbox": mailbox, "messages.key": {"$in": sorted(set(keys))}}
        with store_errors():
            found = await all_of(self._dialogs.find(query, {"part_of": 1}))
        return {each["_id"]: each.get("part_of", each["_id"]) for each in found}

    async def changed_between(
        self, mailbox: str, since: datetime, until: datetime
    ) -> tuple[dict[Any, int], dict[Any, Any]]:
        """Return what changed in a span of the database's time.

        Dialogs with their revisions, and parts, each with its dialog. Not every database goes by an
        index where it is asked for more than the span.
        """
        query = {"mailbox": mailbox, "changed": {"$gte": since, "$lt": until}}
        with store_errors():
            found = await all_of(self._dialogs.find(query, {"part_of": 1, "revision": 1}))
        parts = {each["_id"]: each["part_of"] for each in found if each.get("part_of")}
        heads = (each for each in found if "revision" in each and each["_id"] not in parts)
        return {each["_id"]: each["revision"] for each in heads}, parts

    async def similar(self, mailbox: str, user: str, base_subject: str) -> list[Document]:
        """Return what guesses go by of the dialogs of a user and a subject."""
        query = {"mailbox": mailbox, "user": kept_as(user), "base_subject": base_subject}
        fields = {"created": 1, "updated": 1, "thread_indexes": 1, "newest": 1}
        with store_errors():
            found = await self._dialogs.find(query, fields).to_list(None)
        return [each for each in found if "newest" in each]

    async def _leading(self, ids: Collection[Any]) -> list[Document]:
        if not ids:
            return []
        with store_errors():
            return await self._redirects.find({"_id": {"$in": list(ids)}}).to_list(None)

    async def _led_to(
        self,
        ids: Set[Any],
        read: Callable[[Set[Any]], Awaitable[dict[Any, Read]]],
        own: Set[Any] = frozenset(),
    ) -> dict[Any, Read]:
        found = await read(ids | own)
        leads = await self.lead_to(ids - found.keys())
        into = {each for each in leads.values() if each is not None}
        further = await self._led_to(into, read) if into else {}
        return found | {one: further[to] for one, to in leads.items() if to in further}
