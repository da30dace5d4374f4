"""Several receivers file related letters, their calls to the database in any order that is drawn.

Meanwhile a person corrects, and some receivers die before a call, and get their letters again.
Whoever finishes last, and wherever one was stopped until all others had finished, the dialogs show
what the rule makes of the letters; and a reader who looks between any two calls finds each letter
that was shown before. INTERLEAVINGS_EXAMPLES: how often.
"""

import asyncio
import os
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from motor.motor_asyncio import AsyncIOMotorClient

from receiver.errors import Problem
from receiver.filing import settling
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.filing.sweeper import Sweeper
from receiver.letters.letter import Letter
from receiver.store import schema
from receiver.store.letters import kept_of
from receiver.store.mongo import Document
from receiver.threads.facts import in_force
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from tests.measure.chaos.wholeness import relations
from tests.receiver.dialogs.any_order.clocks import AHEAD, FIVE_MINUTES, clocks
from tests.receiver.dialogs.any_order.interleaved import Killed, Stopping
from tests.receiver.dialogs.any_order.test_meetings_in_any_order import as_received
from tests.receiver.dialogs.any_order.test_meetings_in_any_order import letters as meetings
from tests.receiver.dialogs.any_order.test_stateful import assert_right
from tests.receiver.dialogs.any_order.test_strangers_in_any_order import CASES
from tests.receiver.written import MAILBOX, arrival, filing, project, sent, written
from tests.stored import whole_dialogs

__all__ = ["clocks"]

EXAMPLES = int(os.environ.get("INTERLEAVINGS_EXAMPLES", "12"))
SEEDS = st.integers(0, 2**32)


class Turns:
    """Whose call comes next: any worker's; or that of most weight, which changes a few times.

    The second finds faults that need one worker to stop for long while others go far (PCT:
    Burckhardt et al., "A randomized scheduler with probabilistic guarantees of finding bugs",
    2010).
    """

    def __init__(self, seed: int, kills: int) -> None:
        self._random = random.Random(seed)
        self._weights: dict[str, float] = {}
        self._fair = self._random.random() < 0.3
        self._changes = {self._random.randrange(60) for _ in range(self._random.randrange(5))}
        self._kills = {self._random.randrange(40) for _ in range(kills)}
        self._calls = 0

    def __call__(self, waiting: Sequence[str]) -> tuple[str, bool]:
        self._calls += 1
        return self._next(waiting), self._calls in self._kills

    def _next(self, waiting: Sequence[str]) -> str:
        if self._fair:
            return self._random.choice(waiting)
        for name in waiting:
            self._weights.setdefault(name, 1 + self._random.random())
        first = max(waiting, key=lambda name: self._weights[name])
        if self._calls in self._changes:
            self._weights[first] = -self._calls
            first = max(waiting, key=lambda name: self._weights[name])
        return first


class Runs(Turns):
    """Whose call comes next: up to fourteen of one worker's in a row, then any other's.

    This finds faults that need several workers to have got just so far, one after the other.
    """

    def __init__(self, seed: int, kills: int) -> None:
        super().__init__(seed, kills)
        self._current = ""
        self._left = 0

    def _next(self, waiting: Sequence[str]) -> str:
        if self._left <= 0 or self._current not in waiting:
            others = [name for name in waiting if name != self._current]
            self._current = self._random.choice(others or waiting)
            self._left = self._random.randint(1, 14)
        self._left -= 1
        return self._current


class Reader:
    """Looks at ``dialogs`` between the calls of others."""

    def __init__(self, dialogs: Any) -> None:
        self._dialogs = dialogs
        self._shown: set[str] = set()

    async def look(self) -> None:
        fields = {"messages.key": 1, "part_of": 1, "parts": 1}
        found = {each["_id"]: each for each in await self._dialogs.find({}, fields).to_list(None)}
        shown: set[str] = set()
        for head in found.values():
            if "part_of" not in head:
                documents = [head, *(found[one] for one in head["parts"])]
                shown |= {each["key"] for one in documents for each in one["messages"]}
        assert shown >= self._shown
        self._shown = shown


async def filed_by_turns(
    client: AsyncIOMotorClient[Document],
    before: Sequence[Letter],
    batches: Sequence[Sequence[Letter]],
    policy: Policy,
    seed: int,
    full_letters: int,
    kills: int = 0,
    corrects: bool = False,
    turns: type[Turns] = Turns,
) -> None:
    database = client[f"test_{secrets.token_hex(6)}"]
    try:
        await schema.ensure(database)
        for each in before:
            await filing(database, policy, full_letters=full_letters).file([arrival(each)])
        stopping = Stopping(database)

        def work(number: int, batch: Sequence[Letter]) -> Callable[[], Awaitable[None]]:
            async def files() -> None:
                AHEAD.set(FIVE_MINUTES[(seed + number) % 3])
                receiver = filing(stopping, policy, full_letters=full_letters)  # type: ignore[arg-type]
                while True:
                    with suppress(Killed):
                        await receiver.file([arrival(each) for each in batch])
                        return

            return files

        async def correct() -> None:
            chosen = random.Random(seed)
            with suppress(Killed, Problem):
                await correct_something(stopping, database, policy, chosen)

        reader = Reader(database.dialogs)
        workers = {str(number): work(number, each) for number, each in enumerate(batches)}
        if corrects:
            workers |= {"person": correct, "other person": correct}
        await stopping.run(workers, turns(seed, kills), reader.look)
        if not kills:
            await assert_shown_as_the_rule_says(database, policy)
        await sweep(database, policy, full_letters)
        await assert_shown_as_the_rule_says(database, policy)
        await assert_named_by_both_sides(database)
    finally:
        await client.drop_database(database.name)


