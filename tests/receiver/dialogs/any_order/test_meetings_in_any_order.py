"""Threads that a user unites, strangers, and who is brought in: one partition in any order.

One letter after the other, several at once, or together; in dialogs of one document or of many.

The letters are those of the chaos (``tests.measure.chaos``), and so is what must come of them.
MEETINGS_EXAMPLES: how often.
"""

import asyncio
import os
import random
import secrets
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from motor.motor_asyncio import AsyncIOMotorClient

from receiver.letters.letter import Letter
from receiver.store import schema
from receiver.store.mongo import Document, StoreUnavailable
from receiver.threads.group import Policy
from receiver.threads.partition import partition
from tests.measure.chaos.ledger import MAILBOXES, Ledger, Sent, Thread
from tests.measure.chaos.partition import expected
from tests.receiver.written import file, filing, written

EXAMPLES = int(os.environ.get("MEETINGS_EXAMPLES", "15"))
MAILBOX = next(iter(MAILBOXES))


def letters(seed: int, count: int) -> tuple[list[Sent], dict[str, Thread]]:
    """Return what came to one mailbox, where a tenth was lost on the way, and the threads of it."""
    ledger = Ledger(random.Random(seed))
    for _ in range(count):
        ledger.next_letter()
    came = [one for one in ledger.letters.values() if MAILBOX in one.mailboxes]
    return [one for one in came if ledger.rng.random() < 0.9], ledger.threads


async def stored(
    client: AsyncIOMotorClient[Document],
    letters: Sequence[Letter],
    policy: Policy,
    at_once: int,
    together: int,
    full_letters: int,
) -> set[frozenset[str]]:
    """File the letters, so many requests at once, each of so many, and return what is together."""
    database = client[f"test_{secrets.token_hex(6)}"]
    waiting = iter([letters[at : at + together] for at in range(0, len(letters), together)])

    async def work() -> None:
        files = filing(database, policy, full_letters=full_letters)
        for some in waiting:
            while True:
                with suppress(StoreUnavailable):  # the bridge would try again, too
                    await file(files, *some)
                    break

    try:
        await schema.ensure(database)
        await asyncio.gather(*(work() for _ in range(at_once)))
        return together_in(await database.dialogs.find().to_list(None))
    finally:
        await client.drop_database(database.name)


def together_in(documents: list[Document]) -> set[frozenset[str]]:
    """Return the Message-IDs of each dialog, all of its documents; none may be twice."""
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for one in documents:
        found[one.get("part_of", one["_id"])] += [each["message_id"] for each in one["messages"]]
    everything = [each for ids in found.values() for each in ids]
    assert len(everything) == len(set(everything))
    return {frozenset(ids) for ids in found.values()}


def as_received(sent: Sent, threads: dict[str, Thread]) -> Letter:
    stranger = threads[sent.thread].host
    return written(
        sent.message_id,
        f"{sent.thread}@stranger.example" if stranger else "ivan",
        names=" ".join(sent.references[::-1]),
        answers=sent.references[-1] if sent.references else "",
        cc=[{"address": f"{sent.brings}@stranger.example"}] if sent.brings else [],
    )


def right(sent: list[Sent], threads: dict[str, Thread], policy: Policy) -> set[frozenset[str]]:
    """Return the Message-IDs that belong together."""
    groups = expected(sent, threads, policy)
    together: defaultdict[str, set[str]] = defaultdict(set)
    for one in sent:
        together[groups.of(one.thread)].add(one.message_id)
    return {frozenset(each) for each in together.values()}


@settings(max_examples=EXAMPLES * 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.integers(2, 40), st.sampled_from(get_args(Policy)))
def test_the_rule_makes_the_right_dialogs_of_any_letters(
    seed: int, count: int, policy: Policy
) -> None:
    sent, threads = letters(seed, count)
    groups = partition([as_received(one, threads) for one in sent], policy)
    found = {frozenset(each.message_id for each in group.letters) for group in groups}
    assert found == right(sent, threads, policy)


def test_any_letters_in_any_order_make_the_same_dialogs(mongo_uri: str) -> None:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    with asyncio.Runner() as runner, closing(client):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            st.integers(0, 10**6),
            st.integers(2, 40),
            st.randoms(use_true_random=False),
            st.sampled_from(get_args(Policy)),
            st.sampled_from([1, 1, 2, 6]),
            st.sampled_from([1, 1, 3, 64]),
            st.sampled_from([128, 4]),
        )
        def any_order(
            seed: int,
            count: int,
            order: random.Random,
            policy: Policy,
            at_once: int,
            together: int,
            full_letters: int,
        ) -> None:
            sent, threads = letters(seed, count)
            order.shuffle(sent)
            received = [as_received(one, threads) for one in sent]
            found = runner.run(stored(client, received, policy, at_once, together, full_letters))
            assert found == right(sent, threads, policy), [
                (each.message_id, each.references, each.brings) for each in sent
            ]

        any_order()
