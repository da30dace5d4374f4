"""Threads that a user unites, strangers, and who is brought in: one partition in any order.

The letters are those of the chaos (``tests.chaos.ledger``), and so is what must come of them.
MEETINGS_EXAMPLES: how often.
"""

import asyncio
import os
import random
import secrets
from collections import defaultdict
from contextlib import closing
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from motor.motor_asyncio import AsyncIOMotorClient

from receiver import schema
from receiver.join_policy import Policy
from receiver.mongo import Document
from tests.chaos.ledger import MAILBOXES, Ledger, Sent, Thread
from tests.chaos.partition import expected
from tests.receiver.written import filing, written

EXAMPLES = int(os.environ.get("MEETINGS_EXAMPLES", "40"))
MAILBOX = next(iter(MAILBOXES))


def letters(seed: int, count: int) -> tuple[list[Sent], dict[str, Thread]]:
    """Return what came to one mailbox, where a tenth was lost on the way, and the threads of it."""
    ledger = Ledger(random.Random(seed))
    for _ in range(count):
        ledger.next_letter()
    came = [one for one in ledger.letters.values() if MAILBOX in one.mailboxes]
    return [one for one in came if ledger.rng.random() < 0.9], ledger.threads


async def partition(
    client: AsyncIOMotorClient[Document],
    sent: list[Sent],
    threads: dict[str, Thread],
    policy: Policy,
) -> set[frozenset[str]]:
    """File the letters in turn and return the Message-IDs that came together."""
    database = client[f"test_{secrets.token_hex(6)}"]
    try:
        await schema.ensure(database)
        files = filing(database, policy)
        for one in sent:
            host = threads[one.thread].host
            cc = [{"address": f"{one.brings}@stranger.example"}] if one.brings else []
            await files.file(
                written(
                    one.message_id,
                    f"{one.thread}@stranger.example" if host else "ivan",
                    names=" ".join(one.references[::-1]),
                    answers=one.references[-1] if one.references else "",
                    cc=cc,
                )
            )
        found = await database.dialogs.find().to_list(None)
        return {frozenset(each["message_id"] for each in one["messages"]) for one in found}
    finally:
        await client.drop_database(database.name)


def right(sent: list[Sent], threads: dict[str, Thread], policy: Policy) -> set[frozenset[str]]:
    """Return the Message-IDs that belong together."""
    groups = expected(sent, threads, policy)
    together: defaultdict[str, set[str]] = defaultdict(set)
    for one in sent:
        together[groups.of(one.thread)].add(one.message_id)
    return {frozenset(each) for each in together.values()}


def test_any_letters_in_any_order_make_the_same_dialogs(mongo_uri: str) -> None:
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_uri, tz_aware=True)
    with asyncio.Runner() as runner, closing(client):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            st.integers(0, 10**6),
            st.integers(2, 40),
            st.randoms(use_true_random=False),
            st.sampled_from(get_args(Policy)),
        )
        def any_order(seed: int, count: int, order: random.Random, policy: Policy) -> None:
            sent, threads = letters(seed, count)
            order.shuffle(sent)
            found = runner.run(partition(client, sent, threads, policy))
            assert found == right(sent, threads, policy), [
                (each.message_id, each.references, each.brings) for each in sent
            ]

        any_order()
