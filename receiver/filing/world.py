"""What was read near some letters of a mailbox, from which their dialogs are decided."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Set
from dataclasses import dataclass, field
from typing import Any

from receiver.letters.letter import Letter
from receiver.store.dialog import Dialog
from receiver.store.letters import Kept
from receiver.store.mongo import Document, StoreUnavailable
from receiver.threads.facts import Fact, InForce
from receiver.threads.group import Group, Policy, Shown
from receiver.threads.partition import partition

Settles = Callable[[str, Iterable[str], Iterable[Any]], Awaitable["World"]]
"""Has the dialogs near letters show what the partition says: ``receiver.filing.settling``."""

Projects = Callable[[str, Set[str] | None], Awaitable[Any]]
"""Makes the dialogs of a mailbox anew, or those with these letters: ``receiver.projecting``."""


class LookAgain(Exception):
    """Somebody else changed what this write was based on."""


class KeepsChanging(StoreUnavailable):
    """Others changed the same dialogs again and again before we could write: try again."""


@dataclass
class Near:
    """The letters found, by key, and the heads of dialogs by the ids that lead there.

    ``known_there`` are ids of a letter that names many which letters found here know, too, so that
    they were not looked up. ``dialogs`` are whole dialogs by the ids that lead there, if they are
    read whole; ``asked`` are ids of letters that were looked up as dialogs, ``asked_names`` the
    names of id and person, and ``asked_ids`` the ids, that were looked up. ``overtaken``: a dialog
    was read whole after letters had been looked at.
    """

    kept: dict[str, Kept] = field(default_factory=dict)
    heads: dict[Any, Document] = field(default_factory=dict)
    known_there: frozenset[str] = frozenset()
    dialogs: dict[Any, Dialog] | None = None
    asked: set[Any] = field(default_factory=set)
    asked_names: set[str] = field(default_factory=set)
    asked_ids: set[str] = field(default_factory=set)
    overtaken: bool = False

    def head_of(self, kept: Kept) -> Document | None:
        """Return the dialog of a letter; None if it has none yet."""
        return self.heads.get(kept.dialog)

    def by_id(self) -> defaultdict[str, list[Kept]]:
        """Return the letters found by each id that they know."""
        found: defaultdict[str, list[Kept]] = defaultdict(list)
        for each in self.kept.values():
            for one in each.letter.ids:
                found[one].append(each)
        return found

    def carried(self) -> set[str]:
        """Return the ids whose letter was found, or need not be: see ``known_there``."""
        return {*self.known_there, *(each.letter.message_id for each in self.kept.values())}

    def as_shown(self) -> list[Shown]:
        """Return each dialog found as what it shows, for the partition."""
        keys: defaultdict[Any, set[str]] = defaultdict(set)
        heads = {head["_id"]: head for head in self.heads.values()}
        for each in self.kept.values():
            if head := self.head_of(each):
                keys[head["_id"]].add(each.letter.key)
        return [
            Shown(one, found, set(heads[one]["participants"]), set(heads[one]["writers"]))
            for one, found in keys.items()
        ]


@dataclass
class World:
    """What was read near some letters of a mailbox, and the groups that it forms.

    ``asked`` are the dialogs whose facts were looked up, ``read`` the letters' messages. Once it is
    shown, ``home`` says which dialog each group is; ``created`` which were opened, ``moving`` which
    letters come from removed dialogs, and ``left`` the former dialogs of letters that point
    elsewhere since.
    """

    mailbox: str
    near: Near
    dialogs: dict[Any, Dialog] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    asked: set[Any] = field(default_factory=set)
    read: dict[str, Document] = field(default_factory=dict)
    in_force: InForce = field(default_factory=InForce)
    groups: list[Group] = field(default_factory=list)
    home: dict[str, Any] = field(default_factory=dict)
    created: set[Any] = field(default_factory=set)
    messages: dict[str, Document] = field(default_factory=dict)
    related: dict[Any, list[Any]] = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)
    left: set[Any] = field(default_factory=set)

    def parted(self, policy: Policy, decided: InForce) -> list[Group]:
        """Return the groups that the letters form by these decisions."""
        letters = (plain(self.mailbox, each, decided) for each in self.read.values())
        return partition(letters, policy, decided)

    @property
    def held(self) -> frozenset[str]:
        """The letters shown by the dialogs read, by key."""
        return frozenset[str]().union(*(each.keys for each in self.dialogs.values()))


def as_kept(message: Document, kept: Kept | None) -> Document:
    """Return a dialog's message with what its stored letter has beyond it.

    That the mailbox itself sent it, and its Bcc: further copies tell that, and it is never taken
    back. And its guess, if a person withdrew its refutation.
    """
    now = kept.letter.message if kept else {}
    changes: Document = {"direction": "out"} if now.get("direction") == "out" else {}
    if now.get("bcc") and not message["bcc"]:
        changes["bcc"] = now["bcc"]
    if now.get("guess"):
        changes["guess"] = now["guess"]
    return message | changes if changes else message


def plain(mailbox: str, message: dict[str, Any], decided: InForce) -> Letter:
    """Return the letter of a message; without its guess if a person refuted that."""
    if message["key"] in decided.undone:
        message = {name: value for name, value in message.items() if name != "guess"}
    return Letter(mailbox, message)
