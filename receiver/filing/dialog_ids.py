"""Which dialog each group of letters is, and which id a group without one gets: pure.

The ids where letters belong by people's decisions are assigned in order, each to a group without
one: of several groups, to one that the dialog shows, then to the one with its opening letter. A
group without an id takes one that its letters had before they merged, or the least of their own, or
else a new one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from bson import ObjectId

from receiver.store.dialog import Dialog
from receiver.store.letters import Kept
from receiver.threads.facts import Fact, InForce
from receiver.threads.group import Group


def homes_among(
    dialogs: Iterable[Dialog], kept: Mapping[str, Kept], decided: InForce
) -> dict[str, Any]:
    """Return the id of the dialog where each letter belongs by people's decisions, by its key.

    Each letter had a dialog before any correction; those in force, in the order of their time, tell
    where it went. So a decision that was undone leaves no trace.
    """
    homes = _before_corrections(dialogs, kept)
    for fact in reversed(decided.facts):
        _carry_out(fact, homes)
    return homes


def _before_corrections(dialogs: Iterable[Dialog], kept: Mapping[str, Kept]) -> dict[str, Any]:
    pointed = {key: each.dialog for key, each in kept.items()}
    stood = {key: each.stood for key, each in kept.items() if each.stood}
    return pointed | where_shown(dialogs) | stood


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


def where_shown(dialogs: Iterable[Dialog]) -> dict[str, Any]:
    """Return the id of the dialog that shows each letter, by its key."""
    # The least id last: one letter may stand in two dialogs for a moment.
    in_turn = sorted(dialogs, key=lambda each: each.id, reverse=True)
    return {message["key"]: each.id for each in in_turn for message in each.messages}


def about_to_leave(
    dialogs: Iterable[Dialog], goes_to: Mapping[str, Any], kept: Mapping[str, Kept]
) -> dict[Any, list[Kept]]:
    """Return letters moved away from the dialogs that show them, if that is not noted yet.

    It must be noted wherever a correction may be why: after an undo they belong there again.
    """
    found: defaultdict[Any, list[Kept]] = defaultdict(list)
    for key, one in where_shown(dialogs).items():
        if goes_to.get(key, one) != one and key in kept and not kept[key].stood:
            found[one].append(kept[key])
    return found


def with_new_ids(
    dialogs: Iterable[Dialog],
    goes_to: Mapping[str, Any],
    kept: Mapping[str, Kept],
    decided: InForce,
    without: Callable[[], Iterable[Group]],
) -> dict[Any, list[Kept]]:
    """Return the letters of dialogs in which none belongs, by the ids of these, if not noted.

    The id where they belong was given to others: a guess or a split that is undone had put them
    together. They belong where they are from now on, or they would get that id once the others are
    corrected. But a group that there would be ``without`` corrections keeps its id once all are
    undone: so either these letters are the group, or others in it have a smaller id.
    """
    before = _before_corrections(dialogs, kept)
    homes = homes_among(dialogs, kept, decided)
    own = {one for key, one in goes_to.items() if homes.get(key, one) == one}
    found: defaultdict[Any, list[Kept]] = defaultdict(list)
    for key, one in goes_to.items():
        if one not in own and key in kept:
            found[one].append(kept[key])
    for keys in [group.keys for group in without()] if found else []:
        for one in {goes_to[key] for key in keys & goes_to.keys()} & found.keys():
            others = [before[key] for key in keys if goes_to.get(key) != one]
            if min(others) >= one if others else len(keys) < len(found[one]):
                del found[one]
    return {one: some for one, some in found.items() if any(each.stood != one for each in some)}


def ids_of_each(
    groups: Sequence[Group],
    there: Mapping[Any, Dialog],
    kept: Mapping[str, Kept],
    facts: Iterable[Fact],
    decided: InForce,
) -> Mapping[Group, list[Any]]:
    """Return the ids of the dialogs that each group is, first the one that it keeps or gets.

    An id where letters belong is assigned even without a dialog, and only what a group keeps is
    assigned; so it matters neither where undone corrections had put letters, nor which dialogs
    went: what is shown then gets the same ids again. If a group has only ids that undone splits
    gave, the least of its letters' own comes first.
    """
    shown, homes = where_shown(there.values()), homes_among(there.values(), kept, decided)
    claims, undone = _claimants(groups, there.values(), homes), undone_splits(facts, decided)
    belong: defaultdict[Any, list[Group]] = defaultdict(list)
    for group in dict.fromkeys(group for some in claims.values() for group in some):
        known = {key for key in group.keys if key in shown or (key in kept and kept[key].stood)}
        for one in {homes[key] for key in known}:
            belong[one].append(group)
    found: defaultdict[Group, list[Any]] = defaultdict(list)
    for one in sorted(belong.keys() - undone):
        without = [group for group in belong[one] if group not in found]
        if without and claims.get(one, without):
            found[_best_of(without, one, there.get(one), kept, homes)].append(one)
    left = claims.keys() - {ids[0] for ids in found.values()}
    for one in sorted(left, key=lambda each: (each in undone, each)):
        if some := claims[one]:
            found[_best_of(some, one, there[one], kept, homes)].append(one)
    taken = {*claims, *undone, *(ids[0] for ids in found.values())}
    for group, ids in found.items():
        own = {kept[key].id for key in group.keys if key in kept and undone >= set(ids)}
        if own - taken:
            ids.insert(0, min(own - taken))
            taken.add(ids[0])
    for group in groups:
        if group not in found:
            found[group].append(_free_id(group.keys, kept, homes, taken))
            taken.add(found[group][0])
    return found


def undone_splits(facts: Iterable[Fact], decided: InForce) -> set[Any]:
    """Return the ids that undone splits gave to dialogs: none is assigned again."""
    in_force = {each.opened for each in decided.facts}
    return {each.opened for each in facts if each.opened} - in_force


def _claimants(
    groups: Iterable[Group], dialogs: Iterable[Dialog], homes: Mapping[str, Any]
) -> dict[Any, list[Group]]:
    """Return the groups that may be each dialog, by its id: it shows them, or they belong there."""
    group_of = {key: group for group in groups for key in group.keys}
    belong: defaultdict[Any, list[Group]] = defaultdict(list)
    for key, group in group_of.items():
        belong[homes.get(key)].append(group)
    found = {}
    for each in dialogs:
        inside = [group_of.get(message["key"]) for message in each.messages]
        shown = list(dict.fromkeys(group for group in inside if group))
        found[each.id] = list(dict.fromkeys([*shown, *belong[each.id]])) if shown else []
    return found


def _best_of(
    groups: Sequence[Group],
    one: Any,
    dialog: Dialog | None,
    kept: Mapping[str, Kept],
    homes: Mapping[str, Any],
) -> Group:
    held = dialog.keys if dialog else frozenset[str]()

    def claim(group: Group) -> tuple[bool, bool, bool, bool, int]:
        belong = {key for key in group.keys if homes.get(key) == one}
        inside = group.keys & held
        points = any(each.dialog == one for key in inside if (each := kept.get(key)))
        opening = dialog is not None and dialog.head["opened_by"] in group.keys
        return bool(belong & held), bool(belong), points, opening, len(inside)

    return groups[0] if len(groups) == 1 else max(groups, key=claim)


def _free_id(
    keys: Set[str], kept: Mapping[str, Kept], homes: Mapping[str, Any], taken: Set[Any]
) -> Any:
    letters = [kept[key] for key in keys if key in kept]
    belong = {homes[key] for key in keys if key in homes}
    for ids in (belong, {each.dialog for each in letters}, {each.id for each in letters}):
        if ids - taken:
            return min(ids - taken)
    return ObjectId()
