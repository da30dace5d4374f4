"""Rounds: what arrives while letters of a mailbox are filed is filed together in the next round.

So a busy mailbox costs a few commands a round instead of a letter, requests of one receiver never
race each other for a dialog, and a quiet mailbox waits for nothing.

After a round that ran out of time the next ones are half as large, and grow by one with each that
did not: a slow store files fewer letters at a time, not none.

Letters that name many ids before many people may cost as much as hundreds of others (``names_of``
in ``receiver.filing.look``). They have rounds of their own, small ones, in turns with the others':
so who sends many of them, or one that no round has the time for, holds up nobody else.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

from contract.event import Answer
from receiver.letters.arrival import Arrival
from receiver.store.mongo import StoreUnavailable

MAX_LETTERS = 64
MANY_NAMES = 256  # pairs of id and person
MAX_NAMES = 1024  # of all letters of a round, where that is more than one letter
MAX_COSTLY = MAX_NAMES // MANY_NAMES

Outcome = Answer | Exception
Files = Callable[[Sequence[Arrival]], Awaitable[list[Answer]]]


@dataclass(eq=False)
class _Waiting:
    """A letter, and what will have become of it."""

    arrival: Arrival
    outcome: asyncio.Future[Outcome]

    @property
    def names(self) -> int:
        """Under how many names of id and person it may have to be looked for."""
        letter = self.arrival.letter
        return len(letter.ids) * len(letter.people)

    @property
    def topic(self) -> tuple[str, str]:
        """What a letter that answers it by its subject has, too."""
        return self.arrival.letter.user, self.arrival.letter.base_subject


@dataclass
class _Line:
    """Letters of one mailbox that wait for rounds of one kind."""

    waiting: deque[_Waiting] = field(default_factory=deque)

    def take(self, most: int, names: float = inf) -> list[_Waiting]:
        """Take out the letters of the next round: one, and others while that is not too much."""
        some: list[_Waiting] = []
        while self.waiting and len(some) < most:
            names -= self.waiting[0].names
            if some and names < 0:
                break
            some.append(self.waiting.popleft())
        return some


@dataclass
class _Lines:
    """What waits of one mailbox: the many letters, and those that have rounds of their own."""

    plain: _Line = field(default_factory=_Line)
    costly: _Line = field(default_factory=_Line)

    def add(self, one: _Waiting) -> None:
        """Have a letter wait; never before one that it may answer by its subject."""
        behind = any(each.topic == one.topic for each in self.costly.waiting)
        line = self.costly if behind or one.names > MANY_NAMES else self.plain
        line.waiting.append(one)


@dataclass
class _Size:
    """How many letters a round may have just now, and at any time."""

    most: int
    bound: int

    def succeeded(self) -> None:
        self.most = min(self.most + 1, self.bound)

    def ran_out_of_time(self) -> None:
        self.most = max(self.most // 2, 1)


class FilingRounds:
    """Files letters in rounds, each within ``seconds``; a letter that fails costs no other."""

    def __init__(self, file: Files, seconds: float) -> None:
        self._file = file
        self._seconds = seconds
        self._plain, self._costly = (_Size(most, most) for most in (MAX_LETTERS, MAX_COSTLY))
        self._waiting: defaultdict[str, _Lines] = defaultdict(_Lines)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def file(self, arrivals: Iterable[Arrival]) -> list[Outcome]:
        """Return an answer, or what went wrong, for each letter, in their order."""
        outcomes = [self._wait(each) for each in arrivals]
        return await asyncio.shield(asyncio.gather(*outcomes))

    def _wait(self, arrival: Arrival) -> asyncio.Future[Outcome]:
        one = _Waiting(arrival, asyncio.get_running_loop().create_future())
        mailbox = arrival.letter.mailbox
        self._waiting[mailbox].add(one)
        if mailbox not in self._running:
            self._running[mailbox] = asyncio.create_task(self._run(mailbox))
        return one.outcome

    async def _run(self, mailbox: str) -> None:
        lines = self._waiting[mailbox]
        try:
            while lines.plain.waiting or lines.costly.waiting:
                await self._next(lines.plain.take(self._plain.most), self._plain)
                await self._next(lines.costly.take(self._costly.most, MAX_NAMES), self._costly)
        finally:
            self._running.pop(mailbox)
            if not (lines.plain.waiting or lines.costly.waiting):
                self._waiting.pop(mailbox)

    async def _next(self, some: Sequence[_Waiting], size: _Size) -> None:
        outcomes = await self._round([each.arrival for each in some], size) if some else []
        for each, outcome in zip(some, outcomes, strict=True):
            each.outcome.set_result(outcome)

    async def _round(self, arrivals: list[Arrival], size: _Size) -> list[Outcome]:
        try:
            async with asyncio.timeout(self._seconds):
                outcomes: list[Outcome] = [*await self._file(arrivals)]
            size.succeeded()
            return outcomes
        except (StoreUnavailable, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                size.ran_out_of_time()
            return [error] * len(arrivals)
        except Exception as error:  # what one letter has of its own must not fail the others
            if len(arrivals) == 1:
                return [error]
        half = len(arrivals) // 2
        first = await self._round(arrivals[:half], size)
        return [*first, *await self._round(arrivals[half:], size)]
