"""The mailboxes that a wrong name may mean: pure."""

from collections.abc import Sequence
from difflib import get_close_matches
from heapq import nlargest

SHOWN, ALIKE = 5, 0.75
COMPARED = 50  # names: comparing all characters of one takes up to a millisecond


def near(name: str, names: Sequence[str]) -> list[str]:
    """Return the most similar names, of those that share most pairs of characters."""
    pairs = _pairs(name)
    nearest = nlargest(COMPARED, names, key=lambda each: _shared(pairs, _pairs(each)))
    return get_close_matches(name, nearest, SHOWN, ALIKE)


def _shared(pairs: set[str], others: set[str]) -> float:
    """Return the common share of two sets, from 0 to 1."""
    return len(pairs & others) / max(len(pairs), len(others), 1)


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}
