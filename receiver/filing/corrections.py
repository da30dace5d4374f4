"""What a person corrects: split letters off, merge dialogs, move a letter.

Each may be asked for again, also after a crash in the middle, and changes nothing once it is done.
Each is recorded on the dialogs: who, when, what.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from receiver.errors import KeepsChanging, Problem
from receiver.filing.moving import Moving, new_record
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Document, store_errors

ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Corrected:
    """The dialog in which the letters are now, and whether this call changed anything."""

    dialog: Any
    changed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The document of a letter, and the dialog that it is part of."""

    document: Any
    dialog: Any


class Corrections:
    """Corrections of dialogs; each raises Problem 404 or 409, or StoreUnavailable."""

    def __init__(self, dialogs: Dialogs, moving: Moving) -> None:
        self._dialogs = dialogs
        self._moving = moving

    async def merge(self, one_id: Any, other_id: Any, who: str) -> Corrected:
        """Make two dialogs one: the one that was opened first."""
        one, other = await self._of_one_mailbox(one_id, other_id)
        if one["_id"] == other["_id"]:
            return Corrected(one["_id"], changed=False)
        record = new_record("merge", who, {})
        return Corrected(await self._moving.merge(one["_id"], other["_id"], record), changed=True)

    async def split(self, dialog_id: Any, keys: Set[str], who: str) -> Corrected:
        """Give some letters of a dialog a dialog of their own, which later answers follow."""
        changed, opened = False, None
        for _ in range(ATTEMPTS):
            source = await self.dialog(dialog_id)
            places = await self._places(source, keys)
            elsewhere = {place.dialog for place in places.values()} - {source["_id"]}
            if elsewhere:
                opened = await self._split_before(source, elsewhere)
            left = {key for key, place in places.items() if place.dialog == source["_id"]}
            if not left:
                return Corrected(opened, changed)
            await self._refuse_all(source, left)
            opened = opened or ObjectId()
            details = {"from": source["_id"], "to": opened}
            changed = await self._move_some(places, left, opened, "split", who, details) or changed
        raise KeepsChanging("the dialog kept changing")

    async def move(self, dialog_id: Any, key: str, to: Any, who: str) -> Corrected:
        """Move one letter into another dialog; the only letter of a dialog merges the two."""
        changed = False
        for _ in range(ATTEMPTS):
            source, target = await self._of_one_mailbox(dialog_id, to)
            place = (await self._places(source, {key}))[key]
            if place.dialog == target["_id"]:
                return Corrected(target["_id"], changed)
            if place.dialog != source["_id"]:
                raise Problem(409, "the letter is in neither of the two dialogs")
            details = {"from": source["_id"], "to": target["_id"], "messages": [key]}
            if not source.get("continued") and len(source["messages"]) == 1:
                record = new_record("move", who, details)
                merged = await self._moving.merge(source["_id"], target["_id"], record)
                return Corrected(merged, changed=True)
            await self._refuse_all(source, {key})
            places = {key: place}
            changed = await self._move_some(places, {key}, target["_id"], "move", who, details)
        raise KeepsChanging("the dialog kept changing")

    async def dialog(self, dialog_id: Any) -> Document:
        """Return the dialog that an id stands for, with nothing under way; raises Problem 404."""
        for _ in range(ATTEMPTS):
            found = await self._moving.settled(dialog_id)
            if found is None:
                raise Problem(404, "there is no such dialog")
            if not found.get("continued"):
                return found
            under_way = [
                part["_id"]
                for part in await self._dialogs.parts(found["_id"], {"transfer.id": 1})
                if "transfer" in part
            ]
            if not under_way:
                return found
            for part_id in under_way:
                await self._moving.finish(part_id)
        raise KeepsChanging("the dialog kept changing")

    async def _of_one_mailbox(self, one_id: Any, other_id: Any) -> tuple[Document, Document]:
        """Return two dialogs; ids and keys are unique within a mailbox, so none leaves its own."""
        one, other = await self.dialog(one_id), await self.dialog(other_id)
        if one["mailbox"] != other["mailbox"]:
            raise Problem(409, "the dialogs are of different mailboxes")
        return one, other

    async def _places(self, source: Document, keys: Set[str]) -> dict[str, Place]:
        query: Document = {"mailbox": source["mailbox"], "messages.key": {"$in": sorted(keys)}}
        fields = {"messages.key": 1, "continues": 1}
        with store_errors():
            found = await self._dialogs.documents.find(query, fields).to_list(None)
        places: dict[str, Place] = {}
        for document in found:
            head = await self._dialogs.resolve(document["_id"], {"_id": 1})
            if head is not None:
                place = Place(document["_id"], head["_id"])
                places |= {message["key"]: place for message in document["messages"]}
        if keys - places.keys():
            raise Problem(404, "there is no such letter in this mailbox")
        return {key: places[key] for key in keys}

    async def _split_before(self, source: Document, elsewhere: Set[Any]) -> Any:
        """Return the dialog that an earlier call of the same split opened."""
        names = {source["_id"], *source.get("former_ids", [])}
        for dialog_id in elsewhere:
            other = await self._dialogs.read(dialog_id, {"corrections": 1})
            records = other["corrections"] if other else []
            splits = (each for each in records if each["what"] == "split")
            if len(elsewhere) == 1 and any(each["from"] in names for each in splits):
                return dialog_id
        raise Problem(409, "some of the letters are in another dialog")

    async def _refuse_all(self, source: Document, keys: Set[str]) -> None:
        """Leave a dialog, and the first document of one that goes on in others, a letter."""
        if {message["key"] for message in source["messages"]} <= keys:
            raise Problem(409, "a dialog keeps at least one letter of its first document")

    async def _move_some(
        self,
        places: dict[str, Place],
        keys: Set[str],
        to: Any,
        what: str,
        who: str,
        details: Document,
    ) -> bool:
        document = places[min(keys)].document
        together = {key for key in keys if places[key].document == document}
        record = new_record(what, who, details | {"messages": sorted(together)})
        return await self._moving.move(together, document, to, record)
