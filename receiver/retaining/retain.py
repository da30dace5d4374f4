"""Deletes what is due beside live mail, by the age of a dialog's newest letter.

Its age counts from the later of its date and its arrival, as a date can be forged; for an import
only the date counts. A letter's document is changed field by field, and a dialog by
compare-and-set; whoever loses looks again. A dialog that gets a letter before its turn, of any
date, stays until the next run. A deleted dialog leaves tombstones, so that an IMAP rescan does not
bring it back. What a dialog has lost is noted in its head with the revision of then, so that a
daily run reads only heads.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.erasing.erased import Erased
from receiver.erasing.pins import Mailbox, pins_of
from receiver.filing.collections import Store
from receiver.filing.world import Projects
from receiver.letters.belonging import digests_of_letter
from receiver.letters.letter import Letter
from receiver.listing.queries import Listing, Queries, Sort
from receiver.retaining.holds import Holds
from receiver.retaining.losing import has, shown_without, trimmed, without
from receiver.retaining.terms import KINDS, Terms, due
from receiver.store.dialog import Dialog
from receiver.store.leaving import BEFORE
from receiver.store.mongo import Database, Document, StoreUnavailable
from receiver.store.packed import headers_in
from receiver.threads.facts import Fact
from receiver.threads.group import Policy
from receiver.threads.projection import summary_after
from receiver.words import texts

PAGE = 200
ATTEMPTS = 20
WHO = "retention"


@dataclass
class Retained:
    """What was deleted: letters by kind, and dialogs; ``held`` were due but are on hold.

    ``before`` counts dialogs that a migration left, ``would_go`` are letters of a dry run.
    """

    letters: Counter[str] = field(default_factory=Counter)
    dialogs: int = 0
    held: int = 0
    blobs: int = 0
    before: int = 0
    would_go: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.letters or self.dialogs or self.before)

    def words(self) -> str:
        """Return the numbers on one line."""
        counted = ((kind, self.letters[kind]) for kind in KINDS if self.letters[kind])
        kinds = ", ".join(
            texts("{kind} of {count} letters", kind=texts.word(kind), count=count)
            for kind, count in counted
        )
        told = texts(
            "{kinds}; {dialogs} dialogs; {held} on hold",
            kinds=kinds or texts.word("nothing of letters"),
            dialogs=self.dialogs,
            held=self.held,
        )
        before = texts("; {count} in {place}", count=self.before, place=BEFORE)
        return told + (before if self.before else "")


class Retaining:
    """Applies the terms of mailboxes; each method raises StoreUnavailable."""

    def __init__(self, database: Database, store: Store, policy: Policy, project: Projects) -> None:
        self._store = store
        self._queries = Queries(database)
        self._holds = Holds(database, store.dialogs)
        self._policy: Policy = policy
        self._project = project
        self._erased = Erased(store)

    async def mailboxes(self) -> list[str]:
        """Return every mailbox with stored data."""
        before = await self._store.leaving.mailboxes_before()
        return sorted({*before, *await self._store.mailboxes.every()})

    async def run(self, mailbox: str, terms: Terms, *, dry: bool = False) -> Retained:
        """Delete what is due, or only count it."""
        async with self._store.index.together(mailbox):
            return await self._run(mailbox, terms, dry=dry)

    async def _run(self, mailbox: str, terms: Terms, *, dry: bool) -> Retained:
        now = await self._store.dialogs.now()
        cutoffs = terms.cutoffs(now)
        done = Retained()
        if not cutoffs:
            return done
        on_hold = await self._holds.held(mailbox, now)
        going: dict[Any, Document] = {}
        async for head in self._due(mailbox, max(cutoffs.values())):
            kinds = due(cutoffs, head["updated"])
            if _has_lost(head, kinds):
                continue
            found = (await self._store.dialogs.whole([head["_id"]])).get(head["_id"])
            if found is None:
                continue
            keys = [each["key"] for each in found.messages]
            newest = await self._store.leaving.newest(mailbox, keys)
            kinds = due(cutoffs, max(newest, found.head["updated"]))
            if kinds and found.id in on_hold:
                done.held += 1
            elif "dialogs" in kinds:
                going[found.id] = found.head
                done.would_go.update(keys)
            elif kinds:
                await self._trim_unless_held(found, kinds, done, dry=dry)
        if dry:
            done.dialogs = len(going)
        else:
            await self._remove(mailbox, going, done)
        forget = self._store.leaving.forget_what_went
        done.before = await forget(mailbox, done.would_go if dry else set(), dry=dry)
        return done

    async def _due(self, mailbox: str, last: datetime) -> AsyncIterator[Document]:
        """Yield the heads of dialogs whose newest letter is dated before ``last``."""
        after = None
        by_date = Sort("updated", newest_first=False)
        old = {"updated": {"$lt": last}}
        while rows := await self._queries.page(Listing(mailbox, by_date, old, after), PAGE):
            for row in rows:
                yield row
            after = (rows[-1]["updated"], rows[-1]["_id"])

    async def _trim_unless_held(
        self, found: Dialog, kinds: list[str], done: Retained, *, dry: bool
    ) -> None:
        if dry:
            await self._trim(found, kinds, done, dry=dry)
            return
        async with self._holds.leaving({found.head["mailbox"]: {found.id}}) as on_hold:
            if on_hold:  # since the holds were read
                done.held += 1
            else:
                await self._trim(found, kinds, done, dry=dry)

    async def _trim(self, found: Dialog, kinds: list[str], done: Retained, *, dry: bool) -> None:
        keys = [each["key"] for each in found.messages]
        changed = False
        for _ in range(ATTEMPTS):
            kept = 0
            for document in await self._store.leaving.untrimmed(found.head["mailbox"], keys, kinds):
                if not dry and not await self._trim_one(document, kinds):
                    kept += 1
                    continue
                done.would_go.add(document["key"])
                done.letters.update(kind for kind in kinds if has(document, kind))
                changed = changed or bool(without(kinds, document["message"]))
            if not kept:
                break
        else:
            raise StoreUnavailable("the letters kept changing")
        if not dry:
            await self._show(found.id, set(keys), kinds, changed=changed)

    async def _trim_one(self, document: Document, kinds: list[str]) -> bool:
        """Have a letter lose these kinds; False if it has changed since it was read."""
        fields, left_out = trimmed(document, kinds)
        if gone := set(document.get("digests", ())) - set(fields.get("digests", ())):
            await self._store.blobs.condemn(gone, await self._store.dialogs.now())
        searched_otherwise = {document["key"]} if without(kinds, document["message"]) else set()
        async with self._store.index.changing(document["mailbox"], searched_otherwise):
            return await self._store.leaving.rewrite(document, fields, left_out)

    async def _show(self, dialog: Any, keys: set[str], kinds: list[str], *, changed: bool) -> None:
        """Bring a dialog's messages up to date, and note what they have lost."""
        for _ in range(ATTEMPTS):
            found = (await self._store.dialogs.whole([dialog])).get(dialog)
            if found is None:
                return
            messages = [
                shown_without(kinds, each) if each["key"] in keys else each
                for each in found.messages
            ]
            if not changed or messages == found.messages:
                if keys == {each["key"] for each in messages}:
                    await self._store.leaving.note_trimmed(found.head, kinds)
                return
            letters = [Letter(found.head["mailbox"], each) for each in messages]
            says = {"has": summary_after(letters, {})["has"]}
            await self._store.writing.write(found, says, messages)
        raise StoreUnavailable("the dialog kept changing")

    async def _remove(self, mailbox: str, going: Mapping[Any, Document], done: Retained) -> None:
        """Take dialogs away; others that share an id or a correction with one stay as they are."""
        facts = await self._store.facts.of_mailbox(mailbox) if going else []
        related = bool(facts) or any(
            each["related"] or each.get("related_more") for each in going.values()
        )
        if related:
            await self._pin(mailbox, set(going), facts)
        beside: set[str] = set()
        note = ""
        for one in sorted(going):
            now = await self._store.dialogs.now()
            note = await self._store.mailboxes.letters_go(mailbox, now, note)
            async with self._holds.leaving({mailbox: {one}}) as on_hold:
                if on_hold:  # since the holds were read
                    done.held += 1
                else:
                    beside |= await self._remove_one(mailbox, going[one], done)
        if related or beside:
            await self._project(mailbox, beside)
        if note:
            await self._store.mailboxes.projected(note)

    async def _remove_one(self, mailbox: str, head: Document, done: Retained) -> set[str]:
        """Delete a dialog's letters; return those that came to it meanwhile, which stay."""
        found = (await self._store.dialogs.whole([head["_id"]])).get(head["_id"])
        if found is None or found.head["revision"] != head["revision"]:
            return set()  # somebody has written since its age was read
        keys = {each["key"] for each in found.messages}
        await self._bury(mailbox, keys)
        taken = await self._erased.take_away(mailbox, keys)
        done.blobs += taken.files
        done.dialogs += 1
        return taken.beside

    async def _bury(self, mailbox: str, keys: set[str]) -> None:
        key = await self._store.tombstones.made_key()
        digests: set[str] = set()
        for each in sorted(keys):
            if document := await self._store.letters.document(mailbox, each):
                raw = (document["content"].get("raw") or {}).get("sha256", "")
                headers = headers_in(document["content"])
                digests |= digests_of_letter(key, mailbox, document["message"], raw, headers)
        await self._store.tombstones.for_letters(ObjectId(), digests)

    async def _pin(self, mailbox: str, going: set[Any], facts: Sequence[Fact]) -> None:
        letters = self._store.letters
        kept = {each.letter.key: each async for each in letters.of_mailbox(mailbox)}
        dialogs = await self._store.dialogs.outlines(mailbox)
        gone = {key for one in going & dialogs.keys() for key in dialogs[one].keys}
        after = [each.letter for key, each in kept.items() if key not in gone]
        now = await self._store.dialogs.now()
        known = Mailbox(kept, after, facts, dialogs)
        pins = await asyncio.to_thread(pins_of, known, [], self._policy, WHO, now)
        for fact, about in pins:
            await self._store.facts.add(mailbox, fact, about)
            await self._store.facts.mark_shown(fact.id)


def _has_lost(head: Document, kinds: Sequence[str]) -> bool:
    """Tell whether a dialog has lost these kinds, and has not changed since."""
    noted = head.get("trimmed") or {}
    return noted.get("revision") == head["revision"] and {*kinds} <= {*noted["kinds"]}
