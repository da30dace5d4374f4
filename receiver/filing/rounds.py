"""Rounds: what arrives while letters of a mailbox are filed is filed together in the next round.

So a busy mailbox costs a few commands a round instead of a letter, requests of one receiver never
race each other for a dialog, and a quiet mailbox waits for nothing.

After a round that ran out of time the next ones are half as large, and grow by one with each that
did not: a slow store files fewer letters at a time, not none.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from contract.event import Answer
from receiver.letters.arrival import Arrival
from receiver.store.mongo import StoreUnavailable

MAX_LETTERS = 64

Outcome = Answer | Exception
Files = Callable[[Sequence[Arrival]], Awaitable[list[Answer]]]


@dataclass(eq=False)
class _Waiting:
    """Letters of one request and one mailbox, and what became of them."""

    arrivals: list[Arrival]
    done: asyncio.Future[list[Outcome]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class FilingRounds:
    """Files letters in rounds, each within ``seconds``; a letter that fails costs no other."""

    def __init__(self, file: Files, seconds: float) -> None:
        self._file = file
        self._seconds = seconds
        self._most = MAX_LETTERS
        self._waiting: defaultdict[str, deque[_Waiting]] = defaultdict(deque)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def file(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Return an answer, or what went wrong, for each letter, in their order."""
        by_mailbox: defaultdict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(arrivals):
            by_mailbox[each.letter.mailbox].append(at)
        found: dict[int, Outcome] = {}
        waiting = {
            mailbox: self._wait(mailbox, [arrivals[at] for at in places])
            for mailbox, places in by_mailbox.items()
        }
        for mailbox, places in by_mailbox.items():
            outcomes = await asyncio.shield(waiting[mailbox].done)
            found |= dict(zip(places, outcomes, strict=True))
        return [found[at] for at in range(len(arrivals))]

    def _wait(self, mailbox: str, arrivals: list[Arrival]) -> _Waiting:
        one = _Waiting(arrivals)
        self._waiting[mailbox].append(one)
        if mailbox not in self._running:
            self._running[mailbox] = asyncio.create_task(self._run(mailbox))
        return one

    async def _run(self, mailbox: str) -> None:
        waiting = self._waiting[mailbox]
        try:
            while waiting:
                some = [waiting.popleft()]
                count = len(some[0].arrivals)
                while waiting and count + len(waiting[0].arrivals) <= self._most:
                    count += len(waiting[0].arrivals)
                    some.append(waiting.popleft())
                outcomes = await self._round([each for one in some for each in one.arrivals])
                for one in some:
                    mine, outcomes = outcomes[: len(one.arrivals)], outcomes[len(one.arrivals) :]
                    one.done.set_result(mine)
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
