"""What wakes a feed: its own clock anywhere, and on a replica set any writer."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bson import ObjectId

from receiver.access.grant import Grant
from receiver.access.tokens import Tokens
from receiver.changes.changes import Changes
from receiver.changes.state import HOT, MAX_SEEN
from receiver.database import opened
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mongo import Database, StoreUnavailable
from receiver.web.v1.following.feeds import Feeds
from tests import servers
from tests.receiver.written import MAILBOX, file, filing, written

READER = Grant("a program", frozenset(["read"]), frozenset([MAILBOX]))
FOR_EVER = 3600.0


@pytest.fixture(params=["standalone", "replica set"])
async def either(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[str, Database]]:
    with servers.mongo(tmp_path, replica_set=request.param == "replica set") as uri:
        async with opened(ReceiverSettings(mongo_uri=uri, mongo_database="feeds")) as database:
            await schema.ensure(database)
            yield request.param, database


async def test_a_write_wakes_who_listens_at_once_or_at_the_next_look(
    either: tuple[str, Database],
) -> None:
    kind, database = either
    changes = Changes(database)
    if kind == "standalone":
        with pytest.raises(StoreUnavailable):
            await anext(changes.writes())
    feeds = Feeds(changes, Tokens(database), FOR_EVER if kind == "replica set" else 0.3)
    files, numbers = filing(database), itertools.count()

    async def write_until(done: asyncio.Future[None]) -> None:
        """File letters: the stream may begin behind the first write."""
        while not done.done():
            number = str(next(numbers))
            await file(files, written(number, f"u{number}"))
            await asyncio.wait([done], timeout=0.5)

    async with asyncio.timeout(60):
        with feeds.listening(MAILBOX, READER) as listener:
            told = aiter(listener)
            for _ in range(3):
                heard = asyncio.get_running_loop().create_future()
                writing = asyncio.create_task(write_until(heard))
                batch = await anext(told)
                heard.set_result(None)
                await writing
                assert batch is not None
                assert batch.rows
        await feeds.close()
        left = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        await asyncio.gather(*left, return_exceptions=True)  # or the time is up


async def test_many_changes_at_once_are_told_at_once(database: Database) -> None:
    await schema.ensure(database)
    changes = Changes(database)
    feeds = Feeds(changes, Tokens(database), 0.3)
    said = {"mailbox": MAILBOX, "revision": 1, "messages": []}
    many = [said | {"_id": ObjectId()} for _ in range(3 * MAX_SEEN)]
    heard: set[ObjectId] = set()
    async with asyncio.timeout(HOT.total_seconds() / 2):
        with feeds.listening(MAILBOX, READER) as listener:
            now = (await changes.now()).at + HOT
            await database.dialogs.insert_many([each | {"changed": now} for each in many])
            async for told in listener:
                heard |= {row.id for row in told.rows} if told else set()
                if len(heard) == len(many):
                    break
