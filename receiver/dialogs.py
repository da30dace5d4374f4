"""Dialogs in MongoDB: one lookup and one write a letter, every write addressed by ``_id``."""

from collections.abc import Sequence

from bson import ObjectId

from receiver.letter import Letter
from receiver.matching import Candidate, Join, Open, opens_earlier
from receiver.mongo import Database, Document, store_errors
from receiver.schema import DIALOGS


class Dialogs:
    """The collection of dialogs; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database[DIALOGS]

    async def candidates(self, letter: Letter) -> list[Candidate]:
        """Return every dialog that knows one of the letter's ids.

        A stored letter's own id is always known, so that duplicates are among them too.
        """
        known: Document = {"mailbox": letter.mailbox, "thread_ids": {"$in": list(letter.ids)}}
        return await self._find(letter, known)

    async def holders(self, letter: Letter) -> list[Candidate]:
        """Return the dialog that holds the letter, wherever it is."""
        return await self._find(letter, {"mailbox": letter.mailbox, "messages.key": letter.key})

    async def open(self, letter: Letter, decision: Open) -> ObjectId:
        """Store a dialog of one letter; raises DuplicateKey if another worker was first."""
        dialog_id = ObjectId()
        document: Document = {
            "_id": dialog_id,
            "mailbox": letter.mailbox,
            "email_from": letter.user,
            "subject": letter.subject,
            "messages": [_message(letter, decision)],
            "participants": list(letter.participants),
            "created": letter.created,
            "updated": letter.created,
            "opened_by": letter.key,
            "related": [],
            "thread_ids": list(decision.claims),
        }
        with store_errors():
            await self._dialogs.insert_one(document)
        return dialog_id

    async def append(self, letter: Letter, decision: Join) -> bool:
        """Add the letter to a dialog; False if the dialog has changed so that we must look again.

        Raises DuplicateKey if an id or the letter meanwhile belongs elsewhere.
        """
        dialog = decision.dialog
        # A unique index does not see doubles within one document, hence the guard on the key.
        guard: Document = {"_id": dialog.id, "messages.key": {"$ne": letter.key}}
        update: Document = {
            "$push": {
                "messages": {
                    "$each": [_message(letter, decision)],
                    "$sort": {"created": 1, "key": 1},
                }
            },
            "$addToSet": {
                "thread_ids": {"$each": list(decision.claims)},
                "participants": {"$each": list(letter.participants)},
            },
            "$max": {"updated": letter.created},
        }
        if opens_earlier(letter, dialog):
            guard["opened_by"] = dialog.opened_by
            update["$set"] = {
                "email_from": letter.user,
                "subject": letter.subject,
                "created": letter.created,
                "opened_by": letter.key,
            }
        with store_errors():
            result = await self._dialogs.update_one(guard, update)
        return result.matched_count == 1

    async def _find(self, letter: Letter, query: Document) -> list[Candidate]:
        projection: Document = {
            "thread_ids": 1,
            "created": 1,
            "opened_by": 1,
            "messages": {"$elemMatch": {"key": letter.key}},
        }
        with store_errors():
            found: Sequence[Document] = await self._dialogs.find(query, projection).to_list(None)
        return sorted((_candidate(document) for document in found), key=lambda each: each.created)


def _candidate(document: Document) -> Candidate:
    return Candidate(
        id=document["_id"],
        thread_ids=frozenset(document["thread_ids"]),
        created=document["created"],
        opened_by=document["opened_by"],
        holds_letter=bool(document.get("messages")),
    )


def _message(letter: Letter, decision: Join | Open) -> Document:
    matched_id = decision.matched_id if isinstance(decision, Join) else None
    return letter.message | {"matched_by": decision.matched_by, "matched_id": matched_id}
