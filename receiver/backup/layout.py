"""What a backup is on the disk; docs/operations.md tells it to whoever has only the files.

    2026-11-26T184000Z/
        manifest.json         written last: what is there, with digests
        manifest.json.sha256  the digest of that, as sha256sum checks it
        letters.bson.gz       a collection's documents by _id, as BSON, like mongodump's
        …                     one such file for every other collection
        blobs/ab/ab12…        the bytes of a blob, named by their own SHA-256

If it is encrypted, every file but the last digest is (``contract.sealing.seal``) and ends with
``.sealed``; blobs are named by a digest of that name, keyed by the passphrase.

A directory whose name begins with a dot is a backup that is being written, or was cut short.
"""

import gzip
import hashlib
import io
import json
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, ClassVar, Protocol, cast

from contract.sealing.seal import HEAD, NotUnsealed, Seal, sealed_size
from contract.sealing.seal import SUFFIX as SEALED

FORMAT = 1
MANIFEST = "manifest.json"
PARTIAL = "."
SUFFIX = ".bson.gz"
BLOBS = "blobs"
BLOCK = 1024 * 1024
LEAST_DOCUMENT = 5
MOST_DOCUMENT = 64 * 1024 * 1024


class Damaged(Exception):
    """A backup differs from what was written; the text names the file."""


@dataclass(frozen=True)
class Documents:
    """One collection's file: the number of documents, and the file's size and digest."""

    documents: int
    bytes: int
    sha256: str


