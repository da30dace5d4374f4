"""Facts that keep the rest of each dialog together under its id, and apart from others. Pure.

Letters may be together only because of an erased letter, or apart because of it: letters that named
it found a home with it. So before letters are removed, each dialog that loses some is pinned
together. Then the partition of the rest is computed, and where it would unite dialogs that the
partition with the erased letters keeps apart, they are pinned apart, until it unites none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from bson import ObjectId

from receiver.filing.world import plain
from receiver.letters.letter import Letter
from receiver.threads.facts import Fact, in_force
from receiver.threads.group import Group, Policy
from receiver.threads.partition import partition

ROUNDS = 10


@dataclass(frozen=True)
class Mailbox:
    """All letters of a mailbox before and after an erasure, and the dialogs that show them."""

    before: Sequence[Letter]
    after: Sequence[Letter]
    facts: Sequence[Fact]
    dialogs: Mapping[Any, Set[str]]


def pins_of(
    mailbox: Mailbox, touched: Iterable[Any], policy: Policy, who: str, when: datetime
) -> list[tuple[Fact, list[Any]]]:
    """Return the facts, each with the dialogs concerned."""
    left = {each.key for each in mailbox.after}
    corrected = frozenset[str]().union(*(each.touches for each in mailbox.facts))
    rest = {one: frozenset(keys & left) for one, keys in mailbox.dialogs.items()}
    pins = [
        (_fact(who, when, keys=rest[one], opened=one), [one])
        for one in sorted(touched)
        if len(rest[one]) > 1 or rest[one] & corrected
    ]
    home = {key: one for one, keys in rest.items() for key in keys}
    apart_before: dict[str, int] | None = None
    for _ in range(ROUNDS):
        facts = [*mailbox.facts, *(each for each, _ in pins)]
        met = [
            (one, other)
            for group in _groups(mailbox.after, facts, policy)
            for one, other in pairwise(dict.fromkeys(_homes(group, home)))
        ]
        if not met:
            break
        if apart_before is None:
            groups = _groups(mailbox.before, mailbox.facts, policy)
            apart_before = {each.key: at for at, one in enumerate(groups) for each in one.letters}
        new = [
            (_fact(who, when, keys=rest[one], rest=rest[other]), [one, other])
            for one, other in met
            if apart_before[min(rest[one])] != apart_before[min(rest[other])]
        ]
        if not new:
            break
        pins += new
    return pins


def _groups(letters: Sequence[Letter], facts: Sequence[Fact], policy: Policy) -> list[Group]:
    decided = in_force(facts)
    plain_ones = [plain(each.mailbox, each.message, decided) for each in letters]
    return partition(plain_ones, policy, decided.constraints)


def _homes(group: Group, home: Mapping[str, Any]) -> Iterator[Any]:
    return (home[each.key] for each in group.letters if each.key in home)


def _fact(who: str, when: datetime, **says: Any) -> Fact:
    return Fact(ObjectId(), "erasure", who, when, **says)
