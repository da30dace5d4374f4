"""Ready letters on their way to the receiver: letters that are ready together go together.

A request starts at once with what is ready; it never waits to be filled. Letters that come while
requests are on their way form the next request, so requests fill by themselves under load. If more
letters wait than fit in, whole conversations go first (``next_letters``).

A request without an answer after SLOW_SECONDS may contain a letter on which the receiver hangs. It
no longer counts among the ``at_once`` requests, so others go on beside it. While there are such
slow requests, every other request takes the newest letters, so that a letter behind many such
letters is not the last.
"""

import asyncio
from dataclasses import dataclass

from bridge.courier.attempt import Attempt
from bridge.courier.next_letters import next_letters
from bridge.courier.outcome import Outcome
from bridge.courier.parsing.questions import Parsed
from bridge.courier.receiver_client import ReceiverClient
from bridge.courier.together import Ready, Together, ready
from contract.batch import MAX_LINES

HALF_FULL = 2  # requests on their way together while they are not full
MOST_SENT = 2 * MAX_LINES  # letters in requests: more would only wait at the receiver, too long
SLOW_SECONDS = 3.0
SLOW_SHARE = 2  # slow requests, as a multiple of ``at_once``


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    letter: Ready
    attempt: "asyncio.Future[Attempt]"

    @property
    def conversation(self) -> object:
        """A key that letters of one conversation share."""
        parsed = self.letter.parsed
        return (parsed.mailbox, parsed.conversation) if parsed.conversation else self


class Outbox:
    """Sends letters in at most ``at_once`` requests at once, slow ones not counted."""

    def __init__(self, webhook: ReceiverClient, at_once: int) -> None:
        self._webhook = webhook
        self._together = Together(webhook)
        self._at_once = at_once
        self._uploads = asyncio.Semaphore(at_once)
        self._waiting: dict[_Waiting, None] = {}  # in the order of arrival
        self._sent = 0
        self._requests: set[asyncio.Task[None]] = set()
        self._slow: set[asyncio.Task[None]] = set()
        self._newest_first = False

    async def send(self, letter_id: str, parsed: Parsed) -> Attempt:
        """Upload the letter's blobs, then send its event; never raises for the receiver."""
        letter = ready(self._webhook, letter_id, parsed)
        if blobs := letter.to_upload:
            async with self._uploads:
                uploaded = await self._webhook.upload(letter_id, blobs)
            if uploaded.outcome is not Outcome.DONE:
                return uploaded
        attempt: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()
        self._waiting[_Waiting(letter, attempt)] = None
        asyncio.get_running_loop().call_soon(self._go)  # with letters that become ready now
        return await attempt

    def _go(self) -> None:
        """Start as many requests as are allowed."""
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
        """Take out the letters of the next request, at most ``most``."""
        self._newest_first = bool(self._slow) and not self._newest_first
        order = reversed(self._waiting) if self._newest_first else iter(self._waiting)
        letters = next_letters(order, lambda each: each.conversation, most)
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
            if not each.attempt.done():  # the task that sent it was cancelled meanwhile
                each.attempt.set_result(attempt)
