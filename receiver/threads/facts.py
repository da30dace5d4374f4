"""What people decided, and which of it is in force: pure.

A correction is a fact that names letters by their keys, and is undone by another fact. *Split*
lists both sides as they were, *merge* the letters of both dialogs, *move* is both at once. What was
on one side stays together, whatever had held it together before. An *erasure* is like both: letters
that are left stay together (``keys``), and apart from what they were apart from (``rest``). Facts
count in the order of their time: an older one yields where it contradicts a later one.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

What = Literal["split", "merge", "move", "undo", "erasure"]


@dataclass(frozen=True)
class Fact:
    """One correction: ``keys`` are the letters that it is about, ``rest`` those they were with.

    For a merge and a move ``joins`` are letters of the dialog that ``keys`` came to. ``opened`` is
    the id that a split has its dialog have. ``undoes`` names a fact, or by a key a guess.
    ``dialogs`` are the ids of those that it was about: first where ``keys`` were, then the other.
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

    @property
    def touches(self) -> frozenset[str]:
        """Every letter that it names."""
        return self.keys | self.rest | self.joins


def letters_of_each(facts: Iterable[Fact]) -> dict[Any, frozenset[str]]:
    """Return the keys of the letters that each fact is about, an undo through what it undoes."""
    by_id = {each.id: each for each in facts}
    found = {}
    for fact in by_id.values():
        source = fact
        while source.what == "undo" and source.undoes in by_id:
            source = by_id[source.undoes]
        of_a_guess = frozenset([source.undoes])
        found[fact.id] = of_a_guess if isinstance(source.undoes, str) else source.touches
    return found


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
    undone: set[Any] = set()
    left: list[Fact] = []
    for fact in sorted(facts, key=lambda each: (each.when, each.id), reverse=True):
        if fact.id in undone:
            continue
        if fact.what == "undo":
            undone.add(fact.undoes)
        else:
            left.append(fact)
    together: list[Set[str]] = []
    one: list[Set[str]] = []
    apart: list[tuple[Set[str], Set[str]]] = []
    for fact in left:
        if fact.rest and not any(each & fact.keys and each & fact.rest for each in one):
            apart.append((fact.keys, fact.rest))
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


def _with(together: Sequence[Set[str]], same: Set[str]) -> list[Set[str]]:
    """Return sets of letters that are together, and one more; those that meet are one."""
    meet = [each for each in together if each & same]
    return [each for each in together if each not in meet] + [frozenset(same).union(*meet)]
