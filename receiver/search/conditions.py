"""The conditions that ``receiver.search.query`` reads from a line. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Field = Literal["from", "to", "subject", "file"]
Word = frozenset[str]
"""The terms of all forms of a word, any of which will do."""


@dataclass(frozen=True)
class Phrase:
    """Words that follow each other in a field, or in any."""

    terms: tuple[Word, ...]
    field: Field | None = None

    @property
    def index_terms(self) -> tuple[Word, ...]:
        """Return the terms of each word under which the index has letters that may contain it."""
        if self.field is None:
            return self.terms
        return tuple(frozenset(f"{self.field}:{one}" for one in each) for each in self.terms)


@dataclass(frozen=True)
class Trait:
    """A property of a letter: ``kind:bounce``, ``has:attachment``."""

    name: str
    value: str

    @property
    def index_terms(self) -> tuple[Word, ...]:
        """Return the term under which the index has these letters."""
        return (frozenset([f"{self.name}:{self.value}"]),)


Condition = Phrase | Trait


@dataclass(frozen=True)
class Conditions:
    """What must hold and what must not; ``waiting`` concerns the dialog, not the letter."""

    wanted: tuple[Condition, ...] = ()
    unwanted: tuple[Condition, ...] = ()
    waiting: bool | None = None
    after: datetime | None = None
    before: datetime | None = None

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The words to look for."""
        return tuple(each for each in self.wanted if isinstance(each, Phrase))
