"""Rounds: what arrives while letters of a mailbox are filed is filed together in the next round.

So a busy mailbox costs a few commands a round instead of a letter, requests of one receiver never
race each other for a dialog, and a quiet mailbox waits for nothing.

After a round that ran out of time the next ones are half as large, and grow by one with each that
did not: a slow store files fewer letters at a time, not none.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from contract.event import Answer
from receiver.letters.arrival import Arrival
from receiver.store.mongo import StoreUnavailable

MAX_LETTERS = 64

Outcome = Answer | Exception
Files = Callable[[Sequence[Arrival]], Awaitable[list[Answer]]]


@dataclass(eq=False)
class _Waiting:
    """A letter, and what will have become of it."""

    arrival: Arrival
    outcome: asyncio.Future[Outcome]


class FilingRounds:
    """Files letters in rounds, each within ``seconds``; a letter that fails costs no other."""

    def __init__(self, file: Files, seconds: float) -> None:
        self._file = file
        self._seconds = seconds
        self._most = MAX_LETTERS
        self._waiting: defaultdict[str, deque[_Waiting]] = defaultdict(deque)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def file(self, arrivals: Iterable[Arrival]) -> list[Outcome]:
        """Return an answer, or what went wrong, for each letter, in their order."""
        outcomes = [self._wait(each) for each in arrivals]
        return await asyncio.shield(asyncio.gather(*outcomes))

    def _wait(self, arrival: Arrival) -> asyncio.Future[Outcome]:
        one = _Waiting(arrival, asyncio.get_running_loop().create_future())
        mailbox = arrival.letter.mailbox
        self._waiting[mailbox].append(one)
        if mailbox not in self._running:
            self._running[mailbox] = asyncio.create_task(self._run(mailbox))
        return one.outcome

    async def _run(self, mailbox: str) -> None:
        waiting = self._waiting[mailbox]
        try:
            while waiting:
                some = [waiting.popleft() for _ in range(min(len(waiting), self._most))]
                outcomes = await self._round([each.arrival for each in some])
                for each, outcome in zip(some, outcomes, strict=True):
                    each.outcome.set_result(outcome)
        finally:
            self._running.pop(mailbox)
            if not waiting:
                self._waiting.pop(mailbox)

    async def _round(self, arrivals: list[Arrival]) -> list[Outcome]:
        try:
            async with asyncio.timeout(self._seconds):
                outcomes: list[Outcome] = [*await self._file(arrivals)]
            self._most = min(self._most + 1, MAX_LETTERS)
            return outcomes
        except (StoreUnavailable, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                self._most = max(self._most // 2, 1)
            return [error] * len(arrivals)
        except Exception as error:  # what one letter has of its own must not fail the others
            if len(arrivals) == 1:
                return [error]
        half = len(arrivals) // 2
        return [*await self._round(arrivals[:half]), *await self._round(arrivals[half:])]
