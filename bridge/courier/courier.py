"""The courier: sends each letter in the spool to the webhook, and again if need be.

Only the spool is certain. What is kept in memory (which letters are due, which are on their way)
may be lost at any moment and is found again on the disk. So an attempt has three steps, and a crash
may come between any two:

1. The time of the next attempt is written down first. A letter that kills the whole process is then
   not tried again at once, for ever.
2. The letter is read and sent. If the receiver stores it and its answer is lost, the next attempt
   finds it stored and changes nothing.
3. The result is noted, and only then the file is removed. If the file survives a crash, step 2 is
   repeated and nothing is lost; the other way round nobody could say where the letter is.

A letter that failed once tends to fail again, and slowly: by a time-out, or by killing a parsing
process. Such letters have lanes of their own, so that a new letter never waits behind them.
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
from bridge.courier.outcome import Outcome
from bridge.courier.parsing.parse_pool import ParsePool
from bridge.courier.parsing.questions import NobodysLetter, ParserDied
from bridge.courier.receiver_client import ReceiverClient
from bridge.courier.room import RoomForLetters
from bridge.courier.sender_dns import SenderDns, SenderFacts
from bridge.spool.attempts import tried
from bridge.spool.deliveries import Deliveries, delivered
from bridge.spool.envelope import NotATrace
from bridge.spool.spool import Spool, Waiting, age, read_head
from contract.faults import reach
from contract.sending.delays import SHORTEST_SECONDS, believable, delay, is_given_up

log = logging.getLogger(__name__)

RESCAN_SECONDS = 10.0
STOP_SECONDS = 10.0


class Courier:
    """Delivers letters; only the spool remembers what is to be done.

    There are three lanes, each with ``concurrency`` requests at once: new letters, letters that
    were tried before, and letters that killed a parsing process or took it too long. So failing
    letters, however many and slow, delay no other.

    Each letter has its own task. Tasks that meet at a disk operation or a request to the receiver
    do it together (``InGroups``, ``Outbox``).
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
        """Queue a letter that was just put into the spool: it is due now."""
        self._enqueue(replace(letter, due=0.0, written=letter.due))

    async def run(self) -> None:
        """Deliver due letters until cancelled; then give the letters on their way STOP_SECONDS."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._rescan())
                for lane in self._outboxes:
                    tasks.create_task(self._serve(lane))
        finally:
            if self._on_the_way:
                _, late = await asyncio.wait(self._on_the_way.values(), timeout=STOP_SECONDS)
                for task in late:  # if the receiver took them, it will recognise them
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def _serve(self, lane: Lane) -> None:
        while True:
            letter = await lane.next_due()
            task = asyncio.create_task(self._deliver(letter, self._outboxes[lane]))
            self._on_the_way[letter.id] = task
            task.add_done_callback(partial(self._landed, lane, letter))

    async def _rescan(self) -> None:
        """Find what other processes and people put into the spool, now and every RESCAN_SECONDS."""
        while True:
            try:
                for letter in await asyncio.to_thread(self._found):
                    self._enqueue(letter)
            except OSError as error:
                log.error("the spool cannot be read: %s", error)
            await asyncio.sleep(RESCAN_SECONDS)

    def _found(self) -> list[Waiting]:
        """Return the letters that wait, at believable times; blocks, as there may be many."""
        now = time.time()
        return [
            each if (due := believable(each.due, now)) == each.due else replace(each, due=due)
            for each in self._spool.waiting()
        ]

    def _enqueue(self, letter: Waiting) -> None:
        """Queue a letter, unless it is queued for an earlier time or is on its way."""
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
        except OSError as error:  # a fault of the disk, or something in the spool that is no letter
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
            parsed = await self._parsers.parse(
                letter.id, letter.path, facts, letter.size, letter.conversation
            )
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
        """Act on the outcome; return True if the letter has left the queue."""
        now = time.time()
        reason = attempt.reason
        if attempt.outcome is Outcome.DONE:
            await self._remove.do((letter, attempt))
            metrics.DELIVERED.inc()
            log.info("letter %s delivered", letter.id)
            return True
        if attempt.outcome is Outcome.RETRY and not await self._is_given_up(letter, now):
            await self._defer.do((letter, due))
            await asyncio.to_thread(self._spool.explain, letter, reason)
            metrics.RETRIES.inc()
            log.warning("letter %s waits %.0f s: %.200s", letter.id, max(0.0, due - now), reason)
            return False
        await asyncio.to_thread(self._spool.fail, letter, reason, now)
        metrics.FAILED.inc()
        log.error("letter %s is in failed/: %.200s", letter.id, reason)
        return True

    async def _is_given_up(self, letter: Waiting, now: float) -> bool:
        before = await asyncio.to_thread(tried, self._spool.root, letter.id)
        return is_given_up(age(letter.id, now), before.times - before.before + 1)

    def _forget(self, letter: Waiting, attempt: Attempt) -> None:
        """Note the delivery, then remove the letter: in this order, as a crash may come between."""
        told = delivered(letter.id, attempt.mailbox, attempt.message_id, attempt.answer)
        self._deliveries.note(told)
        self._spool.remove(letter)
