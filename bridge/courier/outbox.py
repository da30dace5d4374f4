"""The letters that are ready, on their way to the receiver: what is ready together goes together.

A request takes what waits, at once; nothing waits for it to fill up. What comes while requests are
on their way makes the next one, so requests fill by themselves where there is much to do. Where
more waits than fits in, conversations go whole (``conversations``).

A request that is not answered soon may be about a letter that the receiver hangs over. It gives its
place up, so that others go on beside it; as long as there are such, every other request takes the
newest letters, so that one that comes after many of them is not the last.
"""

import asyncio
from dataclasses import dataclass

from bridge.courier.attempt import Attempt
from bridge.courier.conversations import next_ones
from bridge.courier.parsing.questions import Parsed
from bridge.courier.receiver_client import ReceiverClient
from bridge.courier.retry import Outcome
from bridge.courier.together import Ready, Together, ready
from contract.batch import MAX_LINES

HALF_FULL = 2  # requests that may be on their way with fewer letters than they might have
MOST_SENT = 2 * MAX_LINES  # letters in requests: more would only wait there, for too long
SLOW_SECONDS = 3.0
SLOW_SHARE = 2  # so many times as many requests may be slow ones beside those that are not


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    letter: Ready
    attempt: "asyncio.Future[Attempt]"

    @property
    def conversation(self) -> object:
        """What letters of one conversation have in common."""
        parsed = self.letter.parsed
        return (parsed.mailbox, parsed.conversation) if parsed.conversation else self


class Outbox:
    """Sends letters in ``at_once`` requests at once, at most."""

    def __init__(self, webhook: ReceiverClient, at_once: int) -> None:
        self._webhook = webhook
        self._together = Together(webhook)
        self._at_once = at_once
        self._uploads = asyncio.Semaphore(at_once)
        self._waiting: dict[_Waiting, None] = {}  # in the order in which they came
        self._sent = 0
        self._requests: set[asyncio.Task[None]] = set()
        self._slow: set[asyncio.Task[None]] = set()
        self._newest_first = False

    async def send(self, letter_id: str, parsed: Parsed) -> Attempt:
        """Upload the letter's blobs, then send its event; never raises for the other side."""
        letter = ready(self._webhook, letter_id, parsed)
        if blobs := letter.to_upload:
            async with self._uploads:
                uploaded = await self._webhook.upload(letter_id, blobs)
            if uploaded.outcome is not Outcome.DONE:
                return uploaded
        attempt: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()
        self._waiting[_Waiting(letter, attempt)] = None
        asyncio.get_running_loop().call_soon(self._go)  # with those that are ready as well
        return await attempt

    def _go(self) -> None:
        """Begin the requests that may begin."""
        while self._waiting and len(self._requests) < self._at_once:
            most = min(self._together.most, MOST_SENT - self._sent)
            full = len(self._waiting) >= most
            if most <= 0 or (not full and len(self._requests) >= HALF_FULL):
                return
            request = asyncio.create_task(self._carry(self._next(most)))
            self._requests.add(request)
            request.add_done_callback(self._ended)
            asyncio.get_running_loop().call_later(SLOW_SECONDS, self._is_slow, request)

    def _next(self, most: int) -> list[_Waiting]:
        """Take the letters of the next request out, at most so many."""
        self._newest_first = bool(self._slow) and not self._newest_first
        order = reversed(self._waiting) if self._newest_first else iter(self._waiting)
        letters = next_ones(order, lambda each: each.conversation, most)
        letters = letters[: self._together.fit([each.letter for each in letters])]
        for each in letters:
            del self._waiting[each]
        self._sent += len(letters)
        return letters

    def _is_slow(self, request: asyncio.Task[None]) -> None:
        if request in self._requests and len(self._slow) < SLOW_SHARE * self._at_once:
            self._requests.discard(request)
            self._slow.add(request)
            self._go()

    def _ended(self, request: asyncio.Task[None]) -> None:
        self._requests.discard(request)
        self._slow.discard(request)
        self._go()

    async def _carry(self, waiting: list[_Waiting]) -> None:
        try:
            attempts = await self._together.post([each.letter for each in waiting])
        except Exception as error:
            for each in waiting:
                if not each.attempt.done():
                    each.attempt.set_exception(error)
            return
        finally:
            self._sent -= len(waiting)
        for each, attempt in zip(waiting, attempts, strict=True):
            if not each.attempt.done():  # whoever sent it was told to stop meanwhile
                each.attempt.set_result(attempt)