async def correct_something(
    stopping: Stopping, database: Any, policy: Policy, chosen: random.Random
) -> None:
    """Merge two dialogs, or split one, of those that are there now."""
    store = Store.of(stopping)  # type: ignore[arg-type]
    corrects = Corrections(store, filing(stopping, policy).settle)  # type: ignore[arg-type]
    await stopping.stop()
    heads = await database.dialogs.find({"part_of": None}).sort("_id", 1).to_list(None)
    if len(heads) > 1 and chosen.random() < 0.5:
        one, other = chosen.sample(heads, 2)
        await corrects.merge(one["_id"], other["_id"], "olga")
    elif heads:
        one = chosen.choice(heads)
        keys = {each["key"] for each in one["messages"] if chosen.random() < 0.5}
        await corrects.split(one["_id"], keys or {one["messages"][0]["key"]}, "olga")


async def sweep(database: Any, policy: Policy, full_letters: int) -> None:
    """Settle what workers that died have left."""
    store = Store.of(database, full_letters=full_letters)
    settles = filing(database, policy, full_letters=full_letters).settle
    at_once = timedelta(seconds=-1)
    shows = project(database, policy)
    await Sweeper(store, settles, Corrections(store, settles), shows, at_once).sweep()


async def assert_shown_as_the_rule_says(database: Any, policy: Policy) -> None:
    kept = map(kept_of, await database.letters.find().to_list(None))
    letters = {each.letter.key: each.letter for each in kept}
    store = Store.of(database)
    decided = in_force(await store.facts.of_mailbox(MAILBOX))
    groups = partition(letters.values(), policy, decided)
    documents = await database.dialogs.find().to_list(None)
    dialogs = await store.dialogs.whole(
        {each["_id"] for each in documents if "part_of" not in each}
    )
    shown = {frozenset(each["key"] for each in one.messages): one for one in dialogs.values()}
    assert sorted(each["key"] for one in documents for each in one["messages"]) == sorted(letters)
    assert shown.keys() == {group.keys for group in groups}
    for group in groups:
        assert_right(group, shown[group.keys].head, shown[group.keys].messages, decided)


async def assert_named_by_both_sides(database: Any) -> None:
    documents = await database.dialogs.find().to_list(None)
    redirects = await database.redirects.find().to_list(None)
    leads = {each["_id"]: each["into"] for each in redirects}
    assert list(relations(whole_dialogs(documents), leads)) == []


# By turns in which one is to open a dialog that another has opened and merged, or names such a one.
OPENED_AND_MERGED_MEANWHILE = [
    ("2", "petr", "", ""),
    ("4", "ivan", "olga", "1"),
    ("3", "olga", "", "2 1"),
    ("1", "ivan", "", ""),
]


# By turns in which a dialog is changed that names another one, before that is opened.
NAMED_BEFORE_IT_IS_OPENED = [
    ("4", "ivan", "olga", "1"),
    ("3", "olga", "", "2 1"),
    ("1", "ivan", "", ""),
    ("2", "petr", "", ""),
]


# Two would have the letters of the third dialog stand in another one each.
BOTH_TAKE_ONE_AWAY = [
    ("1", "ivan", "", ""),
    ("3", "ivan", "", ""),
    ("2", "ivan", "", ""),
    ("4", "ivan", "", "1 2"),
    ("5", "ivan", "", "2 3"),
]


# By runs in which one would have a letter stand in its dialog that points to another's, before that
# is opened; and finds it open, and the letter shown there, when he has had it point to his.
POINTED_TO_BEFORE_IT_IS_OPENED = [
    ("3", "petr", "list", "2"),
    ("2", "ivan", "list", "1"),
    ("1", "olga", "list", ""),
]


# By runs in which one points back a letter that another has shown elsewhere just before.
POINTED_BACK_TOO_LATE = [
    ("1", "ivan", "", ""),
    ("3", "olga", "", "2 1"),
    ("4", "ivan", "olga", "1"),
    ("2", "petr", "", ""),
]


# By runs in which one finds a letter shown, and another that is kept, and named, but not shown yet.
ONE_OF_TWO_IS_NOT_SHOWN_YET = [
    ("2", "petr", "", ""),
    ("1", "ivan", "", ""),
    ("3", "olga", "", "2 1"),
    ("4", "ivan", "olga", "1"),
]


@pytest.fixture(autouse=True)
def _no_pauses(clocks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "PAUSE_SECONDS", 0)


