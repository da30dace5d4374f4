"""Which connection is closed for a newcomer when all are taken: pure.

Either a connection is of no use yet, as its client has sent no complete request; or it waits for
its client, who sends a body or reads an answer slowly; or we work for it, and then it stays.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

GRACE_SECONDS = 1.0  # a body that comes at all comes within this, unless it is large
BYTES_PER_SECOND = 64 * 1024  # of a large body that comes


class Present(Protocol):
    """What the rule needs of a connection; times are in seconds of one clock."""

    rests: float
    """Since when it has had no request that is whole."""

    @property
    def address(self) -> str:
        """The client's address."""

    @property
    def busy(self) -> bool:
        """Whether its request is being handled, or the answer is on the way."""

    def waited(self, now: float) -> tuple[float, int] | None:
        """For how many seconds its client has been waited for, and the bytes it sent, or None."""


T = TypeVar("T", bound=Present)


def gives_way(present: Collection[T], newcomer: T, now: float) -> T:
    """Return the connection to close: the newcomer if there is no other.

    The address that holds the most gives way: with its connection that has rested longest, else
    with the one whose client is slowest. If the newcomer's address holds the most itself, no body
    of it that comes fast enough is ended, so that those are finished; all others get in whatever
    the crowd does. So a proxy, behind which all come from one address, is no worse off than a
    single client.
    """
    by_address: defaultdict[str, list[T]] = defaultdict(list)
    for each in present:
        by_address[each.address].append(each)
    crowd = max(by_address.values(), key=len)
    own = newcomer.address == crowd[0].address
    goes = _longest_resting(each for each in crowd if each is not newcomer)
    goes = goes or _slowest(crowd, now, unhurried=own)
    if goes is None and not own:
        goes = _longest_resting(each for each in present if each is not newcomer)
    return goes or newcomer


def _longest_resting(some: Iterable[T]) -> T | None:
    resting = (each for each in some if not each.busy)
    return min(resting, key=lambda each: each.rests, default=None)


def _slowest(some: Iterable[T], now: float, *, unhurried: bool) -> T | None:
    """Return the connection whose client is slowest; ``unhurried`` ones only if they are slow."""
    found: list[tuple[float, T]] = []
    for each in some:
        if (waited := each.waited(now)) is None:
            continue
        seconds, size = waited
        rate = size / max(seconds, GRACE_SECONDS)
        if not unhurried or (seconds > GRACE_SECONDS and rate < BYTES_PER_SECOND):
            found.append((rate, each))
    return min(found, key=lambda one: one[0], default=(0.0, None))[1]
