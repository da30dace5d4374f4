"""The letters as the index and the search read them.

No query has a ``hint``: the embedded database then looks at all that the index has, not at a span.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic

from bson import ObjectId

from receiver.search.segment import IndexRow
from receiver.store.mongo import Database, Document, ServerClock, store_errors

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEARCHED: Document = dict.fromkeys(
    [
        *("mailbox", "dialog", "message.key", "message.subject", "message.body", "message.reply"),
        *("message.created", "message.from", "message.to", "message.cc", "message.bcc"),
        *("message.reply_to", "message.original_from", "message.direction", "message.kind"),
        *("message.attachments.filename", "message.attachments.inline"),
    ],
    1,
)


class KeptLetters:
    """Reads letters; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._letters = database["letters"]
        self._clock = ServerClock(database)
        self._mailboxes: list[str] = []
        self._ask_again = 0.0

    async def now(self) -> datetime:
        """Return the database's time."""
        return await self._clock.now()

    async def mailboxes(self) -> list[str]:
        """Return every mailbox that has letters.

        A database may look at each letter for that: so it is asked a hundredth of the time at most.
        """
        if (began := monotonic()) >= self._ask_again:
            with store_errors():
                self._mailboxes = sorted(await self._letters.distinct("mailbox"))
            self._ask_again = monotonic() + max(1.0, 100 * (monotonic() - began))
        return self._mailboxes

    async def first(self, mailbox: str) -> datetime | None:
        """Return when the first letter of a mailbox was kept."""
        with store_errors():
            found = await self._letters.find_one(
                {"mailbox": mailbox}, {"kept": 1}, sort=[("kept", 1)]
            )
        return found["kept"] if found else None

    async def between(
        self, mailbox: str, since: datetime, until: datetime
    ) -> list[tuple[datetime, bytes]]:
        """Return when letters were kept in a span, and their ids, in order."""
        query = {"mailbox": mailbox, "kept": {"$gte": since, "$lt": until}}
        with store_errors():
            documents = await self._letters.find(query, {"kept": 1}).to_list(None)
        return sorted((each["kept"], each["_id"].binary) for each in documents)

    async def ids(self, mailbox: str, keys: Collection[str]) -> list[bytes]:
        """Return the ids of letters of these keys."""
        query = {"mailbox": mailbox, "key": {"$in": sorted(set(keys))}}
        with store_errors():
            found = await self._letters.find(query, {"_id": 1}).to_list(None)
        return [each["_id"].binary for each in found]

    async def documents(self, ids: Iterable[bytes]) -> dict[bytes, Document]:
        """Return letters by their ids, those that are there, as far as they are searched."""
        query = {"_id": {"$in": [ObjectId(each) for each in ids]}}
        with store_errors():
            found = await self._letters.find(query, SEARCHED).to_list(None)
        return {each["_id"].binary: each for each in found}


def row_of(document: Document) -> IndexRow:
    """Return a letter as the index lists it."""
    created: datetime = document["message"]["created"]
    return IndexRow(milliseconds(created), document["_id"].binary)


def milliseconds(when: datetime) -> int:
    """Return a time as the index keeps it."""
    return (when - EPOCH) // timedelta(milliseconds=1)


def moment(when: int) -> datetime:
    """Return the time of milliseconds."""
    return EPOCH + timedelta(milliseconds=when)
