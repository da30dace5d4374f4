"""Dialogs in MongoDB: a plain letter is one lookup and one write, addressed by ``_id``."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.addresses import canonical
from receiver.errors import DuplicateKey
from receiver.join_policy import Candidate, Held, answers_a_held
from receiver.letter import Letter, cited_ids, named_by
from receiver.matching import SUBJECT_WINDOW, Join, Open, Refusal, opens_earlier
from receiver.mongo import Database, Document, store_errors
from receiver.people import speakers_of, writers_of
from receiver.schema import DIALOGS
from receiver.summary import combined, in_order, marked, subject_changed, summary
from receiver.transfer import part_of

# MongoDB's limit is 16 MB; a letter may bring 5, and what is under way counts twice for a moment.
PART_BYTES = 8 * 1024 * 1024
MAX_RELATED = 100

SEEN: Document = {
    "mailbox": 1,
    "thread_ids": 1,
    "created": 1,
    "updated": 1,
    "opened_by": 1,
    "base_subject": 1,
    "participants": 1,
    "writers": 1,
    "thread_indexes": 1,
    "related": 1,
    "apart": 1,
    "former_ids": 1,
    "continued": 1,
    "continues": 1,
    "size": 1,
    "transfer.id": 1,
    "messages.key": 1,
    "messages.message_id": 1,
    "messages.direction": 1,
    "messages.from.address": 1,
}
CITING: Document = {
    f"messages.{name}": 1
    for name in (
        *("key", "message_id", "direction", "from"),
        *("kind", "bounce", "in_reply_to", "references"),
    )
}


class UnderWay(Exception):
    """A document was met whose letters are being moved; finish that first."""

    def __init__(self, dialog_id: Any) -> None:
        super().__init__(str(dialog_id))
        self.dialog_id = dialog_id


class Dialogs:
    """The collection of dialogs; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database, part_bytes: int = PART_BYTES) -> None:
        self.documents = database[DIALOGS]
        self.part_bytes = part_bytes

    async def candidates(self, letter: Letter, named: Iterable[str] = ()) -> list[Candidate]:
        """Return every dialog that knows one of the letter's ids or ``named``; raises UnderWay.

        A stored letter's own id is always known, so that duplicates are among them too.
        """
        known: Document = {
            "mailbox": letter.mailbox,
            "thread_ids": {"$in": [*letter.ids, letter.sentinel, *named]},
        }
        return await self._candidates(await self._seen(known))

    async def with_citers(self, dialog: Candidate, letter: Letter) -> Candidate:
        """Return a dialog with those who named the letter's ids there, if that may decide."""
        unseen = [one for one in letter.ids if one in dialog.thread_ids - dialog.held_ids]
        if not unseen or (letter.message_id not in unseen and answers_a_held(letter, dialog)):
            return dialog
        head = await self.read(dialog.id, CITING)
        parts = await self.parts(dialog.id, CITING) if dialog.continued else []
        citers: dict[str, set[str]] = {one: set() for one in unseen}
        held = dict(dialog.held)
        for message in (each for one in (head, *parts) if one for each in one["messages"]):
            held[message["key"]] = _held(dialog.mailbox, message)
            for one in cited_ids(message) & citers.keys():
                citers[one] |= writers_of(dialog.mailbox, message)
        return replace(dialog, citers=citers, held=held)

    async def holders(self, letter: Letter) -> list[Candidate]:
        """Return the dialog that holds the letter, wherever it is; raises UnderWay."""
        known: Document = {"mailbox": letter.mailbox, "messages.key": letter.key}
        return await self._candidates(await self._seen(known))

    async def similar(self, letter: Letter) -> list[Candidate]:
        """Return the latest dialogs of the letter's user with its base subject; raises UnderWay."""
        found = await self._seen(
            {
                "mailbox": letter.mailbox,
                "user": canonical(letter.user),
                "base_subject": letter.base_subject,
                "updated": {"$gte": letter.created - SUBJECT_WINDOW},
            }
        )
        return await self._candidates(found)

    async def open(self, letter: Letter, decision: Open) -> Any:
        """Store a dialog of one letter; raises DuplicateKey if another worker was first."""
        message = _message(letter, decision)
        dialog_id = ObjectId()
        document: Document = {
            "_id": dialog_id,
            "mailbox": letter.mailbox,
            **summary(letter.mailbox, [message]),
            "messages": [message],
            "thread_ids": list(decision.claims),
            "related": _ids(decision.refused),
            "apart": [],
            "corrections": [],
            "revision": 0,
        }
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
        message = _message(letter, decision)
        update = _update(letter, message, decision)
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
            update["$set"] = _opening(letter, message)
        return await self._updated(guard, update)

    async def _rewrite(self, letter: Letter, decision: Join) -> bool:
        """Add the letter that gives its dialog another subject, which all messages are held to."""
        document = await self.read(decision.dialog.id)
        if document is None or document.get("transfer", {}).get("whole"):
            return False
        if any(message["key"] == letter.key for message in document["messages"]):
            return False
        message = _message(letter, decision)
        fields = combined(document, summary(letter.mailbox, [message]))
        messages = in_order([*document["messages"], message])
        related = [*document["related"], *_ids(decision.refused)]
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
        message = _message(letter, decision)
        fields = summary(letter.mailbox, [message])
        dialog = decision.dialog
        update = _update(letter, message, decision)
        del update["$push"], update["$addToSet"]["thread_ids"]
        update["$inc"] = {"revision": 1}
        update["$set"] = {"continued": True}
        guard: Document = {"_id": dialog.id, "transfer.whole": {"$ne": True}}
        if opens_earlier(letter, dialog):
            guard["opened_by"] = dialog.opened_by
            update["$set"] |= _opening(letter, message)
        if not await self._updated(guard, update):
            return False
        for part in await self.parts(dialog.id, {"size": 1, "transfer.id": 1}):
            if part["size"] < self.part_bytes and "transfer" not in part:
                update = _update(letter, message, decision)
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

    async def _seen(self, query: Document) -> list[Document]:
        with store_errors():
            return await self.documents.find(query, SEEN).to_list(None)

    async def _candidates(self, found: Sequence[Document]) -> list[Candidate]:
        """Return the dialogs of the documents that were found, the oldest first."""
        dialogs: dict[Any, list[Document]] = {}
        for document in found:
            if "transfer" in document:
                raise UnderWay(document["_id"])
            head = document
            if "continues" in document:
                resolved = await self.resolve(document["continues"], SEEN)
                if resolved is None:
                    raise UnderWay(document["continues"])
                if "transfer" in resolved:
                    raise UnderWay(resolved["_id"])
                head = resolved
            dialogs.setdefault(head["_id"], [head]).append(document)
        return [_candidate(documents) for _, documents in sorted(dialogs.items())]


