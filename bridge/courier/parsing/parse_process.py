"""One parsing process as seen from the bridge: asked ahead, so that it never waits for us.

Questions are written to its pipe a few at a time and answered in order. A letter's time limit
counts from the answer before it.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping

from bridge.courier.parsing.questions import (
    DiskTrouble,
    NobodysLetter,
    ParserDied,
    Question,
    TakesLong,
    answer_of,
)
from bridge.courier.parsing.running_time import RunningTime

LINE_BYTES = 1024 * 1024
START_SECONDS = 60.0
_NEEDED = re.compile(r"PATH|PYTHON\w*|LD_LIBRARY_PATH|LANG|LC_\w+|TZ|TMPDIR|HOME|FAULTS_DIR")
ENDS = (OSError, EOFError, TimeoutError, ValueError, KeyError)


class ParseProcess:
    """A running process; ``changed`` is called with it after each answer and when it has ended."""

    def __init__(self, process: Process, timeout: float, changed: "Changed") -> None:
        self._process = process
        self._timeout = timeout
        self._changed = changed
        self._asked: deque[Question] = deque()
        self._worked = RunningTime()
        self._more = asyncio.Event()
        self._serving = asyncio.create_task(self._serve())
        self.ended = False

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def gone(self) -> bool:
        """Whether the process died while it had no letter: no letter is to blame."""
        return not (self.ended or self._asked or self._process.returncode is None)

    @property
    def depth(self) -> int:
        """How many questions are unanswered."""
        return len(self._asked)

    @property
    def large(self) -> bool:
        """Whether it has been asked a large letter."""
        return any(question.large for question in self._asked)

    def behind(self) -> list[Question]:
        """Return the questions behind the one it works on."""
        return [each for each in list(self._asked)[1:] if not each.answer.done()]

    def left(self) -> list[Question]:
        """Take out the questions that an ended process left unanswered."""
        left = [each for each in self._asked if not each.answer.done()]
        self._asked.clear()
        return left

    @property
    def seconds_working(self) -> float:
        """For how many seconds it has worked on the present letter."""
        return self._worked.seconds

    def ask(self, question: Question) -> None:
        """Have a letter parsed after those asked before."""
        self._asked.append(question)
        if self._process.stdin is not None:
            self._process.stdin.write(question.line(self.pid))
        self._more.set()

    def give_up(self) -> None:
        """Report that its present letter takes long; the caller must call ``end`` next."""
        _fail(self._asked[0], TakesLong("it takes long to parse, so it waits apart"))

    async def end(self) -> None:
        """Kill the process; its questions stay unanswered."""
        self._serving.cancel()
        await asyncio.gather(self._serving, return_exceptions=True)
        await self._kill()

    async def _serve(self) -> None:
        while not self.ended:
            while not self._asked:
                self._more.clear()
                await self._more.wait()
            question = self._asked[0]
            try:
                async with self._worked.at_most(self._timeout):
                    parsed = await answer_of(self._process.stdout)
            except (DiskTrouble, NobodysLetter) as error:
                _fail(question, error)
            except ENDS as error:
                await self._kill()
                died = ParserDied(f"{type(error).__name__} while parsing ({question.how})")
                died.__cause__ = error
                _fail(question, died)
            else:
                if not question.answer.done():
                    question.answer.set_result(parsed)
                elif parsed.leaves_parts:  # another process was faster, or the caller was cancelled
                    await asyncio.to_thread(question.forget_parts_in, self.pid)
            self._asked.popleft()
            self._changed(self)

    async def _kill(self) -> None:
        self.ended = True
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


Changed = Callable[[ParseProcess], None]


async def started(memory_mb: int, seconds: float, changed: "Changed") -> ParseProcess:
    """Start a process and wait until it can work, so that no letter's time pays for the start.

    Raises DiskTrouble if no process can be started.
    """
    try:
        return ParseProcess(await _ready(memory_mb), seconds, changed)
    except ENDS as error:
        raise DiskTrouble(f"no process to parse with: {type(error).__name__}") from error


async def _ready(memory_mb: int) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bridge.courier.parsing.parse_worker",
        str(memory_mb),
        stdin=PIPE,
        stdout=PIPE,
        limit=LINE_BYTES,
        env=without_secrets(os.environ),
    )
    try:
        if process.stdout is not None:
            # Python 3.11's wait_for loses a cancellation that comes with what it waits for.
            async with asyncio.timeout(START_SECONDS):
                await process.stdout.readuntil(b"\n")
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return process


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a parsing process: none of the settings.

    It reads hostile bytes, and needs neither passwords nor the database's address.
    """
    return {name: value for name, value in environment.items() if _NEEDED.fullmatch(name)}


def _fail(question: Question, error: Exception) -> None:
    if not question.answer.done():
        question.answer.set_exception(error)
