"""Runs several processes as one: their lines in one terminal, and one end for all.

When one ends, or a signal comes (SIGINT, SIGTERM, or SIGHUP from a closed terminal), the others are
stopped in reverse order. So they are when the terminal or the make that started it is gone, as not
every program passes the signal on, and when nobody reads its output pipe any more. A guard
(``guard.py``) does so even if this process is killed.
"""

import asyncio
import os
import re
import select
import signal
import stat
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contract.language.speaking import speaking
from contract.process import NOT_READ, stop_signals
from local.guard import STOP_SECONDS, Guard
from local.words import texts

WAIT_SECONDS = 15.0
LINE_BYTES = 1024 * 1024
COLOURS = (36, 33, 32, 35)
LOOK_SECONDS = 0.5
ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the processes: its name in front of its lines, and its command.

    It is started once ``after`` returns True, which may block, or after ``WAIT_SECONDS``. ``hears``
    returns what to print of each of its lines, None for nothing.
    """

    name: str
    command: Sequence[str]
    after: Callable[[], bool] = lambda: True
    hears: Callable[[str], str | None] = lambda line: line


async def supervise(
    parts: Sequence[Part],
    env: Mapping[str, str],
    troubles: Sequence[Callable[[], str]] = (),
) -> int:
    """Run the parts until one ends or a signal comes, and return the common exit status.

    Each of ``troubles`` returns on a line why nothing can go on, or nothing: the first is printed.
    """
    stop = asyncio.Event()
    told: list[signal.Signals] = []

    def stopped(number: signal.Signals) -> None:
        told.append(number)
        stop.set()

    for number in stop_signals():
        asyncio.get_running_loop().add_signal_handler(number, stopped, number)
    looking = asyncio.create_task(_left_alone(stopped, stop.is_set))
    ending = asyncio.create_task(_ends(troubles, stopped))
    guard = await Guard.started()
    running = _Running(guard, max(len(part.name) for part in parts))
    try:
        first = await running.until_one_ends(parts, env, stop)
    finally:
        endings = await running.end(told)
        is_over = await _over(troubles)
        await guard.let_go()
        looking.cancel()
        ending.cancel()
    for line in [is_over] if is_over else endings:
        _say("run", line, 0)
    return 1 if is_over else _status(told, first)


def _status(told: Sequence[signal.Signals], first: int | None) -> int:
    """Return the common exit status, by the signal or by the part that ended first."""
    if told:
        return NOT_READ if told[0] is signal.SIGPIPE else 0
    return 0 if first is None else first if first >= 0 else 128 - first


class _Running:
    """The started parts in order, and the guard that knows them."""

    def __init__(self, guard: Guard, width: int) -> None:
        self._guard = guard
        self._width = width
        self._started: list[tuple[Part, asyncio.subprocess.Process]] = []
        self._relaying: list[asyncio.Task[None]] = []

    async def until_one_ends(
        self, parts: Sequence[Part], env: Mapping[str, str], stop: asyncio.Event
    ) -> int | None:
        """Start the parts in turn; return how the first failed one ended, None if none did."""
        for part in parts:
            if not await _comes(part.after, stop, [each for _, each in self._started]):
                break
            await self._start(part, env)
        ends = [asyncio.create_task(process.wait()) for _, process in self._started]
        waits = asyncio.create_task(stop.wait())
        await asyncio.wait([*ends, waits], return_when=asyncio.FIRST_COMPLETED)
        return next((each.returncode for _, each in self._started if each.returncode), None)

    async def _start(self, part: Part, env: Mapping[str, str]) -> None:
        process = await _started(part, env)
        colour = COLOURS[len(self._started) % len(COLOURS)]
        self._started.append((part, process))
        await self._guard.knows(process.pid)
        self._relaying.append(asyncio.create_task(_relay(process, part, self._width, colour)))

    async def end(self, told: Sequence[signal.Signals]) -> list[str]:
        """Stop all, the last one first; return a line for each that did not end properly."""
        endings = [await _stop(*each, told) for each in reversed(self._started)]
        await asyncio.gather(*self._relaying, return_exceptions=True)
        return [line for line in endings if line]


async def _started(part: Part, env: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Start a part in a session of its own, both of its outputs in one."""
    return await asyncio.create_subprocess_exec(
        *part.command,
        env=dict(env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=LINE_BYTES,
    )


async def _ends(
    troubles: Sequence[Callable[[], str]], stopped: Callable[[signal.Signals], None]
) -> None:
    """Stop everything once it cannot go on; the reason is printed when all have ended."""
    while not await _over(troubles):  # noqa: ASYNC110 - what a disk does is no event
        await asyncio.sleep(LOOK_SECONDS)
    stopped(signal.SIGTERM)


async def _over(troubles: Sequence[Callable[[], str]]) -> str:
    """Return why nothing can go on, in the terminal's language."""

    def first() -> str:
        with speaking():
            return next((why for each in troubles if (why := each())), "")

    return await asyncio.to_thread(first)


async def _left_alone(stopped: Callable[[signal.Signals], None], told: Callable[[], bool]) -> None:
    """Stop once nobody is there: terminal, make or the reader of a pipe is gone.

    Not after a signal, which ``told`` knows. A terminal signals only its session's leader, and make
    as that leader does not signal us: it waits for us to end. A killed make cannot. Under nohup(1)
    both may go.
    """
    if signal.SIGHUP not in stop_signals():
        return
    terminals = select.poll()
    for descriptor in range(3):
        if os.isatty(descriptor):
            terminals.register(descriptor, 0)  # a hang-up is told in any case
    output = select.poll()
    if stat.S_ISFIFO(os.fstat(1).st_mode):
        output.register(1, 0)  # so is that nobody reads
    make = os.getppid() if "MAKELEVEL" in os.environ else None
    at_first = told_to_end(make)
    while not told():
        is_gone = make is not None and make != os.getppid()
        if terminals.poll(0) or is_gone or told_to_end(make) - at_first:
            stopped(signal.SIGHUP)
            return
        if output.poll(0):
            stopped(signal.SIGPIPE)
            return
        await asyncio.sleep(LOOK_SECONDS)


def told_to_end(make: int | None) -> set[signal.Signals]:
    """Return the signals that make handles at present, by Linux: each is blocked meanwhile.

    A parent that blocks all of them is starting a process (vfork(2)), and got no signal.
    """
    try:
        lines = Path(f"/proc/{make}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return set()
    found = re.search(r"^SigBlk:\s*([0-9a-f]+)$", lines, re.M)
    blocked = int(found[1], 16) if found else 0
    if blocked >> (signal.SIGWINCH - 1) & 1:
        return set()
    return {each for each in ENDING if blocked >> (each - 1) & 1}


async def _comes(
    after: Callable[[], bool], stop: asyncio.Event, started: Sequence[asyncio.subprocess.Process]
) -> bool:
    """Wait until a part may be started; return False if all is to end before."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not stop.is_set() and all(process.returncode is None for process in started):
        if await asyncio.to_thread(after) or time.monotonic() > deadline:
            return True
        await asyncio.sleep(0.1)
    return False


async def _relay(process: asyncio.subprocess.Process, part: Part, width: int, colour: int) -> None:
    """Print the process's lines with time and name before them."""
    stream, name = process.stdout, part.name.ljust(width)
    rest = b""
    while stream and (chunk := await stream.read(65536)):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if (heard := part.hears(line.decode("utf-8", "replace"))) is not None:
                _say(name, heard, colour)
        if len(rest) > LINE_BYTES:
            rest = b""
    if rest:
        _say(name, rest.decode("utf-8", "replace"), colour)


def _say(name: str, line: str, colour: int) -> None:
    head = f"{datetime.now():%H:%M:%S} {name} | "
    with suppress(OSError):  # the terminal may be closed
        if sys.stdout.isatty():
            head = f"\033[{colour}m{head}\033[0m"
        print(head + line, flush=True)


async def _stop(
    part: Part, process: asyncio.subprocess.Process, told: Sequence[signal.Signals]
) -> str:
    """Stop a process in order; at once if it takes too long, or a second signal came.

    Returns on a line how it ended, if not properly.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while process.returncode is None:
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(process.wait()), 0.2)
        if process.returncode is None and (len(told) > 1 or time.monotonic() > deadline):
            break
    with suppress(ProcessLookupError, PermissionError):  # what it may have left behind
        os.killpg(process.pid, signal.SIGKILL)
    status = await process.wait()
    if told and status in (0, -signal.SIGTERM, -signal.SIGKILL):
        return ""
    with speaking():
        return texts("{part} ended with status {status}", part=part.name, status=status)
