"""A thousand listeners on one receiver: what they cost the database, and who is dropped."""

import asyncio
import resource
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from contract.keyring import Keyring
from receiver.access.grant import Grant
from receiver.access.tokens import Tokens
from receiver.app import build
from receiver.changes.changes import LIFE_SECONDS, Changes, TooOld
from receiver.changes.state import State, Told
from receiver.errors import Problem
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database, Document
from receiver.web.server import listening
from receiver.web.v1.following import feeds as feeds_of
from receiver.web.v1.following.changes import written as stated
from receiver.web.v1.following.coming_again import ComingAgain, patience
from receiver.web.v1.following.feeds import (
    BEHIND,
    MAX_LISTENERS,
    POLL_SECONDS,
    SHARE,
    TOKEN_SECONDS,
    Feeds,
)
from receiver.wiring import ReceiverParts
from tests import servers
from tests.receiver.api_client import make_token
from tests.receiver.written import MAILBOX, file, filing, written
from tests.servers import SECRET

READER = Grant("a program", frozenset(["read"]), frozenset([MAILBOX]))
THOUSAND = 1000
A_TOKEN = MAX_LISTENERS // SHARE


class Counted(CommandListener):
    """Counts the commands of a client, by name and collection."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def started(self, event: CommandStartedEvent) -> None:
        self.counts[f"{event.command_name} {event.command.get(event.command_name)}"] += 1

    def succeeded(self, event: object) -> None:
        """Nothing more is counted."""

    failed = succeeded


@dataclass
class Serving:
    """The application in this process, and what it asks of the database."""

    port: int
    counted: Counter[str]
    open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def listen(
        self, token: str, since: str = "", until: bytes = b"event: ready"
    ) -> asyncio.StreamReader:
        """Begin to listen, perhaps again, and return once it is ready, or something was told."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.open.append(writer)
        head = f"GET /v1/stream?mailbox={MAILBOX} HTTP/1.1\r\nHost: a\r\n"
        head += f"Last-Event-ID: {since}\r\n" if since else ""
        writer.write(f"{head}Authorization: Bearer {token}\r\n\r\n".encode())
        answer = await reader.readuntil(until)
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        return reader

    async def looked(self, times: int) -> None:
        """Wait until the feeds have looked so often again."""
        before = self.counted["find gone"]
        while self.counted["find gone"] - before < times:  # noqa: ASYNC110 - a thread counts
            await asyncio.sleep(0.1)


@pytest.fixture
async def serving(database: Database, mongo_uri: str) -> AsyncIterator[Serving]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 3 * THOUSAND:
        if hard != resource.RLIM_INFINITY and hard < 3 * THOUSAND:
            pytest.skip(f"{hard} descriptors are too few for a thousand listeners and their server")
        resource.setrlimit(resource.RLIMIT_NOFILE, (3 * THOUSAND, hard))
    counted = Counted()
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        mongo_uri, tz_aware=True, event_listeners=[counted]
    )
    chosen = ReceiverSettings(receiver_port=servers.free_port(), webhook_secrets=SECRET)
    parts = ReceiverParts.of(chosen, Keyring(chosen), client[database.name])
    async with listening(build(parts), chosen):
        await parts.readiness.prepare()
        serving = Serving(chosen.receiver_port, counted.counts)
        yield serving
        for each in serving.open:
            each.close()
    client.close()


