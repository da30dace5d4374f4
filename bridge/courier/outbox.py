"""The letters that are ready, on their way to the receiver: what is ready together goes together.

A request takes what waits, at once; nothing waits for it to fill up. What comes while requests are
are on their way makes the next one, so requests fill by themselves where there is much to do.

A request that is not answered soon may be about a letter that the receiver hangs over. It gives its
place up, so that others go on beside it; as long as there are such, every other request takes the
newest letters, so that one that comes after many of them is not the last.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from bridge.courier.attempt import Attempt
from bridge.courier.parsing.parse_process import Parsed
from bridge.courier.receiver_client import ReceiverClient
from bridge.courier.retry import Outcome
from bridge.courier.together import Ready, Together

HALF_FULL = 2  # requests that may be on their way with fewer letters than they might have
SLOW_SECONDS = 3.0
SLOW_SHARE = 2  # so many times as many requests may be slow ones beside those that are not


@dataclass(frozen=True, slots=True)
class _Waiting:
    letter: Ready
    attempt: "asyncio.Future[Attempt]"


class Outbox:
    """Sends letters in ``at_once`` requests at once, at most."""

    def __init__(self, webhook: ReceiverClient, at_once: int) -> None:
        self._webhook = webhook
        self._together = Together(webhook)
        self._at_once = at_once
        self._uploads = asyncio.Semaphore(at_once)
        self._waiting: deque[_Waiting] = deque()
        self._requests: set[asyncio.Task[None]] = set()
        self._slow: set[asyncio.Task[None]] = set()
        self._newest_first = False

    async def send(self, letter_id: str, parsed: Parsed) -> Attempt:
        """Upload the letter's blobs, then send its event; never raises for the other side."""
        if blobs := parsed.apart:
            async with self._uploads:
                uploaded = await self._webhook.upload(letter_id, blobs)
            if uploaded.outcome is not Outcome.DONE:
                return uploaded
        attempt: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(Ready(letter_id, parsed), attempt))
        asyncio.get_running_loop().call_soon(self._go)  # with those that are ready as well
        return await attempt

    def _go(self) -> None:
        """Begin the requests that may begin."""
        while self._waiting and len(self._requests) < self._at_once:
            full = len(self._waiting) >= self._together.most
            if not full and len(self._requests) >= HALF_FULL:
                return
            request = asyncio.create_task(self._carry(self._next()))
            self._requests.add(request)
            request.add_done_callback(self._ended)
            asyncio.get_running_loop().call_later(SLOW_SECONDS, self._is_slow, request)

    def _next(self) -> list[_Waiting]:
        """Take the letters of the next request out."""
        self._newest_first = bool(self._slow) and not self._newest_first
        if self._newest_first:
            self._waiting.reverse()
        count = self._together.fit([each.letter for each in self._waiting])
        letters = [self._waiting.popleft() for _ in range(count)]
        if self._newest_first:
            self._waiting.reverse()
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
        for each, attempt in zip(waiting, attempts, strict=True):
            if not each.attempt.done():  # whoever sent it was told to stop meanwhile
                each.attempt.set_result(attempt)
