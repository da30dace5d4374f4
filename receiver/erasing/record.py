"""The files of an erasure: act, extract, and the tombstones for a backup that is older than they.

erasures/2026-11-26T184000Z-6566…/
    akt.txt           the act, to be signed
    vygruzka.csv      the extract from the log
    tombstones.json   digests and their key: what ``restore`` reads; first, and alone if cut short
    goes-on-in.txt    of one that was cut short: the number of the act that tells of it
"""

import errno
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from receiver.erasing.act import Subject, act, extract
from receiver.erasing.order import CutShort, Erasure, Order

DIRECTORY = "erasures"
TOMBSTONES = "tombstones.json"
ACT, EXTRACT, GOES_ON = "akt.txt", "vygruzka.csv", "goes-on-in.txt"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{24}", re.ASCII)


@dataclass(frozen=True)
class Of:
    """Whose files they are: the database's key of tombstones, and its name for life."""

    key: bytes
    origin: str


@dataclass(frozen=True)
class Buried:
    """What one erasure adds to the database's permanent memory.

    ``origin`` is the database's name for life; files of earlier versions do not have it.
    """

    key: bytes
    letters: Sequence[str]
    people: dict[str, datetime]
    number: str = ""
    origin: str = ""


def begin(
    place: Path, of: Of, order: Order, planned: Sequence[Erasure], people: Sequence[str]
) -> Path:
    """Write what a restore must know, before anything is erased; return the directory.

    ``people`` are the digests of the person, followed by those of what mentions him. Raises
    OSError.
    """
    directory = place / f"{order.when:%Y-%m-%dT%H%M%SZ}-{order.id}"
    directory.mkdir(mode=0o700, parents=True)
    try:
        _begin(directory, of, order, planned, people)
        _sync(place)
    except OSError:
        rmtree(directory, ignore_errors=True)
        raise
    return directory


def _begin(
    directory: Path, of: Of, order: Order, planned: Sequence[Erasure], people: Sequence[str]
) -> None:
    people = [*people, *(digest for each in planned for digest in each.traces)]
    told = {
        "key": of.key.hex(),
        "origin": of.origin,
        "letters": [digest for each in planned for digest in each.tombstones],
        "people": dict.fromkeys(people, order.when.isoformat()),
        "number": str(order.id),
        "planned": [{"mailbox": each.mailbox} | each.counts() for each in planned],
    }
    _write(directory / TOMBSTONES, json.dumps(told, indent=1) + "\n")


def finish(
    directory: Path,
    order: Order,
    subject: Subject,
    outcomes: Sequence[Erasure],
    earlier: Sequence[CutShort],
) -> None:
    """Write extract and act, and note in unfinished ones where they go on; raises OSError."""
    _write(directory / EXTRACT, extract(order, subject, outcomes, earlier))
    _write(directory / ACT, act(order, subject, outcomes, earlier))
    for each in earlier:
        _write(directory.parent / each.name / GOES_ON, f"{order.id}\n")


def cut_short(place: Path, people: Iterable[str]) -> list[CutShort]:
    """Return a person's erasures without an act, the oldest first; raises OSError."""
    asked = set(people)
    return [each for each, buried in without_act(place) if not asked.isdisjoint(buried.people)]


def without_act(place: Path) -> Iterator[tuple[CutShort, Buried]]:
    """Yield erasures that are running or were cut short; raises OSError."""
    for path in sorted(place.glob(f"*/{TOMBSTONES}")):
        if (path.parent / ACT).exists() or (path.parent / GOES_ON).exists():
            continue
        told, buried = _read(path)
        if "planned" in told and buried.people:
            when = max(buried.people.values())
            yield CutShort(path.parent.name, told["number"], when, told["planned"]), buried


def has_act(place: Path, number: str) -> bool:
    """Tell whether an erasure's act is here, or the act of one that finished it."""
    each = f"*-{number}/"
    return any(next(place.glob(each + name), None) for name in (ACT, GOES_ON))


def written(place: Path) -> list[Buried]:
    """Return the contents of earlier erasures' files, the oldest first; raises OSError.

    Nothing is passed over that may be an erasure's: whoever was erased by it would come back.
    """
    found = []
    for each in sorted(place.iterdir()):
        try:
            found.append(_read(each / TOMBSTONES)[1])
        except NotADirectoryError:
            continue
        except FileNotFoundError:
            if each.is_symlink() or _NAME.fullmatch(each.name):
                raise
    return found


def _read(path: Path) -> tuple[Mapping[str, Any], Buried]:
    """Return what an erasure's file tells; raises OSError, also if it is torn."""
    try:
        told = json.loads(path.read_bytes())
        people = {name: datetime.fromisoformat(when) for name, when in told["people"].items()}
        number = told.get("number") or path.parent.name.rpartition("-")[2]
        of = Of(bytes.fromhex(told["key"]), told.get("origin", ""))
        return told, Buried(of.key, told["letters"], people, number, of.origin)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OSError(errno.EBADMSG, "it is torn or damaged", str(path)) from None


def _write(path: Path, text: str) -> None:
    """Write a file so that it survives a crash whole, or not at all; raises OSError."""
    draft = path.with_name(f".{path.name}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError:  # halves must not fill a full disk
        draft.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(directory: Path) -> None:
    """Sync a directory, so that its names survive a crash."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
