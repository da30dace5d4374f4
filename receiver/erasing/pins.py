"""Facts that keep the rest of each dialog together under its id, and apart from others. Pure.

Letters may be together only because of an erased letter, or apart because of it: letters that named
it found a home with it. So before letters are removed, each dialog that loses some is pinned
together. Then the partition of the rest is computed, and where it would unite dialogs that the
partition with the erased letters keeps apart, they are pinned apart, until it unites none.

A dialog that loses no letter keeps its id as well. Corrections say where its letters belong, and
they may name letters that are removed, or be undone, so that the letters belong to a dialog that
is removed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from bson import ObjectId

from receiver.filing.world import plain
from receiver.letters.letter import Letter
from receiver.threads.facts import Fact, in_force
from receiver.threads.group import Group, Policy
from receiver.threads.homes import homes_of
from receiver.threads.partition import partition

ROUNDS = 10


@dataclass(frozen=True)
class Mailbox:
    """All letters of a mailbox before and after an erasure, and the dialogs that show them.

    ``stood`` says of letters that went elsewhere beside corrections where they were before, by key.
    """

    before: Sequence[Letter]
    after: Sequence[Letter]
    facts: Sequence[Fact]
    dialogs: Mapping[Any, Set[str]]
    stood: Mapping[str, Any] = field(default_factory=dict)


def pins_of(
    mailbox: Mailbox, touched: Iterable[Any], policy: Policy, who: str, when: datetime
) -> list[tuple[Fact, list[Any]]]:
    """Return the facts, each with the dialogs concerned."""
    left = {each.key for each in mailbox.after}
    rest = {one: frozenset(keys & left) for one, keys in mailbox.dialogs.items()}
    facts = [_without(each, left) for each in mailbox.facts]
    lacking = {one for one in touched if len(rest[one]) > 1}
    pins = [
        (_fact(who, when, keys=rest[one], opened=one), [one])
        for one in sorted(lacking | _of_another_id(mailbox, facts, rest))
    ]
    home = {key: one for one, keys in rest.items() for key in keys}
    apart_before: dict[str, int] | None = None
    for _ in range(ROUNDS):
        met = [
            (one, other)
            for group in _groups(mailbox.after, [*facts, *(each for each, _ in pins)], policy)
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


def _of_another_id(
    mailbox: Mailbox, facts: Iterable[Fact], rest: Mapping[Any, Set[str]]
) -> set[Any]:
    """Return the dialogs with a letter that belongs elsewhere now, or to a dialog that goes."""
    shown = {key: one for one, keys in mailbox.dialogs.items() for key in keys}
    stood = {**shown, **mailbox.stood}
    before, after = (homes_of(in_force(each), stood) for each in (mailbox.facts, facts))
    return {
        one
        for one, keys in rest.items()
        if any(after[key] != before[key] or not rest.get(after[key], keys) for key in keys)
    }


def _without(fact: Fact, left: Set[str]) -> Fact:
    """Return a fact as it is once it names only letters that are left."""
    keys, rest, joins = fact.keys & left, fact.rest & left, fact.joins & left
    return replace(fact, keys=keys, rest=rest, joins=joins, parted=fact.parted or rest != fact.rest)


def _groups(letters: Sequence[Letter], facts: Sequence[Fact], policy: Policy) -> list[Group]:
    decided = in_force(facts)
    plain_ones = [plain(each.mailbox, each.message, decided) for each in letters]
    return partition(plain_ones, policy, decided)


def _homes(group: Group, home: Mapping[str, Any]) -> Iterator[Any]:
    return (home[each.key] for each in group.letters if each.key in home)


def _fact(who: str, when: datetime, **says: Any) -> Fact:
    return Fact(ObjectId(), "erasure", who, when, **says)
