"""Reads a backup through: every byte as it was written, every blob that a letter names there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bson import decode
from bson.errors import BSONError

from receiver.backup.layout import (
    BLOBS,
    Damaged,
    Manifest,
    blob_path,
    digest_of,
    documents_in,
    documents_path,
)


def check(directory: Path) -> Manifest:
    """Read every byte of a backup, and return its manifest; raises Damaged, naming the file."""
    manifest = Manifest.read(directory)
    for name, said in manifest.collections.items():
        path = documents_path(directory, name)
        if digest_of(path) != (said.sha256, said.bytes):
            raise Damaged(f"{path} has other bytes than were written")
        if sum(1 for _ in documents_in(directory, name)) != said.documents:
            raise Damaged(f"{path} has other documents than were written")
    for document in blob_documents(directory, manifest):
        path = blob_path(directory, document["_id"])
        if digest_of(path) != (document["_id"], document["length"]):
            raise Damaged(f"{path} has other bytes than were written")
    for digest in named_by_letters(directory, manifest):
        if digest not in manifest.damaged and not blob_path(directory, digest).is_file():
            raise Damaged(f"{blob_path(directory, digest)} is not there, and a letter names it")
    return manifest


def blob_documents(directory: Path, manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Yield GridFS' document of each blob whose bytes the backup has; raises Damaged."""
    for document in _decoded(directory, manifest, f"{BLOBS}.files"):
        if document["_id"] not in manifest.damaged:
            yield document


def named_by_letters(directory: Path, manifest: Manifest) -> Iterator[str]:
    """Yield the digest of each blob that a letter of the backup names; raises Damaged."""
    for letter in _decoded(directory, manifest, "letters"):
        yield from letter.get("digests", ())


def _decoded(directory: Path, manifest: Manifest, collection: str) -> Iterator[dict[str, Any]]:
    if collection not in manifest.collections:
        return
    for each in documents_in(directory, collection):
        try:
            yield decode(each)
        except BSONError as error:
            path = documents_path(directory, collection)
            raise Damaged(f"{path} holds what is no document: {error}") from None
