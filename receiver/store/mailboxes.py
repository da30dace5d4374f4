"""Which mailboxes have letters, and since when, without looking at all letters."""

from collections.abc import Iterable, Set
from datetime import UTC, datetime, timedelta

from bson import ObjectId

from contract.reading.domains import address_in_ascii
from receiver.store.mongo import Collection, Database, Document, store_errors

MARK = "read back "  # and a mailbox: the time until which all stored there has been read back
MARKS: Document = {"_id": {"$gte": MARK, "$lt": MARK[:-1] + chr(ord(MARK[-1]) + 1)}}
TO_PROJECT = "to project "  # and an id: a mailbox whose dialogs must be compared with its letters
LEFT: Document = {"_id": {"$gte": TO_PROJECT, "$lt": TO_PROJECT[:-1] + "!"}}
NEWEST, OLDEST = timedelta(hours=6), timedelta(days=64 * 365)


class KeptMailboxes:
    """Knows which mailboxes have letters; each method raises StoreUnavailable.

    Each has a mark in ``meta``, made before its first letter is stored: the time until which its
    letters have been read back.
    """

    def __init__(self, database: Database) -> None:
        self._letters = database["letters"]
        self._meta = database["meta"]
        self._marked: set[str] = set()
        self._seen: set[str] = set()

    async def mark(self, mailboxes: Set[str], when: datetime) -> None:
        """Mark mailboxes in which letters are about to be stored."""
        new = mailboxes - self._marked
        for mailbox in new - (await self.watermarks()).keys() if new else ():
            await self.set_watermark(mailbox, await first_kept(self._letters, mailbox) or when)
        self._marked |= new

    async def mark_others(self) -> None:
        """Mark mailboxes that have letters but no mark, however these came."""
        for mailbox in set(await self.every()) - (await self.watermarks()).keys():
            if first := await first_kept(self._letters, mailbox):
                await self.set_watermark(mailbox, first)

    async def every(self) -> list[str]:
        """Return every mailbox that has, or had, letters."""
        known = (await self.watermarks()).keys()
        return sorted(known | await mailboxes_beside(self._letters, known))

    async def watermarks(self) -> dict[str, datetime]:
        """Return the time until which each mailbox was read back: few reads, for any number."""
        with store_errors():
            found = await self._meta.find(MARKS).to_list(None)
        return {each["_id"].removeprefix(MARK): each["until"] for each in found}

    async def spelt(self, mailbox: str) -> str:
        """Return a mailbox in the spelling of its letters, or as given if it has none.

        Its domain may be written in letters or in ASCII.
        """
        mailbox = mailbox.strip().casefold()
        if mailbox in self._seen or (mailbox.isascii() and "xn--" not in mailbox):
            return mailbox
        known, same = await self.watermarks(), address_in_ascii(mailbox)
        if mailbox in known:
            self._seen.add(mailbox)
            return mailbox
        return next((each for each in known if address_in_ascii(each) == same), mailbox)

    async def set_watermark(self, mailbox: str, until: datetime) -> None:
        """Set the time until which everything was read back; it never goes back."""
        with store_errors():
            await self._meta.update_one(
                {"_id": MARK + mailbox}, {"$max": {"until": until}}, upsert=True
            )

    async def letters_go(self, mailbox: str, now: datetime, one: str = "") -> str:
        """Note that letters go, so that their mailbox must be projected; with ``one`` that more go.

        Whoever dies before it is projected leaves this note.
        """
        one = one or f"{TO_PROJECT}{ObjectId()}"
        with store_errors():
            await self._meta.replace_one(
                {"_id": one}, {"mailbox": mailbox, "when": now}, upsert=True
            )
        return one

    async def projected(self, one: str) -> None:
        """Note that it has been projected since."""
        with store_errors():
            await self._meta.delete_one({"_id": one})

    async def left_to_project(self, before: datetime) -> dict[str, str]:
        """Return the mailboxes of notes that nobody has renewed since, by note."""
        with store_errors():
            found = await self._meta.find(LEFT | {"when": {"$lt": before}}).to_list(None)
        return {each["_id"]: each["mailbox"] for each in found}

    async def set_back(self, place: datetime) -> None:
        """Let letters be read back from a place on: the clock was set back."""
        ahead = MARKS | {"until": {"$gt": place}}
        with store_errors():
            await self._meta.update_many(ahead, {"$set": {"until": place}})


async def first_kept(letters: Collection, mailbox: str) -> datetime | None:
    """Return when the first letter of a mailbox was stored.

    Searched from the beginning of time, each span half as old as the one before: the embedded
    database reads all that a query matches, even if asked for the first.
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
    """Return the mailboxes that have documents in the collection and are not among ``known``.

    It asks for documents between two names, which are few, rather than for all names.
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
