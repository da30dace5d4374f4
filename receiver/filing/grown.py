"""A dialog too large for one document goes on in others, its parts.

Its head, the first document, alone knows its Message-IDs and says of it what all letters say.
"""

from typing import Any

from bson import ObjectId

from receiver.letters.letter import Letter
from receiver.store.documents import message_of, opening_of, update_of
from receiver.store.mongo import Document, store_errors
from receiver.store.store import Store, goes
from receiver.store.summary import UNITED, marked, summary
from receiver.store.transfer import part_of
from receiver.threads.matching import Join, opens_earlier

SAYS: Document = dict.fromkeys((*UNITED, "base_subject", "created", "opened_by", "updated"), 1)


class Grown:
    """Writes to dialogs of several documents; each method raises StoreUnavailable when in doubt."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def append(self, letter: Letter, decision: Join) -> bool:
        """Add the letter to a part; False if the dialog has changed so that we must look again.

        The head takes ids and people first: should we fail in between, the letter comes again.
        """
        dialog, message = decision.dialog, message_of(letter, decision)
        update = update_of(letter, message, decision)
        del update["$push"]
        update["$inc"] = {"revision": 1}
        update["$set"] = {"continued": True}
        guard: Document = {
            "_id": dialog.id,
            "transfer.whole": {"$ne": True},
            "opened_by": dialog.opened_by,
            "base_subject": dialog.base_subject,
        }
        opens = opens_earlier(letter, dialog) or dialog.opened_by == letter.key
        base = letter.base_subject if opens else dialog.base_subject
        if opens:
            update["$set"] |= opening_of(letter, message)
        if not await self._store.update(guard, update):
            return False
        while opens and not await self._mark(dialog.id):
            pass
        if not await self._push(letter, decision, base):
            return False
        # Whoever restated the dialog meanwhile did not know of the letter.
        await self._store.update({"_id": dialog.id}, {"$inc": {"revision": 1}})
        head = await self._store.resolve(dialog.id, SAYS)
        right = head is None or (head["base_subject"] == base and _includes(head, update, letter))
        while not right:
            right = await self.restate(dialog.id)
        return True

    async def _push(self, letter: Letter, decision: Join, base: str) -> bool:
        """Add the message to the first part that has room, or to a new one."""
        dialog = decision.dialog
        [message] = marked([message_of(letter, decision)], base)
        for part in await self._store.parts(dialog.id, {"size": 1, "transfer.id": 1}):
            if part["size"] < self._store.part_bytes and "transfer" not in part:
                update = update_of(letter, message, decision)
                del update["$addToSet"]["related"], update["$addToSet"]["thread_ids"]
                guard: Document = {
                    "_id": part["_id"],
                    "messages.key": {"$ne": letter.key},
                    "size": {"$lt": self._store.part_bytes},
                    "transfer.whole": {"$ne": True},
                }
                return await self._store.update(guard, update)
        head = {"_id": dialog.id, "mailbox": letter.mailbox, "base_subject": base}
        with store_errors():
            await self._store.documents.insert_one(part_of(head, ObjectId(), [message]))
        return True

    async def restate(self, dialog_id: Any) -> bool:
        """Have a dialog of several documents say of itself what the letters of all of them say.

        False to do it again, because somebody else wrote one of them meanwhile.
        """
        documents = await self._holding(dialog_id)
        messages = [message for document in documents for message in document["messages"]]
        grown = documents and documents[0].get("continued")
        return not grown or await self._say(documents, summary(documents[0]["mailbox"], messages))

    async def _mark(self, dialog_id: Any) -> bool:
        """Have each letter of a dialog say whether its subject differs from the dialog's."""
        documents = await self._holding(dialog_id)
        return not documents or await self._say(documents, documents[0])

    async def _holding(self, dialog_id: Any) -> list[Document]:
        """Return the documents of a dialog that hold letters; none if it goes into another one."""
        head = await self._store.resolve(dialog_id)
        if head is None or goes(head):
            return []
        return [each for each in await self._store.documents_of(head) if not goes(each)]

    async def _say(self, documents: list[Document], of_all: Document) -> bool:
        head, *parts = documents
        for old, new in ((head, head | of_all), *((part, part) for part in parts)):
            messages = marked(old["messages"], of_all["base_subject"])
            size = summary(head["mailbox"], messages)["size"]
            right = new | {"messages": messages, "size": size}
            if right != old and not await self._store.replace(old, right):
                return False
        return True


def _includes(head: Document, update: Document, letter: Letter) -> bool:
    """Tell whether what a dialog says of all its letters is true of this one, too."""
    united = (set(update["$addToSet"][name]["$each"]) <= set(head[name]) for name in UNITED)
    first = (head["created"], head["opened_by"]) <= (letter.created, letter.key)
    return first and letter.created <= head["updated"] and all(united)
