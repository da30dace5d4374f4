"""Importing: each letter is parsed and delivered at once, so that the receiver's answer is known.

Several are parsed and have their blobs uploaded at once, but their events go one after the other
in the order of the source: which dialog a letter joins may depend on those before it.

A spool of its own (``DATA_DIR/import``) holds the few letters that are on their way and, in
``failed``, those that the receiver refused; the live service's spool is not touched.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import ValidationError

from bridge.courier.parse_pool import ParsePool, ParserDied
from bridge.courier.reach import not_mended
from bridge.courier.receiver_client import Attempt, ReceiverClient, connected, shown
from bridge.courier.retry import Outcome
from bridge.courier.sender_dns import SenderFacts
from bridge.courier.together import Ready, Together
from bridge.ingress.importer.job import Job
from bridge.ingress.importer.progress import Progress
from bridge.ingress.importer.source import LetterSource, Past
from bridge.ingress.importer.turns import Turn, Turns
from bridge.settings import BridgeSettings
from bridge.spool.capacity import Capacity
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool, Waiting, new_id
from contract.event import Answer, Direction
from contract.keyring import Keyring

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 30.0
TRIES = 8
LOOKS, LOOK_SECONDS = 3, 1.0


class NotReached(Exception):
    """The receiver is not there, or does not take what we send; the text names the setting."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of all letters: whose they are, and which way they went.

    ``folder`` is the folder of the mailbox's own server, from which they come, if they do.
    """

    mailbox: str
    direction: Direction
    folder: str = ""


def import_spool(settings: BridgeSettings) -> Spool:
    """Return the spool of the letters that are being imported."""
    return Spool(settings.data_dir / "import").prepare()


async def run(settings: BridgeSettings, source: LetterSource, job: Job, told: Told) -> None:
    """Import what the job has not yet seen to; raises SpoolInUse if another import is running."""
    spool = import_spool(settings)
    parts = settings.data_dir / "import" / "parts"
    parsers = ParsePool(
        settings.parse_workers, settings.parse_timeout, settings.parse_memory_mb, parts
    )
    keys = Keyring(settings).current
    with spool.locked(), Progress(source.size, job.counts) as progress:
        _sweep(spool)
        if job.after:
            progress.say(f"going on after {job.counts.all} letters")
        async with (
            parsers.running(),
            connected(str(settings.webhook_url), keys, settings.webhook_timeout) as webhook,
        ):
            await _reached(webhook, shown(str(settings.webhook_url)))
            work = _Import(settings, spool, parsers, webhook, told, progress, job)
            await work.all_of(source)
        progress.say(progress.line())
    job.finish()


async def _reached(webhook: ReceiverClient, url: str) -> None:
    """Raise NotReached if nobody is there to import to; a receiver that is busy is waited for."""
    for attempt in range(LOOKS):
        found = await webhook.look()
        if wrong := not_mended(url, found.status):
            raise NotReached(wrong)
        if found.status:
            return
        await asyncio.sleep(LOOK_SECONDS * attempt)
    raise NotReached(f"WEBHOOK_URL {url} is not reached: {found.reason[:200]}")


class _Import:
    def __init__(
        self,
        settings: BridgeSettings,
        spool: Spool,
        parsers: ParsePool,
        webhook: ReceiverClient,
        told: Told,
        progress: Progress,
        job: Job,
    ) -> None:
        self._settings = settings
        self._spool = spool
        self._parsers = parsers
        self._webhook = webhook
        self._together = Together(webhook)
        self._told = told
        self._progress = progress
        self._job = job
        capacity = Capacity(spool, settings.spool_max_bytes, settings.spool_min_free)
        self._intake = Intake(spool, capacity, settings.smtp_hostname)
        self._delivered = 0

    async def all_of(self, source: LetterSource) -> None:
        """Deliver every letter; memory holds only the few that are on their way.

        Raises what the source raises, and OSError.
        """
        free = asyncio.Semaphore(self._settings.courier_concurrency)
        turns = Turns()
        try:
            async with asyncio.TaskGroup() as tasks:
                number = 0
                async for letter in _read(source, self._job):
                    await free.acquire()
                    task = tasks.create_task(self._settle(number, letter, turns.next()))
                    task.add_done_callback(lambda _task: free.release())
                    number += 1
                    del letter
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None  # the others follow from it

    async def _settle(self, number: int, letter: Past, turn: Turn) -> None:
        if letter.content is None:
            self._progress.say(f"{letter.label}: cannot be had, or too large")
            outcome = "failed"
        else:
            outcome = await self._deliver(letter, letter.content, turn)
        await turn.end()
        self._job.settle(number, letter.after, outcome)
        self._progress.show(letter.done)

    async def _deliver(self, letter: Past, content: bytes, turn: Turn) -> str:
        delivery = Delivery(
            id=new_id(),
            mailbox=self._told.mailbox,
            received=letter.came,
            protocol="IMPORT",
            via="import",
            folder=self._told.folder,
            direction=self._told.direction,
        )
        await asyncio.to_thread(self._intake.keep, delivery, content)
        waiting = Waiting(delivery.id, self._spool.new / f"{delivery.id}.eml", 0.0)
        try:
            attempt = await self._insist(waiting, turn)
        finally:
            await self._parsers.forget(waiting.id)
            await self._parsers.settled(waiting.id)
        if attempt.outcome is Outcome.DONE:
            await asyncio.to_thread(self._spool.remove, waiting)
            return _outcome(attempt)
        await asyncio.to_thread(self._spool.fail, waiting, attempt.reason, time.time())
        self._progress.say(f"{letter.label}: {attempt.reason[:200]}; kept in {self._spool.failed}")
        return "failed"

    async def _insist(self, letter: Waiting, turn: Turn) -> Attempt:
        """Try until it is done or refused, or hopeless while other letters are delivered."""
        tries, delivered = 0, 0
        while True:
            attempt = await self._attempt(letter, turn)
            tries += 1
            if attempt.outcome is Outcome.DONE:
                self._delivered += 1
            if attempt.outcome is not Outcome.RETRY:
                return attempt
            if tries == TRIES:
                delivered = self._delivered
                await turn.end()  # the others show whose fault it is
            elif tries > TRIES and self._delivered > delivered:
                return attempt
            pause = max(min(0.25 * 2.0**tries, LONGEST_PAUSE_SECONDS), attempt.pause)
            if tries >= 3:
                self._progress.say(f"waiting {pause:.0f} s: {attempt.reason[:200]}")
            await asyncio.sleep(pause)

    async def _attempt(self, letter: Waiting, turn: Turn) -> Attempt:
        try:
            # No DNS: the keys of old signatures are gone, and the answer would be a guess.
            facts = SenderFacts(from_yandex=bool(self._told.folder))
            parsed = await self._parsers.parse(letter.id, letter.path, facts)
        except ParserDied as error:
            return Attempt(Outcome.RETRY, str(error))
        uploaded = await self._webhook.upload(letter.id, parsed.apart)
        if uploaded.outcome is not Outcome.DONE:
            return uploaded
        await turn.come()
        [attempt] = await self._together.post([Ready(letter.id, parsed)])
        return attempt


async def _read(source: LetterSource, job: Job) -> AsyncIterator[Past]:
    letters = await asyncio.to_thread(source.letters, job.after)
    while (letter := await asyncio.to_thread(next, letters, None)) is not None:
        yield letter


def _outcome(attempt: Attempt) -> str:
    try:
        answer = Answer.model_validate_json(attempt.answer)
    except ValidationError:  # another receiver than ours need not say
        return "new"
    return "duplicate" if answer.outcome == "duplicate" else "new"


def _sweep(spool: Spool) -> None:
    """Remove what a killed import left on its way; it is read from its source again."""
    for directory in (spool.tmp, spool.new, spool.cur):
        for path in directory.iterdir():
            path.unlink(missing_ok=True)
