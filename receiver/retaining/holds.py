"""Legal holds: dialogs that neither retention nor an erasure may touch (collection ``holds``).

The theory. A hold may be set while something is being deleted, and there are no transactions. So a
deletion first announces its dialogs, and then looks for holds; setting a hold writes it first, and
then looks for announcements. At least one of the two sees the other: either nothing of the dialog
is touched, or the person who sets the hold is told that it may have come too late. Announcements
are in ``meta``; that of a killed process stays for a day.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Set
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database, Document, StoreUnavailable, store_errors

ANNOUNCED = "leaving "
ANNOUNCEMENTS = {"$gt": ANNOUNCED, "$lt": ANNOUNCED + "~"}
BELIEVED_FOR = timedelta(days=1)


class Holds:
    """Stores holds; each method raises StoreUnavailable."""

    def __init__(self, database: Database, dialogs: Dialogs) -> None:
        self._holds = database["holds"]
        self._meta = database["meta"]
        self._dialogs = dialogs

    async def place(
        self, dialog: Document, who: str, why: str, since: datetime, until: datetime | None
    ) -> datetime | None:
        """Hold a dialog, replacing an earlier hold on it.

        Return since when a deletion runs that may not have seen the hold; None if there is none,
        and then nothing will be deleted.
        """
        document = {
            "mailbox": dialog["mailbox"],
            "who": who,
            "why": why,
            "since": since,
            "until": until,
        }
        with store_errors():
            await self._holds.replace_one({"_id": dialog["_id"]}, document, upsert=True)
            announced = await self._meta.find({"_id": ANNOUNCEMENTS}).to_list(None)
        for each in announced:
            began: datetime = each["since"]
            ids = {*each["dialogs"], *(await self._current(each["dialogs"])).values()}
            if since - began < BELIEVED_FOR and dialog["_id"] in ids:
                return began
        return None

    @asynccontextmanager
    async def leaving(self, dialogs: Mapping[str, Set[Any]]) -> AsyncIterator[set[Any]]:
        """Announce dialogs, by mailbox, from which something is deleted; yield those on hold.

        Nothing of these may be deleted. A hold that is set within the block learns of the deletion.
        """
        now = await self._dialogs.now()
        name = f"{ANNOUNCED}{ObjectId()}"
        every = [one for each in dialogs.values() for one in each]
        old = {"_id": ANNOUNCEMENTS, "since": {"$lt": now - BELIEVED_FOR}}
        with store_errors():
            await self._meta.delete_many(old)
            await self._meta.insert_one({"_id": name, "since": now, "dialogs": every})
        try:
            held = {one for each in dialogs for one in await self.held(each, now)}
            yield held & {*every, *(await self._current(every)).values()} if held else held
        finally:
            with suppress(StoreUnavailable), store_errors():
                await self._meta.delete_one({"_id": name})

    async def release(self, dialog: Document) -> bool:
        """End the hold on a dialog, and on its former ids; return False if it was not held."""
        ids = [
            one
            for one, now in (await self._now_at(dialog["mailbox"])).items()
            if now == dialog["_id"]
        ]
        with store_errors():
            done = await self._holds.delete_many({"_id": {"$in": [dialog["_id"], *ids]}})
        return bool(done.deleted_count)

    async def reasons(self) -> list[str]:
        """Return the reasons of holds in all mailboxes."""
        with store_errors():
            return [each["why"] async for each in self._holds.find({}, {"why": 1})]

    async def clean(self, mailboxes: Iterable[str], cleaned: Callable[[str], str]) -> None:
        """Remove from who set holds, and why, what ``cleaned`` removes; the holds stay.

        Holds on his own dialogs have ended; another's dialog may be held for a reason that names
        him.
        """
        with store_errors():
            for each in await self._holds.find({"mailbox": {"$in": sorted(mailboxes)}}).to_list(
                None
            ):
                said = {name: each[name] for name in ("who", "why")}
                left = {name: cleaned(text) for name, text in said.items()}
                if left != said:
                    await self._holds.update_one({"_id": each["_id"]} | said, {"$set": left})

    async def listed(self) -> list[Document]:
        """Return all holds, the oldest first."""
        with store_errors():
            return await self._holds.find().sort("since", 1).to_list(None)

    async def held(self, mailbox: str, now: datetime) -> set[Any]:
        """Return the dialogs of a mailbox that are held, by their present ids."""
        return set((await self._now_at(mailbox, now)).values())

    async def _now_at(self, mailbox: str, now: datetime | None = None) -> dict[Any, Any]:
        with store_errors():
            found = await self._holds.find({"mailbox": mailbox}).to_list(None)
        return await self._current(
            each["_id"] for each in found if now is None or not each["until"] or now < each["until"]
        )

    async def _current(self, ids: Iterable[Any]) -> dict[Any, Any]:
        """Return the present ids of dialogs."""
        wanted = list(ids)
        heads = await self._dialogs.heads(wanted)
        return {one: heads[one]["_id"] for one in wanted if one in heads}
