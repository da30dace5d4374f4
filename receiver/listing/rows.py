"""Reads rows of lists, each query by an index.

A query has equal fields and one span (``spans`` says why), in the order of the index: no server
sorts or reads more than the span. Documents that are not heads have none of the sort fields except
``changed``, or are filtered out here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bson import ObjectId

from receiver.listing.queries import ROW, Listing
from receiver.listing.spans import (
    BEGINNING,
    END,
    FIRST,
    TICK,
    Pace,
    Spans,
    TimeSpan,
    back_from,
    following,
    from_the_beginning,
    on_from,
)
from receiver.store.dialog import kept_as
from receiver.store.mongo import Database, Document, store_errors

MOST = 1000
FEW, SOME = 100, 20
NOTHING: Document = {"revision": 1, "part_of": 1}  # except what tells a dialog from a part
SOON = timedelta(minutes=10)


@dataclass(frozen=True)
class LastLook:
    """What the last reading of a list says about the next: at most about a page came by ``until``.

    ``began`` is the time of its first row, None if it was so short that one query reads it all.
    """

    apart: timedelta
    began: datetime | None = None
    until: datetime = BEGINNING


class Rows:
    """Reads lists; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database["dialogs"]
        self._looks: dict[tuple[str, str], LastLook] = {}

    async def page(
        self, listing: Listing, limit: int, projection: Document | None = None
    ) -> list[Document]:
        """Return the next dialogs of a list; its filters are equal fields of its index."""
        rows: list[Document] = []
        bounds = listing.filters.get(listing.sort.field, {})
        if listing.after and is_within(listing.after[0], bounds):
            rows = await self._found(listing, beside(listing, listing.after), limit, projection)
        edge = END if self._knows_where(listing) else await self._edge(listing)
        spans = self._spans(listing, limit - len(rows), edge)
        span = next(spans, None)
        while span and len(rows) < limit:
            part, found = cut(span, bounds) if bounds else span, []
            if part.low < part.high:
                left = limit - len(rows)
                found = await self._found(listing, within(listing, part), left, projection)
            rows += found
            span = following(spans, len(found))
        self._remember(listing, rows, limit)
        return rows

    async def count(self, listing: Listing, most: int) -> int:
        """Return how many there are, ``most`` for more."""
        return len(await self.page(listing, most, {listing.sort.field: 1, "revision": 1}))

    async def of_person(self, mailbox: str, user: str, limit: int) -> list[Document]:
        """Return a person's newest dialogs, of the first thousand found."""
        heads = await self.all_of_person(mailbox, kept_as(user))
        return sorted(heads, key=lambda head: head["updated"], reverse=True)[:limit]

    async def near_person(self, mailbox: str, person: str, limit: int) -> list[Document]:
        """Return dialogs of a canonical address with any tag, or without its tag."""
        local, _, domain = person.rpartition("@")
        name = local.partition("+")[0]
        if not name:
            return []
        tagged = await self.all_of_person(mailbox, {"$gte": f"{name}+", "$lt": f"{name},"})
        found = [each for each in tagged if each["user"].rpartition("@")[2] == domain]
        return (found + await self.of_person(mailbox, f"{name}@{domain}", limit))[:limit]

    async def all_of_person(self, mailbox: str, user: str | Document) -> list[Document]:
        """Return the dialogs of whom ``kept_as`` says, in no order, a thousand at most."""
        query = {"mailbox": mailbox, "user": user}
        with store_errors():
            found = await self._dialogs.find(query, ROW).limit(MOST).to_list(MOST)
        return list(filter(_is_head, found))

    def _knows_where(self, listing: Listing) -> bool:
        """Tell whether the beginning of a list is known, or its end is what is asked for."""
        look = self._looks.get(_name(listing))
        known = look is not None and look.until >= datetime.now(UTC)
        return known or listing.sort.newest_first or bool(_start(listing))

    async def _edge(self, listing: Listing) -> datetime:
        """Return approximately where a list begins whose oldest row comes first.

        A page of its newest rows shows how close they are; short spans further and further back
        show whether there are still some. If that page has all of them, the list is known.
        """
        latest = replace(listing, sort=replace(listing.sort, newest_first=True))
        newest = await self.page(latest, FEW)
        look = self._looks[_name(latest)]
        if len(newest) < FEW:
            self._looks[_name(listing)] = look
            return END
        origin: datetime = newest[-1][listing.sort.field]
        window = max(look.apart * SOME, FIRST)
        near, far = timedelta(), window
        while await self._has(listing, origin, far, window):
            near, far = far, far * 2
        while far - near > window:
            middle = (near + far) / 2
            there = await self._has(listing, origin, middle, window)
            near, far = (middle, far) if there else (near, middle)
        return origin - near - window

    async def _has(
        self, listing: Listing, origin: datetime, way: timedelta, window: timedelta
    ) -> bool:
        """Tell whether a short span, ``way`` before a time, has rows."""
        if origin - BEGINNING <= way + window:
            return False
        span = TimeSpan(origin - way - window, origin - way)
        return bool(await self._found(listing, within(listing, span), 1, NOTHING))

    def _spans(self, listing: Listing, wanted: int, edge: datetime) -> Spans:
        now, newest_first = datetime.now(UTC), listing.sort.newest_first
        look = self._looks.get(_name(listing))
        pace = Pace.of_rows(look.apart, wanted) if look else Pace(wanted)
        if start := _start(listing):
            yield from back_from(start, now, pace) if newest_first else on_from(start, now, pace)
        elif look is None or look.until < now:
            if newest_first:
                yield from back_from(None, now, pace)
            else:
                yield from from_the_beginning(now, pace, edge)
        elif look.began is None:
            yield TimeSpan(BEGINNING, END)
        elif newest_first:
            pace.wanted -= yield TimeSpan(look.began + TICK, END)
            yield from back_from(look.began + TICK, now, pace)
        else:
            pace.wanted -= yield TimeSpan(BEGINNING, look.began)
            yield from on_from(look.began, now, pace)

    def _remember(self, listing: Listing, rows: list[Document], limit: int) -> None:
        name, now = _name(listing), datetime.now(UTC)
        look = self._looks.get(name, LastLook(FIRST))
        times = [row[listing.sort.field] for row in rows]
        way = abs(times[0] - times[-1]) if times else timedelta()
        if len(rows) > 1:
            look = replace(look, apart=way / len(rows))
        if not _start(listing):
            if len(rows) < min(limit, FEW) and listing.sort.field not in listing.filters:
                look = replace(look, began=None, until=now + SOON)
            elif rows:
                look = replace(look, began=times[0], until=now + way)
        self._looks[name] = look

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
            asked *= 2  # among them are parts of dialogs


