"""What is asked of a letter: what ``receiver.search.query`` reads from a line. Pure."""

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
        """Under which terms the index has the letters that may have it, one of each."""
        if self.field is None:
            return self.terms
        return tuple(frozenset(f"{self.field}:{one}" for one in each) for each in self.terms)


@dataclass(frozen=True)
class Trait:
    """What a letter is, or has: ``kind:bounce``, ``has:attachment``."""

    name: str
    value: str

    @property
    def index_terms(self) -> tuple[Word, ...]:
        """Under which term the index has these letters."""
        return (frozenset([f"{self.name}:{self.value}"]),)


Condition = Phrase | Trait


@dataclass(frozen=True)
class Conditions:
    """What must hold and what must not; ``waiting`` is about the dialog, not the letter."""

    wanted: tuple[Condition, ...] = ()
    unwanted: tuple[Condition, ...] = ()
    waiting: bool | None = None
    after: datetime | None = None
    before: datetime | None = None

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The words that are looked for."""
        return tuple(each for each in self.wanted if isinstance(each, Phrase))
