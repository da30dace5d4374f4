"""The limits of one SMTP client and of all of them together: rules, no I/O."""

from collections import Counter
from enum import Enum

from contract.door.peer import network

# Beyond these a connection ends with 421 and the client comes back. Yandex sends many letters over
# one connection, so commands that belong to a letter are counted generously.
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
# The smallest limit that RFC 5321 4.5.3.1.8 allows a server.
RECIPIENTS = 100
# How long a refusal is delayed at most if a client guesses recipients; then the connection ends.
REFUSAL_PATIENCE = 10.0
# Descriptors apart: event loop, log, lock, DNS and health. On the way: a letter's connection and
# file, in each of two lanes. Parser: its pipes. Each: an SMTP connection and the draft of its
# letter.
DESCRIPTORS_APART = 64
DESCRIPTORS_ON_THE_WAY = 4
DESCRIPTORS_PARSER = 2
DESCRIPTORS_EACH = 2
# The slowest average rate of a letter once the first time-out has passed.
BYTES_PER_SECOND = 2048


class Room(Enum):
    """Whether there is room for one more connection."""

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
        """Count a connection and tell whether there is room; ``leave`` must follow in any case."""
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


def descriptors_apart(on_the_way: int, parsers: int) -> int:
    """Return how many descriptors the process needs besides those of SMTP."""
    delivery = on_the_way * DESCRIPTORS_ON_THE_WAY + parsers * DESCRIPTORS_PARSER
    return DESCRIPTORS_APART + delivery


def affordable(connections: int, descriptors: int) -> int:
    """Return how many of the wanted connections this number of descriptors allows."""
    return min(connections, descriptors // DESCRIPTORS_EACH)


def share_of_one(connections: int) -> int:
    """Return how many connections one peer may have when descriptors are scarce."""
    return max(1, connections // 4)


def patience(timeout: float, received: int, elapsed: float) -> float:
    """Return the seconds to wait for a letter's next bytes: at most ``timeout``.

    Less if the letter has come more slowly than ``BYTES_PER_SECOND`` on average, so that nobody
    holds a connection for days with a byte a minute.
    """
    return max(0.001, min(timeout, timeout + received / BYTES_PER_SECOND - elapsed))
