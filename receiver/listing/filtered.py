"""Lists with any conditions.

If no index has a condition, the embedded database reads the whole collection, even after the
request has timed out. So the rows of a list that an index has are filtered here, more at once the
fewer match, for a limited time: a page may hold fewer rows than asked for, even none, and says
where to go on. A person's dialogs are read whole: they have an index of their own.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.listing.queries import MANY, Listing, Queries
from receiver.listing.rows import MOST, Rows
from receiver.store.mongo import Document

LOOK_SECONDS = 2.0  # for one page; the read that is running comes on top
TOGETHER = 500  # rows, about a kilobyte each
EQUAL = {"waiting_since": {"waiting"}}  # conditions that the index of a sort has


@dataclass(frozen=True)
class ListPage:
    """Some dialogs of a list; ``after`` is where to go on, None at the end of the list."""

    rows: Sequence[Document]
    after: tuple[datetime, ObjectId] | None = None


class FilteredLists:
    """Reads lists; each method raises StoreUnavailable."""

    def __init__(
        self, queries: Queries, rows: Rows, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._queries = queries
        self._rows = rows
        self._clock = clock

    async def page(self, listing: Listing, limit: int) -> ListPage:
        """Return the next dialogs of a list, without messages."""
        field = listing.sort.field
        if "user" in listing.filters:
            return _page(await self._of_user(listing, limit + 1), limit, field)
        indexed, others = split(listing)
        read = replace(listing, filters=indexed)
        if not others:
            return _page(await self._rows.page(read, limit + 1), limit, field)
        found: list[Document] = []
        ends, together = self._clock() + LOOK_SECONDS, min(limit + 1, TOGETHER)
        while True:
            some = await self._rows.page(read, together)
            found += [each for each in some if holds(others, each)]
            if len(found) > limit or len(some) < together:
                return _page(found, limit, field)
            read = replace(read, after=_place(some[-1], field))
            if self._clock() >= ends:
                return ListPage(found, read.after)
            together = min(together * 2, TOGETHER)

    async def count(self, listing: Listing) -> int | None:
        """Return how many there are, ``MANY`` for more; None if counting would take long."""
        whole = replace(listing, after=None)
        if "user" not in whole.filters and not split(whole)[1]:
            return await self._rows.count(whole, MANY)
        page = await self.page(whole, MANY)
        return len(page.rows) if page.after is None or len(page.rows) == MANY else None

    async def _of_user(self, listing: Listing, limit: int) -> list[Document]:
        """Return the next dialogs of a person: all of his are read, if they are not very many."""
        heads = await self._rows.all_of_person(listing.mailbox, listing.filters["user"])
        if len(heads) >= MOST:
            return await self._queries.page(listing, limit)
        field, newest_first = listing.sort.field, listing.sort.newest_first
        wanted = [each for each in heads if holds(listing.filters, each) and each.get(field)]
        wanted.sort(key=lambda each: (each[field], each["_id"]), reverse=newest_first)
        if listing.after:
            edge = listing.after
            wanted = [
                each
                for each in wanted
                if (
                    (each[field], each["_id"]) < edge
                    if newest_first
                    else (each[field], each["_id"]) > edge
                )
            ]
        return wanted[:limit]


def _page(rows: Sequence[Document], limit: int, field: str) -> ListPage:
    """Return a page of rows; one more than its limit was asked for."""
    shown = rows[:limit]
    return ListPage(shown, _place(shown[-1], field) if len(rows) > limit else None)


def _place(row: Document, field: str) -> tuple[datetime, ObjectId]:
    return row[field], row["_id"]


def split(listing: Listing) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split the conditions of a list into those that the index of its sort has, and the others."""
    of_index = EQUAL.get(listing.sort.field, set()) | {listing.sort.field}
    indexed = {name: value for name, value in listing.filters.items() if name in of_index}
    others = {name: value for name, value in listing.filters.items() if name not in of_index}
    return indexed, others


def holds(filters: Mapping[str, Any], head: Document) -> bool:
    """Tell whether a dialog meets conditions, as the database would."""
    return all(_is(head.get(name), wanted) for name, wanted in filters.items())


def _is(value: Any, wanted: Any) -> bool:
    match wanted:
        case {"$all": marks}:
            return set(marks) <= set(value or ())
        case {"$in": names}:
            return not set(names).isdisjoint(value if isinstance(value, list) else [value])
        case {"$ne": other}:
            return bool(value != other)
        case {"$gte": datetime()} | {"$lt": datetime()}:
            after = "$gte" not in wanted or value >= wanted["$gte"]
            return bool(after and ("$lt" not in wanted or value < wanted["$lt"]))
    return bool(wanted in value if isinstance(value, list) else value == wanted)
