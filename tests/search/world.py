"""Stored letters, each with a dialog, and what a scan of all of them finds."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from receiver.letters.letter import Letter
from receiver.search import indexing, segment
from receiver.search.index import Index
from receiver.search.indexing import Indexing
from receiver.search.query import read
from receiver.search.searched import Searched, matches
from receiver.search.searching import Searching
from receiver.store.letters import Kept, Letters
from receiver.store.mongo import Database, Document
from tests.receiver.written import MAILBOX, arrival, written

WORDS = (
    *("возврат", "возвратили", "заказ", "заказов", "ёлка", "елки", "договор", "12345"),
    *("invoice", "from", "re"),
)


class Clock:
    """The database's time, as the index has it: it stands until somebody moves it on."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)

    async def now(self) -> datetime:
        return self.time

    def later(self, time: timedelta = indexing.HOT + timedelta(seconds=2)) -> None:
        """Move on, if nothing else is said so far that what was kept is put into the index."""
        self.time += time


async def keep(
    database: Database, letters: Iterable[Letter], when: datetime, **head: Any
) -> list[ObjectId]:
    """Keep letters as of a time, each with a dialog; return their ids."""
    ids, documents = [], []
    for each in letters:
        one = ObjectId()
        came = arrival(each)
        documents.append((Kept(one, each, one), came.content, came.copy))
        ids.append(one)
    await Letters(database).keep(documents, when)
    heads = [
        {"_id": one, "mailbox": kept.letter.mailbox, "messages": [], "revision": 0} | head
        for one, (kept, _, _) in zip(ids, documents, strict=True)
    ]
    await database.dialogs.insert_many(heads)
    return ids


async def scanned(
    database: Database, line: str, mailboxes: Sequence[str] = (MAILBOX,)
) -> list[str]:
    """Return the keys of the letters that a line asks for, by looking at each, newest first."""
    asked = read(line)
    found: list[tuple[datetime, ObjectId, str]] = []
    waiting = {each["_id"]: each.get("waiting") == "us" async for each in database.dialogs.find()}
    documents: list[Document] = await database.letters.find().to_list(None)
    for each in documents:
        if each["mailbox"] not in mailboxes or not matches(asked, Searched.of(each)):
            continue
        if asked.waiting is None or waiting[each["dialog"]] == asked.waiting:
            found.append((each["message"]["created"], each["_id"], each["key"]))
    return [key for _, _, key in sorted(found, reverse=True)]


async def found(
    database: Database, line: str, limit: int = 50, mailboxes: Sequence[str] | None = (MAILBOX,)
) -> list[str]:
    """Return the keys of the letters that are found, page after page."""
    searching, cursor, keys = Searching(database), None, list[str]()
    while True:
        page = await searching.search(mailboxes, line, cursor, limit)
        assert len(page.letters) <= limit
        keys += [each.key for each in page.letters]
        cursor = page.next
        if cursor is None:
            return keys


async def terms(database: Database) -> set[str]:
    """Return every term in any piece that is there, listed or not."""
    found: set[str] = set()
    async for each in database.search_pieces.find():
        if "/t" not in each["_id"]:
            found |= segment.unpacked_bucket(each["content"]).keys()
    return found


async def put_in(
    database: Database, clock: Clock, some: Iterable[Letter], mailbox: str = MAILBOX, **head: Any
) -> list[ObjectId]:
    """Keep letters and put them into the index; return their ids."""
    ids = await keep(database, some, clock.time, **head)
    clock.later()
    await Indexing(database).follow_mailbox(mailbox, wait=False)
    return ids


def letters(count: int, first: int = 0, seed: int = 1) -> list[Letter]:
    """Return letters of few words, several of one date, not in order."""
    chance = random.Random(seed)
    return [
        written(
            str(first + number),
            chance.choice(["ivan", "olga", "eve@mail.example.com"]),
            subject=" ".join(chance.choices(WORDS, k=2)),
            text=" ".join(chance.choices([*WORDS, *WORDS, str(number)], k=6)),
            days=chance.randrange(40) - (first + number) / 86400,
            kind=chance.choice(["letter", "letter", "auto-reply"]),
        )
        for number in range(count)
    ]


async def rows(database: Database) -> list[bytes]:
    """Return the ids of all letters in the index of the mailbox, as often as they are there."""
    manifest = await Index(database).manifest(MAILBOX)
    found = []
    for each in manifest.segments:
        names = [segment.table_name(each.name, number) for number in range(each.tables)]
        for content in (await Index(database).pieces(names)).values():
            found += [row.id for row in segment.Table(content).rows()]
    return found


async def nothing_is_left_over(database: Database) -> None:
    manifest = await Index(database).manifest(MAILBOX)
    listed = {name for each in manifest.segments for name in each.pieces}
    await Index(database).take_away(manifest.dropped)
    there = {each["_id"] async for each in database.search_pieces.find({}, {"_id": 1})}
    assert there == listed
