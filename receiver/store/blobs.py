"""Blobs in GridFS, named by their digest: the only file that knows its layout.

https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md
The chunks of one digest are the same whoever writes them, so that a second upload, even at the same
time, and one that a crash cut short are completed instead of being rolled back.

A blob that no letter names is *condemned*: marked with the time, and checked days later: then it is
destroyed, or loses the mark if a letter names it by now. Each new blob is condemned, too, as its
letter may never come. A courier stores bytes first and may try for five days to deliver the event
that names them; so only an older mark leads to destruction, and storing the bytes again renews a
mark of more than a day. A blob that is being destroyed (``going``) cannot be read: its chunks are
deleted before its file document, so that nobody else's chunks are ever deleted.
"""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import BinaryIO

from bson import Binary
from pymongo import IndexModel

from receiver.store.mongo import (
    Database,
    Document,
    DuplicateKey,
    StoreUnavailable,
    all_of,
    each_of,
    have_indexes,
    insert_new,
    store_errors,
)

CHUNK_BYTES = 255 * 1024
BATCH_CHUNKS = 4
MARKS: Document = {"condemned": 1, "going": 1}
UNMARK: Document = {"$unset": {"condemned": ""}}
OLD_MARK = timedelta(days=1)  # a younger mark is not renewed by each upload


