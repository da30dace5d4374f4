"""An order to erase a person, and its results: values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId


@dataclass(frozen=True)
class Order:
    """Who orders an erasure, and why: for the act and, without the person, for the database."""

    id: ObjectId
    who: str
    reason: str
    when: datetime


@dataclass
class Erasure:
    """What an erasure did in one mailbox, in numbers, and the tombstones that it wrote.

    ``traces`` are digests of what mentions the person in letters of others.
    """

    mailbox: str
    letters: int = 0
    redacted: int = 0
    dialogs_gone: int = 0
    dialogs_kept: int = 0
    files: int = 0
    unsearched: int = 0
    tombstones: list[str] = field(default_factory=list)
    person: str = ""
    traces: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the numbers by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, int)}


@dataclass(frozen=True)
class CutShort:
    """An erasure that was cut short: its plan in numbers by mailbox, and the name of its files."""

    name: str
    number: str
    when: datetime
    planned: Sequence[Mapping[str, Any]]
