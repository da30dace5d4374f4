"""A group of letters that are one dialog, and the letter that opens it."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Literal

from receiver.letters.letter import Letter

Policy = Literal["participants", "anyone"]
NUMBER = 1
"""The rule's number: a receiver does not write into dialogs that another rule made."""


@dataclass(eq=False)
class Group:
    """Letters that belong together, and the people in them.

    ``dialogs`` are those of which the group stands for all letters, seen or not; ``sides`` those of
    separated letters, as (number of the separation, side).
    """

    letters: list[Letter] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=set)
    dialogs: set[Any] = field(default_factory=set)
    sides: set[tuple[int, int]] = field(default_factory=set)
    _keys: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its letters, which only become more."""
        if len(self._keys) != len(self.letters):
            self._keys = frozenset(each.key for each in self.letters)
        return self._keys


@dataclass(frozen=True)
class Shown:
    """A dialog that stands for all its letters though only some are looked at."""

    dialog: Any
    keys: Set[str]
    people: Set[str]
    writers: Set[str]


def opening_of(letters: Sequence[Letter], joined: Set[str] = frozenset()) -> Letter:
    """Return the letter that opens a dialog, and gives it subject, user and date.

    It is the first by (created, key) of those that may (``may_open``); if there is none, of all. So
    a reply dated 2001 takes nothing over, and a first letter that comes late does.
    """
    return min(may_open(letters, joined) or letters, key=lambda letter: letter.order)


def may_open(letters: Sequence[Letter], joined: Set[str] = frozenset()) -> list[Letter]:
    """Return the letters that name no other letter there, and were not put there (``joined``).

    That is by a guess or a correction. Where letters name each other in a circle there is none.
    """
    carried = {each.message_id for each in letters}
    return [
        each
        for each in letters
        if each.key not in joined and not any(one in carried for _, one in each.cited)
    ]
