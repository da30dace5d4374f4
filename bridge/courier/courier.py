"""The courier: takes each letter that waits in the spool to the webhook, and again if need be.

The spool is all that it knows for certain. What it has in memory, which letters are due and which
are on their way, can be forgotten at any moment and is found again by looking at the disk. So an
attempt is three steps, of which a crash may come between any two:

1. The time of the next attempt is written down, before anything else. A letter that ends the whole
   process is then not tried again at once, for ever.
2. It is read and sent. The receiver may have stored it although we never hear its answer; the next
   attempt finds it there, which changes nothing.
3. What it came to is noted, and only then the file goes. If the file outlives a crash, step 2 is
   repeated and nothing is lost; if it went first, nobody could say where the letter is.

What fails once tends to fail again, and slowly: by a timeout, or with a process. Therefore letters
that were tried before have places of their own, and a new one never stands in line behind them.
"""

import asyncio
import logging
import random
import time
from dataclasses import replace
from functools import partial

from bridge import metrics
from bridge.courier.attempt import Attempt
from bridge.courier.in_groups import InGroups
from bridge.courier.lane import Lane
from bridge.courier.outbox import Outbox
from bridge.courier.parsing.parse_pool import ParsePool
from bridge.courier.parsing.questions import NobodysLetter, ParserDied
from bridge.courier.receiver_client import ReceiverClient
from bridge.courier.retry import Outcome
from bridge.courier.room import RoomForLetters
from bridge.courier.sender_dns import SenderDns, SenderFacts
from bridge.spool.deliveries import Deliveries, delivered
from bridge.spool.envelope import NotATrace
from bridge.spool.spool import Spool, Waiting, age, read_head
from contract.faults import reach
from contract.sending.delays import LIFETIME_SECONDS, SHORTEST_SECONDS, believable, delay

log = logging.getLogger(__name__)

RESCAN_SECONDS = 10.0
STOP_SECONDS = 10.0


