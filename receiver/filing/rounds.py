"""Rounds: letters that arrive while others of their mailbox are filed form the next round.

So a busy mailbox costs a few commands a round instead of a letter, requests of one receiver never
race each other for a dialog, and a quiet mailbox waits for nothing.

After a round that ran out of time the next ones are half as large, and grow by one with each
success: a slow store files fewer letters at a time, not none.

Letters that name many ids before many people may cost as much as hundreds of others (``names_of``
in ``receiver.filing.look``). They have small rounds of their own, alternating with the others': so
a sender of many of them, or one that no round has the time for, holds up nobody else.
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
MAX_NAMES = 1024  # of all letters of a round, if that is more than one letter
MAX_COSTLY = MAX_NAMES // MANY_NAMES

Outcome = Answer | Exception
Files = Callable[[Sequence[Arrival]], Awaitable[list[Answer]]]


@dataclass(eq=False)
class _Waiting:
    """A letter, and its future answer."""

    arrival: Arrival
    outcome: asyncio.Future[Outcome]

    @property
    def names(self) -> int:
        """The number of names of id and person under which it may be looked up."""
        letter = self.arrival.letter
        return len(letter.ids) * len(letter.people)

    @property
    def topic(self) -> tuple[str, str]:
        """A key shared by letters that answer it by its subject."""
        return self.arrival.letter.user, self.arrival.letter.base_subject


@dataclass
class _Line:
    """Letters of one mailbox that wait for rounds of one kind.

    A round may have at most ``bound`` letters, at present ``most``, and ``names``, or one letter
    with more.
    """

    bound: int
    names: float
    most: int
    waiting: deque[_Waiting] = field(default_factory=deque)

    def take(self) -> list[_Waiting]:
        """Take out the letters of the next round."""
        some: list[_Waiting] = []
        names = self.names
        while self.waiting and len(some) < self.most:
            names -= self.waiting[0].names
            if some and names < 0:
                break
            some.append(self.waiting.popleft())
        return some


def _lines() -> tuple[_Line, _Line]:
    """Return the line of ordinary letters, and that of letters with rounds of their own."""
    return _Line(MAX_LETTERS, inf, MAX_LETTERS), _Line(MAX_COSTLY, MAX_NAMES, MAX_COSTLY)


class FilingRounds:
    """Files letters in rounds, each within ``seconds``; a letter that fails costs no other."""

    def __init__(self, file: Files, seconds: float) -> None:
        self._file = file
        self._seconds = seconds
        self._lines: defaultdict[str, tuple[_Line, _Line]] = defaultdict(_lines)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def file(self, arrivals: Iterable[Arrival]) -> list[Outcome]:
        """Return an answer, or an error, for each letter, in their order."""
        outcomes = [self._wait(each) for each in arrivals]
        return await asyncio.shield(asyncio.gather(*outcomes))

    def _wait(self, arrival: Arrival) -> asyncio.Future[Outcome]:
        """Queue a letter, never before one that it may answer by its subject."""
        one = _Waiting(arrival, asyncio.get_running_loop().create_future())
        mailbox = arrival.letter.mailbox
        plain, costly = self._lines[mailbox]
        behind = any(each.topic == one.topic for each in costly.waiting)
        (costly if behind or one.names > MANY_NAMES else plain).waiting.append(one)
        if mailbox not in self._running:
            self._running[mailbox] = asyncio.create_task(self._run(mailbox))
        return one.outcome

    async def _run(self, mailbox: str) -> None:
        lines = self._lines[mailbox]
        try:
            while any(line.waiting for line in lines):
                for line in lines:
                    some = line.take()
                    outcomes = await self._round([each.arrival for each in some], line)
                    for each, outcome in zip(some, outcomes, strict=True):
                        each.outcome.set_result(outcome)
        finally:
            self._running.pop(mailbox)

    async def _round(self, arrivals: list[Arrival], line: _Line) -> list[Outcome]:
        if not arrivals:
            return []
        try:
            async with asyncio.timeout(self._seconds):
                outcomes: list[Outcome] = [*await self._file(arrivals)]
            line.most = min(line.most + 1, line.bound)
            return outcomes
        except (StoreUnavailable, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                line.most = max(line.most // 2, 1)
            return [error] * len(arrivals)
        except Exception as error:  # what one letter has of its own must not fail the others
            if len(arrivals) == 1:
                return [error]
        half = len(arrivals) // 2
        first = await self._round(arrivals[:half], line)
        return [*first, *await self._round(arrivals[half:], line)]
