"""What one SMTP client, and all of them together, may take of us: rules, no I/O."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from typing import Protocol, TypeVar

from contract.door.peer import network

# Beyond these a connection ends with 421 and the client comes back: Yandex sends many letters
# over one connection, so what belongs to a letter is counted generously.
COMMANDS = {
    "*": 100,
    "MAIL": 1000,
    "DATA": 1000,
    "RSET": 1000,
    "NOOP": 1000,
    "RCPT": 10_000,
    "AUTH": 4,
    "STARTTLS": 2,
}
# The least number that RFC 5321 4.5.3.1.8 lets a server take.
RECIPIENTS = 100
# How long a recipient's refusal may be put off, when somebody guesses; beyond, the connection ends.
REFUSAL_PATIENCE = 10.0
# A connection that has said nothing for so long may be closed for another when all are taken.
IDLE_SECONDS = 5.0
# The same for one that sends a letter: 64 KiB, or the rest of it, come at least this often.
IDLE_IN_DATA_SECONDS = 60.0
# Or it comes more slowly than BYTES_PER_SECOND since so long: a byte a second is as good as none.
CRAWLING_SECONDS = 10.0
# And for one that talks, but has brought no letter for so long: NOOP now and then is never idle.
LETTERLESS_SECONDS = 120.0
# A letter of whoever has the most connections comes slowly if so little of it has come by then.
SLOW_SECONDS = 2.0
SLOW_BYTES_PER_SECOND = 64 * 1024
# So many who have brought letters are remembered: they come in while strangers hold all places.
SENDERS = 1000
# Descriptors: of the event loop, log, lock, DNS and health; a letter's connection and file on its
# way, in each of two lanes; a parser's pipes; an SMTP connection and the draft of its letter.
DESCRIPTORS_APART = 64
DESCRIPTORS_ON_THE_WAY = 4
DESCRIPTORS_PARSER = 2
DESCRIPTORS_EACH = 2
# A letter may come as slowly as this once the first timeout has passed.
BYTES_PER_SECOND = 2048


class Room(Enum):
    """Whether one more connection can be had."""

    YES = "yes"
    ALL_TAKEN = "all connections are taken"
    NOT_FOR_THIS_PEER = "its address has as many as it may"


class Connections:
    """The open connections, counted in all and by peer."""

    def __init__(self, total: int, per_peer: int) -> None:
        self._total = total
        self._per_peer = per_peer
        self._peers: Counter[str] = Counter()

    def enter(self, address: str) -> Room:
        """Count a connection, and say whether there is room; ``leave`` follows in either case."""
        peer = network(address)
        self._peers[peer] += 1
        if self._peers[peer] > self._per_peer:
            return Room.NOT_FOR_THIS_PEER
        return Room.YES if self._peers.total() <= self._total else Room.ALL_TAKEN

    def leave(self, address: str) -> None:
        """Forget a connection."""
        peer = network(address)
        self._peers[peer] -= 1
        if self._peers[peer] <= 0:
            del self._peers[peer]


class Activity(Protocol):
    """Whether a session sends a letter, since when, and how many bytes of it have come.

    And when it last said something, and was of use: when it came, and when a letter of it was
    taken. All times are by the loop's clock.
    """

    in_data: bool
    data_began: float
    active: float
    of_use: float

    @property
    def received(self) -> int:
        """The bytes of its letter that have come."""

    @property
    def peer(self) -> str:
        """The client's IP address."""


T = TypeVar("T", bound=Activity)


def longest_idle(sessions: Iterable[T], now: float) -> T | None:
    """Return the session that is to make room for another, if any is idle."""
    idle = [each for each in sessions if _is_idle(each, now)]
    return min(idle, key=lambda each: each.active, default=None)


def _is_idle(session: Activity, now: float) -> bool:
    silent = now - session.active
    if not session.in_data:
        return silent > IDLE_SECONDS
    crawls = _rate(session, now, CRAWLING_SECONDS) < BYTES_PER_SECOND
    return silent > IDLE_IN_DATA_SECONDS or crawls