async def test_a_thousand_listeners_cost_one_look_a_second(
    serving: Serving, database: Database
) -> None:
    tokens = [await make_token(database, "read") for _ in range(0, THOUSAND, A_TOKEN)]
    readers: list[asyncio.StreamReader] = []
    for number in range(0, THOUSAND, 50):
        token = tokens[number // A_TOKEN]
        readers += await asyncio.gather(*(serving.listen(token) for _ in range(50)))
    counts, clock = serving.counted, asyncio.get_running_loop().time
    await serving.looked(1)
    began, before = clock(), counts.copy()
    await file(filing(database), written("1", "ivan"))
    async with asyncio.timeout(120):
        heard = await asyncio.gather(*(each.readuntil(b"event: changed") for each in readers))
        await serving.looked(3)
    assert len(heard) == THOUSAND
    asked = counts - before
    # A look is a short query for what changed, and one for what is gone; beside it is only one for
    # all tokens, and one for the life of the database, now and then.
    beside = {"find mailboxes", "find tokens", "find meta"}
    assert set(asked) - {"hello 1"} <= {"find dialogs", "find gone", *beside}, asked
    assert asked["find tokens"] <= (clock() - began) / TOKEN_SECONDS + 1
    assert asked["find meta"] <= (clock() - began) / LIFE_SECONDS + 1
    looks = (clock() - began) / POLL_SECONDS + 1
    assert asked["find dialogs"] == pytest.approx(asked["find gone"], abs=1)
    assert asked["find dialogs"] <= looks


async def test_who_come_again_together_cost_some_looks(
    serving: Serving, database: Database
) -> None:
    """A receiver restarts; each client has its own state and has missed a letter."""
    changes = Changes(database)
    await file(filing(database), written("0", "ivan"))
    now = await changes.now()
    before = [
        stated(MAILBOX, replace(now, at=now.at - timedelta(seconds=number)))
        for number in range(A_TOKEN)
    ]
    await file(filing(database), written("1", "ivan"))
    token = await make_token(database, "read")
    before_that = serving.counted.copy()
    changed = b"event: changed"
    async with asyncio.timeout(120):
        await asyncio.gather(*(serving.listen(token, each, changed) for each in before))
    asked = serving.counted - before_that
    assert asked["find gone"] <= A_TOKEN / 10, asked


async def test_each_who_comes_again_is_told_what_he_missed(database: Database) -> None:
    """With states of any age, more changes than one look reads, and one state that is too old."""
    changes = Changes(database)
    now, ids = await changes.now(), sorted(ObjectId() for _ in range(1200))
    rows: list[Document] = [
        {"_id": one, "mailbox": MAILBOX, "changed": now.at - timedelta(seconds=1200 - at)}
        | {"messages": [], "revision": 1}
        for at, one in enumerate(ids)
    ]
    await database.dialogs.insert_many(rows)
    again = ComingAgain(changes)

    async def all_since(state: State) -> list[ObjectId]:
        found: list[ObjectId] = []
        while True:
            told = await again.since(MAILBOX, state)
            found += [row.id for row in told.rows]
            if not told.more:
                return found
            state = told.state

    ages = (0, 1, 5, 300, 900, 1199, 5000, 5000)
    states = [replace(now, at=now.at - timedelta(seconds=age)) for age in ages]
    ends = replace(now, at=now.at - timedelta(days=31)), replace(now, life="another")
    results = await asyncio.gather(
        *map(all_since, states), *map(all_since, ends), return_exceptions=True
    )
    expected = [[each["_id"] for each in rows if each["changed"] >= one.at] for one in states]
    assert results[: len(states)] == expected
    assert [type(each) for each in results[len(states) :]] == [TooOld, TooOld]


async def test_those_who_came_together_do_not_end_together(database: Database) -> None:
    feeds = Feeds(Changes(database), Tokens(database))
    with feeds.listening(MAILBOX, READER) as one, feeds.listening(MAILBOX, READER) as other:
        assert abs(one._ends - other._ends) > 0.001
    assert len({patience(3.0) for _ in range(20)}) > 10


async def test_who_does_not_read_is_dropped_and_nobody_waits_for_him(database: Database) -> None:
    feeds = Feeds(Changes(database), Tokens(database))
    batch = Told([], await Changes(database).now())
    with feeds.listening(MAILBOX, READER) as slow, feeds.listening(MAILBOX, READER) as reader:
        hearing = aiter(reader)
        for _ in range(2 * BEHIND):
            for each in (slow, reader):
                each.tell(batch)
            assert await anext(hearing) is batch
        assert [each async for each in slow] == []  # he comes again with the state that he knows
        reader.tell(batch)
        assert await anext(hearing) is batch


async def test_nobody_has_more_than_a_share_of_all_streams(database: Database) -> None:
    feeds = Feeds(Changes(database), Tokens(database), most=3 * SHARE)
    others = [Grant(str(number), READER.rights, READER.mailboxes) for number in range(SHARE - 1)]
    service = replace(READER, by="signature")  # of the same name, and yet another

    def status_for(grant: Grant) -> int:
        try:
            with feeds.listening(MAILBOX, grant):
                return 200
        except Problem as refused:
            return refused.status if refused.retry_after else 0

    with ExitStack() as theirs, ExitStack() as ours:
        for number in range(3):
            ours.enter_context(feeds.listening(f"{number}@yandex.ru", READER))
        assert [status_for(each) for each in (READER, others[0], service)] == [429, 200, 200]
        for each in others * 3:
            theirs.enter_context(feeds.listening(MAILBOX, each))
        assert [status_for(each) for each in (READER, others[0], service)] == [429, 429, 503]
        ours.close()
        assert [status_for(each) for each in (READER, others[0], service)] == [200, 429, 200]


async def test_who_has_gone_takes_nobody_s_share(database: Database) -> None:
    feeds, gone = Feeds(Changes(database), Tokens(database), most=2 * SHARE), False
    with ExitStack() as open_ones:
        for _ in range(2):
            left = open_ones.enter_context(feeds.listening(MAILBOX, READER, lambda: gone))
        with pytest.raises(Problem), feeds.listening(MAILBOX, READER):
            pass
        gone = True
        with feeds.listening(MAILBOX, READER):
            assert [each async for each in left] == []  # so that his connection is let go, too


ENDED = {
    "revoked": ("revoked", datetime(2026, 1, 1, tzinfo=UTC), True),
    "expired": ("expires", datetime(2026, 1, 1, tzinfo=UTC), True),
    "neither": ("expires", datetime(9000, 1, 1, tzinfo=UTC), False),
}


@pytest.mark.parametrize(("field", "when", "ends"), ENDED.values(), ids=ENDED)
async def test_a_token_that_ended_is_listened_with_no_more(
    database: Database, monkeypatch: pytest.MonkeyPatch, field: str, when: datetime, ends: bool
) -> None:
    monkeypatch.setattr(feeds_of, "TOKEN_SECONDS", 0.05)
    feeds = Feeds(Changes(database), Tokens(database))
    await make_token(database, "read", name=READER.name)
    service = replace(READER, by="signature")
    with (
        feeds.listening(MAILBOX, READER) as listener,
        feeds.listening(MAILBOX, service) as other,
    ):
        await database.tokens.update_one({"name": READER.name}, {"$set": {field: when}})
        hearing = [asyncio.ensure_future(anext(aiter(each), None)) for each in (listener, other)]
        done, left = await asyncio.wait(
            hearing, timeout=60 if ends else 0.5, return_when="FIRST_COMPLETED"
        )
        assert done == ({hearing[0]} if ends else set())
        for each in left:
            each.cancel()
