"""Letters that are kept, each with a dialog; and what a look through all of them finds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.letters.letter import Letter
from receiver.search import segment
from receiver.search.query import read
from receiver.search.searched import Searched, matches
from receiver.search.searching import Searching
from receiver.store.letters import Kept, Letters
from receiver.store.mongo import Database, Document
from tests.receiver.written import MAILBOX, arrival


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
