"""Whole conversations of the corpus: their letters as events, and other engines' partitions."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.courier.event import email_received
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.event import Blob, EmailReceived

RECEIVED = datetime(2026, 11, 23, tzinfo=UTC)
MAILBOX = "support@yandex.ru"
ENGINES = ("notmuch", "mu", "mailthread", "threadweave", "dovecot-refs", "dovecot-references")
Partition = list[frozenset[str]]


@dataclass(frozen=True)
class ThreadSet:
    """One set of the corpus: ``agreed`` are the threads of which five engines are sure."""

    name: str
    events: list[tuple[str, EmailReceived]]
    engines: dict[str, Partition]
    agreed: Partition


def sets(corpus: Path) -> list[str]:
    """Return the names of the sets."""
    return sorted(path.name for path in (corpus / "threads").iterdir() if path.is_dir())


def load(corpus: Path, name: str) -> ThreadSet:
    """Read a set; its letters are in file order."""
    folder = corpus / "threads"
    paths = sorted(path for path in (folder / name).iterdir() if path.is_file())
    engines = {
        engine: partition(json.loads(path.read_text()))
        for engine in ENGINES
        if (path := folder / f"{name}.{engine}.json").exists()
    }
    agreed = json.loads((folder / f"{name}.consensus.json").read_text())["agreed"]
    events = [event_of(path.read_bytes()) for path in paths]
    return ThreadSet(name, events, engines, partition(agreed))


def event_of(raw: bytes) -> tuple[str, EmailReceived]:
    """Return the event that the bridge makes of a letter, and the id it is sent under."""
    sha256 = hashlib.sha256(raw).hexdigest()
    delivery = Delivery(sha256[:32], MAILBOX, RECEIVED)
    return sha256[:32], email_received(
        delivery, read_letter(raw), Blob(sha256=sha256, size=len(raw))
    )


def partition(threads: Iterable[Iterable[str]]) -> Partition:
    """Return threads as sets of Message-IDs."""
    return [frozenset(thread) for thread in threads]


@dataclass(frozen=True)
class Agreement:
    """How two partitions agree, over the pairs of letters that one of them joins."""

    both: int
    ours: int
    theirs: int
    differing: tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...]

    @property
    def precision(self) -> float:
        """The share of our pairs that the other joins, too."""
        return self.both / self.ours if self.ours else 1.0

    @property
    def recall(self) -> float:
        """The share of the other's pairs that we join, too."""
        return self.both / self.theirs if self.theirs else 1.0


def agreement(ours: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]]) -> Agreement:
    """Compare on the letters that both know."""
    common = frozenset().union(*ours) & frozenset().union(*theirs)
    ours_of = {one: thread & common for thread in ours for one in thread & common}
    theirs_of = {one: thread & common for thread in theirs for one in thread & common}
    both = _pairs({ours_of[one] & theirs_of[one] for one in common})
    differing = {}
    for one in common:
        if ours_of[one] != theirs_of[one]:
            differing[theirs_of[one]] = tuple(
                sorted({ours_of[each] for each in theirs_of[one]}, key=len)
            )
    return Agreement(
        both,
        _pairs(set(ours_of.values())),
        _pairs(set(theirs_of.values())),
        tuple(sorted(differing.items(), key=lambda item: len(item[0]))),
    )


def _pairs(threads: Iterable[frozenset[str]]) -> int:
    return sum(len(thread) * (len(thread) - 1) // 2 for thread in threads)
