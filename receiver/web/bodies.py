"""How much of bodies that nobody has vouched for yet is held at once: a share by address.

A signature covers a whole body, so a body must be held before we know who sent it. What all of
them hold together is bounded. Where that is used up, the address that holds the most gives way,
with the body that has been still the longest. A body of the sender's own address gives way only
if it has been still for a while; otherwise the newcomer is told to come again. So whoever floods
us or leaves bodies half sent is in his own way and nobody else's, and the bodies of one address
that do come are finished rather than driven out by the next ones.
"""

import time
from collections import Counter
from collections.abc import Callable

from contract.peer import network

STILL_SECONDS = 1.0


class Crowded(Exception):
    """There is no room for more of this body just now: come again."""


class Body:
    """The pieces of one body that have come so far."""

    def __init__(self, address: str, give_way: Callable[[], None]) -> None:
        self.address = address
        self.give_way = give_way
        self.pieces: list[bytes] = []
        self.size = 0
        self.moved = 0.0
        self.gave_way = False


class BodyRoom:
    """Holds the bodies of all requests, ``total`` bytes at most; ``now`` is in seconds."""

    def __init__(self, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._now = now
        self._bodies: set[Body] = set()
        self._held: Counter[str] = Counter()

    @property
    def held(self) -> int:
        """The bytes that are held just now."""
        return self._held.total()

    def enter(self, address: str, give_way: Callable[[], None]) -> Body:
        """Begin a body; ``give_way`` is called if it has to go for another's sake."""
        body = Body(network(address), give_way)
        body.moved = self._now()
        self._bodies.add(body)
        return body

    def add(self, body: Body, piece: bytes) -> None:
        """Hold one more piece; raises Crowded if there is no room for it."""
        if body.gave_way:
            raise Crowded
        body.moved = self._now()
        self._held[body.address] += len(piece)
        body.size += len(piece)
        while self.held > self._total:
            self._make_room(body)
        body.pieces.append(piece)

    def leave(self, body: Body) -> None:
        """Forget a body, if it has not given way already."""
        if body in self._bodies:
            self._bodies.remove(body)
            self._held[body.address] -= body.size
            if not self._held[body.address]:
                del self._held[body.address]

    def _make_room(self, asking: Body) -> None:
        largest = max(self._held, key=self._held.__getitem__)
        theirs = [each for each in self._bodies if each.address == largest and each.size]
        victim = min(theirs, key=lambda each: each.moved)
        own = largest == asking.address
        if own and self._now() - victim.moved < STILL_SECONDS:
            victim = asking
        self.leave(victim)
        victim.pieces.clear()
        victim.gave_way = True
        if victim is asking:
            raise Crowded
        victim.give_way()
