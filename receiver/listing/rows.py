"""Reads rows of lists, each query by an index.

A query is of equal fields and one span (``spans`` says why), which is how the index has them: no
server sorts or reads more than the span. What is no head of a dialog has none of the fields that
lists are sorted by, but ``changed``, or is left out here.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bson import ObjectId

from receiver.listing.queries import ROW, Listing
from receiver.listing.spans import (
    BEGINNING,
    END,
    TICK,
    TimeSpan,
    back_from,
    from_the_beginning,
    on_from,
)
from receiver.store.mongo import Database, Document, store_errors

MOST = 1000


class Rows:
    """Reads lists; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database["dialogs"]
        self._began: dict[tuple[str, str], datetime] = {}

    async def page(
        self, listing: Listing, limit: int, projection: Document | None = None
    ) -> list[Document]:
        """Return the next dialogs of a list, whose filters are equal fields of its index."""
        rows: list[Document] = []
        if listing.after:
            rows = await self._found(listing, beside(listing, listing.after), limit, projection)
        bounds = listing.filters.get(listing.sort.field)
        for span in self._spans(listing):
            if len(rows) >= limit:
                break
            part = cut(span, bounds) if bounds else span
            if part.low >= part.high:
                continue
            left = limit - len(rows)
            rows += await self._found(listing, within(listing, part), left, projection)
        if rows and not listing.after and not bounds:
            self._began[_name(listing)] = rows[0][listing.sort.field]
        return rows

    async def count(self, listing: Listing, most: int) -> int:
        """Return how many there are, ``most`` for more."""
        return len(await self.page(listing, most, {listing.sort.field: 1, "revision": 1}))

    async def of_person(self, mailbox: str, user: str, limit: int) -> list[Document]:
        """Return the newest dialogs of somebody, of the first thousand that are found."""
        heads = await self.all_of_person(mailbox, user)
        return sorted(heads, key=lambda head: head["updated"], reverse=True)[:limit]

    async def all_of_person(self, mailbox: str, user: str) -> list[Document]:
        """Return the dialogs of somebody in no order, a thousand at most."""
        query = {"mailbox": mailbox, "user": user}
        with store_errors():
            found = await self._dialogs.find(query, ROW).limit(MOST).to_list(MOST)
        return list(filter(_is_head, found))

    def _spans(self, listing: Listing) -> Iterator[TimeSpan]:
        now = datetime.now(UTC)
        start = listing.after[0] if listing.after else None
        bounded = listing.sort.field in listing.filters
        began = None if start or bounded else self._began.get(_name(listing))
        if listing.sort.newest_first:
            if began:
                yield TimeSpan(began + TICK, END)
            yield from back_from(began + TICK if began else start, now)
        elif start:
            yield from on_from(start + TICK, now)
        elif began:
            yield TimeSpan(BEGINNING, began)
            yield from on_from(began, now)
        else:
            yield from from_the_beginning(now)

    async def _found(
        self, listing: Listing, query: Document, limit: int, projection: Document | None
    ) -> list[Document]:
        order = -1 if listing.sort.newest_first else 1
        sort = [(listing.sort.field, order), ("_id", order)]
        asked = limit
        while True:
            with store_errors():
                cursor = self._dialogs.find(query, projection or ROW).sort(sort).limit(asked)
                found = await cursor.to_list(asked)
            heads = list(filter(_is_head, found))
            if len(heads) >= limit or len(found) < asked:
                return heads[:limit]
            asked *= 2  # parts of dialogs are among them


def cut(span: TimeSpan, bounds: Mapping[str, datetime]) -> TimeSpan:
    """Return what of a span lies within bounds."""
    low, high = bounds.get("$gte", span.low), bounds.get("$lt", span.high)
    return TimeSpan(max(span.low, low), min(span.high, high))


def within(listing: Listing, span: TimeSpan) -> Document:
    """Return the query for a span."""
    bounds = {"$gte": span.low} | ({"$lt": span.high} if span.high < END else {})
    return {"mailbox": listing.mailbox, **listing.filters, listing.sort.field: bounds}


def beside(listing: Listing, after: tuple[datetime, ObjectId]) -> Document:
    """Return the query for what has the very time of the last row, and comes behind it."""
    when, last = after
    behind = {"$lt" if listing.sort.newest_first else "$gt": last}
    exactly = {listing.sort.field: when, "_id": behind}
    return {"mailbox": listing.mailbox, **listing.filters, **exactly}


def _name(listing: Listing) -> tuple[str, str]:
    return listing.mailbox, f"{listing.sort} {sorted(listing.filters.items())}"


def _is_head(document: Document) -> bool:
    return "revision" in document and "part_of" not in document
