"""Real conversations: the threads that all engines agree on, and the same ones in any order."""

from pathlib import Path

import pytest

from tests.measure.threading.__main__ import BY_IDS, PRECISION, RECALL
from tests.measure.threading.corpus import agreement, load
from tests.measure.threading.runs import Order, receivers

ORDERS = (Order("reversed"), Order("seed 7", 7))


@pytest.mark.parametrize("name", ["notmuch-lkml", "openbmc"])
async def test_conversations_are_found_whatever_the_order(
    name: str, corpus: Path, mongo_uri: str, tmp_path: Path
) -> None:
    letters = load(corpus, name)
    async with receivers(mongo_uri, tmp_path, 1, **BY_IDS) as one:
        first = await one.run(letters.events)
    found = agreement(first.partition, letters.agreed)
    assert found.precision >= PRECISION
    assert found.recall >= RECALL
    async with receivers(mongo_uri, tmp_path, 3, **BY_IDS) as three:
        for order in ORDERS:
            outcome = await three.run(order.of(letters.events))
            assert outcome.fingerprint == first.fingerprint, order.name
