"""Writing a backup while letters come in, even from a standalone server: the order makes it whole.

Each collection is read once, so two of them are from different moments. What refers is read before
what it refers to. Dialogs name letters, and only erasing removes a letter, so each letter that they
name is found afterwards, or its tombstone. Letters name blobs, which are stored before the event
that names them. Facts are read after tombstones: what an erased letter held together is then held
by a fact from before its removal; a fact about letters that are not here decides nothing. The
database's ``meta`` is read before all of them, except for the key of the tombstones, which the
first erasure may make meanwhile. What was acknowledged before the backup began is in it; of later
letters some are, each one whole. Dialogs that changed between two reads are made anew from letters
and facts by ``restore``, once erased data is taken out.

A blob that the previous backup has becomes a hard link to the same file, as its name is its digest;
so a daily backup costs the day's letters.
"""

import functools
import gzip
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from bson import decode

from contract import __version__
from contract.sealing.seal import Seal
from receiver.backup import directory, layout
from receiver.backup.checking import named_by_letters
from receiver.backup.layout import BLOBS, PARTIAL, Backup, Documents, Manifest
from receiver.backup.origin import origin
from receiver.backup.raw import RawDocuments
from receiver.backup.reader import CollectionsReader, written
from receiver.erasing.tombstones import KEY
from receiver.store.blobs import Blobs
from receiver.store.leaving import Leaving
from receiver.store.mongo import Database, Document
from receiver.store.schema import DERIVED

FILES, CHUNKS, META = f"{BLOBS}.files", f"{BLOBS}.chunks", "meta"
# In the order of references; collections that are not named here come first.
LAST = ("dialogs", "redirects", "letters", "tombstones", "facts", META, FILES)


async def dump(reader: CollectionsReader, place: Path, seal: Seal | None) -> tuple[Path, Manifest]:
    """Write a new backup into ``place``; return its directory and manifest.

    With a ``seal`` it is encrypted. Raises StoreUnavailable and OSError; the unfinished backup is
    then a directory with a dot.
    """
    database, raw = reader.database, reader.raw
    begun = datetime.now(UTC)
    name = directory.name_at(begun)
    complete = directory.complete(place)
    before = complete[-1] if complete else None
    partial = layout.new_in(place / f"{PARTIAL}{name}", seal, before)
    partial.directory.mkdir(mode=0o700)
    manifest = Manifest(database.name, f"email-listener {__version__}", begun.isoformat())
    manifest.origin = await origin(database)
    said = [each async for each in raw.every(META)]
    async for collection in _in_order(raw):
        to_file = functools.partial(DocumentsWriter, partial, collection)
        if collection == META:
            found = await written(_meta(raw, said), to_file())
        else:
            found = await reader.every(collection, to_file)
        manifest.collections[collection] = found
    await _blobs(database, partial, Backup(before, partial.seal) if before else None, manifest)
    if reader.by:
        manifest.made_by += f", mongodump {reader.by.version}"
    missing = {
        digest
        for digest in named_by_letters(partial, manifest)
        if not partial.blob_path(digest).is_file()
    }
    manifest.damaged = sorted(missing.union(manifest.damaged))
    manifest.ended = datetime.now(UTC).isoformat()
    manifest.write(partial)
    partial.directory.rename(place / name)
    _sync(place)
    return place / name, manifest


async def not_whole(database: Database, manifest: Manifest) -> list[str]:
    """Return the blobs that letters name and a backup lacks; raises StoreUnavailable.

    The others were removed while it was made, as no letter named them any more.
    """
    return sorted(await Leaving(database).named_blobs(manifest.damaged))


async def _in_order(raw: RawDocuments) -> AsyncIterator[str]:
    others = await raw.collections()
    for each in others:
        if each not in (*LAST, CHUNKS, *DERIVED):
            yield each
    for each in LAST:  # read again: the first erasure makes one
        if each in await raw.collections():
            yield each


async def _meta(raw: RawDocuments, said: Sequence[bytes]) -> AsyncGenerator[bytes, None]:
    """Yield the documents of ``meta`` read earlier, with the present key of the tombstones."""
    for each in said:
        if decode(each)["_id"] != KEY:
            yield each
    for each in await raw.of_ids(META, [KEY]):
        yield each


async def _blobs(
    database: Database, backup: Backup, before: Backup | None, manifest: Manifest
) -> None:
    if FILES not in manifest.collections:
        return
    blobs = Blobs(database)
    for each in backup.documents_in(FILES):
        document: Document = decode(each)
        digest, size = str(document["_id"]), int(document["length"])
        path = backup.blob_path(digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        same = before is not None and _linked(
            before.blob_path(digest), path, backup.blob_size(size)
        )
        if not same and not await _written(blobs, digest, size, backup):
            path.unlink()
            manifest.damaged.append(digest)
            continue
        manifest.blobs += 1
        manifest.blob_bytes += size


def _linked(old: Path, new: Path, size: int) -> bool:
    """Hard-link a file of the previous backup; return False if it has none, or links fail."""
    with suppress(OSError):
        if old.stat().st_size == size:
            os.link(old, new)
            return True
    return False


async def _written(blobs: Blobs, digest: str, size: int, backup: Backup) -> bool:
    """Write a blob; return False if the database does not have all of it."""
    found, length = hashlib.sha256(), 0
    with backup.writing(backup.blob_path(digest)) as file:
        async for piece in blobs.pieces(digest):
            file.write(piece)
            found.update(piece)
            length += len(piece)
    return (found.hexdigest(), length) == (digest, size)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class DocumentsWriter:
    """Writes one collection's file."""

    def __init__(self, backup: Backup, collection: str) -> None:
        self._backup = backup
        self._path = backup.documents_path(collection)
        self._open = ExitStack()
        inner = self._open.enter_context(backup.writing(self._path))
        self._file = self._open.enter_context(gzip.GzipFile("", "wb", 3, inner))
        self._count = 0

    def add(self, document: bytes) -> None:
        """Write one document, as BSON."""
        self._file.write(document)
        self._count += 1

    def finish(self) -> Documents:
        """Close the file and return its entry in the manifest."""
        self._open.close()
        sha256, size = self._backup.digest_of(self._path)
        return Documents(self._count, size, sha256)

    def forget(self) -> None:
        """Delete the file: not all that belongs in it was read."""
        self._open.close()
        self._path.unlink()
