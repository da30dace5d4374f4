"""The interface of every source of old letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Position:
    """Where a source goes on after a letter; only the source knows what the numbers mean."""

    file: int
    position: int


@dataclass(frozen=True, slots=True)
class Past:
    """One old letter.

    ``content`` is None if the source has the letter but cannot give it; ``label`` names it for
    people; ``done`` is how many bytes of the source lie before ``after``; ``no_letter`` says what
    it is if it is none; then it has no content.
    """

    content: bytes | None
    came: datetime
    label: str
    after: Position
    done: int
    no_letter: str = ""


@dataclass(frozen=True, slots=True)
class NoLetter:
    """A file among letters that is no letter; ``what`` it is in words.

    ``is_named``: its name or place says that it is one. ``count``: it stands for so many files.
    """

    path: str
    what: str
    is_named: bool = True
    count: int = 1

    @property
    def rank(self) -> tuple[bool, bool, str]:
        """Where to tell of it: before those of which nobody thought that they are letters."""
        return not self.is_named, self.count > 1, self.path


class LetterSource(Protocol):
    """Letters that are always read in the same order; the methods block."""

    @property
    def size(self) -> int:
        """The bytes of all letters, for the progress bar."""

    @property
    def no_letters(self) -> Sequence[NoLetter]:
        """The files that were passed over."""

    @property
    def fingerprint(self) -> str:
        """The identity of the source: with another one a place may mean another letter."""

    def letters(self, after: Position | None) -> Iterator[Past]:
        """Yield the letters after the place, or all."""
