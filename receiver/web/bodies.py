"""Bounds the memory for bodies that are not verified yet: a share for each address.

A signature covers a whole body, so a body must be held before its sender is known. The total is
bounded. When it is used up, the address that holds the most gives way, with its body that has been
still the longest. A body of the newcomer's own address gives way only if it has been still for a
while; otherwise the newcomer has to try again later. So a client that floods us or leaves bodies
half sent harms only itself, and those bodies of its address that do arrive are completed.
"""

import time
from collections import Counter
from collections.abc import Callable
from mmap import mmap

from contract.door.peer import network

ROOM_BYTES = 16 * 1024 * 1024  # the largest request, and some small ones
STILL_SECONDS = 1.0
SMALL_BYTES = 32 * 1024
BLOCK_BYTES = 256 * 1024


class Crowded(Exception):
    """There is no room for more of this body at present: try again later."""


class HeldBody:
    """The bytes of one body so far.

    A body that does not stay small lies in pages of its own rather than on the heap: those are
    returned to the system at once, while a heap once full of bodies stays large for ever.
    """

    def __init__(self, address: str, give_way: Callable[[], None]) -> None:
        self.address = address
        self.give_way = give_way
        self.size = 0
        self.moved = 0.0
        self.gave_way = False
        self._small: list[bytes] = []
        self._blocks: list[mmap] = []

    def append(self, piece: bytes) -> None:
        """Keep the next piece."""
        self.size += len(piece)
        if self.size <= SMALL_BYTES:
            self._small.append(piece)
            return
        for each in (*self._small, piece):
            rest = memoryview(each)
            while rest:
                if not self._blocks or self._blocks[-1].tell() == BLOCK_BYTES:
                    self._blocks.append(mmap(-1, BLOCK_BYTES))
                block = self._blocks[-1]
                rest = rest[block.write(rest[: BLOCK_BYTES - block.tell()]) :]
        self._small.clear()

    def content(self) -> bytes:
        """Return all of it."""
        return b"".join((*self._small, *(block[: block.tell()] for block in self._blocks)))

    def drop(self) -> None:
        """Free the bytes."""
        self._small.clear()
        for block in self._blocks:
            block.close()
        self._blocks.clear()


class BodyRoom:
    """Holds the bodies of all requests, at most ``total`` bytes; ``now`` is in seconds."""

    def __init__(self, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._now = now
        self._bodies: set[HeldBody] = set()
        self._held: Counter[str] = Counter()

    @property
    def held(self) -> int:
        """The bytes held at present."""
        return self._held.total()

    def enter(self, address: str, give_way: Callable[[], None]) -> HeldBody:
        """Begin a body; ``give_way`` is called if it must go for another's sake."""
        body = HeldBody(network(address), give_way)
        body.moved = self._now()
        self._bodies.add(body)
        return body

    def add(self, body: HeldBody, piece: bytes) -> None:
        """Hold one more piece; raises Crowded if there is no room for it."""
        if body.gave_way:
            raise Crowded
        body.moved = self._now()
        self._held[body.address] += len(piece)
        body.append(piece)
        while self.held > self._total:
            self._make_room(body)

    def leave(self, body: HeldBody) -> None:
        """Forget a body, if it has not given way already."""
        if body in self._bodies:
            self._bodies.remove(body)
            self._held[body.address] -= body.size
            if not self._held[body.address]:
                del self._held[body.address]
            body.drop()

    def _make_room(self, asking: HeldBody) -> None:
        largest = max(self._held, key=self._held.__getitem__)
        theirs = [each for each in self._bodies if each.address == largest and each.size]
        victim = min(theirs, key=lambda each: each.moved)
        own = largest == asking.address
        if own and self._now() - victim.moved < STILL_SECONDS:
            victim = asking
        self.leave(victim)
        victim.gave_way = True
        if victim is asking:
            raise Crowded
        victim.give_way()
