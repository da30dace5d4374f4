"""How many documents the queries of a list read."""

from receiver.listing.queries import Listing
from receiver.listing.rows import Rows
from receiver.store.mongo import Database, Document


class CountedRows(Rows):
    """Rows that keep what each query reads: all that its span of the index holds."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.read: list[int] = []

    async def _found(
        self, listing: Listing, query: Document, limit: int, projection: Document | None
    ) -> list[Document]:
        self.read.append(await self._dialogs.count_documents(query))
        return await super()._found(listing, query, limit, projection)
