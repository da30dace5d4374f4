"""What every source of past letters yields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Position:
    """Where a source goes on after a letter; what the numbers mean is the source's own matter."""

    file: int
    position: int


@dataclass(frozen=True, slots=True)
class Past:
    """One letter of the past.

    ``content`` is None if the source has it but cannot give it; ``label`` tells a person which
    letter it is; ``done`` is how many bytes of the source lie before ``after``.
    """

    content: bytes | None
    came: datetime
    label: str
    after: Position
    done: int


@dataclass(frozen=True, slots=True)
class NoLetter:
    """A file that lies among letters, or is named as one, and is none; ``what`` it is in words."""

    path: str
    what: str


class LetterSource(Protocol):
    """Letters that are read in an order that is always the same; its methods block."""

    @property
    def size(self) -> int:
        """All bytes together, for the progress bar."""

    @property
    def no_letters(self) -> Sequence[NoLetter]:
        """What was passed over."""

    @property
    def fingerprint(self) -> str:
        """What a place is bound to: with another one it may be that of other letters."""

    def letters(self, after: Position | None) -> Iterator[Past]:
        """Yield the letters that come after the place, or all."""
