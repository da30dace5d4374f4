"""Parts of dialogs left by receivers that died and did not note which parts were to go.

Earlier receivers noted nothing before a head went; ours do, and the sweeper reads that back. A
restored database may have such parts, too.
"""

from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.store.dialog_writing import DialogWriting
from receiver.store.mongo import Database, Document, store_errors

AT_ONCE = 500  # documents, so that no request waits long
PARTS: Document = {"_id": "parts"}


class EarlierOrphans:
    """Removes such parts, once for a database; raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database, writing: DialogWriting) -> None:
        self._collection = database["dialogs"]
        self._meta = database["meta"]
        self._writing = writing
        self._done = False

    async def forget(self, before: datetime) -> None:
        """Remove the parts that no head lists and nobody has changed since."""
        if self._done:
            return
        with store_errors():
            self._done = await self._meta.find_one(PARTS) is not None
        if self._done:
            return
        await self.look(before)
        with store_errors():
            await self._meta.update_one(PARTS, {"$set": {"looked": True}}, upsert=True)

    async def look(self, before: datetime) -> None:
        """Remove such parts, even if that was done before."""
        last: Any = ObjectId("0" * 24)
        fields = {"part_of": 1, "changed": 1}
        while last:
            after = {"_id": {"$gt": last}}
            with store_errors():
                some = self._collection.find(after, fields).sort("_id", 1).limit(AT_ONCE)
                found = await some.to_list(AT_ONCE)
            parts = [each for each in found if each.get("part_of") and each["changed"] < before]
            await self._writing.forget_orphans({each["_id"]: each["part_of"] for each in parts})
            last = found[-1]["_id"] if len(found) == AT_ONCE else None
