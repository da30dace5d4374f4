"""The collection of dialogs: reads and guarded writes of single documents."""

from typing import Any

from receiver.store.mongo import Database, Document, store_errors
from receiver.store.schema import DIALOGS

# MongoDB's limit is 16 MB; a letter may bring 5, and what is under way counts twice for a moment.
PART_BYTES = 8 * 1024 * 1024


class Store:
    """The documents; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database, part_bytes: int = PART_BYTES) -> None:
        self.documents = database[DIALOGS]
        self.part_bytes = part_bytes

    async def read(self, dialog_id: Any, fields: Document | None = None) -> Document | None:
        """Return the document of this ``_id``."""
        with store_errors():
            return await self.documents.find_one({"_id": dialog_id}, fields)

    async def resolve(self, dialog_id: Any, fields: Document | None = None) -> Document | None:
        """Return the dialog that answers to an id: also to that of one merged into it."""
        shape = fields and fields | {"continues": 1}
        while (found := await self.read(dialog_id, shape)) is None or "continues" in found:
            if found is None:
                with store_errors():
                    return await self.documents.find_one({"former_ids": dialog_id}, shape)
            dialog_id = found["continues"]
        return found

    async def parts(self, head_id: Any, fields: Document | None = None) -> list[Document]:
        """Return the documents in which a dialog goes on, those of merged dialogs included."""
        head = await self.read(head_id, {"former_ids": 1, "mailbox": 1})
        if head is None:
            return []
        names = [head_id, *head.get("former_ids", [])]
        query: Document = {"mailbox": head["mailbox"], "continues": {"$in": names}}
        with store_errors():
            return await self.documents.find(query, fields).sort("_id", 1).to_list(None)

    async def documents_of(self, one: Document) -> list[Document]:
        """Return all documents of a dialog of which one was read, the head first."""
        if not one.get("continued") and "continues" not in one:
            return [one]
        head = await self.resolve(one["_id"])
        return [head, *await self.parts(head["_id"])] if head else [one]

    async def replace(self, old: Document, new: Document) -> bool:
        """Write a document anew unless somebody else has written it since it was read."""
        guard = {"_id": old["_id"], "revision": old["revision"]}
        with store_errors():
            result = await self.documents.replace_one(
                guard, new | {"revision": old["revision"] + 1}
            )
        return result.matched_count == 1

    async def update(self, guard: Document, update: Document) -> bool:
        """Update the document that the guard names; False if there is none such."""
        with store_errors():
            result = await self.documents.update_one(guard, update)
        return result.matched_count == 1


def goes(document: Document) -> bool:
    """Tell whether all letters of a document are under way, so that it holds none."""
    return bool(document.get("transfer", {}).get("whole"))
