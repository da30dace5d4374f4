"""Which waiting letters go next: the oldest, each with the rest of its conversation.

The receiver writes a dialog once for all letters that arrive together, but once for each letter
that arrives alone. After an outage, or under load, whole conversations wait. Pure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

Letter = TypeVar("Letter")

MOST_OF_ONE = 16


def next_letters(
    waiting: Iterable[Letter], conversation: Callable[[Letter], object], most: int
) -> list[Letter]:
    """Return at most ``most`` letters; the first that waits is among them.

    At most MOST_OF_ONE letters of a conversation overtake letters that have waited longer, so that
    no sender can delay others many times over.
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