def _candidate(documents: Sequence[Document]) -> Candidate:
    head = documents[0]
    return Candidate(
        id=head["_id"],
        mailbox=head["mailbox"],
        thread_ids=frozenset(one for each in documents for one in each["thread_ids"]),
        created=head["created"],
        updated=head["updated"],
        opened_by=head["opened_by"],
        base_subject=head["base_subject"],
        held={
            message["key"]: _held(head["mailbox"], message)
            for document in documents
            for message in document["messages"]
        },
        participants=frozenset(head["participants"]),
        writers=frozenset(head["writers"]),
        thread_indexes=frozenset(head["thread_indexes"]),
        related=tuple(head["related"]),
        former_ids=frozenset(head.get("former_ids", [])),
        apart=frozenset(head["apart"]),
        continued=bool(head.get("continued")),
        size=head["size"],
    )


def _held(mailbox: str, message: Document) -> Held:
    out = message["direction"] == "out"
    return Held(message["message_id"], out, speakers_of(mailbox, message))


def _message(letter: Letter, decision: Join | Open) -> Document:
    changed = isinstance(decision, Join) and subject_changed(
        letter.message, decision.dialog.base_subject
    )
    return letter.message | {
        "matched_by": decision.matched_by,
        "matched_id": decision.matched_id,
        "refused": [
            {"dialog": refusal.dialog.id, "id": refusal.message_id} for refusal in decision.refused
        ],
        "subject_changed": changed,
    }


def _update(letter: Letter, message: Document, decision: Join) -> Document:
    fields = summary(letter.mailbox, [message])
    return {
        "$push": {"messages": {"$each": [message], "$sort": {"created": 1, "key": 1}}},
        "$addToSet": {
            "thread_ids": {"$each": list(decision.claims)},
            "participants": {"$each": fields["participants"]},
            "writers": {"$each": fields["writers"]},
            "thread_indexes": {"$each": fields["thread_indexes"]},
            "related": {"$each": _ids(decision.refused)},
        },
        "$max": {"updated": letter.created},
        "$inc": {"size": fields["size"], "revision": 1},
    }


def _opening(letter: Letter, message: Document) -> Document:
    fields = summary(letter.mailbox, [message])
    names = ("email_from", "user", "subject", "base_subject", "created", "opened_by")
    return {name: fields[name] for name in names}


def _ids(refused: Iterable[Refusal]) -> list[Any]:
    return list(dict.fromkeys(refusal.dialog.id for refusal in refused))


def now_in_milliseconds(now: datetime) -> datetime:
    """Return a time as MongoDB will give it back."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
