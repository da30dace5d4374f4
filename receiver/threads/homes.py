"""Each letter's dialog by people's decisions, whatever shows it now: pure.

Each letter had a dialog before any correction; those in force, in the order of their time, tell
where it went. So a decision that was undone leaves no trace.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from receiver.threads.facts import Fact, InForce


def homes_of(decided: InForce, stood: Mapping[str, Any]) -> dict[str, Any]:
    """Return the id of each letter's dialog by its key; ``stood`` are those before corrections."""
    homes = dict(stood)
    for fact in reversed(decided.facts):
        _carry_out(fact, homes)
    return homes


def _carry_out(fact: Fact, homes: dict[str, Any]) -> None:
    """Apply a fact to the homes of its letters."""
    if fact.what in ("split", "erasure"):
        home, keys = fact.opened, fact.keys
    elif (fact.rest or fact.left or fact.parted) and (
        joined := Counter(homes[key] for key in fact.joins if key in homes)
    ):
        home, keys = min(joined, key=lambda one: (-joined[one], one)), fact.keys
    else:
        keys = fact.keys | fact.joins
        home = min({homes[key] for key in keys if key in homes}, default=None)
    if home is not None:
        homes |= dict.fromkeys(keys & homes.keys(), home)
