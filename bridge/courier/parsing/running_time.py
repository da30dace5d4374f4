"""Time that passes only while this process runs.

A clock goes on while the process or its machine is stopped, and would blame a parser that stood
still as well. So time is counted in small steps, each started when the one before was seen to end:
a pause counts as one step, however long it was.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

STEP_SECONDS = 0.25


class RunningTime:
    """``seconds`` that the running block has taken, in steps; 0 if no block runs."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._next: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def at_most(self, seconds: float) -> AsyncIterator[None]:
        """End the block with TimeoutError after this many seconds."""
        async with asyncio.timeout(None) as limit:
            self._step(limit, seconds)
            try:
                yield
            finally:
                self.seconds = 0.0
                if self._next:
                    self._next.cancel()

    def _step(self, limit: asyncio.Timeout, left: float) -> None:
        step = min(left, STEP_SECONDS)
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(step, self._stepped, limit, left, step)

    def _stepped(self, limit: asyncio.Timeout, left: float, step: float) -> None:
        self.seconds += step
        if left > step:
            self._step(limit, left - step)
        else:
            limit.reschedule(asyncio.get_running_loop().time())
