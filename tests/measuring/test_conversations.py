"""Real conversations: the threads that all engines agree on, and the same ones in any order."""

from dataclasses import replace
from pathlib import Path

from tests.measure.threading.__main__ import BY_IDS, PRECISION, RECALL
from tests.measure.threading.corpus import ThreadSet, agreement, load
from tests.measure.threading.runs import Order, receivers

ORDERS = (Order("reversed"), Order("seed 7", 7))
LETTERS = 100  # `make threading` takes all, and all other sets, in more orders


async def test_conversations_are_found_whatever_the_order(
    corpus: Path, mongo_uri: str, tmp_path: Path
) -> None:
    letters = first_of(load(corpus, "openbmc"))
    async with receivers(mongo_uri, tmp_path, 1, **BY_IDS) as one:
        first = await one.run(letters.events)
    found = agreement(first.partition, letters.agreed)
    assert found.precision >= PRECISION
    assert found.recall >= RECALL
    async with receivers(mongo_uri, tmp_path, 3, **BY_IDS) as three:
        for order in ORDERS:
            outcome = await three.run(order.of(letters.events))
            assert outcome.fingerprint == first.fingerprint, order.name


def first_of(found: ThreadSet) -> ThreadSet:
    """Return a set's first letters, and what all engines agree on about them."""
    events = found.events[:LETTERS]
    there = {event.data.message_id for _, event in events}
    agreed = [frozenset(thread & there) for thread in found.agreed]
    return replace(found, events=events, agreed=[each for each in agreed if each])
