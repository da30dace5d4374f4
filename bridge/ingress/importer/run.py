"""Importing: each letter is parsed and delivered at once, so the receiver's answer is known.

Many letters are parsed and have their blobs uploaded at the same time, but their events go in the
order of the source, one request after the other with as many as are ready. So dialogs are opened in
the order in which they began, and few must be merged for a later letter.

The import has its own spool (``DATA_DIR/import``): letters on their way and, in ``failed``, those
that the receiver refused. The service's spool is not touched.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from bridge.courier.attempt import Attempt
from bridge.courier.outcome import Outcome
from bridge.courier.parsing.parse_pool import ParsePool
from bridge.courier.receiver_client import ReceiverClient, connected
from bridge.courier.room import RoomForLetters
from bridge.courier.together import Ready, Together
from bridge.ingress.importer.job import Job
from bridge.ingress.importer.preparing import TRIES, Preparing, Provenance
from bridge.ingress.importer.progress import Progress
from bridge.ingress.importer.reading import letters_of
from bridge.ingress.importer.source import LetterSource, Past
from bridge.reach import not_mended
from bridge.settings import BridgeSettings
from bridge.spool.capacity import Capacity
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool, Waiting
from bridge.words import texts
from contract.batch import MAX_LINES
from contract.doctor.russian import spoken
from contract.event import Answer
from contract.keyring import Keyring

LISTED = 100
LOOKS, LOOK_SECONDS = 3, 1.0
AHEAD = 2 * MAX_LINES  # letters on their way: those of this request and of the next


class NotReached(Exception):
    """The receiver does not answer, or rejects what we send; the text names the setting."""


def import_spool(settings: BridgeSettings) -> Spool:
    """Return the spool of the letters that are being imported."""
    return Spool(settings.data_dir / "import").prepare()


async def run(settings: BridgeSettings, source: LetterSource, job: Job, told: Provenance) -> None:
    """Import the letters that the job has not settled yet.

    Raises SpoolInUse if another import is running, SecretsMissing, NotReached.
    """
    spool = import_spool(settings)
    parts = settings.data_dir / "import" / "parts"
    parsers = ParsePool(
        settings.parse_workers, settings.parse_timeout, settings.parse_memory_mb, parts
    )
    keys = Keyring(settings).current
    keys()  # without a secret there is no point in starting
    capacity = Capacity(spool, settings.spool_max_bytes, settings.spool_min_free)
    # What a crash takes away is read from its source again.
    intake = Intake(spool, capacity, settings.smtp_hostname, durable=False)
    with spool.locked(), _progress(source, job) as progress:
        _sweep(spool)
        for passed in source.no_letters[:LISTED]:
            what = spoken(passed.what)
            progress.say(texts("{path} is passed over: it is {what}", path=passed.path, what=what))
        if more := sum(passed.count for passed in source.no_letters[LISTED:]):
            progress.say(texts("and {count} more are passed over", count=more))
        if job.after:
            progress.say(texts("going on after {count} letters", count=job.counts.all))
        async with (
            parsers.running(),
            connected(str(settings.webhook_url), keys, settings.webhook_timeout) as webhook,
        ):
            await _reached(webhook)
            preparing = Preparing(intake, parsers, webhook, told, progress.say)
            work = _Import(preparing, webhook, settings, progress, job)
            await work.all_of(source)
        progress.say(progress.line())
    job.finish()


def _progress(source: LetterSource, job: Job) -> Progress:
    passed = sum(each.count for each in source.no_letters)
    return Progress(source.size, job.counts, passed)


async def _reached(webhook: ReceiverClient) -> None:
    """Raise NotReached if no receiver answers; wait for one that is busy."""
    for attempt in range(LOOKS):
        found = await webhook.look()
        knows_no_looks = found.status == 405  # which a page may answer, too: the first POST tells
        wrong = not_mended(webhook.place, found.status, found.reason)
        if wrong and not knows_no_looks:
            raise NotReached(wrong)
        if found.status:
            return
        await asyncio.sleep(LOOK_SECONDS * attempt)
    raise NotReached(found.reason)


@dataclass(frozen=True, slots=True)
class _OnTheWay:
    """A letter between its source and the receiver; ``place`` is its number in this run.

    ``prepared`` yields None if the source cannot give the letter.
    """

    place: int
    letter: Past
    size: int
    prepared: "asyncio.Task[tuple[Waiting, Ready | Attempt] | None]"


class _Import:
    def __init__(
        self,
        preparing: Preparing,
        webhook: ReceiverClient,
        settings: BridgeSettings,
        progress: Progress,
        job: Job,
    ) -> None:
        self._preparing = preparing
        self._webhook = webhook
        self._together = Together(webhook)
        self._room = RoomForLetters(settings.courier_concurrency, many=AHEAD)
        self._progress = progress
        self._job = job
        self._delivered = 0
        self._in_order: deque[_OnTheWay] = deque()
        self._all_read = False
        self._changed = asyncio.Event()

    async def all_of(self, source: LetterSource) -> None:
        """Deliver every letter; memory holds only those on their way.

        Raises what the source raises, and OSError.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._send(tasks))
                await self._read(source, tasks)
                await sending
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None  # the others follow from it

    async def _read(self, source: LetterSource, tasks: asyncio.TaskGroup) -> None:
        place = 0
        async for letter in letters_of(source, self._job.after):
            size = len(letter.content or b"")
            while not self._room.has(size):
                await self._change()
            self._room.enter(size)
            prepared = tasks.create_task(self._prepare(letter))
            self._in_order.append(_OnTheWay(place, replace(letter, content=None), size, prepared))
            self._changed.set()
            place += 1
            del letter
        self._all_read = True
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _prepare(self, letter: Past) -> tuple[Waiting, Ready | Attempt] | None:
        if letter.content is None:
            return None
        kept = await self._preparing.keep(letter, letter.content)
        del letter
        return kept, await self._preparing.insist(kept, self._is_the_way)

    async def _send(self, tasks: asyncio.TaskGroup) -> None:
        """Send ready letters in order until there are no more."""
        while True:
            while not self._in_order and not self._all_read:
                await self._change()
            if not self._in_order:
                return
            await asyncio.wait([self._in_order[0].prepared])
            if ready := self._ready():
                await self._post(ready, tasks)
            else:
                await self._cannot_be_sent(self._in_order.popleft(), tasks)

    def _ready(self) -> list[tuple[_OnTheWay, Waiting, Ready]]:
        """Take out the first letters that are ready and fit into one request."""
        found: list[tuple[_OnTheWay, Waiting, Ready]] = []
        for one in self._in_order:
            result = one.prepared.result() if one.prepared.done() else None
            if result is None or isinstance(result[1], Attempt):
                break
            found.append((one, result[0], result[1]))
        count = self._together.fit([ready for _, _, ready in found])
        for _ in range(count):
            self._in_order.popleft()
        return found[:count]

    async def _cannot_be_sent(self, one: _OnTheWay, tasks: asyncio.TaskGroup) -> None:
        result = one.prepared.result()
        if result is None:
            letter, what = one.letter.label, spoken(one.letter.no_letter)
            if what:
                passed = "{path} is passed over: it is {what}"
                self._progress.say(texts(passed, path=letter, what=what))
            else:
                self._progress.say(texts("{letter}: cannot be had, or too large", letter=letter))
            self._settle([(one, "failed")])
            return
        kept, attempt = result
        if isinstance(attempt, Attempt):
            if attempt.outcome is Outcome.RETRY:
                self._is_the_way(attempt)
                tasks.create_task(self._by_itself(one, kept, attempt))
            else:
                await self._answered([(one, kept, attempt)])

    async def _post(
        self, letters: Sequence[tuple[_OnTheWay, Waiting, Ready]], tasks: asyncio.TaskGroup
    ) -> None:
        """Send letters; those that fail for now are sent again before any later letter."""
        for tries in range(1, TRIES + 1):
            attempts = await self._together.post([ready for _, _, ready in letters])
            told = list(zip(letters, attempts, strict=True))
            seen_to = [(*one[:2], each) for one, each in told if each.outcome is not Outcome.RETRY]
            settling = tasks.create_task(self._answered(seen_to))  # beside the next request
            again = [pair for pair in told if pair[1].outcome is Outcome.RETRY]
            letters = [letter for letter, _ in again]
            if not again:
                return
            self._is_the_way(again[0][1])
            if tries < TRIES:
                await self._preparing.pause(tries, again[0][1])
        await settling  # letters delivered in the same request do not count as passing them
        for (one, kept, _), attempt in again:
            tasks.create_task(self._by_itself(one, kept, attempt))

    def _is_the_way(self, attempt: Attempt) -> None:
        """Raise NotReached for an answer that waiting will not change, if nothing was ever taken.

        The look may have been answered by a page, as at the path /. Later such answers come from
        a proxy whose receiver starts anew.
        """
        wrong = not_mended(self._webhook.place, attempt.status, attempt.reason)
        if wrong and not self._webhook.has_taken:
            raise NotReached(wrong)

    async def _by_itself(self, one: _OnTheWay, kept: Waiting, attempt: Attempt) -> None:
        """Keep trying while other letters pass it: they show whether the letter is at fault."""
        tries, delivered = TRIES, self._delivered
        while attempt.outcome is Outcome.RETRY and self._delivered == delivered:
            self._is_the_way(attempt)
            await self._preparing.pause(tries, attempt)
            result = await self._preparing.attempt(kept)
            if isinstance(result, Ready):
                [attempt] = await self._together.post([result])
            else:
                attempt = result
            tries += 1
        await self._answered([(one, kept, attempt)])

    async def _answered(self, letters: Sequence[tuple[_OnTheWay, Waiting, Attempt]]) -> None:
        settled = []
        await self._preparing.settled([(kept, attempt) for _, kept, attempt in letters])
        for one, kept, attempt in letters:
            if attempt.outcome is Outcome.DONE:
                self._delivered += 1
                settled.append((one, _outcome(attempt)))
            else:
                why, where = spoken(attempt.reason[:200]), kept.path.parent.parent / "failed"
                failed = "{letter}: {why}; kept in {path}"
                self._progress.say(texts(failed, letter=one.letter.label, why=why, path=where))
                settled.append((one, "failed"))
        self._settle(settled)

    def _settle(self, letters: Sequence[tuple[_OnTheWay, str]]) -> None:
        self._job.settle([(one.place, one.letter.after, outcome) for one, outcome in letters])
        for one, _ in letters:
            self._room.leave(one.size)
            self._progress.show(one.letter.done)
        self._changed.set()


def _outcome(attempt: Attempt) -> str:
    try:
        answer = Answer.model_validate_json(attempt.answer)
    except ValidationError:  # receivers other than ours may not say
        return "new"
    if answer.outcome == "erased":
        return "erased"
    return "new" if answer.outcome in ("created", "appended") else "duplicate"


def _sweep(spool: Spool) -> None:
    """Remove what a killed import left unfinished; it is read from its source again."""
    for directory in (spool.tmp, spool.new, spool.cur):
        for path in directory.iterdir():
            path.unlink(missing_ok=True)
