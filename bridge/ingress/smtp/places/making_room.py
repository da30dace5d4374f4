"""Who makes room for another when all connections are taken: rules, no I/O."""

import math
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from bridge.ingress.smtp.limits import BYTES_PER_SECOND
from contract.door.peer import neighbourhood, network

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
# Who has come more than so many times as often as another, and brought no letter, makes room.
OFTENER = 2
REMEMBERED, FORGOTTEN_AFTER = 10_000, 3600.0


class Activity(Protocol):
    """Whether a session sends a letter, since when, and how many bytes of it have come.

    And how often an answer was put off, as to who guesses recipients or passwords.

    And when it last said something, and was of use: when it came, and when a letter of it was
    taken. All times are by the loop's clock.
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
    return least_missed(most, now)


def who_guesses(strangers: Iterable[T]) -> T | None:
    """Return the session that is to make room as it has guessed most, if any has.

    It waits for its answers, and so holds its place for long without being idle.
    """
    guessing = [each for each in strangers if each.put_off and not each.in_data]
    return max(guessing, key=lambda each: each.put_off, default=None)


def who_comes_again(
    strangers: Iterable[T], comings: "Comings", newcomer: str, now: float
) -> T | None:
    """Return the session that is to make room for a client who has come less often, if any.

    As many addresses as there are places, whose connections end and come again at once, would keep
    out whoever comes for the first time.
    """
    again = [
        each
        for each in strangers
        if comings.is_oftener(each.peer, newcomer) and (not each.in_data or _is_slow(each, now))
    ]
    return max(again, key=lambda each: (*comings.of(each.peer), -each.active), default=None)


def least_missed(sessions: Iterable[T], now: float) -> T | None:
    """Return the session that has been silent for longest, or whose letter comes most slowly.

    Of strangers it makes room for a client whose letters were taken before. So a flood from as many
    addresses as there are places, whose connections are new all the time, does not keep out those
    who send letters.
    """
    missed = [each for each in sessions if not each.in_data or _is_slow(each, now)]
    silent = [each for each in missed if not each.in_data]
    if silent:
        return min(silent, key=lambda each: each.active)
    return min(missed, key=lambda each: _rate(each, now, SLOW_SECONDS), default=None)


def _is_slow(session: Activity, now: float) -> bool:
    return _rate(session, now, SLOW_SECONDS) < SLOW_BYTES_PER_SECOND


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


class Comings:
    """How often networks have come, and their neighbourhoods, and brought no letter since.

    An hour after the last time all is forgotten, and so is who comes beyond the ten-thousandth.
    """

    def __init__(self) -> None:
        self._times: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def came(self, address: str, now: float) -> None:
        """Count a connection; seconds of a clock."""
        for who in _names(address):
            times, last = self._times.pop(who, (0, now))
            self._times[who] = (times + 1 if now - last <= FORGOTTEN_AFTER else 1, now)
        while len(self._times) > 2 * REMEMBERED:
            self._times.popitem(last=False)

    def brought(self, address: str) -> None:
        """Forget how often a client came for nothing who brings a letter after all."""
        for who in _names(address):
            self._times.pop(who, None)

    def of(self, address: str) -> tuple[int, int]:
        """Return how often the neighbourhood of an address has come, and how often it has."""
        near, own = (self._times.get(who, (0, 0.0))[0] for who in _names(address))
        return near, own

    def is_oftener(self, address: str, other: str) -> bool:
        """Tell whether one has come much more often than another, be it by all its addresses."""
        (near, own), (others_near, others_own) = self.of(address), self.of(other)
        if neighbourhood(address) == neighbourhood(other):
            return own > OFTENER * others_own
        return near > OFTENER * others_near


def _names(address: str) -> tuple[str, str]:
    return f"near {neighbourhood(address)}", network(address)


def _rate(session: Activity, now: float, grace: float) -> float:
    """Return how many bytes of its letter a session sends in a second; any number at first."""
    seconds = now - session.data_began
    return session.received / seconds if seconds > grace else math.inf