def cut(span: TimeSpan, bounds: Mapping[str, datetime]) -> TimeSpan:
    """Return the part of a span within bounds."""
    low, high = bounds.get("$gte", span.low), bounds.get("$lt", span.high)
    return TimeSpan(max(span.low, low), min(span.high, high))


def is_within(when: datetime, bounds: Mapping[str, datetime]) -> bool:
    """Tell whether a time is within bounds: a cursor may come with bounds other than its own."""
    return bounds.get("$gte", when) <= when < bounds.get("$lt", END)


def within(listing: Listing, span: TimeSpan) -> Document:
    """Return the query for a span of a list."""
    bounds = {"$gte": span.low} | ({"$lt": span.high} if span.high < END else {})
    return {"mailbox": listing.mailbox, **listing.filters, listing.sort.field: bounds}


def beside(listing: Listing, after: tuple[datetime, ObjectId]) -> Document:
    """Return the query for rows with the very time of the last row, and behind it."""
    when, last = after
    behind = {"$lt" if listing.sort.newest_first else "$gt": last}
    exactly = {listing.sort.field: when, "_id": behind}
    return {"mailbox": listing.mailbox, **listing.filters, **exactly}


def _start(listing: Listing) -> datetime | None:
    """Return the time from which a list is read: that of the last row, or its bound."""
    newest_first = listing.sort.newest_first
    if listing.after:
        return listing.after[0] if newest_first else listing.after[0] + TICK
    bounds = listing.filters.get(listing.sort.field, {})
    bound: datetime | None = bounds.get("$lt" if newest_first else "$gte")
    return bound


def _name(listing: Listing) -> tuple[str, str]:
    equal = {name: each for name, each in listing.filters.items() if name != listing.sort.field}
    return listing.mailbox, f"{listing.sort} {sorted(equal.items())}"


def _is_head(document: Document) -> bool:
    return "revision" in document and "part_of" not in document
