"""A mailbox of very many dialogs: copies of some that the receiver itself wrote, in bulk."""

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from bson import ObjectId

from receiver.store.mongo import Database, Document
from tests.letters import START
from tests.receiver.written import MAILBOX, file, filing, sent, written

APART = timedelta(minutes=15)
TOGETHER = 1000
LISTED_BY = ("_id", "waiting", "waiting_since", "updated", "noticed", "related")
OFTEN = {"us": 0.4, "them": 0.35, "noticed": 0.3, "of_strangers": 0.005}


@dataclass(frozen=True)
class Pattern:
    """A dialog's document and that of its newest letter, as they were written."""

    head: Document
    letter: Document


async def patterns(database: Database) -> dict[str, Pattern]:
    """Return a dialog that waits for us, and one that waits for them."""
    files = filing(database)
    await file(files, written("1", "ivan"), written("2", "olga"))
    await file(files, sent("3", "olga", "2"))
    found = {}
    async for head in database.dialogs.find():
        letter = await database.letters.find_one({"key": head["newest"]})
        assert letter is not None
        found[head["waiting"]] = Pattern(head, letter)
    return found


def copies(of: dict[str, Pattern], count: int) -> Iterator[tuple[Document, Document]]:
    """Yield so many dialogs, each with its newest letter, the oldest first."""
    random = Random(15)
    for number in range(count):
        when = START - (count - number) * APART + timedelta(seconds=random.randrange(900))
        draw = random.random()
        turn = "us" if draw < OFTEN["us"] else "them"
        noticed = random.choice((1, 2)) if random.random() < OFTEN["noticed"] else None
        if random.random() < OFTEN["of_strangers"]:
            noticed = 0
        yield _copy(of[turn], number, when, noticed, draw)


def _copy(
    of: Pattern, number: int, when: datetime, noticed: int | None, draw: float
) -> tuple[Document, Document]:
    key = sha256(str(number).encode()).hexdigest()
    head, letter = dict(of.head), deepcopy(of.letter)
    dialog = ObjectId()
    user = f"user{number % 30000}@example.com"
    turn = head["waiting"] if draw < sum((OFTEN["us"], OFTEN["them"])) else "nobody"
    [*earlier, newest] = head["messages"]
    head |= {
        "_id": dialog,
        "user": user,
        "email_from": user,
        "subject": f"Заказ № {number}",
        "base_subject": f"заказ № {number}",
        "created": when,
        "updated": when,
        "changed": when,
        "opened": when,
        "opened_by": key,
        "newest": key,
        "waiting": turn,
        "waiting_since": None if turn == "nobody" else when,
        "noticed": noticed or 0,
        "related": [ObjectId()] if noticed == 0 else [],
        "messages": [*earlier, newest | {"key": key, "created": when}],
    }
    letter |= {"_id": ObjectId(), "key": key, "dialog": dialog, "kept": when, "known": [key]}
    letter["message"] |= {"key": key, "created": when, "message_id": f"{number}@example.com"}
    return head, letter


async def fill(database: Database, count: int) -> list[Document]:
    """Write so many dialogs and their letters, and return what lists go by of each."""
    of = await patterns(database)
    await database.dialogs.delete_many({"mailbox": MAILBOX})
    await database.letters.delete_many({"mailbox": MAILBOX})
    known, heads, letters = [], [], []
    for number, (head, letter) in enumerate(copies(of, count), 1):
        known.append({name: head[name] for name in LISTED_BY})
        heads.append(head)
        letters.append(letter)
        if len(heads) == TOGETHER or number == count:
            written = (database.dialogs.insert_many(heads), database.letters.insert_many(letters))
            await asyncio.gather(*written)
            heads, letters = [], []
    return known
