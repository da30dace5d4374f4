"""Dialogs in MongoDB: a plain letter is one lookup and one write, addressed by ``_id``."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from bson import ObjectId

from receiver.addresses import canonical
from receiver.documents import message_of, opened_by, opening_of, refused_ids, update_of
from receiver.errors import DuplicateKey
from receiver.join_policy import Candidate
from receiver.letter import Letter, named_by
from receiver.matching import Join, Open, Refusal, opens_earlier
from receiver.mongo import Database, Document, store_errors
from receiver.schema import DIALOGS
from receiver.summary import combined, in_order, marked, summary
from receiver.transfer import part_of

# MongoDB's limit is 16 MB; a letter may bring 5, and what is under way counts twice for a moment.
PART_BYTES = 8 * 1024 * 1024
MAX_RELATED = 100


class Dialogs:
    """The collection of dialogs; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database, part_bytes: int = PART_BYTES) -> None:
        self.documents = database[DIALOGS]
        self.part_bytes = part_bytes

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
            return await self._append_to_a_part(letter, decision)
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
        return await self._updated(guard, update)

    async def _rewrite(self, letter: Letter, decision: Join) -> bool:
        """Add the letter that gives its dialog another subject, which all messages are held to."""
        document = await self.read(decision.dialog.id)
        if document is None or document.get("transfer", {}).get("whole"):
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

    async def _append_to_a_part(self, letter: Letter, decision: Join) -> bool:
        """Add the letter to a dialog that goes on in other documents.

        The head takes the people first: should we fail in between, the letter comes again.
        """
        message = message_of(letter, decision)
        fields = summary(letter.mailbox, [message])
        dialog = decision.dialog
        update = update_of(letter, message, decision)
        del update["$push"], update["$addToSet"]["thread_ids"]
        update["$inc"] = {"revision": 1}
        update["$set"] = {"continued": True}
        guard: Document = {"_id": dialog.id, "transfer.whole": {"$ne": True}}
        if opens_earlier(letter, dialog):
            guard["opened_by"] = dialog.opened_by
            update["$set"] |= opening_of(letter, message)
        if not await self._updated(guard, update):
            return False
        for part in await self.parts(dialog.id, {"size": 1, "transfer.id": 1}):
            if part["size"] < self.part_bytes and "transfer" not in part:
                update = update_of(letter, message, decision)
                del update["$addToSet"]["related"]
                open_part: Document = {"_id": part["_id"], "messages.key": {"$ne": letter.key}}
                open_part |= {"size": {"$lt": self.part_bytes}, "transfer.whole": {"$ne": True}}
                return await self._updated(open_part, update)
        head = {"_id": dialog.id, "mailbox": letter.mailbox}
        head["base_subject"] = min(
            ((dialog.created, dialog.opened_by), dialog.base_subject),
            ((letter.created, letter.key), fields["base_subject"]),
        )[1]
        claims = list(decision.claims) or [letter.sentinel]
        with store_errors():
            await self.documents.insert_one(part_of(head, ObjectId(), [message], claims))
        return True

    async def relate(self, dialog_id: Any, refused: Iterable[Refusal]) -> None:
        """Link the dialogs where the letter's sender is a stranger to the one that it is in."""
        for refusal in refused:
            await self.link(refusal.dialog.id, dialog_id)

    async def link(self, one: Any, other: Any) -> None:
        """Have one dialog know that another is related to it, up to a bound."""
        guard: Document = {"_id": one, f"related.{MAX_RELATED - 1}": {"$exists": False}}
        await self._updated(guard, {"$addToSet": {"related": other}, "$inc": {"revision": 1}})

    async def link_back(self, dialog_id: Any, key: str) -> None:
        """Complete the links of a stored letter where a crash left them in one direction."""
        fields = {"former_ids": 1, "messages.key": 1, "messages.refused": 1}
        document = await self.read(dialog_id, fields)
        messages = document["messages"] if document else ()
        names = {dialog_id, *(document or {}).get("former_ids", [])}
        for refusal in (one for each in messages if each["key"] == key for one in each["refused"]):
            host = await self.resolve(refusal["dialog"], {"related": 1})
            if host is not None and host["_id"] not in names and not names & {*host["related"]}:
                await self.link(host["_id"], dialog_id)

    async def brought_in(self, host: Document) -> list[Any]:
        """Return the linked dialogs in which a participant of this one has written."""
        others = {*host["participants"]} - {canonical(host["mailbox"])}
        found: list[Document] = []
        for name in ("_id", "former_ids") if host["related"] else ():
            query: Document = {name: {"$in": host["related"]}}
            with store_errors():
                found += await self.documents.find(query, {"writers": 1}).to_list(None)
        return [each["_id"] for each in found if not others.isdisjoint(each["writers"])]

    async def release(self, dialog: Candidate, message_id: str) -> None:
        """Have a dialog that only guessed an id give it up for the letter whose own it is."""
        guard: Document = {"_id": dialog.id, "transfer": None}
        guard["messages.message_id"] = {"$ne": message_id}
        for citer in sorted(dialog.citers.get(message_id, ())):
            keep = {"$addToSet": {"thread_ids": named_by(message_id, citer)}}
            with suppress(DuplicateKey):  # another dialog of his knows it already
                await self._updated(guard, keep | {"$inc": {"revision": 1}})
        update = {"$pull": {"thread_ids": message_id}, "$inc": {"revision": 1}}
        await self._updated(guard, update)

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

    async def replace(self, old: Document, new: Document) -> bool:
        """Write a document anew unless somebody else has written it since it was read."""
        guard = {"_id": old["_id"], "revision": old["revision"]}
        with store_errors():
            result = await self.documents.replace_one(
                guard, new | {"revision": old["revision"] + 1}
            )
        return result.matched_count == 1

    async def _updated(self, guard: Document, update: Document) -> bool:
        with store_errors():
            result = await self.documents.update_one(guard, update)
        return result.matched_count == 1
