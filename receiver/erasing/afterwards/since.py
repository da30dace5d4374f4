"""Who was erased since a backup was made, found before anything of it is loaded.

A backup holds its own tombstones; later ones are in later backups beside it and in the files of
erasures. What cannot be read, or is known to be missing, ends the restore: whoever was erased
there would silently be back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bson import decode

from contract.language.system import said
from contract.process import CannotStart
from contract.sealing.seal import Seal
from receiver.backup.layout import BackupSource, Damaged, Manifest, found_in
from receiver.erasing.record import Buried, written
from receiver.erasing.tombstones import KEY
from receiver.store.mongo import Document

ACTS_ARE_KEPT = timedelta(days=3 * 365)
UNREADABLE = (
    "{path}: {why}: who was erased by it would come back, so nothing is loaded: make it readable,"
    " or bring it back from a copy, and restore again"
)
NONE_THERE = (
    "{place} has no files of erasures: with --erasures, name the directory that has one for each,"
    " as DATA_DIR/erasures does"
)
LACKING = (
    "the erasure {number} of {when} is in a backup, but its files are not in {place}, and those"
    " of later ones may be missing, too: bring them back from a copy, or name their directory with"
    " --erasures; if they are nowhere, say --erasures-lost"
)
UNKNOWN = (
    "{path} is later and cannot be read, and there are no files of erasures in {place}: who was"
    " erased since is not known: bring them back from a copy; if they are nowhere, or nobody was"
    " erased, say --erasures-lost"
)
OF_TWO = (
    "the files of erasures in {place} are of two databases: copy those of this one to a directory"
    " of their own, and name it with --erasures"
)


@dataclass(frozen=True)
class OneBackup:
    """A backup and its manifest."""

    backup: BackupSource
    manifest: Manifest

    def key(self) -> bytes | None:
        """Return the key of its tombstones, None if it has none; raises Damaged."""
        found = (each for each in self._documents("meta") if each["_id"] == KEY)
        return next((bytes(each["key"]) for each in found), None)

    def buried(self) -> Iterator[Buried]:
        """Yield the erasures recorded in it; raises Damaged."""
        key = self.key()
        if key is None:
            return
        letters: list[str] = []
        people: dict[str, datetime] = {}
        for each in self._documents("tombstones"):
            if until := each.get("until"):
                people[each["_id"]] = until
            else:
                letters.append(each["_id"])
        yield Buried(key, letters, people)

    def last_erasure(self) -> tuple[datetime, str] | None:
        """Return when somebody was last erased, and the number of that act; raises Damaged."""
        acts = (each for each in self._documents("erasures") if "order" in each)
        return max(((each["when"], str(each["order"])) for each in acts), default=None)

    def is_of_the_same(self, other: "OneBackup") -> bool:
        """Tell whether both are of one database; raises Damaged."""
        if (key := self.key()) and (others := other.key()):
            return key == others
        if self.manifest.origin and other.manifest.origin:
            return self.manifest.origin == other.manifest.origin
        return self.manifest.database == other.manifest.database

    def _documents(self, collection: str) -> Iterator[Document]:
        if collection in self.manifest.collections:
            yield from map(decode, self.backup.documents_in(collection))


@dataclass(frozen=True)
class LaterBackups:
    """Later backups beside the one that is restored, and why others cannot be read."""

    found: Sequence[tuple[OneBackup, Sequence[Buried]]]
    unread: Sequence[tuple[Path, str]]

    @staticmethod
    def read(directories: Iterable[Path], seal: Seal | None) -> "LaterBackups":
        """Read the erasures of each; one that is damaged is seldom the only witness."""
        found, unread = list[tuple[OneBackup, Sequence[Buried]]](), list[tuple[Path, str]]()
        for each in directories:
            try:
                backup = found_in(each, seal)
                source = OneBackup(backup, Manifest.read(backup))
                source.last_erasure()
                found.append((source, [*source.buried()]))
            except Damaged as error:
                unread.append((each, str(error)))
            except OSError as error:
                unread.append((each, said(error)))
        return LaterBackups(found, unread)


@dataclass(frozen=True)
class ErasureFiles:
    """Where the files of erasures are; ``is_named`` if somebody named it for this restore.

    ``are_lost``: he says that what is missing is nowhere.
    """

    place: Path
    is_named: bool
    are_lost: bool

    def read(self) -> list[Buried]:
        """Return what they tell, nothing if there are none; raises CannotStart."""
        try:
            found = written(self.place)
        except FileNotFoundError as error:
            if error.filename != str(self.place):
                raise _unreadable(error) from None
            found = []
        except OSError as error:
            raise _unreadable(error) from None
        if self.is_named and not found:
            raise CannotStart(NONE_THERE.format(place=self.place))
        return found


def erased_since(source: OneBackup, later: LaterBackups, files: ErasureFiles) -> list[Buried]:
    """Return what was erased since a backup was made; raises CannotStart, Damaged.

    Those of other databases, which may lie beside, are passed over.
    """
    beside = [each for each in later.found if source.is_of_the_same(each[0])]
    in_files = files.read()
    key = source.key() or next((each.key for _, some in beside for each in some), None)
    if key is None:
        ours = [each for each in in_files if _may_be_of(each, source.manifest.origin)]
        if len({each.key for each in ours}) > 1:
            raise CannotStart(OF_TWO.format(place=files.place))
    else:
        ours = [each for each in in_files if each.key == key]
    if not files.are_lost:
        _refuse_if_lacking([source, *(each for each, _ in beside)], ours, files.place)
        if later.unread and not ours:
            path, _ = later.unread[-1]
            raise CannotStart(UNKNOWN.format(path=path, place=files.place))
    return [each for _, some in beside for each in some] + ours


def _may_be_of(buried: Buried, origin: str) -> bool:
    """Tell whether an erasure may be of a database of this origin; not each says of which."""
    return not (buried.origin and origin) or buried.origin == origin


def _refuse_if_lacking(sources: Iterable[OneBackup], files: Iterable[Buried], place: Path) -> None:
    """Raise CannotStart unless the last erasure that backups know is there; acts end some day."""
    last = max(filter(None, (each.last_erasure() for each in sources)), default=None)
    if last is None or last[0] < datetime.now(UTC).replace(tzinfo=last[0].tzinfo) - ACTS_ARE_KEPT:
        return
    when, number = last
    if number not in {each.number for each in files}:
        told = LACKING.format(number=number, when=f"{when:%Y-%m-%d %H:%M}", place=place)
        raise CannotStart(told)


def _unreadable(error: OSError) -> CannotStart:
    return CannotStart(UNREADABLE.format(path=error.filename, why=said(error)))
