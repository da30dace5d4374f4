"""Ends process groups whose starter was killed: this file runs as a process beside it.

It notices by the end of its standard input. Each line there names a group; the line ``done`` says
that there is nothing left to guard.
"""

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress

STOP_SECONDS = 45.0
_DONE = "done"


class Guard:
    """The guard as its starter sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def started(cls) -> "Guard":
        """Start it, in a session of its own: what ends ours does not end it."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        )

    async def knows(self, group: int) -> None:
        """Add a process group to those that it ends."""
        await self._tell(str(group))

    async def let_go(self) -> None:
        """Let it end without ending anything, and wait for that."""
        await self._tell(_DONE)
        if self._process.stdin:
            self._process.stdin.close()
        await self._process.wait()

    async def _tell(self, line: str) -> None:
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.write(f"{line}\n".encode())
                await self._process.stdin.drain()


def guard() -> None:
    """Stop the process groups that standard input names, should it end without ``done``."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: list[int] = []
    for line in sys.stdin:
        if line.strip() == _DONE:
            return
        groups.append(int(line))
    for group in reversed(groups):
        _end(group)


def _end(group: int) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)
        while time.monotonic() < deadline:
            os.killpg(group, 0)  # raises once nobody is left
            time.sleep(0.2)
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    guard()
