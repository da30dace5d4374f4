"""Erased letters: those that come again are acknowledged but not stored; what is left is removed.

This is asked before letters are stored. An erasure that begins at that very moment is handled by
the sweeper, which asks again about everything stored since.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from receiver.erasing.tombstones import counts
from receiver.filing.collections import Store
from receiver.letters.arrival import Arrival
from receiver.letters.belonging import digest_of_key, digests_of_letter, owned_before
from receiver.letters.letter import Letter
from receiver.store.letters import POINTERS
from receiver.store.mongo import Document, StoreUnavailable

ATTEMPTS = 20


@dataclass
class TakenAway:
    """How many blobs were marked, and the letters that stood beside those that were removed.

    Also those that were guessed to answer one of these.
    """

    files: int = 0
    beside: set[str] = field(default_factory=set)


class Erased:
    """Knows which letters must not be stored and removes them; methods raise StoreUnavailable."""

    def __init__(self, store: Store) -> None:
        self._leaving = store.leaving
        self._letters = store.letters
        self._dialogs = store.dialogs
        self._writing = store.writing
        self._facts = store.facts
        self._blobs = store.blobs
        self._tombstones = store.tombstones
        self._index = store.index

    async def arriving(self, arrivals: Iterable[Arrival]) -> set[str]:
        """Return the keys of the letters that were erased; mark their bytes for destruction."""
        came = list(arrivals)
        gone = await self.among(came)
        await self.forget_bytes(each for each in came if each.letter.key in gone)
        return gone

    async def among(self, arrivals: Iterable[Arrival]) -> set[str]:
        """Return the keys of the letters that were erased."""
        key = await self._tombstones.key()
        if key is None:
            return set()
        known = {}
        for each in arrivals:
            # Bytes that do not name their sender may be somebody else's than the erased person's.
            raw = "" if each.its_senders else each.mark.raw
            digests = _digests(key, each.letter, raw, each.content["headers"])
            for before in each.keys_before:
                name = digest_of_key(key, each.letter.mailbox, before)
                digests[name] = each.letter.created
            known[each.letter.key] = digests
        return await self._among(known)

    async def kept(self, letters: Iterable[Letter]) -> set[str]:
        """Return the keys of stored or shown letters that were erased."""
        key = await self._tombstones.key()
        if key is None:
            return set()
        return await self._among({each.key: _digests(key, each, "") for each in letters})

    async def forget_bytes(self, arrivals: Iterable[Arrival]) -> None:
        """Mark the blobs of letters that are not stored as they came."""
        digests = {
            digest
            for each in arrivals
            for digest in (
                *(one["sha256"] for one in each.letter.message["attachments"]),
                each.mark.raw,
            )
            if digest
        }
        if digests:
            await self._blobs.condemn(digests, await self._dialogs.now())

    async def rewrite(self, document: Document, fields: Document) -> bool:
        """Store a letter's cleaned form, mark bytes it no longer names; False if it has changed."""
        empty = set() if fields["digests"] else {"digests"}
        said = {name: value for name, value in fields.items() if name not in empty}
        if gone := set(document.get("digests", ())) - set(fields["digests"]):
            await self._blobs.condemn(gone, await self._dialogs.now())
        return await self._leaving.rewrite(document, said, empty)

    async def take_away(self, mailbox: str, keys: Set[str]) -> TakenAway:
        """Remove letters for good: documents, facts, messages.

        Dialogs that hold others keep their ids and their heads until one of their letters is
        settled or the dialogs are projected. Tombstones must exist before. Blobs are marked while
        letters still name them; that is checked again before they are destroyed.
        """
        taken = TakenAway()
        if not keys:
            return taken
        digests = await self._leaving.digests(mailbox, keys)
        if digests:
            taken.files = await self._blobs.condemn(digests, await self._dialogs.now())
        async with self._index.changing(mailbox, keys):
            taken.beside |= await self._leaving.remove(mailbox, keys)
        await self._facts.forget(mailbox, keys)
        for _ in range(ATTEMPTS):
            holding = await self._dialogs.holding(mailbox, keys)
            parts = {part: of for part, of in holding.items() if part != of}
            await self._writing.forget_orphans(parts)
            for one in sorted({*holding.values()}):
                taken.beside |= await self._writing.take_out(one, keys)
            if not holding:
                break
        else:
            raise StoreUnavailable("the dialogs kept changing")
        return taken

    async def take_out_of(self, mailbox: str, ids: Set[Any]) -> set[str]:
        """Remove erased letters from dialogs that show letters which are not stored.

        A merge may have carried them along. Return the letters that stood beside them.
        """
        beside: set[str] = set()
        for dialog in (await self._dialogs.whole(ids)).values():
            messages = {each["key"]: each for each in dialog.messages}
            letters = await self._letters.of_keys(mailbox, messages, POINTERS)
            for each in letters:
                messages.pop(each.letter.key)
            left = await self.kept(Letter(mailbox, each) for each in messages.values())
            beside |= (await self.take_away(mailbox, left)).beside
        return beside

    async def _among(self, known: dict[str, dict[str, datetime]]) -> set[str]:
        asked = {digest for digests in known.values() for digest in digests}
        found = await self._tombstones.standing(asked)
        return {
            letter
            for letter, digests in known.items()
            if any(one in found and counts(found[one], dated) for one, dated in digests.items())
        }


def _digests(
    key: bytes, letter: Letter, raw: str, headers: Iterable[list[str]] = ()
) -> dict[str, datetime]:
    """Return the digests under which a letter may be known, each with its date."""
    own = digests_of_letter(key, letter.mailbox, letter.message, raw, headers)
    found = dict.fromkeys(own, letter.created)
    return found | dict(owned_before(key, letter.mailbox, letter.message))
