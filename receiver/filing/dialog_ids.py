"""Which dialog each group of letters is, and which id a group without any gets: pure.

A dialog is of the group that holds its letters; if it was parted, of the one that a person left
there, else of the one with its opening letter. A group keeps the least id of its dialogs. One
without any takes the id that a split has for it, or one that its letters had before they merged, or
the least of their own, or else a new one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from bson import ObjectId

from receiver.store.dialog import Dialog
from receiver.store.letters import Kept
from receiver.threads.facts import InForce
from receiver.threads.group import Group


def holders(dialogs: Iterable[Dialog], groups: Iterable[Group]) -> dict[Any, list[Group]]:
    """Return the groups that hold letters of each dialog, by its id."""
    group_of = {key: group for group in groups for key in group.keys}
    found = {}
    for each in dialogs:
        inside = (group_of.get(message["key"]) for message in each.messages)
        found[each.id] = list(dict.fromkeys(group for group in inside if group))
    return found


def owned(
    dialogs: Iterable[Dialog],
    held: Mapping[Any, Sequence[Group]],
    kept: Mapping[str, Kept],
    decided: InForce,
) -> defaultdict[Group, list[Any]]:
    """Return the ids of the dialogs that each group is, the least first."""
    found: defaultdict[Group, list[Any]] = defaultdict(list)
    for each in sorted(dialogs, key=lambda dialog: dialog.id):
        if groups := held[each.id]:
            owner = groups[0] if len(groups) == 1 else _owner_of(each, groups, kept, decided)
            found[owner].append(each.id)
    return found


def _owner_of(
    dialog: Dialog, groups: Sequence[Group], kept: Mapping[str, Kept], decided: InForce
) -> Group:
    held = {message["key"] for message in dialog.messages}
    keys = {group: group.keys & held for group in groups}
    left = list(groups)
    for fact in decided.facts:
        stay = [each for each in left if not fact.keys & keys[each]]
        if len(left) > 1 and any(fact.rest & keys[each] for each in stay):
            left = stay

    def claim(group: Group) -> tuple[bool, bool, int]:
        found = (kept.get(key) for key in keys[group])
        points = any(each.dialog == dialog.id for each in found if each)
        return points, dialog.head["opened_by"] in group.keys, len(keys[group])

    return max(left, key=claim)


def of_splits(decided: InForce) -> defaultdict[str, set[Any]]:
    """Return the ids that splits have for their letters' dialogs, by the letters' keys."""
    found: defaultdict[str, set[Any]] = defaultdict(set)
    for fact in decided.facts:
        for key in fact.keys if fact.opened else ():
            found[key].add(fact.opened)
    return found


def free_id(
    keys: Set[str], kept: Mapping[str, Kept], opened: Mapping[str, Set[Any]], taken: Set[Any]
) -> Any:
    """Return the id of a group without a dialog; ``opened`` is what splits have for it."""
    letters = [kept[key] for key in keys]
    of_a_split = set[Any]().union(*(opened.get(key, ()) for key in keys))
    for ids in (of_a_split, {each.dialog for each in letters}, {each.id for each in letters}):
        if ids - taken:
            return min(ids - taken)
    return ObjectId()
