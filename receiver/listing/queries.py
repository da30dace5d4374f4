"""Reads for programs: pages of lists of dialogs, mailboxes, letters, users of a blob.

Each query of a list uses one index, named by ``hint`` so that no plan changes with the data, and
filters the rest. The embedded database reads all of that index. A page begins behind the last row
of the one before, by sort field and id, so that it costs the same at any depth.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from receiver.listing.spans import Pace, back_from, following
from receiver.store.mongo import Database, Document, store_errors

MANY = 1000
ROW: Document = {"messages": 0, "writers": 0, "thread_indexes": 0, "parts": 0}
SHORTEST_KEY = 16
BEGINNING = 640  # characters of a text whose new words are unknown
WORDS: Document = dict.fromkeys(
    ("key", *(f"message.{each}" for each in ("reply", "from", "to", "direction", "kind"))), 1
) | {"message.start": {"$substrCP": ["$message.body", 0, BEGINNING]}}
INDEX_OF = {"updated": "updated_lately", "changed": "changed_lately", "waiting_since": "who_waits"}


@dataclass(frozen=True)
class Sort:
    """The field by which a list is sorted, and whether the greatest comes first."""

    field: str
    newest_first: bool


@dataclass(frozen=True)
class Listing:
    """The dialogs asked for. ``after`` is where the page before ended."""

    mailbox: str
    sort: Sort
    filters: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[datetime, ObjectId] | None = None


AN_HOUR = timedelta(hours=1)


class Queries:
    """Reads what programs ask for; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database["dialogs"]
        self._letters = database["letters"]
        self._redirects = database["redirects"]

    async def is_within(self, one: ObjectId, mailboxes: Collection[str]) -> bool:
        """Tell whether an id belongs to a dialog or letter of these mailboxes, or did to a dialog.

        An id elsewhere and an id nowhere take the same work.
        """
        query = {"_id": one, "mailbox": {"$in": sorted(mailboxes)}}
        with store_errors():
            for each in (self._dialogs, self._redirects, self._letters):
                if await each.find_one(query, {"_id": 1}):
                    return True
        return False

    async def page(self, listing: Listing, limit: int) -> list[Document]:
        """Return the next dialogs of a list, without messages."""
        query, index = asked_of(listing)
        direction = -1 if listing.sort.newest_first else 1
        order = [(listing.sort.field, direction), ("_id", direction)]
        with store_errors():
            cursor = self._dialogs.find(query, ROW).hint(index).sort(order).limit(limit)
            return await cursor.to_list(limit)

    async def last_kept(self, mailbox: str) -> datetime | None:
        """Return when a mailbox's newest letter was stored."""
        # Many mailboxes are asked one after the other: few queries, if some read more letters.
        spans = back_from(None, datetime.now(UTC), Pace(1, AN_HOUR, of_empty_way=1))
        span = next(spans, None)
        while span:
            query = {"mailbox": mailbox, "kept": {"$gte": span.low, "$lt": span.high}}
            with store_errors():
                found = await self._letters.find_one(query, {"kept": 1}, sort=[("kept", -1)])
            if found:
                kept: datetime = found["kept"]
                return kept
            span = following(spans, 0)
        return None

    async def kept_on(self, mailbox: str, since: datetime, span: timedelta) -> int:
        """Return how many letters of a mailbox were stored in a span of time, ``MANY`` for more."""
        query = {"mailbox": mailbox, "kept": {"$gte": since, "$lt": since + span}}
        with store_errors():
            return await self._letters.count_documents(query, limit=MANY)

    async def naming(
        self, digest: str, mailboxes: Collection[str] | None, *, as_file: bool
    ) -> Document | None:
        """Return a letter that names a blob, in these mailboxes or in any, without its texts.

        ``as_file``: it must be an attachment. No index is named, as the embedded database would
        then look at all of it.
        """
        query: Document = {"digests": digest}
        if mailboxes is not None:
            query["mailbox"] = {"$in": sorted(mailboxes)}
        if as_file:
            query["message.attachments.sha256"] = digest
        fields = {"mailbox": 1, "key": 1, "message.attachments": 1, "content.raw": 1}
        with store_errors():
            return await self._letters.find_one(query, fields)

    async def key_of(self, mailbox: str, beginning: str) -> str | None:
        """Return the key of a mailbox's only letter whose key begins so, None if not unique."""
        if len(beginning) < SHORTEST_KEY:
            return None
        query = {"mailbox": mailbox, "key": {"$gte": beginning, "$lt": beginning + "g"}}
        with store_errors():
            found = await self._letters.find(query, {"key": 1}).limit(2).to_list(2)
        return str(found[0]["key"]) if len(found) == 1 else None

    async def newest_words(self, mailbox: str, keys: Collection[str]) -> dict[str, Document]:
        """Return the new words of letters, and who wrote to whom, by key.

        ``start`` is the beginning of the whole text.
        """
        query = {"mailbox": mailbox, "key": {"$in": sorted(keys)}}
        with store_errors():
            found = await self._letters.find(query, WORDS).to_list(None)
        return {each["key"]: each["message"] for each in found}


def asked_of(listing: Listing) -> tuple[Document, str]:
    """Return the filter for a list, and the index that it uses."""
    name = listing.sort.field
    bounds: Document = {"$gt": datetime.min, **listing.filters.get(name, {})}
    query: Document = {"mailbox": listing.mailbox, **listing.filters, name: bounds}
    if listing.after is not None:
        when, last = listing.after
        beyond, edge = ("$lt", "$lte") if listing.sort.newest_first else ("$gt", "$gte")
        query[name] = {**bounds, edge: max(when, bounds.get(edge, when))}
        query["$or"] = [{name: {beyond: when}}, {name: when, "_id": {beyond: last}}]
    query |= {"part_of": None, "revision": {"$exists": True}}
    if "user" in listing.filters:
        return query, "a_user_and_a_subject"
    return query, INDEX_OF[name]
