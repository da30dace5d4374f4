"""One parsing process as seen from the bridge: asked ahead, so that it never waits for us.

Questions go into its pipe a few at a time and are answered in their order. The time that a letter
may take counts from the moment at which the one before it was answered.
"""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from bridge.courier.sender_dns import SenderFacts

LINE_BYTES = 1024 * 1024
START_SECONDS = 60.0
_NEEDED = re.compile(r"PATH|PYTHON\w*|LD_LIBRARY_PATH|LANG|LC_\w+|TZ|TMPDIR|HOME|FAULTS_DIR")
ENDS = (OSError, EOFError, TimeoutError, ValueError, KeyError)


class ParserDied(Exception):
    """The parsing process ended, or was ended, before it answered."""


class TakesLong(ParserDied):
    """The letter takes long while others wait: it is to wait apart, with all of its time."""


class DiskTrouble(ParserDied):
    """The disk kept a letter from being parsed, which says nothing about the letter."""


class NobodysLetter(Exception):
    """The spool file does not say whose letter it is, and never will."""


@dataclass(frozen=True, slots=True)
class BlobFile:
    """Bytes to upload: ``content``, or ``size`` bytes of ``path`` from ``start`` to its end.

    ``held`` says that they lie in the event, for a receiver that takes them there.
    """

    sha256: str
    size: int
    path: Path = Path()
    start: int = 0
    held: bool = False
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The event's JSON, the blobs that it refers to, and whose letter it is.

    ``conversation`` is the id that its conversation began with, as far as the letter says it.
    """

    event: bytes
    blobs: tuple[BlobFile, ...]
    mailbox: str = ""
    message_id: str = ""
    conversation: str = ""

    @property
    def apart(self) -> tuple[BlobFile, ...]:
        """The blobs that do not lie in the event."""
        return tuple(blob for blob in self.blobs if not blob.held)

    @property
    def held(self) -> tuple[BlobFile, ...]:
        """The blob that lies in the event, if one does."""
        return tuple(blob for blob in self.blobs if blob.held)

    @property
    def leaves_parts(self) -> bool:
        """Whether there are files of its attachments, which are to be removed."""
        return any(blob.content is None for blob in self.blobs[1:])


@dataclass(eq=False, slots=True)
class Question:
    """A letter to be parsed; its parts go to a directory in ``parts``, another in each process.

    Small ones, up to ``unwritten`` bytes in all, come with the answer. Ids of letters sort by the
    time at which they came.
    """

    letter_id: str
    path: Path
    parts: Path
    how: str
    facts: SenderFacts
    large: bool
    unwritten: int
    answer: "asyncio.Future[Parsed]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def line(self, process: int) -> bytes:
        """Return what the process is told."""
        keys = self.facts.dkim_keys.items()
        request = {
            "letter": str(self.path),
            "parts": f"{self.parts}/{process}",
            "how": self.how,
            "dkim_keys": {name: key.decode("latin-1") if key else None for name, key in keys},
            "from_yandex": self.facts.from_yandex,
            "unwritten": self.unwritten,
        }
        return json.dumps(request).encode() + b"\n"

    def parts_in(self, process: int) -> Path:
        """Return where a process puts the parts."""
        return self.parts / str(process)

    def forget_parts_in(self, process: int) -> None:
        """Remove what a process that was not the first to answer has left; blocks."""
        rmtree(self.parts_in(process), ignore_errors=True)
        with suppress(OSError):  # it has the parts that count
            self.parts.rmdir()


class ParseProcess:
    """A running process; ``changed`` is told of it whenever it has answered, or has ended."""

    def __init__(self, process: Process, timeout: float, changed: "Changed") -> None:
        self._process = process
        self._timeout = timeout
        self._changed = changed
        self._asked: deque[Question] = deque()
        self._since = 0.0
        self._more = asyncio.Event()
        self._serving = asyncio.create_task(self._serve())
        self.ended = False

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def gone(self) -> bool:
        """Whether somebody ended it while it was asked nothing: no letter is to blame."""
        return not (self.ended or self._asked or self._process.returncode is None)

    @property
    def depth(self) -> int:
        """How many questions it has not answered."""
        return len(self._asked)

    @property
    def large(self) -> bool:
        """Whether it works on a large letter."""
        return any(question.large for question in self._asked)

    def behind(self) -> list[Question]:
        """Return the questions that wait behind the one it works on."""
        return [each for each in list(self._asked)[1:] if not each.answer.done()]

    def left(self) -> list[Question]:
        """Take out what it was asked and, as it has ended, will not answer."""
        left = [each for each in self._asked if not each.answer.done()]
        self._asked.clear()
        return left

    def works_for(self, now: float) -> float:
        """Return for how many seconds it has worked on one letter."""
        return now - self._since if self._asked else 0.0

    def ask(self, question: Question) -> None:
        """Have a letter parsed, behind those that it was asked before."""
        if not self._asked:
            self._since = asyncio.get_running_loop().time()
        self._asked.append(question)
        if self._process.stdin is not None:
            self._process.stdin.write(question.line(self.pid))
        self._more.set()

    def give_up(self) -> None:
        """Say of the letter that it works on that it takes long; ``end`` follows."""
        _fail(self._asked[0], TakesLong("it takes long to parse, so it waits apart"))

    async def end(self) -> None:
        """Kill the process; what it was asked is not answered."""
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
                async with asyncio.timeout(self._timeout):
                    parsed = await _answer(self._process)
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
                elif parsed.leaves_parts:  # another was faster, or nobody waits any more
                    await asyncio.to_thread(question.forget_parts_in, self.pid)
            self._asked.popleft()
            self._since = asyncio.get_running_loop().time()
            self._changed(self)

    async def _kill(self) -> None:
        self.ended = True
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


Changed = Callable[[ParseProcess], None]


async def started(memory_mb: int, seconds: float, changed: "Changed") -> ParseProcess:
    """Start a process and wait until it can work, so that no letter's time goes into it.

    Raises DiskTrouble if there is none to be had.
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
    """Return what a parsing process needs of our environment: none of the settings.

    It reads hostile bytes, and needs neither passwords nor the database's address.
    """
    return {name: value for name, value in environment.items() if _NEEDED.fullmatch(name)}


async def _answer(process: Process) -> Parsed:
    if process.stdout is None:
        raise EOFError
    head: dict[str, Any] = json.loads(await process.stdout.readuntil(b"\n"))
    if "trouble" in head:
        raise DiskTrouble(f"{head['trouble']} while parsing")
    if "nobodys" in head:
        raise NobodysLetter(head["nobodys"])
    event = await process.stdout.readexactly(head["event_bytes"])
    blobs = tuple([await _blob(process.stdout, blob) for blob in head["blobs"]])
    told = (head[name] for name in ("mailbox", "message_id", "conversation"))
    return Parsed(event, blobs, *told)


async def _blob(answer: asyncio.StreamReader, told: dict[str, Any]) -> BlobFile:
    """Return what is told of a blob; without a path its bytes come next."""
    sha256, size = told["sha256"], told["size"]
    if "path" not in told:
        return BlobFile(sha256, size, content=await answer.readexactly(size))
    return BlobFile(sha256, size, Path(told["path"]), told["start"], told.get("held", False))


def _fail(question: Question, error: Exception) -> None:
    if not question.answer.done():
        question.answer.set_exception(error)
