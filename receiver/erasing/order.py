"""An order to erase a person, and what came of it: values, nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId


@dataclass(frozen=True)
class Order:
    """Who has a person erased, and why; both stand in the act and, without him, in the database."""

    id: ObjectId
    who: str
    reason: str
    when: datetime


@dataclass
class Erasure:
    """What an erasure did in one mailbox, in numbers, and the tombstones that it wrote.

    ``traces`` are digests of what tells of the person in letters of others.
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
    """An erasure that was cut short: what it was to do, in numbers by mailbox; its files' name."""

    name: str
    number: str
    when: datetime
    planned: Sequence[Mapping[str, Any]]
