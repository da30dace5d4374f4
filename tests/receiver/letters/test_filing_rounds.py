"""Rounds: what arrives while letters are filed goes together, and less where time runs out."""

import asyncio
from collections.abc import Sequence

from contract.event import Answer
from receiver.filing.rounds import MAX_LETTERS, FilingRounds
from receiver.letters.arrival import Arrival
from tests.receiver.written import arrival, written

LETTERS = [arrival(written(f"{number}")) for number in range(MAX_LETTERS)]


class Slow:
    """Files few letters at once, and more never."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.rounds: list[int] = []

    async def __call__(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        self.rounds.append(len(arrivals))
        if len(arrivals) > self.most:
            await asyncio.sleep(3600)
        return [Answer(dialog="d", outcome="appended", matched_by="id")] * len(arrivals)


async def came(rounds: FilingRounds) -> list[bool]:
    """Have each letter come in a request of its own, all at once; tell which were filed."""
    found = await asyncio.gather(*(rounds.file([each]) for each in LETTERS))
    return [isinstance(outcome, Answer) for [outcome] in found]


async def test_what_arrives_while_letters_are_filed_goes_together() -> None:
    file = Slow(MAX_LETTERS)
    assert all(await came(FilingRounds(file, 10.0)))
    assert file.rounds == [MAX_LETTERS]


async def test_a_slow_store_files_fewer_letters_at_a_time() -> None:
    file = Slow(20)
    rounds = FilingRounds(file, 0.01)
    tries = [await came(rounds) for _ in range(3)]
    assert [any(filed) for filed in tries] == [False, True, True]
    assert file.rounds == [64, *[32, 16, 16], *[18, 19, 20, 7]]
