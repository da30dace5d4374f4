"""Dialogs in MongoDB: a plain letter is one lookup and one write, addressed by ``_id``."""

from contextlib import suppress
from typing import Any

from bson import ObjectId

from receiver.errors import DuplicateKey
from receiver.filing.grown import Grown
from receiver.letters.letter import Letter, named_by
from receiver.store.documents import message_of, opened_by, opening_of, refused_ids, update_of
from receiver.store.mongo import Database, Document, store_errors
from receiver.store.store import PART_BYTES, Store, goes
from receiver.store.summary import combined, in_order, marked, summary
from receiver.threads.join_policy import Candidate
from receiver.threads.matching import Join, Open, opens_earlier


class Dialogs(Store):
    """Dialogs in their collection; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database, part_bytes: int = PART_BYTES) -> None:
        super().__init__(database, part_bytes)
        self.grown = Grown(self)

    async def open(self, letter: Letter, decision: Open) -> Any:
        """Store a dialog of one letter; raises DuplicateKey if another worker was first."""
        dialog_id = ObjectId()
        document = opened_by(letter, decision, dialog_id)
        with store_errors():
            await self.documents.insert_one(document)
        return dialog_id

    async def append(self, letter: Letter, decision: Join) -> bool:
        """Add the letter to a dialog; False if the dialog has changed so that we must look again.

        Raises DuplicateKey if an id or the letter meanwhile belongs elsewhere.
        """
        dialog = decision.dialog
        if dialog.continued or dialog.size >= self.part_bytes:
            return await self.grown.append(letter, decision)
        if opens_earlier(letter, dialog) and letter.base_subject != dialog.base_subject:
            return await self._rewrite(letter, decision)
        message = message_of(letter, decision)
        update = update_of(letter, message, decision)
        # A unique index does not see doubles within one document, hence the guard on the key.
        guard: Document = {
            "_id": dialog.id,
            "messages.key": {"$ne": letter.key},
            "transfer.whole": {"$ne": True},
            "base_subject": dialog.base_subject,
            "size": {"$lt": self.part_bytes},
            "continued": {"$ne": True},
        }
        if opens_earlier(letter, dialog):
            guard["opened_by"] = dialog.opened_by
            update["$set"] = opening_of(letter, message)
        return await self.update(guard, update)

    async def _rewrite(self, letter: Letter, decision: Join) -> bool:
        """Add the letter that gives its dialog another subject, which all messages are held to."""
        document = await self.read(decision.dialog.id)
        if document is None or goes(document):
            return False
        if any(message["key"] == letter.key for message in document["messages"]):
            return False
        message = message_of(letter, decision)
        fields = combined(document, summary(letter.mailbox, [message]))
        messages = in_order([*document["messages"], message])
        related = [*document["related"], *refused_ids(decision.refused)]
        changed = {
            "messages": marked(messages, fields["base_subject"]),
            "thread_ids": list(dict.fromkeys([*document["thread_ids"], *decision.claims])),
            "related": list(dict.fromkeys(related)),
        }
        return await self.replace(document, document | fields | changed)

    async def link(self, dialog: Document, other_id: Any) -> bool:
        """Have a dialog know that another is related to it; False if it is about to go."""
        guard: Document = {"_id": dialog["_id"], "transfer.whole": {"$ne": True}}
        return await self.update(
            guard, {"$addToSet": {"related": other_id}, "$inc": {"revision": 1}}
        )

    async def release(self, dialog: Candidate, message_id: str) -> None:
        """Have a dialog that only guessed an id give it up for the letter whose own it is."""
        guard: Document = {"_id": dialog.id, "transfer": None}
        guard["messages.message_id"] = {"$ne": message_id}
        # What is named by nobody is found by the letter again if its write does not follow.
        for citer in ("", *sorted(dialog.citers.get(message_id, ()))):
            keep = {"$addToSet": {"thread_ids": named_by(message_id, citer)}}
            with suppress(DuplicateKey):  # another dialog of his knows it already
                await self.update(guard, keep | {"$inc": {"revision": 1}})
        update = {"$pull": {"thread_ids": message_id}, "$inc": {"revision": 1}}
        await self.update(guard, update)
