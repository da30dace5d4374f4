"""Which mailboxes have letters, and since when, without a look at all of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from receiver.store.mongo import Collection, store_errors

NEWEST, OLDEST = timedelta(hours=6), timedelta(days=64 * 365)


async def first_kept(letters: Collection, mailbox: str) -> datetime | None:
    """Return when the first letter of a mailbox was kept.

    It is looked for from the beginning of time, each span half as old as the one before: the
    embedded database reads all that a query matches, also where it is asked for the first.
    """
    now, age, since = datetime.now(UTC), OLDEST, datetime.min
    while True:
        until = {"$lt": now - age} if age > NEWEST else {}
        query = {"mailbox": mailbox, "kept": {"$gte": since} | until}
        with store_errors():
            found = await letters.find_one(query, {"kept": 1}, sort=[("kept", 1)])
        if found or not until:
            return found["kept"] if found else None
        since, age = now - age, age / 2


async def mailboxes_beside(collection: Collection, known: Iterable[str]) -> set[str]:
    """Return the mailboxes that have documents there and are none of those that are known.

    Asked is for what lies between two names, which is little, rather than for all names.
    """
    names = sorted(known)
    gaps: list[tuple[str, str | None]] = list(zip(["", *names], [*names, None], strict=True))
    found = set()
    while gaps:
        low, high = gaps.pop()
        between = {"$gt": low} | ({"$lt": high} if high else {})
        with store_errors():
            document = await collection.find_one({"mailbox": between}, {"mailbox": 1})
        if document:
            name: str = document["mailbox"]
            found.add(name)
            gaps += [(low, name), (name, high)]
    return found
