"""The content of the spool: counts, bytes and ages, for people, metrics and limits."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bridge.spool.attempts import Tried, tried, tried_and_failed
from bridge.spool.spool import SUFFIX, Spool, age

State = Literal["waiting", "failed"]


@dataclass(frozen=True, slots=True)
class SpooledLetter:
    """One letter in the spool; ``due`` is the Unix time of its next attempt, if it waits."""

    id: str
    state: State
    path: Path
    size: int
    age: float
    due: float


@dataclass(frozen=True, slots=True)
class Inventory:
    """The spool in numbers; ``oldest`` is the age in seconds of the oldest letter that waits."""

    waiting: int = 0
    waiting_bytes: int = 0
    oldest: float = 0.0
    failed: int = 0
    failed_bytes: int = 0

    @property
    def size(self) -> int:
        """The bytes of all letters in the spool."""
        return self.waiting_bytes + self.failed_bytes


def stored(
    spool: Spool, now: float, closed: list[OSError] | None = None
) -> Iterator[SpooledLetter]:
    """Yield every letter in the spool, the oldest first, except those that leave meanwhile.

    Directories that may not be listed go to ``closed``, if it is given. Blocks: call it off the
    event loop.
    """
    found: list[tuple[str, Path, State, int, float]] = [
        (each.id, each.path, "waiting", each.size, each.due) for each in spool.waiting(closed)
    ]
    if closed is not None:
        try:
            os.listdir(spool.failed)  # noqa: PTH208 - the glob below says nothing
        except OSError as error:
            closed.append(error)
    for path in spool.failed.glob("*" + SUFFIX):
        with suppress(OSError):
            found.append((path.stem, path, "failed", path.stat().st_size, 0.0))
    for letter_id, path, state, size, due in sorted(found):
        with suppress(ValueError):
            yield SpooledLetter(letter_id, state, path, size, age(letter_id, now), due)


def all_listed(spool: Spool) -> None:
    """Raise OSError if a directory of letters may not be listed: a glob would call it empty."""
    for each in (spool.new, spool.cur, spool.failed):
        os.listdir(each)  # noqa: PTH208 - raises at once


def take_inventory(spool: Spool, now: float) -> Inventory:
    """Count the letters in the spool; blocks."""
    letters = list(stored(spool, now))
    waiting = [letter for letter in letters if letter.state == "waiting"]
    failed = [letter for letter in letters if letter.state == "failed"]
    return Inventory(
        waiting=len(waiting),
        waiting_bytes=sum(letter.size for letter in waiting),
        oldest=max((letter.age for letter in waiting), default=0.0),
        failed=len(failed),
        failed_bytes=sum(letter.size for letter in failed),
    )


def attempts_of(letter: SpooledLetter) -> Tried:
    """Return how often a letter was tried in vain, and why it last failed."""
    if letter.state == "failed":
        return tried_and_failed(letter.path)
    return tried(letter.path.parent.parent, letter.id)
