"""A lane of letters: in the order of their next attempts, and so many on their way at once.

Where there are more than may be on their way, every other one is the newest: who comes behind a
thousand that take long, or fail, is not the last.
"""

import asyncio
import heapq
import time
from collections.abc import MutableMapping

from bridge.courier.room import RoomForLetters
from bridge.spool.spool import Waiting


class Lane:
    """The letters of ``queued`` that were put into this lane.

    ``queued`` has every letter that waits, of all lanes, by its id: it says which of two attempts
    that a letter was put down for is the one that counts.
    """

    def __init__(self, queued: MutableMapping[str, Waiting], room: RoomForLetters) -> None:
        self._queued = queued
        self._heap: list[tuple[float, str]] = []
        self._came_due: dict[str, float] = {}  # due when they came, the newest last
        self._full = False
        self._newest_next = False
        self._woken = asyncio.Event()
        self._room = room

    def put(self, letter: Waiting) -> None:
        """Put a letter down for its next attempt."""
        self._queued[letter.id] = letter
        heapq.heappush(self._heap, (letter.due, letter.id))
        if letter.due <= time.time():
            self._came_due.pop(letter.id, None)
            self._came_due[letter.id] = letter.due
        self._woken.set()

    async def next_due(self) -> Waiting:
        """Wait for the next letter whose time has come and that there is room for, and take it out.

        ``landed`` is said of it in the end.
        """
        while True:
            self._woken.clear()
            letter = self._next()
            wait = letter.due - time.time() if letter else None
            if letter and wait is not None and wait <= 0:
                wait = None
                if self._room.has(letter.size):
                    self._newest_next = self._full and not self._newest_next
                    self._came_due.pop(letter.id, None)
                    self._room.enter(letter.size)
                    return self._queued.pop(letter.id)
                self._full = True
            try:
                async with asyncio.timeout(wait):  # Python 3.11's wait_for may lose a cancellation
                    await self._woken.wait()
            except TimeoutError:
                continue

    def _next(self) -> Waiting | None:
        """Return the letter whose turn it is, which may be due later."""
        while self._heap and not self._is_there(*self._heap[0]):
            heapq.heappop(self._heap)
        if not self._heap:
            self._full = False
            return None
        while self._newest_next and self._came_due:
            letter_id, due = next(reversed(self._came_due.items()))
            if self._is_there(due, letter_id):
                return self._queued[letter_id]
            del self._came_due[letter_id]
        return self._queued[self._heap[0][1]]

    def _is_there(self, due: float, letter_id: str) -> bool:
        """Tell whether it waits for this attempt: it may be taken, or have an earlier time."""
        letter = self._queued.get(letter_id)
        return letter is not None and letter.due == due

    def landed(self, letter: Waiting) -> None:
        """Take notice that a letter is not on its way any more."""
        self._room.leave(letter.size)
        self._woken.set()
