"""Keeping: letters are inserted before anybody looks where they belong; copies are noted."""

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
from receiver.threads.guesses import OpenedTogether, Similar, guess_of, may_be_a_reply


@dataclass
class Batch:
    """Letters of one mailbox that are filed together, by key."""

    mailbox: str
    arrivals: dict[str, Arrival]
    near: Near = field(default_factory=Near)
    kept: dict[str, Kept] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)

    def of(self, group: Group) -> list[Letter]:
        """Return the letters of a group that came with this batch."""
        return [each for each in group.letters if each.key in self.kept]


class Keeping:
    """Keeps a batch; ``guesses`` turns rung 4 on."""

    def __init__(self, store: Store, erased: Erased, guesses: bool) -> None:
        self._letters = store.letters
        self._dialogs = store.dialogs
        self._overview = store.overview
        self._erased = erased
        self._guesses = guesses

    async def keep(self, batch: Batch) -> None:
        """Insert the letters, each with the dialog where it seems to belong."""
        pairs = []
        others, knowing = by_name(batch.near.kept.values()), batch.near.by_id()
        place = {key: at for at, key in enumerate(batch.arrivals)}
        opened = OpenedTogether()
        similar = await self._similar(batch)
        for group in sorted(
            batch.groups, key=lambda each: min(place.get(key, 0) for key in each.keys)
        ):
            fresh = [each for each in group.letters if each.key in batch.arrivals]
            fresh = [each for each in fresh if each.key not in batch.near.kept]
            if not fresh:
                continue
            ids = {each.key: ObjectId() for each in fresh}
            answered = group.dialogs or _answered(batch.near, knowing, fresh)
            dialog = min(answered, default=min(ids.values()))
            for letter in fresh:
                guessed = _guessed(letter, similar.get(letter.key), opened)
                came = batch.arrivals[letter.key]
                kept = Kept(ids[letter.key], guessed, dialog, redacted=came.redacted)
                names = names_of(guessed, others, group.keys, batch.near.known_there)
                kept.known = frozenset(names) | came.digest_names
                for name in kept.known:
                    others[name].append(kept)
                pairs.append((kept, came.content, came.copy))
                batch.kept[letter.key] = kept
                if guessed is not letter:
                    batch.unsettled.add(letter.key)
            if not group.dialogs and batch.unsettled.isdisjoint(group.keys):
                opened.add(group.letters)
        there = set(batch.arrivals) - batch.kept.keys()
        if pairs:
            there |= await self._letters.keep(pairs, await self._dialogs.now())
        for key in there:
            batch.kept.pop(key, None)
            await self._came_again(batch, key)

    async def _similar(self, batch: Batch) -> dict[str, list[Similar]]:
        """Return what letters may answer that seem to be replies, where no id helps."""
        alone = [
            each.letters[0] for each in batch.groups if len(each.letters) == 1 and not each.dialogs
        ]
        fresh = [each for each in alone if each.key not in batch.near.kept]
        asking = [each for each in fresh if self._guesses and may_be_a_reply(each)]
        # One by one: no query for several pairs goes by an index in every database.
        pairs = list(dict.fromkeys((each.user, each.base_subject) for each in asking))
        found = await asyncio.gather(
            *(self._overview.similar(batch.mailbox, *pair) for pair in pairs)
        )
        similar = {
            pair: [
                Similar(each["newest"], each["created"], each["updated"], each["thread_indexes"])
                for each in dialogs
                if "newest" in each
            ]
            for pair, dialogs in zip(pairs, found, strict=True)
        }
        return {each.key: similar[each.user, each.base_subject] for each in asking}

    async def _came_again(self, batch: Batch, key: str) -> None:
        """Note a copy of a letter that is kept already; it is looked at and shown as if new.

        ``out`` outranks ``in``, for only the mailbox itself can have sent that copy.
        """
        copy = batch.arrivals[key].copy
        while document := await self._letters.document(batch.mailbox, key):
            if document.get("redacted"):  # what was taken out of it must not come back
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
            if await self._letters.add_copy(document, copy, changes):
                break
        batch.unsettled.add(key)
        batch.answers[key] = Answer(dialog="", outcome="duplicate", matched_by="key")


def _guessed(letter: Letter, similar: Sequence[Similar] | None, opened: OpenedTogether) -> Letter:
    """Return the letter with a guess, if one may be made and there is one."""
    if similar is None:
        return letter
    guess = guess_of(letter, [*similar, *opened.similar(letter)])
    if guess is None:
        return letter
    opened.joined(letter, guess)
    return Letter(letter.mailbox, letter.message | {"guess": vars(guess)})


def _answered(
    near: Near, knowing: Mapping[str, Sequence[Kept]], fresh: Sequence[Letter]
) -> set[Any]:
    """Return the dialogs where letters stand that answer these, and whose people wrote these.

    That is only where they point to at first: it spares a write, and settling decides.
    """
    found = set()
    for letter in fresh:
        for each in knowing.get(letter.message_id, ()):
            head = near.head_of(each)
            answers = each.letter.message_id != letter.message_id
            if head and answers and not letter.speakers.isdisjoint(head["participants"]):
                found.add(head["_id"])
    return found
