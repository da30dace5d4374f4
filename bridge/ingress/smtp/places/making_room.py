"""Which connection is ended for a new one when all are taken: rules, no I/O."""

import math
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from bridge.ingress.smtp.limits import BYTES_PER_SECOND
from contract.door.peer import neighbourhood, network

# A connection that has been silent for longer is idle.
IDLE_SECONDS = 5.0
# So is one in DATA if its bytes (64 KiB, or the rest of the letter) come less often.
IDLE_IN_DATA_SECONDS = 60.0
# Or if after so long it comes more slowly than BYTES_PER_SECOND: a byte a second is as good as
# none.
CRAWLING_SECONDS = 10.0
# A connection that talks but has brought no letter for so long: NOOP now and then is never idle.
LETTERLESS_SECONDS = 120.0
# From then on a letter with fewer bytes a second is slow.
SLOW_SECONDS = 2.0
SLOW_BYTES_PER_SECOND = 64 * 1024
# How many networks that brought letters are remembered: they come in while strangers flood us.
SENDERS = 1000
# A client that came more than so many times as often as another, without a letter, gives way.
OFTENER = 2
REMEMBERED, FORGOTTEN_AFTER = 10_000, 3600.0


class Activity(Protocol):
    """What the rules need to know of a session; times are by the loop's clock.

    ``in_data``: it sends a letter, since ``data_began``. ``active``: when it last sent something.
    ``of_use``: when its last letter was taken, at first when it came. ``put_off``: how many answers
    were delayed because it guesses recipients or passwords.
    """

    in_data: bool
    data_began: float
    active: float
    of_use: float
    put_off: int

    @property
    def received(self) -> int:
        """The bytes of its letter that have come."""

    @property
    def peer(self) -> str:
        """The client's IP address."""


T = TypeVar("T", bound=Activity)


def longest_idle(sessions: Iterable[T], now: float) -> T | None:
    """Return the session that has been idle longest, if any is idle."""
    idle = [each for each in sessions if _is_idle(each, now)]
    return min(idle, key=lambda each: each.active, default=None)


def _is_idle(session: Activity, now: float) -> bool:
    silent = now - session.active
    if not session.in_data:
        return silent > IDLE_SECONDS
    crawls = _rate(session, now, CRAWLING_SECONDS) < BYTES_PER_SECOND
    return silent > IDLE_IN_DATA_SECONDS or crawls


def longest_letterless(sessions: Iterable[T], now: float) -> T | None:
    """Return the session that has brought no letter for longest, if any is overdue."""
    talking = [
        each for each in sessions if not each.in_data and now - each.of_use > LETTERLESS_SECONDS
    ]
    return min(talking, key=lambda each: each.of_use, default=None)


def of_the_largest(sessions: Collection[T], newcomer: str, now: float) -> T | None:
    """Return a session of the network with most connections, if the newcomer's has fewer.

    A client that reconnects all the time is never idle, and a few such would keep everybody else
    out. A session in DATA is ended only if it is slow, the slowest first: so a crowd of small
    clients cannot stop the letters of a large one, and a few clients that send a byte a second
    cannot stop everybody's.
    """
    by_peer: defaultdict[str, list[T]] = defaultdict(list)
    for each in sessions:
        by_peer[network(each.peer)].append(each)
    most = max(by_peer.values(), key=len, default=[])
    if len(most) <= len(by_peer.get(network(newcomer), [])) + 1:
        return None
    return least_missed(most, now)


def guessing_most(strangers: Iterable[T]) -> T | None:
    """Return the session that has guessed most, if any has.

    Its delayed answers hold its connection for long without making it idle.
    """
    guessing = [each for each in strangers if each.put_off and not each.in_data]
    return max(guessing, key=lambda each: each.put_off, default=None)


def returning_most(
    strangers: Iterable[T], comings: "Comings", newcomer: str, now: float
) -> T | None:
    """Return the session that came much more often than the newcomer, if any.

    Otherwise as many addresses as there are connections could keep out newcomers by reconnecting at
    once.
    """
    again = [
        each
        for each in strangers
        if comings.is_oftener(each.peer, newcomer) and (not each.in_data or _is_slow(each, now))
    ]
    return max(again, key=lambda each: (*comings.of(each.peer), -each.active), default=None)


def least_missed(sessions: Iterable[T], now: float) -> T | None:
    """Return the session that has been silent longest, or whose letter comes most slowly.

    Applied to strangers in favour of a client whose letters were taken before: a flood from as many
    addresses as there are connections does not keep out those who send letters.
    """
    missed = [each for each in sessions if not each.in_data or _is_slow(each, now)]
    silent = [each for each in missed if not each.in_data]
    if silent:
        return min(silent, key=lambda each: each.active)
    return min(missed, key=lambda each: _rate(each, now, SLOW_SECONDS), default=None)


def _is_slow(session: Activity, now: float) -> bool:
    return _rate(session, now, SLOW_SECONDS) < SLOW_BYTES_PER_SECOND


class Senders:
    """Networks whose letters were taken since the start: the last ``most`` of them."""

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


class Comings:
    """How often networks and their neighbourhoods have come since their last letter.

    An hour after the last connection a network is forgotten; at most REMEMBERED are kept.
    """

    def __init__(self) -> None:
        self._times: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def came(self, address: str, now: float) -> None:
        """Count a connection; ``now`` is in seconds of a clock."""
        for who in _names(address):
            times, last = self._times.pop(who, (0, now))
            self._times[who] = (times + 1 if now - last <= FORGOTTEN_AFTER else 1, now)
        while len(self._times) > 2 * REMEMBERED:
            self._times.popitem(last=False)

    def brought(self, address: str) -> None:
        """Reset the counts of a client that brought a letter."""
        for who in _names(address):
            self._times.pop(who, None)

    def of(self, address: str) -> tuple[int, int]:
        """Return how often the neighbourhood of the address has come, and how often its network."""
        near, own = (self._times.get(who, (0, 0.0))[0] for who in _names(address))
        return near, own

    def is_oftener(self, address: str, other: str) -> bool:
        """Tell whether ``address`` or its neighbourhood came much more often than ``other``."""
        (near, own), (others_near, others_own) = self.of(address), self.of(other)
        if neighbourhood(address) == neighbourhood(other):
            return own > OFTENER * others_own
        return near > OFTENER * others_near


def _names(address: str) -> tuple[str, str]:
    return f"near {neighbourhood(address)}", network(address)


def _rate(session: Activity, now: float, grace: float) -> float:
    """Return the bytes of its letter that a session sends per second; infinite at first."""
    seconds = now - session.data_began
    return session.received / seconds if seconds > grace else math.inf
