"""Facts for people's earlier corrections, and for dialogs to keep despite a new rule. Pure.

An earlier database says who moved letters where, and which dialogs are apart, but not which letters
stood on which side. The present sides are taken; for a merge all letters of the dialog, so that
undoing it leaves what the rule makes of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from bson import ObjectId

from receiver.letters.letter import Letter
from receiver.migration.earlier import Earlier
from receiver.threads.facts import Fact, What, in_force
from receiver.threads.group import Group, Policy
from receiver.threads.partition import partition
from receiver.words import texts

WHO = "migration"
ROUNDS = 8


@dataclass(frozen=True)
class Otherwise:
    """A dialog that the rule would group differently: with which others, into how many."""

    dialog: Any
    with_: tuple[Any, ...]
    parts: int

    def words(self) -> str:
        """Return in words what would become of the dialog."""
        would = []
        if self.with_:
            others = " ".join(map(str, self.with_))
            would.append(texts("be one with {others}", others=others))
        if self.parts > 1:
            would.append(texts("be {count} dialogs", count=self.parts))
        return texts.word(" and ").join(would)


def facts_of(earlier: Earlier, now: datetime) -> list[Fact]:
    """Return people's corrections recorded in an earlier mailbox."""
    held = _by_home(earlier.home())
    facts = [
        found
        for record in earlier.records.values()
        if record["who"] is not None and (found := _fact(earlier, record, held))
    ]
    for one, other in earlier.apart():
        if not any(_parts(fact, held[one], held[other]) for fact in facts):
            facts += _apart(held[one], held[other], now)
    return facts


def _fact(earlier: Earlier, record: Mapping[str, Any], held: Mapping[Any, Set[str]]) -> Fact | None:
    source = held[earlier.resolve(record["from"])]
    target = held[earlier.resolve(record["to"])]
    keys = frozenset(record.get("messages", [])) & earlier.letters.keys()
    sides: dict[str, Any] = {"keys": keys}
    match record["what"]:
        case "split":
            sides |= {"rest": frozenset(source - keys), "opened": record["to"]}
        case "move" if source is not target:
            sides |= {"rest": frozenset(source - keys), "joins": frozenset(target - keys)}
        case _:
            sides = {"keys": frozenset(source | target)}
    if not sides["keys"]:
        return None
    what: What = "merge" if len(sides) == 1 else record["what"]
    return Fact(record["id"], what, record["who"], record["when"], **sides)


def otherwise(home: Mapping[str, Any], groups: Sequence[Group]) -> list[Otherwise]:
    """Return the dialogs that are not groups of the rule."""
    held = _by_home(home)
    homes: defaultdict[Any, set[Any]] = defaultdict(set)
    parts: defaultdict[Any, int] = defaultdict(int)
    for group in groups:
        inside = {home[each.key] for each in group.letters}
        for one in inside:
            homes[one] |= inside - {one}
            parts[one] += 1
    return [
        Otherwise(one, tuple(sorted(homes[one])), parts[one])
        for one in sorted(held)
        if homes[one] or parts[one] > 1
    ]


def kept_as_they_are(
    home: Mapping[str, Any],
    letters: Sequence[Letter],
    facts: Sequence[Fact],
    policy: Policy,
    now: datetime,
    who: str = WHO,
) -> list[Fact]:
    """Return the facts that, with those given, make the rule leave each dialog as it is.

    Only letters that share an id, or a guess, can unite two dialogs, so most pairs need no fact.
    """
    held = _by_home(home)
    more: list[Fact] = []
    parted: set[tuple[Any, Any]] = set()
    held_together: set[Any] = set()
    for number in range(ROUNDS):
        decided = in_force([*facts, *more])
        groups = partition(letters, policy, decided)
        found = otherwise(home, groups)
        if not found:
            break
        for one in found:
            if one.parts > 1 and one.dialog not in held_together:
                held_together.add(one.dialog)
                more.append(_new("merge", now, held[one.dialog], who=who))
        for group in groups:
            for pair in _pairs(home, group, every=number > 1):
                if pair not in parted:
                    parted.add(pair)
                    more += _apart(held[pair[0]], held[pair[1]], now, who)
    return more


def _pairs(home: Mapping[str, Any], group: Group, *, every: bool) -> Iterator[tuple[Any, Any]]:
    """Yield pairs of a group's dialogs: those that share something, or all."""
    sharing: defaultdict[str, set[Any]] = defaultdict(set)
    for letter in group.letters:
        names = [*letter.ids, letter.key, *([letter.guess.to] if letter.guess else [])]
        for name in [""] if every else names:
            sharing[name].add(home[letter.key])
    yield from sorted(
        {pair for homes in sharing.values() for pair in combinations(sorted(homes), 2)}
    )


def _by_home(home: Mapping[str, Any]) -> defaultdict[Any, set[str]]:
    held: defaultdict[Any, set[str]] = defaultdict(set)
    for key, one in home.items():
        held[one].add(key)
    return held


def _parts(fact: Fact, one: Set[str], other: Set[str]) -> bool:
    sides = ((one, other), (other, one))
    return any(fact.keys & here and fact.rest & there for here, there in sides)


def _apart(one: Set[str], other: Set[str], now: datetime, who: str = WHO) -> list[Fact]:
    return [_new("split", now, one, other, who=who)] if one and other else []


def _new(
    what: What, now: datetime, keys: Set[str], rest: Set[str] = frozenset(), *, who: str
) -> Fact:
    return Fact(ObjectId(), what, who, now, frozenset(keys), frozenset(rest))
