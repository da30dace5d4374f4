"""A lane of letters in the order of their next attempts, with a bound on how many are on their way.

When the lane is full, every other letter taken is the newest: a letter that comes after a thousand
slow or failing ones is not the last.
"""

import asyncio
import heapq
import time
from collections.abc import MutableMapping

from bridge.courier.room import RoomForLetters
from bridge.spool.spool import Waiting


class Lane:
    """The letters of ``queued`` that were put into this lane.

    ``queued`` has the waiting letters of all lanes, by id. If a letter is in a lane twice,
    ``queued`` says which of the two times counts.
    """

    def __init__(self, queued: MutableMapping[str, Waiting], room: RoomForLetters) -> None:
        self._queued = queued
        self._heap: list[tuple[float, str]] = []
        self._came_due: dict[str, float] = {}  # due when they were put here, newest last
        self._full = False
        self._newest_next = False
        self._woken = asyncio.Event()
        self._room = room

    def put(self, letter: Waiting) -> None:
        """Queue a letter for its next attempt."""
        self._queued[letter.id] = letter
        heapq.heappush(self._heap, (letter.due, letter.id))
        if letter.due <= time.time():
            self._came_due.pop(letter.id, None)
            self._came_due[letter.id] = letter.due
        self._woken.set()

    async def next_due(self) -> Waiting:
        """Wait for a letter that is due and for which there is room; take it out.

        The caller must call ``landed`` for it in the end.
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
        """Return the next letter in turn, which may be due only later."""
        while self._heap and not self._still_counts(*self._heap[0]):
            heapq.heappop(self._heap)
        if not self._heap:
            self._full = False
            return None
        while self._newest_next and self._came_due:
            letter_id, due = next(reversed(self._came_due.items()))
            if self._still_counts(due, letter_id):
                return self._queued[letter_id]
            del self._came_due[letter_id]
        return self._queued[self._heap[0][1]]

    def _still_counts(self, due: float, letter_id: str) -> bool:
        """Tell whether this attempt counts: the letter may be gone or have an earlier time."""
        letter = self._queued.get(letter_id)
        return letter is not None and letter.due == due

    def landed(self, letter: Waiting) -> None:
        """Give back the room of a letter that is no longer on its way."""
        self._room.leave(letter.size)
        self._woken.set()
