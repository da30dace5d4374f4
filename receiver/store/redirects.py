"""The collection ``redirects``: where the ids of dialogs lead that went into others.

And the collection ``gone``, by which whoever follows the changes is told.
"""

from collections.abc import Collection
from typing import Any

from receiver.store.mongo import Database, Document, DuplicateKey, store_errors


class Redirects:
    """Says where ids lead; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._redirects = database["redirects"]
        self._gone = database["gone"]

    async def of(self, ids: Collection[Any]) -> dict[Any, Any]:
        """Return where ids lead, those that lead elsewhere; None where letters were erased."""
        return {each["_id"]: each["into"] for each in await self._found(ids)}

    async def last_revisions(self, ids: Collection[Any]) -> dict[Any, int]:
        """Return the last revisions of dialogs that went into others, of these those that did."""
        return {each["_id"]: each["revision"] for each in await self._found(ids)}

    async def _found(self, ids: Collection[Any]) -> list[Document]:
        if not ids:
            return []
        with store_errors():
            return await self._redirects.find({"_id": {"$in": list(ids)}}).to_list(None)

    async def erased_from(self, dialog_id: Any) -> str | None:
        """Return the mailbox of a dialog whose letters were erased; None if it is no such."""
        seen = set()
        while dialog_id is not None and dialog_id not in seen:
            seen.add(dialog_id)
            with store_errors():
                found = await self._redirects.find_one({"_id": dialog_id})
            if found is None:
                return None
            if found["into"] is None:
                return str(found["mailbox"])
            dialog_id = found["into"]
        return None

    async def lead(self, head: Document, into: Any) -> bool:
        """Have a dialog's id lead to another from now on; False if somebody has it lead elsewhere.

        Of two who would have the letters of one dialog stand in two others the first is right, and
        the second must look again. A redirect of an earlier revision is of an earlier life.
        """
        said = {"into": into, "mailbox": head["mailbox"], "revision": head["revision"]}
        try:
            with store_errors():
                await self._redirects.insert_one({"_id": head["_id"]} | said)
        except DuplicateKey:
            earlier = {"_id": head["_id"], "revision": {"$lt": head["revision"]}}
            with store_errors():
                replaced = (await self._redirects.replace_one(earlier, said)).matched_count
            if not replaced and (await self.of([head["_id"]])).get(head["_id"], head) != into:
                return False
        gone = {"$set": said | {"opened": head.get("opened")}, "$currentDate": {"changed": True}}
        with store_errors():
            await self._gone.update_one({"_id": head["_id"]}, gone, upsert=True)
        return True
