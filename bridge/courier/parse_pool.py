"""A handful of parsing processes, each with limits; a letter that kills one harms no other."""

import asyncio
import json
import logging
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from bridge import metrics
from bridge.courier.deaths import Deaths
from bridge.courier.sender_dns import SenderFacts

log = logging.getLogger(__name__)

STEPS = ("whole", "whole", "whole", "headers", "headers", "envelope")
LINE_BYTES = 1024 * 1024
LARGE_BYTES = 8 * 1024 * 1024
START_SECONDS = 60.0
_NEEDED = re.compile(r"PATH|PYTHON\w*|LD_LIBRARY_PATH|LANG|LC_\w+|TZ|TMPDIR|HOME|FAULTS_DIR")


class ParserDied(Exception):
    """The parsing process ended, or was ended, before it answered."""


class DiskTrouble(ParserDied):
    """The disk kept a letter from being parsed, which says nothing about the letter."""


class NobodysLetter(Exception):
    """The spool file does not say whose letter it is, and never will."""


@dataclass(frozen=True, slots=True)
class BlobFile:
    """Bytes to upload: ``size`` bytes of ``path`` from ``start`` to its end.

    ``held`` says that they lie in the event, for a receiver that takes them there.
    """

    sha256: str
    size: int
    path: Path
    start: int
    held: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """The event's JSON and the blobs that it refers to."""

    event: bytes
    blobs: tuple[BlobFile, ...]

    @property
    def apart(self) -> tuple[BlobFile, ...]:
        """The blobs that do not lie in the event."""
        return tuple(blob for blob in self.blobs if not blob.held)

    @property
    def held(self) -> tuple[BlobFile, ...]:
        """The blob that lies in the event, if one does."""
        return tuple(blob for blob in self.blobs if blob.held)


class ParsePool:
    """``count`` processes; one letter at a time in each, and one large letter at a time in all.

    A letter of 40 MiB takes some 160 MB to parse, and large ones tend to come together. Those that
    have ended a process wait apart, for one of their own that reads one at a time and ends with it.
    """

    def __init__(
        self,
        count: int,
        timeout: float,
        memory_mb: int,
        parts: Path,
        deaths: Deaths | None = None,
    ) -> None:
        self._timeout = timeout
        self._memory_mb = memory_mb
        self._parts = parts
        self._free: asyncio.Queue[Process | None] = asyncio.Queue()
        self._deaths = deaths or Deaths()
        self._count = count
        self._large = asyncio.Semaphore(1)
        self._apart = asyncio.Semaphore(1)
        self._with_parts: set[str] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ParsePool"]:
        """Start the processes with the first letters, and end them when the block is left."""
        rmtree(self._parts, ignore_errors=True)
        for _ in range(self._count):
            self._free.put_nowait(None)
        try:
            yield self
        finally:
            while not self._free.empty():
                await _end(self._free.get_nowait())

    async def parse(
        self, letter_id: str, path: Path, facts: SenderFacts, size: int | None = None
    ) -> Parsed:
        """Return the event for the letter; ``size`` is its file's, where it is known.

        Raises ParserDied if it was not parsed this time, and NobodysLetter. Each death of a process
        makes the next attempt ask for less, down to the envelope alone.
        """
        deaths = self._deaths.of(letter_id)
        how = STEPS[min(deaths, len(STEPS) - 1)]
        async with await self._turn(path, deaths, size), self._process(deaths) as process:
            try:
                self._with_parts.add(letter_id)
                asked = _ask(process, path, self._parts / letter_id, how, facts)
                parsed = await asyncio.wait_for(asked, self._timeout)
                if len(parsed.blobs) == 1:  # the letter alone
                    self._with_parts.discard(letter_id)
                return parsed
            except (OSError, EOFError, TimeoutError, ValueError, KeyError) as error:
                metrics.PARSER_DEATHS.inc()
                await asyncio.to_thread(self._deaths.add, letter_id)
                await _end(process)
                raise ParserDied(f"{type(error).__name__} while parsing ({how})") from error

    async def _turn(
        self, path: Path, deaths: int, size: int | None
    ) -> AbstractAsyncContextManager[None]:
        """Return what to wait for before the letter may have a process."""
        if deaths:
            return self._apart
        try:
            if size is None:
                size = (await asyncio.to_thread(path.stat)).st_size
            large = size > LARGE_BYTES
        except OSError:  # the process will say what is wrong with the file
            large = False
        return self._large if large else nullcontext()

    @asynccontextmanager
    async def _process(self, deaths: int) -> AsyncIterator[Process]:
        """Lend a process; one that was left in the middle of a letter is ended."""
        if deaths:
            alone = await self._start()
            try:
                yield alone
            finally:
                await _end(alone)
            return
        process = await self._free.get()
        try:
            if process is None or process.returncode is not None:
                process = None
                process = await self._start()
            yield process
        except (DiskTrouble, NobodysLetter):
            raise
        except BaseException:
            await _end(process)
            process = None
            raise
        finally:
            self._free.put_nowait(process)

    async def forget(self, letter_id: str) -> None:
        """Remove the letter's parts from the disk, if it may have left any."""
        if letter_id not in self._with_parts:
            return
        self._with_parts.discard(letter_id)
        await asyncio.to_thread(rmtree, self._parts / letter_id, ignore_errors=True)

    async def settled(self, letter_id: str) -> None:
        """Forget how often the letter has ended a process: it is gone."""
        if self._deaths.of(letter_id):
            await asyncio.to_thread(self._deaths.forget, letter_id)

    async def _start(self) -> Process:
        """Start a process and wait until it can work, so that no letter's time goes into it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bridge.courier.parse_worker",
            str(self._memory_mb),
            stdin=PIPE,
            stdout=PIPE,
            limit=LINE_BYTES,
            env=without_secrets(os.environ),
        )
        if process.stdout is not None:
            await asyncio.wait_for(process.stdout.readuntil(b"\n"), START_SECONDS)
        return process


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a parsing process needs of our environment: none of the settings.

    It reads hostile bytes, and needs neither passwords nor the database's address.
    """
    return {name: value for name, value in environment.items() if _NEEDED.fullmatch(name)}


async def _ask(process: Process, path: Path, parts: Path, how: str, facts: SenderFacts) -> Parsed:
    if process.stdin is None or process.stdout is None:
        raise ParserDied("the process has no pipes")
    keys = facts.dkim_keys.items()
    request = {
        "letter": str(path),
        "parts": str(parts),
        "how": how,
        "dkim_keys": {name: key.decode("latin-1") if key else None for name, key in keys},
        "from_yandex": facts.from_yandex,
    }
    process.stdin.write(json.dumps(request).encode() + b"\n")
    await process.stdin.drain()
    head = json.loads(await process.stdout.readuntil(b"\n"))
    if "trouble" in head:
        raise DiskTrouble(f"{head['trouble']} while parsing")
    if "nobodys" in head:
        raise NobodysLetter(head["nobodys"])
    event = await process.stdout.readexactly(head["event_bytes"])
    blobs = tuple(
        BlobFile(
            blob["sha256"], blob["size"], Path(blob["path"]), blob["start"], blob.get("held", False)
        )
        for blob in head["blobs"]
    )
    return Parsed(event, blobs)


async def _end(process: Process | None) -> None:
    if process is None or process.returncode is not None:
        return
    process.kill()
    await process.wait()
