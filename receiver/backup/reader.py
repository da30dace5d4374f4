"""Reading a whole database for a backup: by mongodump if there is one, by ourselves if not."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

from receiver.backup.by_mongodump import Mongodump, NotDumped
from receiver.backup.layout import Documents
from receiver.backup.raw import RawDocuments
from receiver.store.mongo import Database


class Writer(Protocol):
    """Takes the documents of one collection."""

    def add(self, document: bytes) -> None:
        """Take one document, as BSON."""

    def finish(self) -> Documents:
        """Return what was written."""

    def forget(self) -> None:
        """Drop what was written."""


class CollectionsReader:
    """Reads collections in the order in which it is asked; raises StoreUnavailable.

    If mongodump fails once, ``say`` is told why, and the rest is read without it.
    """

    def __init__(
        self, database: Database, by: Mongodump | None, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.database = database
        self.raw = RawDocuments(database)
        self.by = by
        self._say = say

    async def every(self, collection: str, writer: Callable[[], Writer]) -> Documents:
        """Write every document of a collection."""
        if self.by:
            file = writer()
            try:
                return await written(self.by.every(collection), file)
            except NotDumped as error:
                self.by = None
                self._say(str(error))
                file.forget()
        return await written(self.raw.every(collection), writer())


async def written(documents: AsyncGenerator[bytes, None], file: Writer) -> Documents:
    """Write documents to a file, and return what is in it."""
    async with aclosing(documents) as found:
        async for each in found:
            file.add(each)
    return file.finish()
