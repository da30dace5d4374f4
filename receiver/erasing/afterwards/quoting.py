"""Others' letters that come after an erasure but are dated before it: stored without the person.

``remembered`` says how he is recognised. Letters dated later are new ones, and stay as they are.
Letters that a receiver stored before it knew of the erasure are handled by the erasure itself and
by the sweeper.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from receiver.erasing.afterwards.remembered import (
    MayTell,
    people_and_ids,
    told_by,
    words_of,
)
from receiver.erasing.erased import Erased
from receiver.erasing.searched_bytes import addresses_in_blob, addresses_stored
from receiver.erasing.tombstones import LATEST, counts
from receiver.erasing.traces.letters import redacted
from receiver.erasing.traces.traces import Traces
from receiver.filing.collections import Store
from receiver.letters.arrival import Arrival
from receiver.letters.belonging import owners_of
from receiver.store.letters import Kept, content_packed
from receiver.store.mongo import Document, StoreUnavailable
from receiver.store.packed import headers_in

ATTEMPTS = 20
UNKNOWN = timedelta(seconds=30)  # how long after an erasure a receiver may not know of it


class Quoting:
    """Takes erased people out of others' letters; each method raises StoreUnavailable."""

    def __init__(self, store: Store) -> None:
        self._letters = store.letters
        self._blobs = store.blobs
        self._tombstones = store.tombstones
        self._index = store.index
        self._erased = Erased(store)

    async def arriving(self, arrivals: Iterable[Arrival]) -> dict[str, Arrival]:
        """Return, by key, the letters that mention an erased person, cleaned."""
        until = await self._tombstones.until()
        came = list(arrivals)
        found = {}
        for each in came:
            if until is None or each.letter.created > until:
                continue
            document = {
                "mailbox": each.letter.mailbox,
                "message": each.letter.message,
                "content": content_packed(each.content),
                "copies": [each.copy],
                "known": [],
            }
            if (fields := await self._without_him(document)) is not None:
                content = fields["content"]
                content["headers"] = headers_in(content)
                [copy] = fields["copies"]
                found[each.letter.key] = each.without(fields["message"], content, copy)
        await self._erased.forget_bytes(each for each in came if each.letter.key in found)
        return found

    async def not_known_until(self) -> datetime:
        """Return the time until which a receiver may not have known of the last erasure."""
        until = await self._tombstones.until()
        return until + UNKNOWN if until and until < LATEST else datetime.min.replace(tzinfo=UTC)

    async def kept(self, mailbox: str, letters: Iterable[Kept]) -> set[str]:
        """Clean stored letters of the people whom they mention; return the keys of those changed.

        Their dialogs must then be projected.
        """
        until = await self._tombstones.until()
        if until is None:
            return set()
        keys = [each.letter.key for each in letters if each.letter.created <= until]
        async with self._index.changing(mailbox, keys):
            return {key for key in keys if await self._rewritten(mailbox, key)}

    async def _rewritten(self, mailbox: str, key: str) -> bool:
        for _ in range(ATTEMPTS):
            document = await self._letters.document(mailbox, key)
            if document is None or (fields := await self._without_him(document)) is None:
                return False
            if await self._erased.rewrite(document, fields):
                return True
        raise StoreUnavailable("a letter kept changing")

    async def _without_him(self, document: Document) -> Document | None:
        """Return the fields of a letter's document that change when erased people are removed."""
        key = await self._tombstones.key()
        if key is None:
            return None
        in_files: dict[str, set[str]] = {}
        stored = await addresses_stored(self._blobs, document)
        asked = await asyncio.to_thread(people_and_ids, key, document, stored)
        standing = await self._standing(document, asked.digests)
        if standing:
            in_files = await self._addresses_in_files(document)
        words = await self._words(key, document, asked, standing)
        # A letter of his own is not cleaned but removed whole; cleaned, it would no longer be
        # recognised as his. It can be here if an erasure began after ``among`` was asked.
        own = owners_of(document["mailbox"], document["message"])
        found = [each for each in told_by(asked, standing, words) if each.person not in own]
        gone = {
            file
            for file, people in in_files.items()
            if not people.isdisjoint(each.person for each in found)
        }
        attached = {each["sha256"] for each in document["message"]["attachments"]}
        return _without(found, document, frozenset(attached - gone))

    async def _words(
        self, key: bytes, document: Document, asked: MayTell, standing: set[str]
    ) -> list[tuple[str, str]]:
        if standing.isdisjoint(asked.beside | asked.people.keys()):
            return []
        words = await asyncio.to_thread(words_of, key, document)
        return [words[each] for each in await self._standing(document, words.keys())]

    async def _standing(self, document: Document, digests: Iterable[str]) -> set[str]:
        dated = document["message"]["created"]
        found = await self._tombstones.standing(digests)
        return {one for one, until in found.items() if until and counts(until, dated)}

    async def _addresses_in_files(self, document: Document) -> dict[str, set[str]]:
        attached = {each["sha256"]: each["size"] for each in document["message"]["attachments"]}
        return {
            one: await addresses_in_blob(self._blobs, one, size) for one, size in attached.items()
        }


def _without(found: Sequence[Traces], document: Document, files: frozenset[str]) -> Document | None:
    fields: Document = {}
    for each in found:
        fields = redacted(each, document | fields, files)
    return fields or None
