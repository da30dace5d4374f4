"""Further ids of a letter: each further copy that SMTP took has an id of its own.

The first copy's id is stored with the letter (``content.event_id``). Older letters have only the
second in which they were taken, which the id contains.
"""

from collections.abc import Sequence

from receiver.letters.arrival import Arrival
from receiver.store.mongo import Database, Document, store_errors

MOST = 20  # of one letter


class FurtherIds:
    """The ids in the field ``again`` of letters; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._letters = database["letters"]

    async def note(self, copies: Sequence[tuple[Arrival, str]]) -> None:
        """Store the ids of duplicate copies, by the keys of their letters.

        A repeat of the first copy's id does not count.
        """
        for each, key in copies:
            if each.copy["source"]["via"] != "smtp":
                continue
            first: Document = {"mailbox": each.letter.mailbox, "key": key}
            first["$or"] = [
                {"content.event_id": {"$exists": True, "$ne": each.event_id}},
                {
                    "content.event_id": {"$exists": False},
                    "content.received": {"$ne": each.content["received"]},
                },
            ]
            first[f"again.{MOST - 1}"] = {"$exists": False}
            update = {"$addToSet": {"again": each.event_id}}
            with store_errors():
                await self._letters.update_one(first, update)

    async def find(self, mailboxes: Sequence[str], number: str) -> list[Document]:
        """Return the letters of these mailboxes that came again under this id, whole."""
        query: Document = {"again": number, "mailbox": {"$in": list(mailboxes)}}
        with store_errors():
            return await self._letters.find(query).to_list(MOST)
