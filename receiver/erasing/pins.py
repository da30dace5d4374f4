"""Facts that keep the rest of each dialog together under its id, and apart from others. Pure.

Letters may be together only because of an erased letter, or apart because of it: letters that named
it found a home with it. A separation from letters that go no longer counts, and corrections that
name them say otherwise where the others belong. So before letters are removed, each dialog that
loses some is pinned together. Then the dialogs of the rest are planned as ``project`` will do it.
Where two would become one, or one would lose letters or its id, that is pinned, too, until all
stay as they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from bson import ObjectId

from receiver.filing.dialog_ids import ids_of_each
from receiver.filing.world import plain
from receiver.letters.letter import Letter
from receiver.store.dialog import Dialog
from receiver.store.letters import Kept
from receiver.threads.facts import Fact, in_force
from receiver.threads.group import Group, Policy
from receiver.threads.partition import partition

ROUNDS = 20
Pins = list[tuple[Fact, list[Any]]]


@dataclass(frozen=True)
class Mailbox:
    """All letters of a mailbox before an erasure, by key, and after it; its facts and dialogs."""

    before: Mapping[str, Kept]
    after: Sequence[Letter]
    facts: Sequence[Fact]
    dialogs: Mapping[Any, Dialog]


def pins_of(
    mailbox: Mailbox, touched: Iterable[Any], policy: Policy, who: str, when: datetime
) -> Pins:
    """Return the facts, each with the dialogs concerned."""
    left = {each.key for each in mailbox.after}
    kept = {key: each for key, each in mailbox.before.items() if key in left}
    facts = [_without(each, left) for each in mailbox.facts]
    dialogs = {one: _only(each, left) for one, each in mailbox.dialogs.items()}
    rest = {one: each.keys for one, each in dialogs.items() if each.keys}

    def together(one: Any) -> tuple[Fact, list[Any]]:
        return _fact(who, when, keys=rest[one], opened=one), [one]

    def apart(one: Any, other: Any) -> tuple[Fact, list[Any]]:
        return _fact(who, when, keys=rest[one], rest=rest[other]), [one, other]

    pins = [together(one) for one in sorted({*touched} & rest.keys()) if len(rest[one]) > 1]
    was: dict[str, Group] = {}
    for _ in range(ROUNDS):
        known = [*facts, *(each for each, _ in pins)]
        groups = _groups(mailbox.after, known, policy)
        ids = ids_of_each(groups, {one: dialogs[one] for one in rest}, kept, known, in_force(known))
        will_be = {key: ids[group][0] for group in groups for key in group.keys}
        changed = [one for one in rest if any(will_be[key] != one for key in rest[one])]
        if not changed:
            break
        was = was or _by_key(
            _groups([each.letter for each in mailbox.before.values()], mailbox.facts, policy)
        )
        new = [
            apart(one, other)
            for one, other in _meeting(groups, rest)
            if was[min(rest[one])] is not was[min(rest[other])]
        ]
        pinned = {one for _, [one, *others] in pins if not others}
        new = new or [
            together(one)
            for one in sorted(changed)
            if one not in pinned and len({was[key] for key in rest[one]}) == 1
        ]
        if not new:
            break
        pins += new
    return pins


def _only(dialog: Dialog, keys: Set[str]) -> Dialog:
    """Return a dialog with only these letters."""
    return Dialog(
        dialog.head | {"messages": [each for each in dialog.messages if each["key"] in keys]}
    )


def _without(fact: Fact, left: Set[str]) -> Fact:
    """Return a fact as it is once it names only letters that are left."""
    keys, rest, joins = fact.keys & left, fact.rest & left, fact.joins & left
    return replace(fact, keys=keys, rest=rest, joins=joins, parted=fact.parted or rest != fact.rest)


def _groups(letters: Sequence[Letter], facts: Sequence[Fact], policy: Policy) -> list[Group]:
    decided = in_force(facts)
    plain_ones = [plain(each.mailbox, each.message, decided) for each in letters]
    return partition(plain_ones, policy, decided)


def _by_key(groups: Iterable[Group]) -> dict[str, Group]:
    return {key: group for group in groups for key in group.keys}


def _meeting(groups: Iterable[Group], rest: Mapping[Any, Set[str]]) -> Iterator[tuple[Any, Any]]:
    """Yield two dialogs each whose letters would be one."""
    home = {key: one for one, keys in rest.items() for key in keys}
    for group in groups:
        yield from pairwise(
            dict.fromkeys(home[each.key] for each in group.letters if each.key in home)
        )


def _fact(who: str, when: datetime, **says: Any) -> Fact:
    return Fact(ObjectId(), "erasure", who, when, **says)
