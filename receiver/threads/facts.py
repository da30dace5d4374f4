"""People's decisions, and which of them are in force: pure.

A correction is a fact that names letters by their keys, and is undone by another fact. *Split*
lists both sides as they were, *merge* the letters of both dialogs, *move* is both at once. Letters
on one side stay together, whatever held them together before. An *erasure* is like both: the
remaining letters stay together (``keys``), in their dialog (``opened``), and apart from those they
were apart from (``rest``). Facts count in the order of their time: an older one yields if it
contradicts a later one.

Letters that were separated, then moved on, were moved away from all that they had been separated
from: undoing the separation must not join those with their present dialog.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

What = Literal["split", "merge", "move", "undo", "erasure"]


@dataclass(frozen=True)
class Fact:
    """One correction: ``keys`` are the letters concerned, ``rest`` those they were with.

    For a merge and a move ``joins`` are letters of the dialog that ``keys`` came to. ``opened`` is
    the id of the dialog that a split opens. ``undoes`` names a fact, or by a key a guess.
    ``dialogs`` are the ids of the dialogs concerned: first where ``keys`` were, then the other.
    ``left`` are letters that a move would have left behind without a correction that is undone.
    ``parted``: it left some behind that are no longer there.
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
    def order(self) -> tuple[datetime, Any]:
        """What facts are sorted by."""
        return self.when, self.id

    @property
    def touches(self) -> frozenset[str]:
        """Every letter that it names."""
        return self.keys | self.rest | self.joins


def letters_of_each(facts: Iterable[Fact]) -> dict[Any, frozenset[str]]:
    """Return the keys of the letters that each fact concerns, an undo through what it undoes."""
    by_id = {each.id: each for each in facts}
    return {
        one: moved_by(each, by_id) | _undone_by(each, by_id).touches for one, each in by_id.items()
    }


def moved_by(fact: Fact, facts: Mapping[Any, Fact]) -> frozenset[str]:
    """Return those of its letters that a fact, or what an undo undoes, takes away from others.

    ``facts`` are those that it may undo, by their ids.
    """
    source = _undone_by(fact, facts)
    return frozenset([source.undoes]) if isinstance(source.undoes, str) else source.keys


def _undone_by(fact: Fact, facts: Mapping[Any, Fact]) -> Fact:
    while fact.what == "undo" and fact.undoes in facts:
        fact = facts[fact.undoes]
    return fact


@dataclass(frozen=True)
class InForce:
    """What counts of some facts, by the letters' keys: sets together, and pairs of sides apart.

    ``undone`` does not count: corrections by their ids, and guesses by the keys of their letters.
    ``moved`` are letters that people put elsewhere.
    """

    facts: tuple[Fact, ...] = ()
    together: tuple[Set[str], ...] = ()
    apart: tuple[tuple[Set[str], Set[str]], ...] = ()
    undone: frozenset[Any] = frozenset()
    moved: frozenset[str] = frozenset()


def in_force(facts: Iterable[Fact]) -> InForce:
    """Return what is in force of the facts, the newest first: each yields to later ones."""
    undone: dict[Any, Fact] = {}
    left: list[Fact] = []
    partings: list[Fact] = []
    for fact in sorted(facts, key=lambda each: each.order, reverse=True):
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
            if not any(same <= each for each in together):  # otherwise it says nothing more
                together.append(same)
            if any(same <= each for each in one):
                continue
            if not any(same & side and same & other for side, other in apart):
                one = _with(one, same)
    moved = frozenset(key for each in left if each.what == "move" for key in each.keys)
    return InForce(tuple(left), tuple(together), tuple(apart), frozenset(undone), moved)


NOTHING_DECIDED = InForce()


def _from_where(fact: Fact, partings: Iterable[Fact], undone: Mapping[Any, Fact]) -> Fact:
    """Return a move with what it would have left behind without separations undone later."""
    if fact.what != "move":
        return fact
    left = frozenset[str]()
    for each in partings:
        if each.order < fact.order < undone[each.id].order:
            for side, other in ((each.keys, each.rest), (each.rest, each.keys)):
                if fact.keys <= side and not other & fact.joins:
                    left |= other
    return replace(fact, left=left) if left else fact


def _with(together: Sequence[Set[str]], same: Set[str]) -> list[Set[str]]:
    """Add a set of letters to sets that are together; those that share a letter become one."""
    meet = [each for each in together if each & same]
    return [each for each in together if each not in meet] + [frozenset(same).union(*meet)]
