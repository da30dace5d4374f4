"""Plans every dialog of a mailbox from all its letters and facts at once. Pure.

The partition is that of the rule; each group keeps the least id of its dialogs, as in filing.
Everything uses dictionaries, so that the work is linear in the letters.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from receiver.filing.aims import MAX_RECORDS, record_of
from receiver.filing.dialog_ids import ids_of_each
from receiver.filing.look import names_of
from receiver.filing.world import plain
from receiver.letters.letter import Letter
from receiver.store.dialog import MAX_RELATED, Dialog
from receiver.store.letters import Kept
from receiver.store.mongo import Document
from receiver.threads.facts import NOTHING_DECIDED, Fact, InForce, in_force, letters_of_each
from receiver.threads.group import Group, Policy
from receiver.threads.partition import partition


@dataclass
class Planned:
    """One dialog as it must be; ``absorbed`` are those merged into it.

    ``related_more``: more dialogs than those in ``related`` share an id with it.
    """

    id: Any
    keys: frozenset[str]
    absorbed: list[Any] = field(default_factory=list)
    related: list[Any] = field(default_factory=list)
    related_more: bool = False
    corrections: list[Document] = field(default_factory=list)


@dataclass
class Plan:
    """The planned dialogs of a mailbox; ``names`` are those under which letters must be found."""

    mailbox: str
    decided: InForce
    dialogs: list[Planned]
    names: dict[str, set[str]]
    kept: Mapping[str, Kept]


def plan_of(
    mailbox: str,
    kept: Mapping[str, Kept],
    facts: Sequence[Fact],
    dialogs: Mapping[Any, Dialog],
    policy: Policy,
) -> Plan:
    """Return the plan; ``dialogs`` are the present ones, without texts."""
    decided = in_force(facts)
    groups = parted(mailbox, kept, policy, decided)
    ids_of = ids_of_each(groups, dialogs, kept, facts, decided)
    found = [Planned(ids_of[each][0], each.keys, ids_of[each][1:]) for each in groups]
    plans = {key: each for each in found for key in each.keys}
    _relate(groups, plans)
    _list_corrections(facts, plans)
    return Plan(mailbox, decided, found, _names(kept, plans), kept)


def parted(
    mailbox: str, kept: Mapping[str, Kept], policy: Policy, decided: InForce = NOTHING_DECIDED
) -> list[Group]:
    """Return the groups that all letters form by these decisions."""
    letters = [plain(mailbox, each.letter.message, decided) for each in kept.values()]
    return partition(letters, policy, decided)


def _relate(groups: Sequence[Group], plans: Mapping[str, Planned]) -> None:
    """Let each dialog name those that share an id with it, the first of very many."""
    knowing: defaultdict[str, dict[Any, None]] = defaultdict(dict)
    for group in groups:
        for letter in group.letters:
            for one in letter.ids:
                knowing[one][plans[letter.key].id] = None
    first = {one: sorted(ids)[: MAX_RELATED + 1] for one, ids in knowing.items() if len(ids) > 1}
    for group in groups:
        plan = plans[group.letters[0].key]
        shared = {one for each in group.letters for one in each.ids if one in first}
        related = {other for one in shared for other in first[one]} - {plan.id}
        plan.related = sorted(related)[:MAX_RELATED]
        most = max((len(knowing[one]) - 1 for one in shared), default=0)
        plan.related_more = max(len(related), most) > len(plan.related)


def _list_corrections(facts: Sequence[Fact], plans: Mapping[str, Planned]) -> None:
    touched = letters_of_each(facts)
    for fact in sorted(facts, key=lambda each: each.order):
        about = {plans[key].id: plans[key] for key in touched[fact.id] if key in plans}
        for plan in about.values():
            plan.corrections = [*plan.corrections, record_of(fact)][-MAX_RECORDS:]


def _names(kept: Mapping[str, Kept], plans: Mapping[str, Planned]) -> dict[str, set[str]]:
    """Return the names that letters lack, by key, as if they had been filed in order."""
    found_under: defaultdict[str, list[Kept]] = defaultdict(list)
    for each in kept.values():
        for name in each.known & set(each.letter.ids):
            found_under[name].append(each)
    missing: dict[str, set[str]] = {}
    for each in sorted(kept.values(), key=lambda one: one.letter.order):
        # One id has few, except for letters filed at the same instant.
        others = {name: found_under[name][:MAX_RELATED] for name in each.letter.ids}
        lacking = names_of(each.letter, others, plans[each.letter.key].keys) - each.known
        if lacking:
            each.known |= lacking
            missing[each.letter.key] = lacking
            for name in lacking & set(each.letter.ids):
                found_under[name].append(each)
    return missing


def ties_of(dialog: Planned) -> Document:
    """Return what a dialog's head says of others and of people's corrections."""
    return {
        "related": dialog.related,
        "related_more": dialog.related_more,
        "corrections": dialog.corrections,
    }


def letters_of(plan: Plan, dialog: Planned, texts: Iterable[Kept]) -> list[Letter]:
    """Return a dialog's letters with their texts, in order, as the facts leave them."""
    own = [each.letter.message for each in texts if each.letter.key in dialog.keys]
    found = [plain(plan.mailbox, each, plan.decided) for each in own]
    return sorted(found, key=lambda one: one.order)
