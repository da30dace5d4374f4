"""Checking a backup: every byte as written, every blob that a letter names is there."""

from collections.abc import Iterator
from typing import Any

from bson import decode
from bson.errors import BSONError

from receiver.backup.layout import BLOBS, Backup, Damaged, Manifest


def check(backup: Backup) -> Manifest:
    """Read every byte of a backup, and return its manifest; raises Damaged, naming the file."""
    manifest = Manifest.read(backup)
    for name, said in manifest.collections.items():
        path = backup.documents_path(name)
        if backup.digest_of(path) != (said.sha256, said.bytes):
            raise Damaged(f"{path} has other bytes than were written")
        if sum(1 for _ in backup.documents_in(name)) != said.documents:
            raise Damaged(f"{path} has other documents than were written")
    for document in blob_documents(backup, manifest):
        path = backup.blob_path(document["_id"])
        if backup.digest_of(path) != (document["_id"], document["length"]):
            raise Damaged(f"{path} has other bytes than were written")
    for digest in named_by_letters(backup, manifest):
        if digest not in manifest.damaged and not backup.blob_path(digest).is_file():
            raise Damaged(f"{backup.blob_path(digest)} is not there, and a letter names it")
    return manifest


def blob_documents(backup: Backup, manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Yield GridFS' document of each blob whose bytes the backup has; raises Damaged."""
    for document in _decoded(backup, manifest, f"{BLOBS}.files"):
        if document["_id"] not in manifest.damaged:
            yield document


def named_by_letters(backup: Backup, manifest: Manifest) -> Iterator[str]:
    """Yield the digest of each blob that a letter of the backup names; raises Damaged."""
    for letter in _decoded(backup, manifest, "letters"):
        yield from letter.get("digests", ())


def _decoded(backup: Backup, manifest: Manifest, collection: str) -> Iterator[dict[str, Any]]:
    if collection not in manifest.collections:
        return
    for each in backup.documents_in(collection):
        try:
            yield decode(each)
        except BSONError as error:
            path = backup.documents_path(collection)
            raise Damaged(f"{path} holds what is no document: {error}") from None