@dataclass
class Manifest:
    """What a backup says of itself.

    ``origin`` names the database for life, however it is called; nothing in backups of before.
    ``damaged`` are blobs of which the database lacked bytes, or that were removed before they were
    read.
    """

    database: str
    made_by: str
    begun: str
    ended: str = ""
    format: int = FORMAT
    collections: dict[str, Documents] = field(default_factory=dict)
    blobs: int = 0
    blob_bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    origin: str = ""

    @property
    def letters(self) -> int:
        """How many letters are in it; of an earlier version, how many dialogs."""
        return self.count("letters") or self.count("dialogs")

    def count(self, collection: str) -> int:
        """Return how many documents of a collection are in it."""
        found = self.collections.get(collection)
        return found.documents if found else 0

    def write(self, backup: "Backup") -> None:
        """Write the manifest, after everything else has reached the disk."""
        content = json.dumps(asdict(self), indent=1).encode()
        path = backup.manifest_path
        file = io.BytesIO()
        with _sealed(backup, path, file) as writer:
            writer.write(content)
        _digest_path(path).write_bytes(_digest_line(path, file.getvalue()))
        os.sync()
        with path.open("xb") as out:
            out.write(file.getvalue())
            out.flush()
            os.fsync(out.fileno())

    @staticmethod
    def read(backup: "Backup") -> "Manifest":
        """Return the manifest of a backup; raises Damaged."""
        path = backup.manifest_path
        try:
            content = path.read_bytes()
            if _digest_path(path).read_bytes() != _digest_line(path, content):
                raise Damaged(f"{path} is not what {_digest_path(path).name} says")
            with backup.reading(path) as file:
                found = json.load(file)
            if found["format"] != FORMAT:
                raise Damaged(
                    f"{backup.directory} is of format {found['format']}, this reads {FORMAT}"
                )
            found["collections"] = {
                name: Documents(**each) for name, each in found["collections"].items()
            }
            return Manifest(**found)
        except OSError as error:
            words = f"{error.strerror}: it is no backup, or was cut short"
            raise Damaged(f"{error.filename}: {words}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged(f"{path} cannot be read: {error}") from None


class BackupSource(Protocol):
    """What a restore reads documents from."""

    @property
    def name(self) -> str:
        """The name by which a restore that was cut short knows it."""

    @property
    def blobs_are_documents(self) -> bool:
        """Whether the bytes of blobs are in documents of GridFS, not in files."""

    def documents_in(self, collection: str) -> Iterator[bytes]:
        """Yield the documents of a collection, each as BSON; raises Damaged."""


@dataclass(frozen=True)
class Backup:
    """One backup's directory; with a ``seal`` its files are encrypted."""

    directory: Path
    seal: Seal | None = None
    blobs_are_documents: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The name; names sort by time."""
        return self.directory.name

    @property
    def manifest_path(self) -> Path:
        """The manifest's path."""
        return self.directory / f"{MANIFEST}{self._ending}"

    def blob_path(self, digest: str) -> Path:
        """Return a blob's path."""
        name = self.seal.name_of(digest) if self.seal else digest
        return self.directory / BLOBS / name[:2] / f"{name}{self._ending}"

    def documents_path(self, collection: str) -> Path:
        """Return a collection's path."""
        return self.directory / f"{collection}{SUFFIX}{self._ending}"

    def blob_size(self, size: int) -> int:
        """Return the size of the file of a blob with this many bytes."""
        return sealed_size(size) if self.seal else size

    @contextmanager
    def writing(self, path: Path) -> Iterator[IO[bytes]]:
        """Return a writer of a new file; raises OSError."""
        with path.open("xb") as file, _sealed(self, path, file) as writer:
            yield writer

    @contextmanager
    def reading(self, path: Path) -> Iterator[BinaryIO]:
        """Return a reader of a file; raises OSError, and Damaged, also within the block."""
        try:
            with path.open("rb") as file:
                yield self.seal.reader(file, _within(self, path)) if self.seal else file
        except NotUnsealed as error:
            raise Damaged(f"{path} {error}") from None

    def digest_of(self, path: Path) -> tuple[str, int]:
        """Return SHA-256 and size of a file's content; raises Damaged if it cannot be read."""
        found, size = hashlib.sha256(), 0
        try:
            with self.reading(path) as file:
                while block := file.read(BLOCK):
                    found.update(block)
                    size += len(block)
        except OSError as error:
            raise Damaged(f"{path} cannot be read: {error.strerror}") from None
        return found.hexdigest(), size

    def documents_in(self, collection: str) -> Iterator[bytes]:
        """Yield the documents of a collection, each as BSON; raises Damaged."""
        path = self.documents_path(collection)
        try:
            with self.reading(path) as inner, gzip.open(inner, "rb") as file:
                yield from documents_of(file, path)
        except (OSError, EOFError, zlib.error) as error:
            raise Damaged(f"{path} cannot be read: {error}") from None

    @property
    def _ending(self) -> str:
        return SEALED if self.seal else ""


def found_in(directory: Path, seal: Seal | None) -> Backup:
    """Return the backup in a directory, encrypted or not; raises Damaged."""
    if not (directory / f"{MANIFEST}{SEALED}").is_file():
        return Backup(directory)
    if seal is None:
        raise Damaged(f"{directory} is encrypted: BACKUP_KEY must be what it was then")
    return new_in(directory, seal, directory)


def new_in(directory: Path, seal: Seal | None, before: Path | None) -> Backup:
    """Return a backup to be written; its file names match those of the one before."""
    earlier = before / f"{MANIFEST}{SEALED}" if before else None
    if seal and earlier and is_file(earlier):
        with suppress(PermissionError), earlier.open("rb") as file:  # it may be another user's
            seal = seal.like(file.read(HEAD))
    return Backup(directory, seal)


@contextmanager
def _sealed(backup: Backup, path: Path, file: BinaryIO) -> Iterator[IO[bytes]]:
    if backup.seal is None:
        yield file
        return
    writer = backup.seal.writer(file, _within(backup, path))
    yield cast(IO[bytes], writer)
    writer.finish()


def _within(backup: Backup, path: Path) -> str:
    return path.relative_to(backup.directory).as_posix()


def _digest_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _digest_line(path: Path, content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}  {path.name}\n".encode()


def is_file(path: Path) -> bool:
    """Tell whether a file is there, as far as this user can see."""
    with suppress(OSError):
        return path.is_file()
    return False


def documents_of(file: "BinaryIO | gzip.GzipFile", path: Path) -> Iterator[bytes]:
    """Yield the documents of an open file, each as BSON; raises Damaged, naming ``path``."""
    while document := _document(file, path):
        yield document


def _document(file: "BinaryIO | gzip.GzipFile", path: Path) -> bytes:
    head = file.read(4)
    if not head:
        return b""
    size = struct.unpack("<i", head)[0] if len(head) == 4 else 0
    if not LEAST_DOCUMENT <= size <= MOST_DOCUMENT:
        raise Damaged(f"{path} holds what is no document")
    body = file.read(size - 4)
    if len(body) != size - 4:
        raise Damaged(f"{path} ends within a document")
    return head + body
