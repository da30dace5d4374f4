"""The dialogs as they must be, in memory: letters, the ids that they name, and who is apart.

References alone decide. A dialog owns ids; a letter joins the dialogs that own one of its ids,
which so become one, unless a person has parted them.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from receiver.letters.letter import Letter


@dataclass(eq=False)
class Conversation:
    """One dialog: its letters by their keys, the ids it owns, and those it was parted from."""

    letters: dict[str, Letter] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    apart: set["Conversation"] = field(default_factory=set)


class Model:
    """All dialogs of one mailbox."""

    def __init__(self) -> None:
        self.conversations: list[Conversation] = []

    @property
    def partition(self) -> set[frozenset[str]]:
        """The letters' keys, as sets of those that are together."""
        return {frozenset(each.letters) for each in self.conversations}

    @property
    def owned(self) -> set[frozenset[str]]:
        """The ids, as sets of those that one dialog owns."""
        return {frozenset(each.ids) for each in self.conversations} - {frozenset()}

    @property
    def letters(self) -> dict[str, Letter]:
        """All letters by their keys."""
        return {key: one for each in self.conversations for key, one in each.letters.items()}

    def holding(self, key: str) -> Conversation:
        """Return the dialog of a letter."""
        [found] = (each for each in self.conversations if key in each.letters)
        return found

    def file(self, letter: Letter) -> None:
        """Add a letter."""
        if letter.key in self.letters:
            return
        ladder = [letter.message_id, *letter.in_reply_to, *reversed(letter.references)]
        owners = [each for one in ladder for each in self.conversations if one in each.ids]
        group: list[Conversation] = []
        for owner in owners:
            if owner not in group and not owner.apart & set(group):
                group.append(owner)
        if not group:
            group = [Conversation()]
            self.conversations += group
        joined = group[0]
        for other in group[1:]:
            joined = self.merge(joined, other)
        joined.letters[letter.key] = letter
        joined.ids |= set(letter.ids) - {one for each in self.conversations for one in each.ids}

    def merge(self, one: Conversation, other: Conversation) -> Conversation:
        """Make two dialogs one."""
        if one is other:
            return one
        one.letters |= other.letters
        one.ids |= other.ids
        one.apart = (one.apart | other.apart) - {one, other}
        self.conversations.remove(other)
        for each in self.conversations:
            if other in each.apart:
                each.apart = (each.apart - {other}) | ({one} - {each})
        return one

    def move(self, source: Conversation, keys: Set[str], target: Conversation) -> None:
        """Move some letters, and the ids that are theirs or that only they name."""
        moving = [source.letters.pop(key) for key in sorted(keys)]
        rest = source.letters.values()
        moved = (_named(moving) - _named(rest)) | (_own(moving) - _own(rest))
        target.letters |= {letter.key: letter for letter in moving}
        target.ids |= source.ids & moved
        source.ids -= moved
        source.apart.add(target)
        target.apart.add(source)

    def split(self, source: Conversation, keys: Set[str]) -> None:
        """Give some letters a dialog of their own."""
        opened = Conversation()
        self.conversations.append(opened)
        self.move(source, keys, opened)


def _named(letters: Iterable[Letter]) -> set[str]:
    return {one for letter in letters for one in letter.ids}


def _own(letters: Iterable[Letter]) -> set[str]:
    return {letter.message_id for letter in letters}
