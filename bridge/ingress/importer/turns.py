"""Keeping letters in the order in which they were read, though several are worked on at once."""

import asyncio


class Turn:
    """One letter's place in the order."""

    def __init__(self, before: asyncio.Event) -> None:
        self._before = before
        self.over = asyncio.Event()

    async def come(self) -> None:
        """Wait until every letter before this one has had its turn."""
        await self._before.wait()

    async def end(self) -> None:
        """Let the next one go, once it is this one's turn; may be said twice."""
        await self._before.wait()
        self.over.set()


class Turns:
    """Gives out the turns."""

    def __init__(self) -> None:
        self._last = asyncio.Event()
        self._last.set()

    def next(self) -> Turn:
        """Return the turn after those that were given out before."""
        turn = Turn(self._last)
        self._last = turn.over
        return turn
