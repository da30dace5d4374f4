"""Legal holds: dialogs that neither retention nor an erasure may touch (collection ``holds``)."""

from datetime import datetime
from typing import Any

from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Database, Document, store_errors


class Holds:
    """Keeps holds; each method raises StoreUnavailable."""

    def __init__(self, database: Database, dialogs: Dialogs) -> None:
        self._holds = database["holds"]
        self._dialogs = dialogs

    async def place(
        self, dialog: Document, who: str, why: str, since: datetime, until: datetime | None
    ) -> None:
        """Hold a dialog; an earlier hold on it is written over."""
        document = {
            "mailbox": dialog["mailbox"],
            "who": who,
            "why": why,
            "since": since,
            "until": until,
        }
        with store_errors():
            await self._holds.replace_one({"_id": dialog["_id"]}, document, upsert=True)

    async def release(self, dialog: Document) -> bool:
        """Hold a dialog, and what it was before, no more; False if it was not held."""
        ids = [
            one
            for one, now in (await self._now_at(dialog["mailbox"])).items()
            if now == dialog["_id"]
        ]
        with store_errors():
            done = await self._holds.delete_many({"_id": {"$in": [dialog["_id"], *ids]}})
        return bool(done.deleted_count)

    async def listed(self) -> list[Document]:
        """Return all holds, the oldest first."""
        with store_errors():
            return await self._holds.find().sort("since", 1).to_list(None)

    async def held(self, mailbox: str, now: datetime) -> set[Any]:
        """Return the dialogs of a mailbox that are held, by the ids that they have now."""
        return set((await self._now_at(mailbox, now)).values())

    async def _now_at(self, mailbox: str, now: datetime | None = None) -> dict[Any, Any]:
        with store_errors():
            found = await self._holds.find({"mailbox": mailbox}).to_list(None)
        ids = [
            each["_id"] for each in found if now is None or not each["until"] or now < each["until"]
        ]
        heads = await self._dialogs.heads(ids)
        return {one: heads[one]["_id"] for one in ids if one in heads}
