"""Which backups of a directory stay, and which one is read: by whose they are and what they hold.

Backups of several databases may lie in one directory, as after a mistyped name; and MongoDB may
have come up on another volume, where a database of the same name is empty or has a few letters. So
a backup displaces only those of its own database, and none with more than twice its letters.
"""

import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contract.process import CannotStart
from contract.sealing.seal import Seal
from receiver.backup import directory
from receiver.backup.layout import PARTIAL, Damaged, Manifest, found_in
from receiver.store.standing import is_far_fewer

USUAL_KEEP = 14


@dataclass(frozen=True)
class Pruned:
    """Backups that were deleted, and those that stay because nobody can read whose they are.

    ``stuck`` says why others could not be.
    ``aside`` stay, too: of another database of this name, or with more than twice the letters.
    ``before`` is the largest number of letters in the last ones and in those aside.
    """

    gone: Sequence[Path]
    unread: Sequence[Path]
    stuck: Sequence[OSError]
    aside: Sequence[Path]
    before: int


def prune(place: Path, keep: int, made: Path, seal: Seal | None) -> Pruned:
    """Delete all but the newest backups of the database of the one just made; 0 keeps all.

    Those with letters and those without are counted apart. Those ahead of the clock, of other
    databases, or that cannot be read, are neither counted nor deleted.
    """
    own = Manifest.read(found_in(made, seal))
    found, unread = _dated(place, seal)
    ours = {each: one for each, one in found.items() if one.database == own.database}
    others = [each for each, one in ours.items() if _is_another(own, one)]
    counted = [each for each in ours if each not in others]
    full = [each for each in counted if ours[each].letters]
    empty = [each for each in counted if not ours[each].letters]
    surplus = [*(full[:-keep] if own.letters else ()), *empty[:-keep]] if keep else []
    larger = [each for each in surplus if is_far_fewer(own.letters, ours[each].letters)]
    gone, stuck = _removed(place, [each for each in surplus if each not in larger])
    aside = [*others, *larger]
    last = [each for each in full if each != made][-(keep or USUAL_KEEP) :]
    before = max((ours[each].letters for each in {*aside, *last}), default=0)
    return Pruned(gone, unread, stuck, aside, before)


def newest_of(place: Path, database: str, seal: Seal | None) -> datetime | None:
    """Return when the newest backup of a database in the directory was finished, None if none was.

    Those ahead of the clock and those that cannot be read are passed over.
    """
    for each in reversed(directory.complete(place)):
        try:
            manifest = Manifest.read(found_in(each, seal))
            if manifest.database == database and not directory.is_ahead(each):
                return datetime.fromisoformat(manifest.ended)
        except (Damaged, ValueError):
            continue
    return None


def _dated(place: Path, seal: Seal | None) -> tuple[dict[Path, Manifest], list[Path]]:
    """Return the backups not ahead of the clock with their manifests, and those without one."""
    found, unread = dict[Path, Manifest](), list[Path]()
    for each in directory.complete(place):
        if directory.is_ahead(each):
            continue
        try:
            found[each] = Manifest.read(found_in(each, seal))
        except Damaged:
            unread.append(each)
    return found, unread


def _is_another(own: Manifest, other: Manifest) -> bool:
    """Tell whether a backup is of another database of the same name; one of before says nothing."""
    return bool(own.origin and other.origin) and own.origin != other.origin


def clear(place: Path) -> Sequence[OSError]:
    """Delete backups that were cut short; return why some cannot be. Raises OSError."""
    begun = [each for each in place.iterdir() if each.is_dir() and each.name.endswith("Z")]
    return _removed(place, [each for each in begun if each.name.startswith(PARTIAL)])[1]


def refuse_if_newest_is_doubtful(found: Sequence[Path], seal: Seal | None) -> None:
    """Raise CannotStart if an older one of several backups has more than twice the letters."""
    newest = Manifest.read(found_in(found[-1], seal)).letters
    for each in reversed(found[:-1]):
        try:
            letters = Manifest.read(found_in(each, seal)).letters
        except Damaged:
            continue
        if is_far_fewer(newest, letters):
            raise CannotStart(
                f"the newest backup, {found[-1]}, has {newest} letters, and {each} has {letters}:"
                " name the one to be read"
            )


def _removed(place: Path, some: Sequence[Path]) -> tuple[list[Path], list[OSError]]:
    """Delete backups; return which are gone, and why others stay: they may be another user's."""
    gone, stuck = list[Path](), list[OSError]()
    for each in some:
        try:
            _remove(place, each)
            gone.append(each)
        except OSError as error:
            error.filename = error.filename or str(each)
            stuck.append(error)
    return gone, stuck


def _remove(place: Path, each: Path) -> None:
    if each.is_symlink():  # somebody has moved it to another disk
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(each))
    if not each.name.startswith(PARTIAL):
        each = each.rename(place / f"{PARTIAL}{each.name}")  # never half of one by its name
    shutil.rmtree(each)
