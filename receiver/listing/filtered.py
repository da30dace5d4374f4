"""Lists with whatever conditions.

A condition that no index has lets the embedded database read the whole collection, and go on with
that when nobody waits any more. So the rows of a list that an index has are looked through here
first, a thousand of them; only what is rarer than that is left to the database. What a person has
is read whole: that is an index of its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from receiver.listing.rows import MOST, Rows
from receiver.store.mongo import Document
from receiver.store.queries import MANY, Listing, Queries

LOOKED_THROUGH = 1000
EQUAL = {"waiting_since": {"waiting"}}  # of a sort, the conditions that its index has


class FilteredLists:
    """Reads lists; each method raises StoreUnavailable."""

    def __init__(self, queries: Queries, rows: Rows) -> None:
        self._queries = queries
        self._rows = rows

    async def page(self, listing: Listing, limit: int) -> list[Document]:
        """Return the next dialogs of a list, without messages."""
        if "user" in listing.filters:
            return await self._of_user(listing, limit)
        field = listing.sort.field
        indexed, others = split(listing)
        found: list[Document] = []
        looked, after = 0, listing.after
        while looked < LOOKED_THROUGH or not others:
            some = await self._rows.page(replace(listing, filters=indexed, after=after), limit)
            found += [each for each in some if holds(others, each)]
            if len(found) >= limit or len(some) < limit:
                return found[:limit]
            looked += len(some)
            after = (some[-1][field], some[-1]["_id"])
        return found + await self._queries.page(replace(listing, after=after), limit - len(found))

    async def count(self, listing: Listing) -> int:
        """Return how many there are, ``MANY`` for more."""
        whole = replace(listing, after=None)
        if "user" not in whole.filters and not split(whole)[1]:
            return await self._rows.count(whole, MANY)
        return len(await self.page(whole, MANY))

    async def _of_user(self, listing: Listing, limit: int) -> list[Document]:
        """Return the next dialogs of somebody: all of his are read, if they are not very many."""
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


def split(listing: Listing) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the conditions of a list that the index of its sort has, and the others."""
    of_index = EQUAL.get(listing.sort.field, set()) | {listing.sort.field}
    indexed = {name: value for name, value in listing.filters.items() if name in of_index}
    others = {name: value for name, value in listing.filters.items() if name not in of_index}
    return indexed, others


def holds(filters: Mapping[str, Any], head: Document) -> bool:
    """Tell whether a dialog is what conditions ask for, as the database would."""
    return all(_is(head.get(name), wanted) for name, wanted in filters.items())


def _is(value: Any, wanted: Any) -> bool:
    match wanted:
        case {"$all": marks}:
            return set(marks) <= set(value or ())
        case {"$ne": other}:
            return bool(value != other)
        case {"$gte": datetime()} | {"$lt": datetime()}:
            after = "$gte" not in wanted or value >= wanted["$gte"]
            return bool(after and ("$lt" not in wanted or value < wanted["$lt"]))
    return bool(wanted in value if isinstance(value, list) else value == wanted)
