"""The files of an erasure: act, extract, and the tombstones for a backup that is older than they.

erasures/2026-11-26T184000Z-6566…/
    akt.txt           the act, to be signed
    vygruzka.csv      the extract from the log
    tombstones.json   digests and their key: what ``restore`` reads
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from receiver.erasing.act import Subject, act, extract
from receiver.erasing.order import Erasure, Order

DIRECTORY = "erasures"
TOMBSTONES = "tombstones.json"


@dataclass(frozen=True)
class Buried:
    """What one erasure has the database know for ever."""

    key: bytes
    letters: Sequence[str]
    people: dict[str, datetime]


def write(
    place: Path, key: bytes, order: Order, subject: Subject, outcomes: Sequence[Erasure]
) -> Path:
    """Write the files of an erasure, and return their directory; raises OSError."""
    directory = place / f"{order.when:%Y-%m-%dT%H%M%SZ}-{order.id}"
    directory.mkdir(mode=0o700, parents=True)
    told = {
        "key": key.hex(),
        "letters": [digest for each in outcomes for digest in each.tombstones],
        "people": {each.person: order.when.isoformat() for each in outcomes if each.person},
    }
    _write(directory / TOMBSTONES, json.dumps(told, indent=1) + "\n")
    _write(directory / "vygruzka.csv", extract(order, subject, outcomes))
    _write(directory / "akt.txt", act(order, subject, outcomes))
    return directory


def written(place: Path) -> Iterator[Buried]:
    """Yield what the files of earlier erasures say; raises OSError, ValueError."""
    for path in sorted(place.glob(f"*/{TOMBSTONES}")):
        told = json.loads(path.read_text(encoding="utf-8"))
        people = {name: datetime.fromisoformat(when) for name, when in told["people"].items()}
        yield Buried(bytes.fromhex(told["key"]), told["letters"], people)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
