"""Storing: letters are inserted before anybody looks where they belong; copies are noted."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from contract.event import Answer
from receiver.erasing.erased import Erased
from receiver.filing.collections import Store
from receiver.filing.look import by_name, names_of
from receiver.filing.world import Near
from receiver.letters.arrival import Arrival
from receiver.letters.letter import Document, Letter
from receiver.store.letters import MAX_COPIES, Kept
from receiver.threads.group import Group
from receiver.threads.guesses import guess_of, may_be_a_reply


@dataclass
class Batch:
    """Letters of one mailbox that are filed together, by key.

    ``kept_under`` maps keys that letters came with to the keys under which they are stored.
    """

    mailbox: str
    arrivals: dict[str, Arrival]
    kept_under: dict[str, str] = field(default_factory=dict)
    near: Near = field(default_factory=Near)
    kept: dict[str, Kept] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)

    @property
    def new(self) -> list[Arrival]:
        """The letters that were not stored when the batch looked around."""
        return [each for key, each in self.arrivals.items() if key not in self.near.kept]

    @property
    def alone(self) -> list[Letter]:
        """The new letters that ids tie to no other."""
        groups = (each for each in self.groups if len(each.letters) == 1 and not each.dialogs)
        return [each.letters[0] for each in groups if each.letters[0].key not in self.near.kept]

    @property
    def seen(self) -> list[Kept]:
        """The letters that are not settled, and those in dialogs that share an id."""
        known = self.near.kept | self.kept
        ids = {one for key in self.unsettled & known.keys() for one in known[key].letter.ids}
        return [
            each
            for key, each in known.items()
            if key in self.unsettled
            or (self.near.head_of(each) and not ids.isdisjoint(each.letter.ids))
        ]

    def of(self, group: Group) -> list[Letter]:
        """Return the letters of a group that came with this batch."""
        return [each for each in group.letters if each.key in self.kept]


class Keeping:
    """Stores a batch; ``guesses`` turns rung 4 on."""

    def __init__(self, store: Store, erased: Erased, guesses: bool) -> None:
        self._store = store
        self._erased = erased
        self._guesses = guesses

    async def keep(self, batch: Batch) -> None:
        """Insert the letters, each with the dialog where it seems to belong."""
        pairs = []
        others, knowing = by_name(batch.near.kept.values()), batch.near.by_id()
        similar = await self._similar(batch)
        # New ids show in which order dialogs were opened: in an import that of its source.
        place = {key: at for at, key in enumerate(batch.arrivals)}
        for group in sorted(
            batch.groups, key=lambda one: min(place.get(key, 0) for key in one.keys)
        ):
            fresh = [each for each in group.letters if each.key not in batch.near.kept]
            if not fresh:
                continue
            ids = {each.key: ObjectId() for each in fresh}
            answered = group.dialogs or _answered(batch.near, knowing, fresh)
            dialog = min(answered, default=min(ids.values()))
            for letter in fresh:
                if guess := guess_of(letter, similar.get(letter.key, ())):
                    letter = Letter(letter.mailbox, letter.message | {"guess": vars(guess)})
                    batch.unsettled.add(letter.key)
                came = batch.arrivals[letter.key]
                kept = Kept(ids[letter.key], letter, dialog, redacted=came.redacted)
                names = names_of(letter, others, group.keys, batch.near.known_there)
                kept.known = frozenset(names) | came.digest_names
                for name in kept.known:
                    others[name].append(kept)
                pairs.append((kept, came.content, came.copy))
                batch.kept[letter.key] = kept
        there = set(batch.arrivals) - batch.kept.keys()
        if pairs:
            there |= await self._store.letters.keep(pairs, await self._store.dialogs.now())
        for key in there:
            batch.kept.pop(key, None)
            await self._came_again(batch, key)

    async def _similar(self, batch: Batch) -> dict[str, list[Document]]:
        """Return the dialogs that apparent replies may answer, if no id helps."""
        asking = [each for each in batch.alone if self._guesses and may_be_a_reply(each)]
        # One by one: for several pairs the embedded database would read all dialogs.
        found = await asyncio.gather(
            *(
                self._store.dialogs.similar(batch.mailbox, each.user, each.base_subject)
                for each in asking
            )
        )
        return {each.key: dialogs for each, dialogs in zip(asking, found, strict=True)}

    async def _came_again(self, batch: Batch, key: str) -> None:
        """Add a copy to a stored letter, which is looked at and shown as if new.

        ``out`` outranks ``in``, for only the mailbox itself can have sent that copy.
        """
        copy = batch.arrivals[key].copy
        while document := await self._store.letters.document(batch.mailbox, key):
            if document.get("redacted"):  # what was removed from it must not come back
                await self._erased.forget_bytes([batch.arrivals[key]])
                break
            if document.get("trimmed"):
                await self._erased.forget_bytes([batch.arrivals[key]])
            if copy in document["copies"]:
                break
            changes: Document = {}
            if copy["direction"] == "out" and document["message"]["direction"] != "out":
                changes["message.direction"] = "out"
            if copy["bcc"] and not document["message"]["bcc"]:
                changes["message.bcc"] = copy["bcc"]
            if len(document["copies"]) >= MAX_COPIES and not changes:
                break
            said_otherwise = {key} if changes else set[str]()
            async with self._store.index.changing(batch.mailbox, said_otherwise):
                if await self._store.letters.add_copy(document, copy, changes):
                    break
        batch.unsettled.add(key)
        batch.answers[key] = Answer(dialog="", outcome="duplicate", matched_by="key")


def _answered(
    near: Near, knowing: Mapping[str, Sequence[Kept]], fresh: Sequence[Letter]
) -> set[Any]:
    """Return the dialogs of letters that answer these, and whose people wrote these.

    This is only where they point at first: it saves a write, and settling decides.
    """
    found = set()
    for letter in fresh:
        for each in knowing.get(letter.message_id, ()):
            head = near.head_of(each)
            answers = each.letter.message_id != letter.message_id
            if head and answers and not letter.speakers.isdisjoint(head["participants"]):
                found.add(head["_id"])
    return found
