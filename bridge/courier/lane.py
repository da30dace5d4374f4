"""A lane of letters: in the order of their next attempts, and so many on their way at once."""

import asyncio
import heapq
import time
from collections.abc import MutableMapping

from bridge.courier.room import RoomForLetters
from bridge.spool.spool import Waiting


class Lane:
    """The letters of ``queued`` that were put into this lane.

    ``queued`` has every letter that waits, of all lanes, by its id: it says which of two attempts
    that a letter was put down for is the one that counts. ``few`` is that of ``RoomForLetters``.
    """

    def __init__(self, queued: MutableMapping[str, Waiting], few: int) -> None:
        self._queued = queued
        self._heap: list[tuple[float, str]] = []
        self._woken = asyncio.Event()
        self._room = RoomForLetters(few)

    def put(self, letter: Waiting) -> None:
        """Put a letter down for its next attempt."""
        self._queued[letter.id] = letter
        heapq.heappush(self._heap, (letter.due, letter.id))
        self._woken.set()

    async def next_due(self) -> Waiting:
        """Wait for the next letter whose time has come and that there is room for, and take it out.

        ``landed`` is said of it in the end.
        """
        while True:
            self._woken.clear()
            wait = None
            if self._heap:
                due, letter_id = self._heap[0]
                letter = self._queued.get(letter_id)
                if letter is None or letter.due != due:  # it was given an earlier time
                    heapq.heappop(self._heap)
                    continue
                wait = due - time.time()
                if wait <= 0 and self._room.has(letter.size):
                    heapq.heappop(self._heap)
                    self._room.enter(letter.size)
                    return self._queued.pop(letter_id)
                wait = wait if wait > 0 else None
            try:
                async with asyncio.timeout(wait):  # Python 3.11's wait_for may lose a cancellation
                    await self._woken.wait()
            except TimeoutError:
                continue

    def landed(self, letter: Waiting) -> None:
        """Take notice that a letter is not on its way any more."""
        self._room.leave(letter.size)
        self._woken.set()
