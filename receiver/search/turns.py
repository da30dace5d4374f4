"""Requests have their turn while much is computed: letters may be long, and questions hostile."""

import asyncio
import time

SECONDS = 0.01


class Turns:
    """One piece of work, which says again and again that others may come between."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def give(self) -> None:
        """Let others have their turn, if they have waited for a hundredth of a second."""
        if time.perf_counter() - self._since > SECONDS:
            await asyncio.sleep(0)
            self._since = time.perf_counter()
