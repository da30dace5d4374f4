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


PEOPLE = " ".join(f"person{number}" for number in range(20))
IDS = " ".join(f"before{number}" for number in range(40))
COSTLY = [
    arrival(written(f"c{number}", f"stranger{number}", PEOPLE, IDS, subject=f"Счёт {number}"))
    for number in range(10)
]


class Costly(Slow):
    """Never files a letter that names many ids."""

    def __init__(self) -> None:
        super().__init__(MAX_LETTERS)
        self.named: list[int] = []

    async def __call__(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        self.named.append(max(len(each.letter.ids) for each in arrivals))
        if self.named[-1] > 2:
            await asyncio.sleep(3600)
        return await super().__call__(arrivals)


async def test_letters_that_no_round_has_the_time_for_hold_up_no_others() -> None:
    file = Costly()
    found = await FilingRounds(file, 0.01).file([*COSTLY, *LETTERS])
    assert [isinstance(each, Answer) for each in found] == [False] * 10 + [True] * MAX_LETTERS
    assert file.rounds == [MAX_LETTERS]
    assert file.named[0] == 1


async def test_letters_that_cost_much_have_small_rounds_in_turns_with_others() -> None:
    file = Slow(MAX_LETTERS)
    rounds = FilingRounds(file, 10.0)
    more = [rounds.file([each]) for each in (*COSTLY, *LETTERS)]
    for found in await asyncio.gather(*more, rounds.file(LETTERS)):
        assert all(isinstance(each, Answer) for each in found)
    assert file.rounds == [64, 1, 64, *[1] * 9]


async def test_what_may_answer_a_costly_letter_by_its_subject_is_filed_after_it() -> None:
    answer = arrival(written("1", "stranger0", subject="Re: Счёт 0"))
    order: list[str] = []

    async def file(arrivals: Sequence[Arrival]) -> list[Answer]:
        order.extend(each.letter.key for each in arrivals)
        return [Answer(dialog="d", outcome="appended", matched_by="id")] * len(arrivals)

    await FilingRounds(file, 10.0).file([COSTLY[0], answer, LETTERS[5]])
    assert order == [each.letter.key for each in (LETTERS[5], COSTLY[0], answer)]
