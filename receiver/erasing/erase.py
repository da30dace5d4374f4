"""Erases a person: tombstones first, then quotations of him, then his letters, then the dialogs.

An erasure that was cut short is repeated by the same call: the tombstones exist already, and what
is left is found again. Dialogs alone do not show what was left in them, as they mention him in the
words of letters that are cleaned by now. So an erasure that follows one cut short compares every
dialog with its letters; any other compares only dialogs that show a changed letter. Letters keep
coming in meanwhile; one of his that a receiver was about to store is handled by the sweeper.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from bson import ObjectId

from receiver.erasing.afterwards.quoting import Quoting
from receiver.erasing.erased import Erased
from receiver.erasing.order import Erasure, Order
from receiver.erasing.pins import Mailbox, pins_of
from receiver.erasing.survey import AT_ONCE, Held, planned
from receiver.erasing.traces.letters import redacted, tells_anywhere
from receiver.filing.collections import Store
from receiver.letters.belonging import digest_of_key, digest_of_person
from receiver.letters.letter import Letter
from receiver.projecting.mailbox import Projecting
from receiver.store.mongo import Document, StoreUnavailable
from receiver.threads.group import Policy

ATTEMPTS = 20
OVERLAP = timedelta(seconds=30)


class Erasing:
    """Carries erasures out by one policy; each method raises StoreUnavailable."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy: Policy = policy
        self._erased = Erased(store)
        self._quoting = Quoting(store)

    async def erase(self, held: Held, order: Order) -> Erasure:
        """Erase what is held, and record it, even if nothing is held: for what may still come."""
        tombstones = self._store.tombstones
        before = await tombstones.unfinished(held.mailbox)
        note = {
            "mailbox": held.mailbox,
            "when": order.when,
            "who": held.traces.cleaned(order.who),
            "reason": held.traces.cleaned(order.reason),
        }
        name = ObjectId()
        key = await tombstones.made_key()
        person = digest_of_person(key, held.mailbox, held.person)
        note |= {"order": order.id, "person": person, "done": False, "act": False}
        await tombstones.note(name, note)
        async with self._store.index.together(held.mailbox):
            outcome = await self.carry_out(held, order, name, every_dialog=bool(before))
        await tombstones.note(name, {"done": True, "counts": outcome.counts()})
        for each in before:
            if each.get("person") == person:
                await tombstones.note(each["_id"], {"done": True, "finished_by": name})
        return outcome

    async def carry_out(
        self, held: Held, order: Order, name: ObjectId, *, every_dialog: bool = True
    ) -> Erasure:
        """Do all but record it; ``name`` is that of the record.

        Without ``every_dialog`` only dialogs are compared with their letters that show a letter
        changed by this erasure.
        """
        store = self._store
        key = await store.tombstones.made_key()
        outcome = planned(key, held)
        await store.tombstones.for_letters(name, outcome.tombstones)
        digests = [outcome.person, *outcome.traces]
        await store.tombstones.for_person(name, digests, order.when)
        if not held.is_nothing:
            await store.tombstones.say_held(outcome.person)
        documents = await self._redacted(held)
        pins = await self._pin(held, documents, order)
        async with store.index.changing(held.mailbox, documents):
            for one in documents:
                await self._rewrite(held, one)
        traces = held.traces
        await store.bridges.forget_person(held.person, traces.told_by, traces.names_him)
        await store.waiting_events.forget_letters(held.mailbox, held.own.keys(), traces.cleaned)
        await store.leaving.forget_before(held.mailbox, partial(tells_anywhere, traces))
        left = await self._left_over(held, key)
        taken = await self._erased.take_away(held.mailbox, held.own.keys() | left)
        outcome.files = taken.files
        meanwhile = await self._came_meanwhile(held)
        if every_dialog or left or meanwhile or not held.is_nothing:
            changed = None if every_dialog else documents.keys() | taken.beside | meanwhile
            await Projecting(store, self._policy).project(held.mailbox, changed)
        for fact in pins:
            await store.facts.mark_shown(fact)
        return outcome

    async def _came_meanwhile(self, held: Held) -> set[str]:
        """Treat letters stored since the survey as if they came now.

        Return those that changed, or stood beside one that went. A letter older than the tombstones
        that is stored even later is handled by the sweeper.
        """
        letters, now = self._store.letters, await self._store.dialogs.now()
        known = {each.id for each in held.every.values()}
        kept = await letters.kept_between(held.mailbox, held.since - OVERLAP, now + OVERLAP)
        ids = [each for each in kept if each not in known]
        beside: set[str] = set()
        for start in range(0, len(ids), AT_ONCE):
            new = await letters.of_ids(ids[start : start + AT_ONCE])
            gone = await self._erased.kept(each.letter for each in new)
            beside |= (await self._erased.take_away(held.mailbox, gone)).beside
            left = [each for each in new if each.letter.key not in gone]
            beside |= await self._quoting.kept(held.mailbox, left)
        return beside

    async def _left_over(self, held: Held, key: bytes) -> set[str]:
        """Return the letters that an earlier call, which was cut short, left in dialogs."""
        shown = {each["key"] for dialog in held.dialogs.values() for each in dialog.messages}
        digests = {digest_of_key(key, held.mailbox, one): one for one in shown - held.every.keys()}
        return {digests[each] for each in await self._store.tombstones.standing(digests)}

    async def _redacted(self, held: Held) -> dict[str, Document]:
        found = {}
        for one in sorted(held.touched):
            document = await self._store.letters.document(held.mailbox, one)
            if document is not None:
                found[one] = _without_him(held, document)
        return found

    async def _pin(
        self, held: Held, documents: Mapping[str, Document], order: Order
    ) -> Sequence[Any]:
        facts = await self._store.facts.of_mailbox(held.mailbox)
        after = [
            Letter(held.mailbox, documents[key]["message"]) if key in documents else each.letter
            for key, each in held.every.items()
            if key not in held.own
        ]
        who = held.traces.cleaned(order.who)
        mailbox = Mailbox(held.every, after, facts, held.dialogs)
        pins = await asyncio.to_thread(
            pins_of, mailbox, held.touched_dialogs, self._policy, who, order.when
        )
        for fact, about in pins:
            await self._store.facts.add(held.mailbox, fact, about)
        return [fact.id for fact, _ in pins]

    async def _rewrite(self, held: Held, one: str) -> None:
        for _ in range(ATTEMPTS):
            document = await self._store.letters.document(held.mailbox, one)
            if document is None:
                return
            if await self._erased.rewrite(document, _without_him(held, document)):
                return
        raise StoreUnavailable("a letter kept changing")


def _without_him(held: Held, document: Document) -> Document:
    attached = {each["sha256"] for each in document["message"]["attachments"]}
    return redacted(held.traces, document, frozenset(attached - held.telling))
