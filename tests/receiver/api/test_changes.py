"""Each change is told at least once, in whatever order writes become visible."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from receiver.changes.changes import Changes
from receiver.changes.state import HOT, MAX_SEEN, Row, State, tell
from receiver.filing.collections import Store
from receiver.projecting.mailbox import Projecting
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import Terms
from receiver.store.mongo import Database
from receiver.store.schema import TOLD_SECONDS
from receiver.web.v1.cursor import packed, unpacked
from receiver.web.v1.following.changes import read_state, written
from tests.receiver.api_client import Caller, calling, make_token
from tests.servers import Service
from tests.webhook_client import Client, event

SUPPORT = "support@yandex.ru"
START = datetime(2026, 11, 26, tzinfo=UTC)
EDGE = HOT.total_seconds() - 1

# When each is written, in seconds, and how long it takes until it can be seen.
WRITES = st.lists(st.tuples(st.floats(0, 120), st.floats(0, EDGE)), max_size=30)


@given(WRITES, st.integers(1, 4), st.lists(st.floats(0, 20), max_size=30), st.integers())
def test_nothing_is_left_out_in_whatever_order_writes_are_seen(
    writes: list[tuple[float, float]], limit: int, pauses: list[float], seed: int
) -> None:
    ids = [ObjectId() for _ in writes]
    random.Random(seed).shuffle(ids)
    rows = [
        (Row(one, START + timedelta(seconds=at)), at + late)
        for one, (at, late) in zip(ids, writes, strict=True)
    ]
    state = State(START - HOT)
    told: list[ObjectId] = []
    now = 0.0
    for pause in [*pauses, *[5.0] * 80]:
        now += pause
        visible = sorted(
            (
                row
                for row, seen_at in rows
                if seen_at <= now and (row.changed, row.id) > (state.at, state.last)
            ),
            key=lambda row: (row.changed, row.id),
        )
        cut = len(visible) > limit + MAX_SEEN
        horizon = START + timedelta(seconds=now) - HOT
        found = tell(state, visible[: limit + MAX_SEEN], limit, horizon, cut=cut)
        told += [row.id for row in found.rows]
        state = read_state("a@b.ru", written("a@b.ru", found.state), "since")
        state = State(found.state.at, state.last, state.seen)  # a word has milliseconds
    assert sorted(told) == sorted(ids)


def test_more_than_can_be_noted_waits_until_it_has_cooled() -> None:
    rows = [Row(ObjectId(), START) for _ in range(MAX_SEEN * 3)]
    rows.sort(key=lambda row: row.id)
    hot = tell(State(START - HOT), rows, 1000, START - HOT)
    assert (len(hot.rows), hot.more, hot.waits) == (MAX_SEEN, False, True)
    still = tell(hot.state, rows, 1000, START - HOT, cut=True)
    assert (len(still.rows), still.more, still.waits) == (0, False, True)
    going = [Row(ObjectId(), START, gone=True, there=True) for _ in range(5)]
    idle = tell(State(START - HOT), going, 5, START - HOT, cut=True)
    assert (idle.more, idle.waits) == (False, True)
    cold = tell(hot.state, rows, 1000, START + HOT)
    assert [*hot.rows, *cold.rows] == rows
    assert not cold.state.seen


def test_who_keeps_a_state_in_memory_is_told_of_more_at_once() -> None:
    rows = sorted((Row(ObjectId(), START) for _ in range(MAX_SEEN * 3)), key=lambda row: row.id)
    first = tell(State(START - HOT), rows, MAX_SEEN * 2, START - HOT, room=MAX_SEEN * 4)
    rest = tell(first.state, rows, MAX_SEEN * 2, START - HOT, room=MAX_SEEN * 4)
    assert [*first.rows, *rest.rows] == rows
    assert (first.more, rest.more, rest.waits) == (True, False, False)
    # As text it has fewer marks: who begins there misses nothing, and is told of some again.
    again = read_state("a@b.ru", written("a@b.ru", rest.state), "since")
    assert len(again.seen) == MAX_SEEN
    cold = tell(again, rows, 1000, START + HOT)
    assert {row.id for row in rows if row.mark not in again.seen} == {row.id for row in cold.rows}


def test_what_comes_back_is_not_told_as_gone() -> None:
    rows = [Row(ObjectId(), START, gone=True, there=True) for _ in range(5)]
    told = tell(State(START - HOT), rows, 2, START + HOT)
    assert (told.rows, told.more, told.state.last) == ([], False, rows[-1].id)


@pytest.fixture
async def caller(receiver: Service, database: Database) -> AsyncIterator[Caller]:
    """A caller who reads and corrects one mailbox."""
    await database.gone.delete_many({})
    token = await make_token(database, "read correct", SUPPORT)
    async with calling(receiver.env["RECEIVER_PORT"], token) as found:
        yield found


class Follower:
    """Keeps a table of dialogs by the reported changes, as a program would."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.table: dict[str, int] = {}
        self.state = ""

    async def begin(self) -> None:
        self.state = (await self.caller.get("/v1/changes")).json["state"]
        path = "/v1/dialogs?limit=2"
        while path:
            said = await self.caller.get(path)
            self.table |= {each["id"]: each["revision"] for each in said.json["items"]}
            path = said.headers.get("Link", "").partition(">")[0].removeprefix("<")

    async def follow(self) -> int:
        """Ask once to the end; return how many rows were told."""
        count = 0
        more = True
        while more:
            said = (await self.caller.get(f"/v1/changes?limit=3&since={self.state}")).json
            for each in said["changed"]:
                self.table[each["id"]] = each["revision"]
            for each in said["gone"]:
                self.table.pop(each["id"], None)
            count += len(said["changed"]) + len(said["gone"])
            self.state, more = said["state"], said["more"]
        return count


