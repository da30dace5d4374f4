"""Reading dialogs for people: the newest, and those with a word, an address or an id."""

import re
from typing import Any

from contract.reading.addresses import canonical
from receiver.store.dialog import kept_as
from receiver.store.mongo import Database, Document, store_errors

OURS: Document = {"revision": {"$exists": True}, "part_of": None}
HEAD: Document = dict.fromkeys(
    ("mailbox", "user", "email_from", "subject", "updated", "count", "waiting"), 1
)


class DialogFinder:
    """Reads and never writes; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database["dialogs"]
        self._letters = database["letters"]

    async def newest(self, mailbox: str | None, limit: int) -> list[Document]:
        """Return the dialogs with the newest letters, of one mailbox or of all."""
        named = {"mailbox": mailbox} if mailbox else {}
        return await self._heads(named, limit)

    async def having(self, words: str, limit: int) -> list[Document]:
        """Return the dialogs of an address, with all words in their subject, or with a letter.

        A letter is named by its Message-ID, with or without its brackets.
        """
        bare = words.strip().strip("<>")
        found: list[Any] = []
        if "@" in bare:
            with store_errors():
                mailboxes = await self._letters.distinct("mailbox")
                query = {"mailbox": {"$in": mailboxes}, "known": bare}
                letters = await self._letters.find(query, {"dialog": 1}).to_list(limit)
            found = [each["dialog"] for each in letters]
        parts = dict.fromkeys(words.split())
        subject = [{"subject": {"$regex": re.escape(each), "$options": "i"}} for each in parts]
        either: list[Document] = [
            {"_id": {"$in": found}},
            {"user": kept_as(canonical(bare))},
            {"$and": subject or [{"subject": ""}]},
        ]
        return await self._heads({"$or": either}, limit)

    async def _heads(self, query: Document, limit: int) -> list[Document]:
        with store_errors():
            cursor = self._dialogs.find(OURS | query, HEAD).sort("updated", -1).limit(limit)
            return await cursor.to_list(limit)