class Courier:
    """Delivers letters; the spool alone remembers what is to be done.

    There are three lanes, each with ``concurrency`` requests on their way at once: those that were
    tried before go by themselves, and so do those that have ended a parsing process or take it too
    long, so that what fails, however many and slowly, delays no other.

    Each letter has a task of its own. What is the same for several, a hop to the disk or a request
    to the receiver, they do together where they meet (``InGroups``, ``Outbox``).
    """

    def __init__(
        self,
        spool: Spool,
        sender_dns: SenderDns | None,
        parsers: ParsePool,
        webhook: ReceiverClient,
        concurrency: int,
    ) -> None:
        self._spool = spool
        self._sender_dns = sender_dns
        self._parsers = parsers
        self._queued: dict[str, Waiting] = {}
        self._fresh = Lane(self._queued, RoomForLetters(concurrency))
        self._tried = Lane(self._queued, RoomForLetters(concurrency))
        self._apart = Lane(self._queued, RoomForLetters(1, many=concurrency))
        lanes = (self._fresh, self._tried, self._apart)
        self._outboxes = {lane: Outbox(webhook, concurrency) for lane in lanes}
        self._on_the_way: dict[str, asyncio.Task[None]] = {}
        self._defer = InGroups[tuple[Waiting, float]](lambda item: spool.defer(*item))
        self._deliveries = Deliveries.beside(spool.root)
        self._remove = InGroups[tuple[Waiting, Attempt]](lambda item: self._forget(*item))

    def arrived(self, letter: Waiting) -> None:
        """Take notice of a letter that was just put into the spool: it is due now."""
        self._enqueue(replace(letter, due=0.0, written=letter.due))

    async def run(self) -> None:
        """Deliver what is due until cancelled; then give the letters on their way a moment."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._rescan())
                for lane in self._outboxes:
                    tasks.create_task(self._serve(lane))
        finally:
            if self._on_the_way:
                _, late = await asyncio.wait(self._on_the_way.values(), timeout=STOP_SECONDS)
                for task in late:  # the receiver knows what it has, should it have taken them
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def _serve(self, lane: Lane) -> None:
        while True:
            letter = await lane.next_due()
            task = asyncio.create_task(self._deliver(letter, self._outboxes[lane]))
            self._on_the_way[letter.id] = task
            task.add_done_callback(partial(self._landed, lane, letter))

    async def _rescan(self) -> None:
        """Find what other processes and people put into the spool, now and every few seconds."""
        while True:
            try:
                for letter in await asyncio.to_thread(self._found):
                    self._enqueue(letter)
            except OSError as error:
                log.error("the spool cannot be read: %s", error)
            await asyncio.sleep(RESCAN_SECONDS)

    def _found(self) -> list[Waiting]:
        """Return what waits; blocks, as all may that needs no event loop: there may be many."""
        now = time.time()
        return [
            each if (due := believable(each.due, now)) == each.due else replace(each, due=due)
            for each in self._spool.waiting()
        ]

    def _enqueue(self, letter: Waiting) -> None:
        """Take note of a letter, or of an earlier time for one that is known."""
        known = self._queued.get(letter.id)
        if letter.id in self._on_the_way or (known and known.due <= letter.due):
            return
        tried = age(letter.id, letter.due) >= SHORTEST_SECONDS
        lane = self._tried if tried else self._fresh
        (self._apart if self._parsers.waits_apart(letter.id) else lane).put(letter)

    def _landed(self, lane: Lane, letter: Waiting, task: asyncio.Task[None]) -> None:
        lane.landed(letter)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the courier failed over a letter", exc_info=error)

    async def _deliver(self, letter: Waiting, outbox: Outbox) -> None:
        now = time.time()
        due = letter.written
        try:
            # Written down before the attempt, so that a crash cannot make it spin.
            if due <= now:
                due = now + delay(age(letter.id, now), random.random())  # noqa: S311 - jitter
                await self._defer.do((letter, due))
            attempt = await self._attempt(letter, outbox)
            due = max(due, time.time() + attempt.pause)
            reach("courier.answered")
            if await self._settle(letter, attempt, due):
                due = 0.0
                await self._parsers.settled(letter.id)
        except FileNotFoundError:  # moved by a mail program or a person: the next scan finds it
            due = 0.0
        except OSError as error:  # of the disk, or of what lies there and is no letter
            wait = max(0.0, due - time.time())
            log.error("letter %s waits %.0f s: disk: %s", letter.id, wait, error.strerror)
        finally:
            await self._parsers.forget(letter.id)
            self._on_the_way.pop(letter.id, None)
            if due:
                self._enqueue(replace(letter, due=due, written=0.0))

    async def _attempt(self, letter: Waiting, outbox: Outbox) -> Attempt:
        try:
            facts = await self._facts(letter)
            parsed = await self._parsers.parse(letter.id, letter.path, facts, letter.size)
        except ParserDied as error:
            return Attempt(Outcome.RETRY, str(error))
        except (NobodysLetter, NotATrace) as error:
            return Attempt(Outcome.REFUSED, str(error))
        reach("courier.parsed")
        return await outbox.send(letter.id, parsed)

    async def _facts(self, letter: Waiting) -> SenderFacts:
        if self._sender_dns is None:
            return SenderFacts()
        delivery, raw = await asyncio.to_thread(read_head, letter.path)
        return await self._sender_dns.facts(delivery, raw)

    async def _settle(self, letter: Waiting, attempt: Attempt, due: float) -> bool:
        """Act on the outcome; True if the letter has left the queue."""
        now = time.time()
        reason = attempt.reason
        if attempt.outcome is Outcome.DONE:
            await self._remove.do((letter, attempt))
            metrics.DELIVERED.inc()
            log.info("letter %s delivered", letter.id)
            return True
        if attempt.outcome is Outcome.RETRY and age(letter.id, now) < LIFETIME_SECONDS:
            await self._defer.do((letter, due))
            await asyncio.to_thread(self._spool.explain, letter, reason)
            metrics.RETRIES.inc()
            log.warning("letter %s waits %.0f s: %.200s", letter.id, max(0.0, due - now), reason)
            return False
        await asyncio.to_thread(self._spool.fail, letter, reason, now)
        metrics.FAILED.inc()
        log.error("letter %s is in failed/: %.200s", letter.id, reason)
        return True

    def _forget(self, letter: Waiting, attempt: Attempt) -> None:
        """Note where a letter is now, and remove it; in this order, as a crash may come between."""
        told = delivered(letter.id, attempt.mailbox, attempt.message_id, attempt.answer)
        self._deliveries.note(told)
        self._spool.remove(letter)