async def posted(client: Client, number: int, **fields: Any) -> str:
    ordinary = {"message_id": f"{number}@a.ru", "text": str(number), "sender": f"u{number}@a.ru"}
    _, answer = await client.post(event(**(ordinary | fields)), event_id=f"event-{number}")
    return str(answer["dialog"])


async def shown(database: Database) -> dict[str, int]:
    query = {"mailbox": SUPPORT, "part_of": None}
    found = await database.dialogs.find(query, {"revision": 1}).to_list(None)
    return {str(each["_id"]): each["revision"] for each in found}


async def test_what_changed_at_one_moment_is_told_in_pieces(database: Database) -> None:
    """More dialogs changed at one time than one look reads, beside as many parts and gone ones."""
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    ids = sorted(ObjectId() for _ in range(850))
    common = {"mailbox": SUPPORT, "changed": then, "messages": [], "revision": 1}
    parts, dialogs, gone = ids[:300], ids[300:700], ids[700:]
    await database.dialogs.insert_many([{"_id": one, **common, "part_of": ids[0]} for one in parts])
    await database.dialogs.insert_many([{"_id": one, **common} for one in dialogs])
    await database.gone.insert_many([{"_id": one, **common, "into": None} for one in gone])
    changes = Changes(database)
    state = await changes.at(then - timedelta(minutes=1))
    rows: list[Row] = []
    more = True
    while more:
        told = await changes.since(SUPPORT, state, 100)
        rows, state, more = [*rows, *told.rows], told.state, told.more
    assert sorted(row.id for row in rows if not row.gone) == dialogs
    assert sorted(row.id for row in rows if row.gone) == gone


async def test_who_follows_has_the_dialogs_of_the_database(
    client: Client, caller: Caller, database: Database
) -> None:
    """Letters in any order at once: dialogs open, merge, split and come back while one follows."""
    follower = Follower(caller)
    await posted(client, 0)
    await follower.begin()
    chance = random.Random(7)
    numbers = list(range(1, 30))
    chance.shuffle(numbers)

    async def post(number: int) -> None:
        parent = number // 3
        same = {"sender": f"u{number % 4}@a.ru"}
        await posted(client, number, in_reply_to=[f"{parent}@a.ru"], **same)

    for at in range(0, len(numbers), 6):
        await asyncio.gather(*map(post, numbers[at : at + 6]), follower.follow())
        ids = sorted(await shown(database))
        body = {"with": chance.choice(ids)}
        await caller.call("POST", f"/v1/dialogs/{chance.choice(ids)}/merge", body)
        await follower.follow()
        await caller.call("POST", f"/v1/dialogs/{chance.choice(ids)}/undo", {})
    await follower.follow()
    assert follower.table == await shown(database)
    assert await follower.follow() == 0


