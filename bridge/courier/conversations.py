"""Which of the letters that wait go next: the oldest, and with each the rest of its conversation.

The receiver writes a dialog once for all letters that come for it together, and once for each that
comes alone. After an outage, or while more comes than is taken, whole conversations wait. Pure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

Letter = TypeVar("Letter")

MOST_OF_ONE = 16


def next_ones(
    waiting: Iterable[Letter], conversation: Callable[[Letter], object], most: int
) -> list[Letter]:
    """Return at most so many letters, the first that waits among them.

    Of one conversation at most MOST_OF_ONE go ahead of letters that have waited longer: so nobody
    can make those wait many times as long by what he sends.
    """
    letters = list(waiting)
    if len(letters) <= most:
        return letters
    of: defaultdict[object, list[Letter]] = defaultdict(list)
    for each in letters:
        of[conversation(each)].append(each)
    chosen: list[Letter] = []
    for each in letters:
        if len(chosen) >= most:
            break
        rest = of[conversation(each)]
        if rest and rest[0] is each:
            chosen += rest[:MOST_OF_ONE]
            del rest[:MOST_OF_ONE]
    return chosen[:most]
