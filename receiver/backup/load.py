"""Reading a backup into an empty database, and comparing the two.

Letters are never removed or overwritten. A restore that was cut short starts again: what is there
already is skipped, and the comparison at the end looks at everything. A mark in ``meta`` keeps
receivers from filing until all is done.
"""

from collections.abc import Iterator
from itertools import islice

from bson import decode

from contract.process import CannotStart
from receiver.backup.access import as_loaded
from receiver.backup.checking import blob_documents
from receiver.backup.dump import FILES, META
from receiver.backup.layout import Backup, BackupSource, Manifest
from receiver.backup.raw import AT_ONCE, RawDocuments
from receiver.store import standing
from receiver.store.blobs import Blobs
from receiver.store.mongo import Database, store_errors

REPORTED = frozenset({"bridges", "alarms"})
"""What a receiver and a bridge that only run write by themselves, without any letter."""


async def refuse_if_filled(database: Database) -> None:
    """Raise CannotStart if there are documents that no restore has written, but for reports."""
    raw = RawDocuments(database)
    for collection in await raw.collections():
        if collection not in (META, *REPORTED) and await raw.holds_any(collection):
            raise CannotStart(
                f"the database {database.name} is not empty, it has {collection}: name another one"
                " in MONGO_DATABASE, or drop this one if nobody needs it"
            )


def refuse_if_later(backup: BackupSource, manifest: Manifest) -> None:
    """Raise CannotStart if a later version has made the backup: nobody here could read it."""
    for each in backup.documents_in(META) if META in manifest.collections else ():
        document = decode(each)
        if document["_id"] == standing.SCHEMA and (why := standing.is_later(document)):
            raise CannotStart(why)


async def load_meta(database: Database, backup: BackupSource, manifest: Manifest) -> None:
    """Write the backup's ``meta`` over that of a new receiver."""
    if META not in manifest.collections:
        return
    for each in backup.documents_in(META):
        document = decode(each)
        if document["_id"] not in (standing.RESTORE, standing.LIFE):
            with store_errors():
                await database[META].replace_one({"_id": document["_id"]}, document, upsert=True)


async def load(database: Database, backup: BackupSource, manifest: Manifest) -> None:
    """Write everything else, blobs first; raises Damaged, StoreUnavailable."""
    raw = RawDocuments(database)
    blobs = Blobs(database)
    await blobs.ensure()
    if isinstance(backup, Backup):
        for document in blob_documents(backup, manifest):
            with backup.reading(backup.blob_path(document["_id"])) as file:
                await blobs.restore(document, file)
    for collection in _of_documents(backup, manifest):
        await raw.add(collection, as_loaded(backup, collection))


async def differences(database: Database, backup: BackupSource, manifest: Manifest) -> list[str]:
    """Return where the database differs from the loaded backup, one line each."""
    raw = RawDocuments(database)
    blobs = Blobs(database)
    found = []
    for collection in _of_documents(backup, manifest):
        if collection in REPORTED:  # what is told now stays in place of what was told then
            continue
        documents = iter(as_loaded(backup, collection))
        differ = 0
        while batch := list(islice(documents, AT_ONCE)):
            there = await raw.of_ids(collection, [decode(each)["_id"] for each in batch])
            differ += sum(each not in there for each in batch)
        if differ:
            found.append(f"{collection}: {differ} documents differ")
    for document in blob_documents(backup, manifest) if isinstance(backup, Backup) else ():
        if wrong := await blobs.wrong_with(document["_id"], document["length"]):
            found.append(f"blob {document['_id']} {wrong}")
    return found


def _of_documents(backup: BackupSource, manifest: Manifest) -> Iterator[str]:
    others = (META,) if backup.blobs_are_documents else (META, FILES)
    return (each for each in manifest.collections if each not in others)
