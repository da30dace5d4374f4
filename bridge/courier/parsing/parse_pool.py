"""A handful of parsing processes, each with limits; a letter that kills one harms no other."""

import asyncio
from bisect import insort
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from shutil import rmtree

from bridge import metrics
from bridge.courier.next_letters import MOST_OF_ONE
from bridge.courier.parsing.deaths import Deaths
from bridge.courier.parsing.parse_process import ParseProcess, started
from bridge.courier.parsing.questions import (
    DiskTrouble,
    NobodysLetter,
    Parsed,
    ParserDied,
    Question,
    TakesLong,
)
from bridge.courier.sender_dns import SenderFacts

STEPS = ("whole", "whole", "whole", "headers", "headers", "envelope")
LARGE_BYTES = 8 * 1024 * 1024
UNWRITTEN_BYTES = 128 * 1024  # of a letter's files: if they have more, they go to disk
DEPTH = 4  # letters asked of a process ahead
SLOW_SECONDS = 0.5
LONG_SECONDS = 2.0


class ParsePool:
    """``count`` processes, each asked a few letters ahead; one large letter at a time in all.

    A letter of 40 MiB takes some 160 MB to parse, and large letters tend to come together. A letter
    that killed a process waits apart: it is parsed alone, in a process of its own that ends with
    it.

    A letter that takes longer than SLOW_SECONDS keeps its process to itself: the letters behind it
    go to other processes, and up to ``count`` such slow processes are replaced by new ones. With
    still more of them, a letter is given up after LONG_SECONDS and waits apart, too. While letters
    wait, every other one parsed is the newest: a letter that comes after a thousand that hang is
    not the last. Behind each follow other waiting letters of its conversation
    (``bridge.courier.next_letters``).
    """

    def __init__(
        self,
        count: int,
        timeout: float,
        memory_mb: int,
        parts: Path,
        deaths: Deaths | None = None,
        unwritten: int = UNWRITTEN_BYTES,
    ) -> None:
        self._timeout = timeout
        self._memory_mb = memory_mb
        self._parts = parts
        self._unwritten = unwritten
        self._deaths = deaths or Deaths()
        self._count = count
        self._waiting: list[Question] = []
        self._processes: list[ParseProcess] = []
        self._slow: list[ParseProcess] = []
        self._chores: set[asyncio.Task[None]] = set()
        self._starting = 0
        self._watched = False
        self._large = asyncio.Semaphore(1)
        self._apart = asyncio.Semaphore(1)
        self._with_parts: set[str] = set()
        self._long: set[str] = set()
        self._newest_next = False
        self._begun, self._of_begun = b"", 0

    def waits_apart(self, letter_id: str) -> bool:
        """Tell whether the letter killed a process, or took long while others waited."""
        return letter_id in self._long or self._deaths.of(letter_id) > 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ParsePool"]:
        """Run the pool; processes start with the first letters and end with the block."""
        rmtree(self._parts, ignore_errors=True)
        try:
            yield self
        finally:
            self._waiting.clear()
            chores = list(self._chores)
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            for process in (*self._processes, *self._slow):
                await process.end()

    async def parse(
        self,
        letter_id: str,
        path: Path,
        facts: SenderFacts,
        size: int | None = None,
        conversation: bytes = b"",
    ) -> Parsed:
        """Return the letter's event; ``size`` is that of its file in bytes, if known.

        Letters of one ``conversation`` that wait are parsed one after the other. Raises ParserDied
        if it was not parsed this time, NobodysLetter and DiskTrouble. After each death of a process
        the next attempt reads less, down to the envelope alone.
        """
        deaths = self._deaths.of(letter_id)
        how = STEPS[min(deaths, len(STEPS) - 1)]
        large = await _is_large(path, size)
        apart = self.waits_apart(letter_id)
        async with self._turn(large, apart):
            parts = self._parts / letter_id
            question = Question(
                letter_id, path, parts, how, facts, large, self._unwritten, conversation
            )
            self._with_parts.add(letter_id)
            try:
                with metrics.PARSING.labels(how).time():
                    parsed = await (self._alone(question) if apart else self._asked(question))
            except (DiskTrouble, NobodysLetter):
                raise
            except TakesLong:
                self._long.add(letter_id)
                raise
            except ParserDied:
                metrics.PARSER_DEATHS.inc()
                await asyncio.to_thread(self._deaths.add, letter_id)
                raise
        if not parsed.leaves_parts:
            self._with_parts.discard(letter_id)
        return parsed

    @asynccontextmanager
    async def _turn(self, large: bool, apart: bool) -> AsyncIterator[None]:
        """Wait until the letter may have a process."""
        room = self._large if large else nullcontext()
        async with self._apart if apart else nullcontext(), room:
            yield

    async def _alone(self, question: Question) -> Parsed:
        """Parse the letter in a process of its own, which ends with it."""
        process = await started(self._memory_mb, self._timeout, lambda _: None)
        try:
            process.ask(question)
            return await question.answer
        finally:
            await process.end()

    async def _asked(self, question: Question) -> Parsed:
        self._wait([question])
        self._feed()
        if not self._watched:
            self._watched = True
            self._do(self._watch())
        return await question.answer

    def _wait(self, questions: Iterable[Question]) -> None:
        """Queue letters in the order in which they came to the spool."""
        for each in questions:
            insort(self._waiting, each, key=lambda one: one.letter_id)

    def _feed(self) -> None:
        """Give waiting letters to processes; start processes if there are too few."""
        for each in self._processes:
            if each.gone:
                self._do(each.end())
        self._processes = [each for each in self._processes if not (each.ended or each.gone)]
        while self._waiting:
            if self._least_busy(large=False) is None:
                self._start_another()
                return
            place = self._place_of_next()
            question = self._waiting[place]
            process = None if question.answer.done() else self._least_busy(question.large)
            if process is None and not question.answer.done():
                self._start_another()
                return
            del self._waiting[place]
            if process is not None:  # else its caller was cancelled
                if process.depth:
                    self._start_another()
                process.ask(question)
                self._note(question.conversation)

    def _place_of_next(self) -> int:
        """Return the place of the next question: the same conversation's first, if one waits."""
        if self._begun and self._of_begun < MOST_OF_ONE:
            for place, each in enumerate(self._waiting):
                if each.conversation == self._begun:
                    return place
        return -1 if self._newest_next else 0

    def _note(self, conversation: bytes) -> None:
        """Note the conversation of the question that was just asked."""
        if conversation and conversation == self._begun and self._of_begun < MOST_OF_ONE:
            self._of_begun += 1
            return
        self._begun, self._of_begun = conversation, 1
        self._newest_next = not self._newest_next

    def _least_busy(self, large: bool) -> ParseProcess | None:
        deepest = 1 if large or self._slow else DEPTH  # nothing behind a letter that may hang, too
        able = [each for each in self._processes if each.depth < deepest and not each.large]
        return min(able, key=lambda each: each.depth, default=None)

    def _start_another(self) -> None:
        if len(self._processes) + self._starting < self._count:
            self._starting += 1
            self._do(self._start())

    async def _start(self) -> None:
        try:
            process = await started(self._memory_mb, self._timeout, self._answered)
        except DiskTrouble as trouble:
            if self._waiting and not (asking := self._waiting.pop(0)).answer.done():
                asking.answer.set_exception(trouble)
        else:
            self._processes.append(process)
        finally:
            self._starting -= 1
        self._feed()

    def _answered(self, process: ParseProcess) -> None:
        """Act on a process that has answered or ended: its unanswered letters go to others.

        An ended process may be missing from the list already: ``_feed`` drops ended ones.
        """
        if process not in self._slow:
            if process.ended:
                self._wait(process.left())
        elif process.ended or not process.depth:  # its unanswered letters went to others before
            self._slow.remove(process)
            if not process.ended and len(self._processes) + self._starting < self._count:
                self._processes.append(process)
            else:
                self._do(process.end())
        self._feed()

    async def _watch(self) -> None:
        """Find letters that take long and move the letters behind them, while there is work."""
        while self._waiting or any(process.depth for process in self._processes):
            await asyncio.sleep(SLOW_SECONDS / 2)
            for process in list(self._processes):
                seconds = 0.0 if process.large else process.seconds_working
                if seconds > SLOW_SECONDS and len(self._slow) < self._count:
                    self._processes.remove(process)
                    self._slow.append(process)
                    self._wait(process.behind())
                elif seconds > LONG_SECONDS:
                    self._processes.remove(process)
                    self._wait(process.behind())
                    process.give_up()
                    self._do(process.end())
            self._feed()
        self._watched = False

    def _do(self, chore: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def forget(self, letter_id: str) -> None:
        """Remove the letter's parts from the disk, if there may be any."""
        if letter_id not in self._with_parts:
            return
        self._with_parts.discard(letter_id)
        await asyncio.to_thread(rmtree, self._parts / letter_id, ignore_errors=True)

    async def settled(self, letter_id: str) -> None:
        """Forget the letter's deaths and slowness: it has left the queue."""
        self._long.discard(letter_id)
        if self._deaths.of(letter_id):
            await asyncio.to_thread(self._deaths.forget, letter_id)


async def _is_large(path: Path, size: int | None) -> bool:
    try:
        if size is None:
            size = (await asyncio.to_thread(path.stat)).st_size
    except OSError:  # the process will report what is wrong with the file
        return False
    return size > LARGE_BYTES
