"""Gives other requests a turn during long computations: letters may be long, queries hostile."""

import asyncio
import time

SECONDS = 0.01


class Turns:
    """One piece of work that lets others in between from time to time."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def give(self) -> None:
        """Let others have a turn, if they have waited for a hundredth of a second."""
        if time.perf_counter() - self._since > SECONDS:
            await asyncio.sleep(0)
            self._since = time.perf_counter()
