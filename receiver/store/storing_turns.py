"""Turns to store a letter that only a look can recognise, as its copies have different keys.

Kept in ``meta``. A turn that its owner did not give back, because he died, ends by itself: nobody
stops for longer between two calls and goes on.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bson import ObjectId

from receiver.store.mongo import Database, DuplicateKey, StoreUnavailable, store_errors

STORING = "storing "
LASTS = timedelta(minutes=5)


class StoringTurns:
    """Gives turns; raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._meta = database["meta"]

    @asynccontextmanager
    async def taken(self, names: Iterable[str], now: datetime) -> AsyncIterator[None]:
        """Be the only one to store letters of these names; StoreUnavailable if others are at it."""
        own = {f"{STORING}{each}" for each in names}
        owner = ObjectId()
        try:
            for one in sorted(own):
                await self._take(one, owner, now)
            yield
        finally:
            if own:
                with store_errors():
                    await self._meta.delete_many({"_id": {"$in": sorted(own)}, "owner": owner})

    async def _take(self, name: str, owner: ObjectId, now: datetime) -> None:
        over = {"_id": {"$gte": STORING, "$lt": STORING[:-1] + "!"}, "until": {"$lte": now}}
        with store_errors():
            await self._meta.delete_many(over)
        try:
            with store_errors():
                await self._meta.insert_one({"_id": name, "owner": owner, "until": now + LASTS})
        except DuplicateKey as error:
            raise StoreUnavailable("a copy of this letter is being stored") from error