async def test_who_follows_sees_erasures_and_what_is_too_old_go(
    client: Client, caller: Caller, database: Database
) -> None:
    """Letters keep coming, some of a person who is erased, some too old for retention."""
    store = Store.of(database)
    retaining = Retaining(
        database, store, "participants", Projecting(store, "participants").project
    )
    follower = Follower(caller)
    await posted(client, 0)
    await follower.begin()
    eraser = Caller(caller.session, caller.base, await make_token(database, "erase", SUPPORT))
    person = {"address": "u1@a.ru"}

    async def post(number: int) -> None:
        years = ("2016-01-01T00:00:00Z", "2026-11-01T00:00:00Z")
        fields = {"sender": f"u{number % 3}@a.ru", "date": years[number % 2]}
        await posted(client, number, in_reply_to=[f"{number - 6}@a.ru"], **fields)

    async def erase() -> None:
        found = await eraser.call("POST", "/v1/persons/find", person)
        said = person | {"preview": found.json["preview"], "reason": "asked"}
        erased = await eraser.call("POST", "/v1/persons/erase", said)
        assert erased.status in (200, 409)  # something has come since it was shown

    for at in range(1, 25, 8):
        await asyncio.gather(*map(post, range(at, at + 8)), follower.follow())
        await asyncio.gather(post(at + 50), erase(), follower.follow())
        await asyncio.gather(
            retaining.run(SUPPORT, Terms({"dialogs": 365})), post(at + 60), follower.follow()
        )
    await erase()
    await follower.follow()
    kept = await shown(database)
    assert follower.table == kept
    assert kept
    assert await database.letters.count_documents({"message.from.address": "u1@a.ru"}) == 0
    assert await database.gone.count_documents({}) > 1


async def test_a_merged_dialog_is_told_as_gone(client: Client, caller: Caller) -> None:
    one, two = await posted(client, 1), await posted(client, 2)
    state = (await caller.get("/v1/changes")).json["state"]
    await caller.call("POST", f"/v1/dialogs/{one}/merge", {"with": two})
    said = (await caller.get(f"/v1/changes?since={state}")).json
    assert said["gone"] == [{"id": two, "into": one}]
    assert one in [each["id"] for each in said["changed"]]


async def test_states_that_are_none(caller: Caller) -> None:
    state = (await caller.get("/v1/changes")).json["state"]
    other = written("sales@yandex.ru", State(datetime.now(UTC)))
    two = packed([*unpacked(state), "a", "b"])
    wrong = ("x", state[:-4], other, "W10", "%20", two, "")
    for path, each in itertools.product(("changes", "stream"), wrong):
        said = await caller.get(f"/v1/{path}?since={each}")
        assert (said.status, said.json["errors"][0]["path"]) == (422, "since"), (path, each)
    now = datetime.now(UTC)
    life = read_state(SUPPORT, state, "since").life
    old = written(SUPPORT, State(now - timedelta(seconds=TOLD_SECONDS), life=life))
    # As of a clock that was set back: by a little more than what is looked at again each time.
    ahead = written(SUPPORT, State(now + timedelta(seconds=15), life=life))
    of_another = written(SUPPORT, State(now, life="another"))
    for path, state in itertools.product(("changes", "stream"), (old, ahead, of_another)):
        assert (await caller.get(f"/v1/{path}?since={state}")).status == 410
    assert (await caller.get("/v1/stream", Last_Event_ID=other)).status == 422


async def events(caller: Caller, until: str, **headers: str) -> tuple[list[tuple[str, str]], str]:
    """Listen until an event names something; return the events and the last id."""
    found, last, name = [], "", ""
    said = {key.replace("_", "-"): value for key, value in headers.items()}
    said |= {"Authorization": f"Bearer {caller.token}"}
    async with caller.session.get(caller.base + "/v1/stream", headers=said) as got:
        assert got.headers["Content-Type"] == "text/event-stream"
        async for raw in got.content:
            field, _, value = raw.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                found.append((name, value))
            elif field == "id":
                last = value
            elif not field and any(until in value for _, value in found):
                return found, last
    raise AssertionError(found)


async def test_a_stream_says_that_something_changed_and_goes_on_where_it_ended(
    client: Client, caller: Caller
) -> None:
    async with asyncio.timeout(30):
        listening = asyncio.create_task(events(caller, "revision"))
        await asyncio.sleep(0.5)
        one = await posted(client, 1)
        found, last = await listening
        assert found[-1][0] == "changed"
        assert one in found[-1][1]
        two = await posted(client, 2)
        found, last = await events(caller, two, Last_Event_ID=last)
        assert not any(one in value for _, value in found)
        state = (await caller.get("/v1/changes")).json["state"]
        assert read_state(SUPPORT, last, "id").at <= read_state(SUPPORT, state, "id").at


async def test_many_listeners_cost_one_look_a_second(
    client: Client, caller: Caller, receiver: Service
) -> None:
    async with asyncio.timeout(30):
        listening = [asyncio.create_task(events(caller, "revision")) for _ in range(30)]
        await asyncio.sleep(0.5)
        one = await posted(client, 1)
        for each in listening:
            found, _ = await each
            assert one in found[-1][1]
