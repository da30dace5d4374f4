"""What a backup is on the disk; docs/operations.md tells it to whoever has only the files.

    2026-11-26T184000Z/
        manifest.json         written last: what is there, with digests
        manifest.json.sha256  the digest of that, as sha256sum checks it
        letters.bson.gz       a collection's documents by _id, as BSON, like mongodump's
        …                     one such file for every other collection
        blobs/ab/ab12…        the bytes of a blob, named by their own SHA-256

A directory whose name begins with a dot is a backup that is being written, or was cut short.
"""

import gzip
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

FORMAT = 1
MANIFEST = "manifest.json"
DIGEST = "manifest.json.sha256"
PARTIAL = "."
SUFFIX = ".bson.gz"
BLOBS = "blobs"
BLOCK = 1024 * 1024
LEAST_DOCUMENT = 5
MOST_DOCUMENT = 64 * 1024 * 1024


class Damaged(Exception):
    """A backup is not what was written; the text names the file."""


@dataclass(frozen=True)
class Documents:
    """One collection's file: how many documents, and the file's own bytes and digest."""

    documents: int
    bytes: int
    sha256: str


@dataclass
class Manifest:
    """What a backup says of itself; ``damaged`` are blobs that the database had not whole."""

    database: str
    made_by: str
    begun: str
    ended: str = ""
    format: int = FORMAT
    collections: dict[str, Documents] = field(default_factory=dict)
    blobs: int = 0
    blob_bytes: int = 0
    damaged: list[str] = field(default_factory=list)

    def write(self, directory: Path) -> None:
        """Write the manifest, after everything else has reached the disk."""
        content = json.dumps(asdict(self), indent=1).encode()
        (directory / DIGEST).write_bytes(_digest_line(content))
        os.sync()
        with (directory / MANIFEST).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def read(directory: Path) -> "Manifest":
        """Return what a backup says of itself; raises Damaged."""
        try:
            content = (directory / MANIFEST).read_bytes()
            if (directory / DIGEST).read_bytes() != _digest_line(content):
                raise Damaged(f"{directory}: {MANIFEST} is not what {DIGEST} says")
            found = json.loads(content)
            if found["format"] != FORMAT:
                raise Damaged(f"{directory} is of format {found['format']}, this reads {FORMAT}")
            found["collections"] = {
                name: Documents(**each) for name, each in found["collections"].items()
            }
            return Manifest(**found)
        except OSError as error:
            words = f"{error.strerror}: it is no backup, or was cut short"
            raise Damaged(f"{error.filename}: {words}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged(f"{directory / MANIFEST} cannot be read: {error}") from None


def _digest_line(content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode()


def name_at(moment: datetime) -> str:
    """Return the name of a backup that began then; by these names backups are in order."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H%M%S%fZ}"


def complete(place: Path) -> list[Path]:
    """Return the complete backups in a directory, the oldest first."""
    if not place.is_dir():
        return []
    found = [each for each in place.iterdir() if (each / MANIFEST).is_file()]
    return sorted(each for each in found if not each.name.startswith(PARTIAL))


def blob_path(directory: Path, digest: str) -> Path:
    """Return where a blob lies in a backup."""
    return directory / BLOBS / digest[:2] / digest


def documents_path(directory: Path, collection: str) -> Path:
    """Return where a collection lies in a backup."""
    return directory / f"{collection}{SUFFIX}"


def digest_of(path: Path) -> tuple[str, int]:
    """Return a file's SHA-256 and its size; raises Damaged where it cannot be read."""
    found, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                found.update(block)
                size += len(block)
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from None
    return found.hexdigest(), size


class DocumentsWriter:
    """Writes one collection's file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = gzip.open(path, "xb", compresslevel=3)  # noqa: SIM115 - closed by finish
        self._count = 0

    def add(self, document: bytes) -> None:
        """Write one document, as BSON."""
        self._file.write(document)
        self._count += 1

    def finish(self) -> Documents:
        """Close the file and return what the manifest says of it."""
        self._file.close()
        sha256, size = digest_of(self._path)
        return Documents(self._count, size, sha256)


def documents_in(directory: Path, collection: str) -> Iterator[bytes]:
    """Yield the documents of a collection, each as BSON; raises Damaged."""
    path = documents_path(directory, collection)
    try:
        with gzip.open(path, "rb") as file:
            while document := _document(file, path):
                yield document
    except (OSError, EOFError, zlib.error) as error:
        raise Damaged(f"{path} cannot be read: {error}") from None


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
