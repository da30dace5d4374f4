"""What people decided, and which of it is in force: pure.

A correction is a fact that names letters by their keys, and is undone by another fact. *Split*
lists both sides as they were, *merge* the letters of both dialogs, *move* is both at once. What was
on one side stays together, whatever had held it together before. An *erasure* is like both: letters
that are left stay together (``keys``), in their dialog (``opened``), and apart from what they were
apart from (``rest``). Facts count in the order of their time: an older one yields where it
contradicts a later one.

Letters that were parted, then moved on, were moved away from all that they had been parted from:
undoing the parting must not join those with where they are now.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

What = Literal["split", "merge", "move", "undo", "erasure"]


@dataclass(frozen=True)
class Fact:
    """One correction: ``keys`` are the letters that it is about, ``rest`` those they were with.

    For a merge and a move ``joins`` are letters of the dialog that ``keys`` came to. ``opened`` is
    the id that a split has its dialog have. ``undoes`` names a fact, or by a key a guess.
    ``dialogs`` are the ids of those that it was about: first where ``keys`` were, then the other.
    ``left`` are letters that a move would have left behind but for a correction that is undone.
    ``parted`` tells that it left some behind, which are there no more.
    """

    id: Any
    what: What
    who: str
    when: datetime
    keys: frozenset[str] = frozenset()
    rest: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    opened: Any = None
    undoes: Any = None
    dialogs: tuple[Any, ...] = ()
    left: frozenset[str] = frozenset()
    parted: bool = False

    @property
    def touches(self) -> frozenset[str]:
        """Every letter that it names."""
        return self.keys | self.rest | self.joins


def letters_of_each(facts: Iterable[Fact]) -> dict[Any, frozenset[str]]:
    """Return the keys of the letters that each fact is about, an undo through what it undoes."""
    by_id = {each.id: each for each in facts}
    return {
        one: moved_by(each, by_id) | _undone_by(each, by_id).touches for one, each in by_id.items()
    }


def moved_by(fact: Fact, facts: Mapping[Any, Fact]) -> frozenset[str]:
    """Return those of its letters that a fact, or what an undo undoes, takes from others to some.

    ``facts`` are those that it may undo, by their ids.
    """
    source = _undone_by(fact, facts)
    return frozenset([source.undoes]) if isinstance(source.undoes, str) else source.keys


def _undone_by(fact: Fact, facts: Mapping[Any, Fact]) -> Fact:
    while fact.what == "undo" and fact.undoes in facts:
        fact = facts[fact.undoes]
    return fact


@dataclass(frozen=True)
class Constraints:
    """What people decided, by the letters' keys: sets together, and pairs of sides apart."""

    together: tuple[Set[str], ...] = ()
    apart: tuple[tuple[Set[str], Set[str]], ...] = ()


UNCONSTRAINED = Constraints()


@dataclass(frozen=True)
class InForce:
    """What counts of some facts: constraints, letters that were moved, what does not count.

    ``undone`` are corrections by their ids, and guesses by the keys of their letters.
    """

    facts: tuple[Fact, ...] = ()
    constraints: Constraints = UNCONSTRAINED
    undone: frozenset[Any] = frozenset()
    moved: frozenset[str] = frozenset()


def in_force(facts: Iterable[Fact]) -> InForce:
    """Return what of the facts counts, the newest first: each yields to those after it."""
    undone: dict[Any, Fact] = {}
    left: list[Fact] = []
    partings: list[Fact] = []
    for fact in sorted(facts, key=_order, reverse=True):
        if fact.id in undone:
            partings += [fact] if fact.rest else []
        elif fact.what == "undo":
            undone[fact.undoes] = fact
        else:
            left.append(fact)
    left = [_from_where(each, partings, undone) for each in left]
    together: list[Set[str]] = []
    one: list[Set[str]] = []
    apart: list[tuple[Set[str], Set[str]]] = []
    for fact in left:
        for side in (fact.rest, fact.left):
            if side and not any(each & fact.keys and each & side for each in one):
                apart.append((fact.keys, side))
        for same in (fact.keys | fact.joins, fact.rest):
            if not any(same <= each for each in together):  # else it says nothing more
                together.append(same)
            if any(same <= each for each in one):
                continue
            if not any(same & side and same & other for side, other in apart):
                one = _with(one, same)
    moved = frozenset(key for each in left if each.what == "move" for key in each.keys)
    constraints = Constraints(tuple(together), tuple(apart))
    return InForce(tuple(left), constraints, frozenset(undone), moved)


def _order(fact: Fact) -> tuple[datetime, Any]:
    return fact.when, fact.id


def _from_where(fact: Fact, partings: Iterable[Fact], undone: Mapping[Any, Fact]) -> Fact:
    """Return a move with what it would have left behind without partings that were undone later."""
    if fact.what != "move":
        return fact
    left = frozenset[str]()
    for each in partings:
        if _order(each) < _order(fact) < _order(undone[each.id]):
            for side, other in ((each.keys, each.rest), (each.rest, each.keys)):
                if fact.keys <= side and not other & fact.joins:
                    left |= other
    return replace(fact, left=left) if left else fact


def _with(together: Sequence[Set[str]], same: Set[str]) -> list[Set[str]]:
    """Return sets of letters that are together, and one more; those that meet are one."""
    meet = [each for each in together if each & same]
    return [each for each in together if each not in meet] + [frozenset(same).union(*meet)]
