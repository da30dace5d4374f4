"""Letters as the index and the search read them.

No query has a ``hint``: the embedded database would then look at the whole index, not at a span.
"""

from collections.abc import AsyncGenerator, Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from receiver.search.segment import IndexRow
from receiver.store.mailboxes import first_kept
from receiver.store.mongo import Database, Document, ServerClock, all_of, each_of, store_errors

# The embedded database compares each letter that it reads with each requested id.
READ_TOGETHER = 32
STREAMED = 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DATED: Document = {"message.created": 1}
# The whole message: choosing among so many fields costs the database more.
SEARCHED: Document = {"mailbox": 1, "dialog": 1, "message": 1}


class KeptLetters:
    """Reads letters; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._letters = database["letters"]
        self._clock = ServerClock(database)

    async def now(self) -> datetime:
        """Return the database's time."""
        return await self._clock.now()

    async def first(self, mailbox: str) -> datetime | None:
        """Return when the first letter of a mailbox was stored."""
        return await first_kept(self._letters, mailbox)

    async def between(
        self, mailbox: str, since: datetime, until: datetime, most: int = 0
    ) -> list[tuple[datetime, bytes]]:
        """Return when letters were stored in a span, and their ids, in order; the last ``most``."""
        query = {"mailbox": mailbox, "kept": {"$gte": since, "$lt": until}}
        with store_errors():
            found = self._letters.find(query, {"kept": 1})
            if most:
                found = found.sort([("kept", -1), ("_id", -1)]).limit(most)
            documents = await all_of(found)
        return sorted((each["kept"], each["_id"].binary) for each in documents)

    async def said_between(
        self, mailbox: str, since: datetime, until: datetime
    ) -> AsyncGenerator[Document]:
        """Yield letters stored in a span, in order, each with the time of its storing."""
        query = {"mailbox": mailbox, "kept": {"$gte": since, "$lt": until}}
        fields = SEARCHED | {"kept": 1}
        with store_errors():
            found = self._letters.find(query, fields, batch_size=STREAMED).sort("kept", 1)
            async for each in each_of(found):
                yield each

    async def ids(self, mailbox: str, keys: Collection[str]) -> list[bytes]:
        """Return the ids of letters with these keys."""
        query = {"mailbox": mailbox, "key": {"$in": sorted(set(keys))}}
        with store_errors():
            found = await self._letters.find(query, {"_id": 1}).to_list(None)
        return [each["_id"].binary for each in found]

    async def dialogs(self, ids: Iterable[bytes]) -> dict[bytes, Any]:
        """Return the dialogs that letters point to, by the ids of the letters."""
        found = await self._read(ids, {"dialog": 1})
        return {one: each["dialog"] for one, each in found.items()}

    async def documents(self, ids: Iterable[bytes]) -> dict[bytes, Document]:
        """Return the searched fields of existing letters, by their ids."""
        return await self._read(ids, SEARCHED)

    async def rows(self, ids: Iterable[bytes]) -> list[IndexRow]:
        """Return existing letters' rows in the index."""
        return [row_of(each) for each in (await self._read(ids, DATED)).values()]

    async def _read(self, ids: Iterable[bytes], fields: Document) -> dict[bytes, Document]:
        wanted = [ObjectId(each) for each in ids]
        found: dict[bytes, Document] = {}
        for start in range(0, len(wanted), READ_TOGETHER):
            query = {"_id": {"$in": wanted[start : start + READ_TOGETHER]}}
            with store_errors():
                some = await self._letters.find(query, fields).to_list(None)
            found |= {each["_id"].binary: each for each in some}
        return found


def row_of(document: Document) -> IndexRow:
    """Return a letter's row in the index."""
    created: datetime = document["message"]["created"]
    return IndexRow(milliseconds(created), document["_id"].binary)


def milliseconds(when: datetime) -> int:
    """Return a time as the index stores it."""
    return (when - EPOCH) // timedelta(milliseconds=1)


def moment(when: int) -> datetime:
    """Return the time of milliseconds."""
    return EPOCH + timedelta(milliseconds=when)