def longest_letterless(sessions: Iterable[T], now: float) -> T | None:
    """Return the session that is to make room as it has brought no letter for longest, if any."""
    talking = [
        each for each in sessions if not each.in_data and now - each.of_use > LETTERLESS_SECONDS
    ]
    return min(talking, key=lambda each: each.of_use, default=None)


def of_a_crowd(sessions: Collection[T], newcomer: str, now: float) -> T | None:
    """Return the session of whoever has the most that is to make room for somebody with fewer.

    Who opens his connections anew all the time is never idle, and a few such would keep everybody
    else out. One that sends a letter is ended only if it is slow, the slowest first, so that a
    crowd of small clients cannot stop the letters of a large one, nor a few that send a byte a
    second in each of theirs the letters of all others.
    """
    by_peer: defaultdict[str, list[T]] = defaultdict(list)
    for each in sessions:
        by_peer[network(each.peer)].append(each)
    most = max(by_peer.values(), key=len, default=[])
    if len(most) <= len(by_peer.get(network(newcomer), [])) + 1:
        return None
    return _least_missed(most, now)


def a_stranger(sessions: Iterable[T], senders: "Senders", now: float) -> T | None:
    """Return the session that is to make room for a client whose letters were taken before.

    It is one of a client that has brought none yet. So a flood from as many addresses as there are
    places, whose connections are new all the time, does not keep out those who send letters.
    """
    return _least_missed([each for each in sessions if each.peer not in senders], now)


def _least_missed(sessions: Sequence[T], now: float) -> T | None:
    """Return the session that has been silent for longest, or whose letter comes most slowly."""
    silent = [each for each in sessions if not each.in_data]
    if silent:
        return min(silent, key=lambda each: each.active)
    slow = [each for each in sessions if _rate(each, now, SLOW_SECONDS) < SLOW_BYTES_PER_SECOND]
    return min(slow, key=lambda each: _rate(each, now, SLOW_SECONDS), default=None)


class Senders:
    """Whose letters were taken since the start: the last ``most`` networks."""

    def __init__(self, most: int = SENDERS) -> None:
        self._most = most
        self._networks: dict[str, None] = {}

    def brought(self, address: str) -> None:
        """Remember that a letter came from the address."""
        peer = network(address)
        self._networks.pop(peer, None)
        self._networks[peer] = None
        if len(self._networks) > self._most:
            del self._networks[next(iter(self._networks))]

    def __contains__(self, address: str) -> bool:
        return network(address) in self._networks


def _rate(session: Activity, now: float, grace: float) -> float:
    """Return how many bytes of its letter a session sends in a second; any number at first."""
    seconds = now - session.data_began
    return session.received / seconds if seconds > grace else math.inf


def descriptors_apart(on_the_way: int, parsers: int) -> int:
    """Return how many descriptors are not SMTP's."""
    delivery = on_the_way * DESCRIPTORS_ON_THE_WAY + parsers * DESCRIPTORS_PARSER
    return DESCRIPTORS_APART + delivery


def affordable(connections: int, descriptors: int) -> int:
    """Return how many connections at once so many descriptors are for, of those that are asked."""
    return min(connections, descriptors // DESCRIPTORS_EACH)


def share_of_one(connections: int) -> int:
    """Return how many connections one peer may have where there are fewer than were asked for."""
    return max(1, connections // 4)


def patience(timeout: float, received: int, elapsed: float) -> float:
    """Return the seconds a letter's next bytes are waited for: at most ``timeout``.

    Less where the letter comes more slowly than ``BYTES_PER_SECOND`` on the whole, so that
    nobody holds a connection for days by one byte a minute.
    """
    return max(0.001, min(timeout, timeout + received / BYTES_PER_SECOND - elapsed))