def test_letters_of_the_tables_filed_in_any_interleaving(mongo_uri: str) -> None:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    with asyncio.Runner() as runner, closing(client):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @example(OPENED_AND_MERGED_MEANWHILE, 0, 0)
        @example(OPENED_AND_MERGED_MEANWHILE, 0, 4)
        @example(NAMED_BEFORE_IT_IS_OPENED, 1, 236)
        @example(NAMED_BEFORE_IT_IS_OPENED, 1, 1008)
        @example(BOTH_TAKE_ONE_AWAY, 3, 0)
        @example(BOTH_TAKE_ONE_AWAY, 3, 1)
        @example(BOTH_TAKE_ONE_AWAY, 3, 2)
        @given(
            st.sampled_from(sorted(CASES)).flatmap(lambda name: st.permutations(CASES[name][0])),
            st.integers(0, 2),
            SEEDS,
        )
        def any_interleaving(rows: list[tuple[str, str, str, str]], before: int, seed: int) -> None:
            letters = [written(*row) for row in rows]
            batches = [[each] for each in letters[before:]]
            runner.run(filed_by_turns(client, letters[:before], batches, "participants", seed, 128))

        any_interleaving()


def test_letters_filed_by_receivers_that_make_many_calls_at_once(mongo_uri: str) -> None:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    with asyncio.Runner() as runner, closing(client):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @example(POINTED_TO_BEFORE_IT_IS_OPENED, "anyone", 168)
        @example(POINTED_TO_BEFORE_IT_IS_OPENED, "anyone", 342)
        @example(POINTED_TO_BEFORE_IT_IS_OPENED, "anyone", 672)
        @example(POINTED_BACK_TOO_LATE, "anyone", 923)
        @example(ONE_OF_TWO_IS_NOT_SHOWN_YET, "anyone", 1908)
        @given(
            st.sampled_from(sorted(CASES)).flatmap(lambda name: st.permutations(CASES[name][0])),
            st.sampled_from(get_args(Policy)),
            SEEDS,
        )
        def any_runs(rows: list[tuple[str, str, str, str]], policy: Policy, seed: int) -> None:
            batches = [[written(*row)] for row in rows]
            runner.run(filed_by_turns(client, [], batches, policy, seed, 128, turns=Runs))

        any_runs()


def test_any_letters_filed_in_any_interleaving(mongo_uri: str) -> None:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    with asyncio.Runner() as runner, closing(client):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            st.integers(0, 10**6),
            st.integers(2, 12),
            st.sampled_from(get_args(Policy)),
            st.sampled_from([0, 2, 5]),
            st.sampled_from([1, 1, 2, 4, 64]),
            st.sampled_from([128, 4]),
            st.sampled_from([0, 0, 1, 3]),
            st.booleans(),
            SEEDS,
        )
        def any_interleaving(
            number: int,
            count: int,
            policy: Policy,
            before: int,
            together: int,
            full: int,
            kills: int,
            corrects: bool,
            seed: int,
        ) -> None:
            sent, threads = meetings(number, count * 6 if together == 64 else count)
            random.Random(seed).shuffle(sent)
            letters = [as_received(one, threads) for one in sent]
            after = letters[before:]
            batches = [after[at : at + together] for at in range(0, len(after), together)]
            runner.run(
                filed_by_turns(
                    client, letters[:before], batches, policy, seed, full, kills, corrects
                )
            )

        any_interleaving()


@pytest.mark.parametrize("how", ["a letter", "a person"])
def test_two_dialogs_become_one_while_a_stranger_opens_his_beside_one(
    how: str, mongo_uri: str
) -> None:
    """The stranger takes part in the other one. Each case stops him one call later."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    before = [written("1"), written("2", names="1"), written("3", "petr")]
    stranger, unites = written("5", "petr", names="1"), sent("9", "ivan petr", "3 2")

    async def at_once(calls: int) -> None:
        database = client[f"test_{secrets.token_hex(6)}"]
        try:
            await schema.ensure(database)
            for each in before:
                await filing(database).file([arrival(each)])
            stopping, made = Stopping(database), 0

            def choose(waiting: Sequence[str]) -> tuple[str, bool]:
                nonlocal made
                made += 1
                first = ("stranger", "other") if made <= calls else ("other", "stranger")
                return next(name for name in first if name in waiting), False

            async def other() -> None:
                if how == "a letter":
                    await filing(stopping).file([arrival(unites)])  # type: ignore[arg-type]
                    return
                one, two = sorted(await database.dialogs.distinct("_id"))[:2]
                store = Store.of(stopping)  # type: ignore[arg-type]
                await Corrections(store, Filing(store, "participants").settle).merge(one, two, "o")

            async def comes() -> None:
                await filing(stopping).file([arrival(stranger)])  # type: ignore[arg-type]

            look = Reader(database.dialogs).look
            await stopping.run({"stranger": comes, "other": other}, choose, look)
            await assert_shown_as_the_rule_says(database, "participants")
        finally:
            await client.drop_database(database.name)

    with asyncio.Runner() as runner, closing(client):
        for calls in range(14):
            runner.run(at_once(calls))
