"""What ``mongodump`` wrote, read for a restore: DATABASE/COLLECTION.bson, or .bson.gz.

It notes neither digests nor counts, and reads the collections in an order of its own. So only that
each document can be read is checked beforehand; what it lacks is told by ``fsck`` afterwards.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from bson import decode
from bson.errors import BSONError

from contract.process import CannotStart, is_directory
from receiver.backup.layout import Damaged, Documents, Manifest, documents_of, is_file
from receiver.store.schema import DERIVED

ENDINGS = (".bson", ".bson.gz")
MARKS = ("letters", "dialogs")  # the second alone is of a version before 0.2
OPLOG = "oplog"


@dataclass(frozen=True)
class MongoDump:
    """One database's directory in the output of mongodump."""

    directory: Path
    blobs_are_documents: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The name by which a restore that was cut short knows it."""
        return f"{self.directory.absolute().parent.name}/{self.directory.name}"

    def documents_in(self, collection: str) -> Iterator[bytes]:
        """Yield the documents of a collection, each as BSON; raises Damaged."""
        path = _file(self.directory, collection)
        if path is None:
            return
        try:
            with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
                yield from documents_of(file, path)
        except (OSError, EOFError, zlib.error) as error:
            raise Damaged(f"{path} cannot be read: {error}") from None

    def checked(self) -> Manifest:
        """Read all of it, and return what is in it as a manifest; raises Damaged."""
        manifest = Manifest(self.directory.name, "mongodump", "")
        for collection in self._collections():
            count = size = 0
            for document in self.documents_in(collection):
                try:
                    decode(document)
                except BSONError as error:
                    path = _file(self.directory, collection)
                    raise Damaged(f"{path} holds what is no document: {error}") from None
                count, size = count + 1, size + len(document)
            manifest.collections[collection] = Documents(count, size, "")
        return manifest

    def _collections(self) -> list[str]:
        names = {
            each.name.removesuffix(end)
            for end in ENDINGS
            for each in self.directory.iterdir()
            if each.name.endswith(end)
        }
        return sorted(each for each in names - {*DERIVED} if not each.startswith("system."))


def mongodump_in(place: Path) -> MongoDump | None:
    """Return the output of mongodump in a directory, or None; raises CannotStart.

    It is that of one database, or of mongodump's ``--out``, where only one is ours.
    """
    if not is_directory(place):
        return None
    if _is_of_a_database(place):
        return MongoDump(place)
    found = [each for each in sorted(place.iterdir()) if each.is_dir() and _is_of_a_database(each)]
    if found and _file(place, OPLOG):
        raise CannotStart(
            f"{place} has an oplog, which only mongorestore --oplogReplay carries out: dump without"
            " --oplog while no receiver runs, or use python -m receiver backup"
        )
    if len(found) > 1:
        raise CannotStart(f"{place} has several databases: name one of them, such as {found[0]}")
    return MongoDump(found[0]) if found else None


def _is_of_a_database(place: Path) -> bool:
    """Tell it from a backup of ours by the files that mongodump writes beside each collection."""
    beside = (f"{each}.metadata.json{end}" for each in MARKS for end in ("", ".gz"))
    return any(is_file(place / each) for each in beside)


def _file(place: Path, collection: str) -> Path | None:
    for end in ENDINGS:
        if (path := place / f"{collection}{end}").is_file():
            return path
    return None
