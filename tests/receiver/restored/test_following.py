"""A state names the life of its database; a client with a state of another life lists anew."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from receiver.access.grant import Grant
from receiver.access.tokens import Tokens
from receiver.changes.changes import Changes, TooOld
from receiver.changes.state import State
from receiver.store import standing
from receiver.store.mongo import Database
from receiver.web.v1.following.changes import read_state, written
from receiver.web.v1.following.feeds import Feeds
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, filed
from tests.receiver.written import written as letter
from tests.servers import Service, wait_until

READER = Grant("a program", frozenset(["read"]), frozenset([MAILBOX]))


async def told(database: Database, word: str) -> list[str]:
    """Return the dialogs that are told since a state; raises TooOld."""
    state = read_state(MAILBOX, word, "since")
    found = await Changes(database).since(MAILBOX, state, 100)
    return [str(row.id) for row in found.rows]


async def test_a_state_of_before_a_restore_is_of_another_life(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    """Each restore begins a new life of the database, also that of a backup of a restored one."""
    await filed(database, [letter("1")])
    here, place = {"MONGO_DATABASE": database_name}, tmp_path / "first"
    assert run("backup", str(place))[0] == 0
    states = [written(MAILBOX, await Changes(database).now())]
    await filed(database, [letter("2")])
    for again in ("second", "third"):
        assert run("restore", str(place), **here)[0] == 0
        restored = database.client[database_name]
        for each in states:
            with pytest.raises(TooOld):
                await told(restored, each)
        states.append(written(MAILBOX, await Changes(restored).now()))
        await filed(restored, [letter(again)])
        assert len(await told(restored, states[-1])) >= 1
        place = tmp_path / again
        assert run("backup", str(place), **here)[0] == 0
        await database.client.drop_database(database_name)


async def test_states_of_before_are_good_until_the_first_restore(database: Database) -> None:
    await filed(database, [letter("1")])
    await database.meta.delete_many({"_id": "life"})
    now = await Changes(database).now()
    word = written(MAILBOX, now)
    assert now.life == ""
    assert read_state(MAILBOX, word, "since") == now
    assert len(await told(database, word)) == 1


async def test_a_new_database_begins_a_life_and_one_of_before_keeps_its_states(
    database: Database, database_name: str
) -> None:
    new = database.client[database_name]
    await standing.claim(new, "participants")
    first = await standing.life(new)
    assert len(first) == 16
    await standing.claim(new, "participants")
    assert await standing.life(new) == first
    await new.meta.delete_many({"_id": "life"})
    await standing.claim(new, "participants")
    assert await standing.life(new) == ""


async def test_who_listens_while_the_database_begins_another_life_comes_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver.changes.changes.LIFE_SECONDS", 0.0)
    await filed(database, [letter("1")])
    changes = Changes(database)
    feeds = Feeds(changes, Tokens(database), poll_seconds=0.3)
    async with asyncio.timeout(30):
        with feeds.listening(MAILBOX, READER) as listener:
            async for _ in listener:
                await standing.begin_life(database)
    with pytest.raises(TooOld):
        await changes.since(MAILBOX, State(datetime.now(UTC), life="another"), 10)
    await database.meta.delete_many({"_id": "life"})


async def test_a_receiver_begins_a_life_where_the_clock_was_set_back(
    receiver: Service, database: Database
) -> None:
    first, before = await standing.life(database), len(receiver.log.read_text())
    ahead = {"latest": datetime.now(UTC) + timedelta(hours=2)}
    await database.meta.update_one({"_id": "life"}, {"$set": ahead}, upsert=True)
    wait_until(lambda: "the database's clock was set back" in receiver.log.read_text()[before:])
    assert await standing.life(database) != first
