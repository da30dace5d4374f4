"""What each group of letters makes its dialog say: pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from receiver.filing.world import World
from receiver.store.dialog import MAX_RELATED, Dialog
from receiver.store.mongo import Document
from receiver.threads.facts import Fact, letters_of_each
from receiver.threads.group import Group
from receiver.threads.projection import messages_of, summary_of

MAX_RECORDS = 100


@dataclass
class Aim:
    """One group on its way into its dialog: what it has, takes in, and leaves to others.

    ``written`` counts our writes of the dialog since it was read. ``before`` is the last revision
    that the dialog had, if it was merged into another one and comes back.
    """

    group: Group
    id: Any
    dialog: Dialog | None
    absorbed: list[Dialog]
    before: int | None = None
    says: Document = field(default_factory=dict)
    messages: list[Document] = field(default_factory=list)
    written: int = 0

    @property
    def leaves(self) -> list[Document]:
        """The dialog's messages that belong to other groups now."""
        there = self.dialog.messages if self.dialog else []
        return [each for each in there if each["key"] not in self.group.keys]

    @property
    def differs(self) -> bool:
        """Whether the dialog shows anything other than it must."""
        if self.dialog is None:
            return True
        head = self.dialog.head
        return self.dialog.messages != self.messages or any(
            head.get(name) != value for name, value in self.says.items()
        )


def describe(world: World, aims: Sequence[Aim]) -> None:
    """Compute each dialog's head fields and messages."""
    knowing: defaultdict[str, set[Any]] = defaultdict(set)
    for aim in aims:
        for letter in aim.group.letters:
            for one in letter.ids:
                knowing[one].add(aim.id)
        world.home |= dict.fromkeys(aim.group.keys, aim.id)
    gone = {each.id: aim.id for aim in aims for each in aim.absorbed}
    for aim in aims:
        moved = world.in_force.moved
        aim.messages = messages_of(aim.group.letters, moved)
        ties = _ties(world, aim, knowing, gone)
        aim.says = summary_of(aim.group.letters, moved, ties["related"]) | ties
        world.messages |= {each["key"]: each for each in aim.messages}
        world.related[aim.id] = aim.says["related"]


def _ties(world: World, aim: Aim, knowing: dict[str, set[Any]], gone: dict[Any, Any]) -> Document:
    """Return a dialog's ties: the dialogs that share an id, and corrections."""
    old = [*([aim.dialog] if aim.dialog else []), *aim.absorbed]
    shared = {one for each in aim.group.letters for one_id in each.ids for one in knowing[one_id]}
    leads = {one: head["_id"] for one, head in world.near.heads.items()}
    led = [leads.get(one, one) for each in old for one in each.head["related"]]
    before = [gone.get(one, one) for one in led]
    known = world.dialogs.keys() | world.home.values()  # all except those that were not read
    elsewhere = [one for one in before if one not in known]
    kept_order = [one for one in before if one in shared]
    related = list(dict.fromkeys([*kept_order, *elsewhere, *sorted(shared)]))
    related = [one for one in related if one != aim.id]
    more = len(related) > MAX_RELATED or any(each.head["related_more"] for each in old)
    touched = letters_of_each(world.facts)
    about = [each for each in world.facts if touched[each.id] & aim.group.keys]
    return {
        "related": related[:MAX_RELATED],
        "related_more": more,
        "corrections": [record_of(each) for each in about[-MAX_RECORDS:]],
    }


def record_of(fact: Fact) -> Document:
    """Return a correction as a dialog lists it."""
    return {
        "id": fact.id,
        "what": fact.what,
        "who": fact.who,
        "when": fact.when,
        "messages": sorted(fact.keys)[:MAX_RECORDS],
        "undoes": fact.undoes,
    }
