"""Many dialogs at once, with little more of their messages than the keys."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from receiver.store.dialog import Dialog, kept_as
from receiver.store.mailboxes import mailboxes_beside
from receiver.store.mongo import Database, all_of, store_errors
from receiver.threads.guesses import Similar


class Overview:
    """Reads which letters stand where; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database["dialogs"]
        self._redirects = database["redirects"]

    async def mailboxes(self, known: Iterable[str]) -> set[str]:
        """Return the mailboxes that have dialogs and are not among ``known``."""
        return await mailboxes_beside(self._dialogs, known)

    async def outlines(self, mailbox: str) -> dict[Any, Dialog]:
        """Return every dialog of a mailbox: its letters' order, what it says of others."""
        fields = (
            *("messages.key", "messages.created", "opened_by", "part_of", "parts", "revision"),
            *("related", "related_more", "corrections"),
        )
        with store_errors():
            query = {"mailbox": mailbox, "revision": {"$exists": True}}
            found = await all_of(self._dialogs.find(query, dict.fromkeys(fields, 1)))
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

    async def holding(self, mailbox: str, keys: Iterable[str]) -> set[Any]:
        """Return the dialogs that show letters of these keys; looks through the whole mailbox."""
        query = {"mailbox": mailbox, "messages.key": {"$in": sorted(set(keys))}}
        with store_errors():
            found = await all_of(self._dialogs.find(query, {"part_of": 1}))
        return {each.get("part_of", each["_id"]) for each in found}

    async def changed_between(
        self, mailbox: str, since: datetime, until: datetime
    ) -> tuple[dict[Any, int], dict[Any, Any]]:
        """Return what changed in a span of the database's time.

        Dialogs with their revisions, and parts, each with its dialog. Not every database uses an
        index if asked for more than the span.
        """
        query = {"mailbox": mailbox, "changed": {"$gte": since, "$lt": until}}
        with store_errors():
            found = await all_of(self._dialogs.find(query, {"part_of": 1, "revision": 1}))
        parts = {each["_id"]: each["part_of"] for each in found if each.get("part_of")}
        heads = (each for each in found if "revision" in each and each["_id"] not in parts)
        return {each["_id"]: each["revision"] for each in heads}, parts

    async def similar(self, mailbox: str, user: str, base_subject: str) -> list[Similar]:
        """Return the dialogs of a user and a subject."""
        query = {"mailbox": mailbox, "user": kept_as(user), "base_subject": base_subject}
        fields = {"created": 1, "updated": 1, "thread_indexes": 1, "newest": 1}
        with store_errors():
            found = await self._dialogs.find(query, fields).to_list(None)
        return [
            Similar(each["newest"], each["created"], each["updated"], each["thread_indexes"])
            for each in found
            if "newest" in each
        ]