class Blobs:
    """The bucket ``blobs``; a blob exists once its file document does."""

    def __init__(self, database: Database) -> None:
        self._files = database["blobs.files"]
        self._chunks = database["blobs.chunks"]

    async def ensure(self) -> None:
        """Create the index that the GridFS specification requires, and that of condemned blobs."""
        with store_errors():
            await have_indexes(self._chunks, [IndexModel([("files_id", 1), ("n", 1)], unique=True)])
            await have_indexes(self._files, [IndexModel("condemned", sparse=True)])

    async def store(self, digest: str, size: int, content: BinaryIO) -> bool:
        """Store verified content under its digest; return False if it was there already."""
        if await self._is_there(digest):
            return False
        for batch in _batches(digest, content):
            with suppress(DuplicateKey), store_errors():
                await self._chunks.insert_many(batch, ordered=False)
        try:
            with store_errors():
                await self._files.insert_one(_file(digest, size))
        except DuplicateKey:
            await self._require(digest)
            return False
        return True

    async def store_small(self, contents: Mapping[str, bytes]) -> dict[str, bool | Exception]:
        """Store verified contents of at most one chunk by their digests, in three commands.

        Returns for each whether it is new, or why it is not safely there.
        """
        told: dict[str, bool | Exception] = {}
        with store_errors():
            found = await self._files.find({"_id": {"$in": sorted(contents)}}, MARKS).to_list(None)
        for each in found:
            marked = _is_old(each) or "going" in each
            told[each["_id"]] = await self._checked(each["_id"]) if marked else False
        if missing := sorted(contents.keys() - told.keys()):
            chunks = [{"files_id": one, "n": 0, "data": Binary(contents[one])} for one in missing]
            if filled := [each for each in chunks if each["data"]]:
                await insert_new(self._chunks, filled)
            files = [_file(one, len(contents[one])) for one in missing]
            there = await insert_new(self._files, files)
            for place, one in enumerate(missing):
                told[one] = await self._checked(one) if place in there else True
        return told

    async def _checked(self, digest: str) -> bool | Exception:
        try:
            await self._require(digest)
        except StoreUnavailable as error:
            return error
        return False

    async def _require(self, digest: str) -> None:
        """Raise StoreUnavailable unless a blob that another may have just stored is safely there.

        The other's file document may yet be lost with its primary; what is read here may not.
        """
        if not await self._is_there(digest):
            raise StoreUnavailable("the blob is not safely stored yet")

    async def condemn(self, digests: Collection[str], when: datetime) -> int:
        """Mark blobs that are not marked yet; return how many there are."""
        those: Document = {"_id": {"$in": sorted(digests)}}
        with store_errors():
            await self._files.update_many(
                those | {"condemned": None}, {"$set": {"condemned": when}}
            )
            return int(await self._files.count_documents(those))

    async def condemned(self, before: datetime) -> list[str]:
        """Return the blobs marked before a time, and those half destroyed."""
        with store_errors():
            found = await all_of(self._files.find({"condemned": {"$lte": before}}, {"_id": 1}))
        return [str(each["_id"]) for each in found]

    async def spare(self, digest: str) -> None:
        """Remove the mark from a blob that is named again."""
        with store_errors():
            await self._files.update_one({"_id": digest, "going": None}, UNMARK)

    async def destroy(self, digest: str, before: datetime) -> bool:
        """Destroy a blob marked before a time; return False if the mark is gone or newer."""
        guard = {"_id": digest, "condemned": {"$lte": before}}
        with store_errors():
            marked = await self._files.update_one(guard, {"$set": {"going": True}})
            if not marked.matched_count:
                return False
            await self._chunks.delete_many({"files_id": digest})
            await self._files.delete_one({"_id": digest, "going": True})
        return True

    async def restore(self, document: Document, content: BinaryIO) -> None:
        """Store a backup's blob with its GridFS document; what is there already stays."""
        for batch in _batches(document["_id"], content, document["chunkSize"]):
            with suppress(DuplicateKey), store_errors():
                await self._chunks.insert_many(batch, ordered=False)
        with suppress(DuplicateKey), store_errors():
            await self._files.insert_one(document)

    async def pieces(self, digest: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a blob, up to the first chunk that is missing or has none."""
        with store_errors():
            chunks = self._chunks.find({"files_id": digest}, batch_size=BATCH_CHUNKS).sort("n", 1)
            read = 0
            async for chunk in each_of(chunks):
                if chunk.get("n") != read or not isinstance(chunk.get("data"), bytes):
                    return
                read += 1
                yield bytes(chunk["data"])

    async def wrong_with(self, digest: str, size: int) -> str:
        """Return in a few words what is wrong with a blob, empty if every byte is there."""
        with store_errors():
            document = await self._files.find_one({"_id": digest})
            if document is None:
                return "is not there"
        found, length = sha256(), 0
        async for piece in self.pieces(digest):
            found.update(piece)
            length += len(piece)
        if length != size:
            return f"has {length} bytes of {size}"
        if document.get("length") != size:
            return f"has {size} bytes and says that it has {document.get('length')}"
        return "" if found.hexdigest() == digest else "has other bytes than were stored"

    async def size(self, digest: str) -> int | None:
        """Return a blob's size in bytes; None if it is not there."""
        with store_errors():
            found = await self._files.find_one({"_id": digest}, {"length": 1})
        return found["length"] if found else None

    async def read(self, digest: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield the bytes of a blob from ``start`` to before ``stop``, chunk by chunk."""
        for number in range(start // CHUNK_BYTES, -(-stop // CHUNK_BYTES)):
            with store_errors():
                chunk = await self._chunks.find_one({"files_id": digest, "n": number})
            if chunk is None:
                raise StoreUnavailable("a blob lacks a chunk")
            begins = number * CHUNK_BYTES
            yield chunk["data"][max(start - begins, 0) : stop - begins]

    async def _is_there(self, digest: str) -> bool:
        """Tell whether a blob is there and stays; raises StoreUnavailable while it is destroyed."""
        with store_errors():
            found = await self._files.find_one({"_id": digest}, MARKS)
            if found and _is_old(found) and not found.get("going"):
                guard = {"_id": digest, "going": None}
                mark = {"$set": {"condemned": datetime.now(UTC)}}
                done = await self._files.update_one(guard, mark)
                found = found if done.matched_count else {"going": True}
        if found and found.get("going"):
            raise StoreUnavailable("the blob is being destroyed")
        return found is not None


def _is_old(file: Document) -> bool:
    return "condemned" in file and file["condemned"] < datetime.now(UTC) - OLD_MARK


def _file(digest: str, size: int) -> Document:
    now = datetime.now(UTC)
    return {
        "_id": digest,
        "length": size,
        "chunkSize": CHUNK_BYTES,
        "uploadDate": now,
        "filename": digest,
        "condemned": now,
    }


def _batches(
    digest: str, content: BinaryIO, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[list[Document]]:
    number = 0
    while True:
        batch: list[Document] = []
        while len(batch) < BATCH_CHUNKS and (data := content.read(chunk_bytes)):
            batch.append({"files_id": digest, "n": number, "data": Binary(data)})
            number += 1
        if not batch:
            return
        yield batch
