"""Which backups of a directory stay, and which one is read: by whose they are and what they hold.

Backups of several databases may lie in one directory, as after a mistyped name, and a database may
be empty because its volume is lost. So a backup displaces only those of its own database, and one
without letters displaces none that has some.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contract.process import CannotStart
from contract.sealing.seal import Seal
from receiver.backup import layout
from receiver.backup.layout import PARTIAL, Damaged, Manifest, found_in


@dataclass(frozen=True)
class Pruned:
    """Backups that were deleted, and those that stay because nobody can read whose they are.

    ``before`` is the number of letters in the newest of those that stay and have letters.
    """

    gone: Sequence[Path]
    unread: Sequence[Path]
    before: int


def prune(place: Path, keep: int, made: Path, seal: Seal | None) -> Pruned:
    """Delete all but the newest backups of the database of the one just made; 0 keeps all.

    Those with letters and those without are counted apart. Those ahead of the clock, of other
    databases, or that cannot be read, are neither counted nor deleted. Raises OSError.
    """
    own = Manifest.read(found_in(made, seal))
    full, empty, unread = list[Path](), list[Path](), list[Path]()
    before = 0
    for each in layout.complete(place):
        if layout.is_ahead(each):
            continue
        try:
            manifest = Manifest.read(found_in(each, seal))
        except Damaged:
            unread.append(each)
            continue
        if manifest.database == own.database:
            (full if manifest.letters else empty).append(each)
            before = manifest.letters or before if each != made else before
    if not own.letters:
        gone = empty[:-keep] if keep else []
    else:
        gone = [*full[:-keep], *empty[:-keep]] if keep else []
    for each in gone:
        _remove(place, each)
    return Pruned(gone, unread, before)


def clear(place: Path) -> None:
    """Delete backups that were cut short; raises OSError."""
    for each in place.iterdir():
        if each.is_dir() and each.name.startswith(PARTIAL) and each.name.endswith("Z"):
            _remove(place, each)


def refuse_if_newest_is_empty(found: Sequence[Path], seal: Seal | None) -> None:
    """Raise CannotStart if the newest of several backups has no letters and an older one has."""
    if Manifest.read(found_in(found[-1], seal)).letters:
        return
    for each in reversed(found[:-1]):
        try:
            letters = Manifest.read(found_in(each, seal)).letters
        except Damaged:
            continue
        if letters:
            raise CannotStart(
                f"the newest backup, {found[-1]}, has no letters, and {each} has {letters}:"
                " name the one to be read"
            )


def _remove(place: Path, each: Path) -> None:
    if not each.name.startswith(PARTIAL):
        each = each.rename(place / f"{PARTIAL}{each.name}")  # never half of one by its name
    shutil.rmtree(each)
