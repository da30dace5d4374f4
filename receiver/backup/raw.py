"""Documents as raw BSON, whatever their content: for backups."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import suppress
from typing import Any

from bson import CodecOptions
from bson.raw_bson import RawBSONDocument

from receiver.store.mongo import Database, DuplicateKey, each_of, store_errors

AT_ONCE = 500
FEW = 50  # the embedded database compares each document with each id asked for
AT_ONCE_BYTES = 8 * 1024 * 1024


class RawDocuments:
    """Reads and adds documents without decoding them; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        options: CodecOptions[RawBSONDocument] = CodecOptions(
            document_class=RawBSONDocument, tz_aware=True
        )
        self._database = database
        self._raw: Any = database.client.get_database(database.name, codec_options=options)

    async def collections(self) -> list[str]:
        """Return the names of all collections, without views and MongoDB's own."""
        with store_errors():
            found = await self._database.list_collection_names(filter={"type": "collection"})
        return sorted(each for each in found if not each.startswith("system."))

    async def holds_any(self, collection: str) -> bool:
        """Tell whether there is any document in a collection."""
        with store_errors():
            return await self._database[collection].find_one({}, {"_id": 1}) is not None

    async def every(self, collection: str) -> AsyncGenerator[bytes, None]:
        """Yield each document once, as BSON, in the order of ``_id``."""
        with store_errors():
            async for document in each_of(self._raw[collection].find({}, sort=[("_id", 1)])):
                yield document.raw

    async def of_ids(self, collection: str, ids: Sequence[Any]) -> set[bytes]:
        """Return the documents of these ids, as BSON."""
        found = set[bytes]()
        for start in range(0, len(ids), FEW):
            some = self._raw[collection].find({"_id": {"$in": list(ids[start : start + FEW])}})
            with store_errors():
                found |= {each.raw async for each in some}
        return found

    async def add(self, collection: str, documents: Iterable[bytes]) -> None:
        """Insert documents; those whose ``_id`` is there already are skipped."""
        batch: list[bytes] = []
        for document in documents:
            batch.append(document)
            if len(batch) >= AT_ONCE or sum(map(len, batch)) >= AT_ONCE_BYTES:
                await self._insert(collection, batch)
                batch = []
        if batch:
            await self._insert(collection, batch)

    async def _insert(self, collection: str, documents: Sequence[bytes]) -> None:
        with suppress(DuplicateKey), store_errors():
            await self._raw[collection].insert_many(
                [RawBSONDocument(each) for each in documents], ordered=False
            )
