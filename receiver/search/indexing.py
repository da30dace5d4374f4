"""Keeps the index of words: follows stored letters, late, and costs filing nothing.

Letters are read a while after they were stored, many together, by a watermark; a search looks
through those that are not in the index yet itself. So a segment begins with as many letters as
there are, and small ones are merged later. Writes become visible out of order, by ``HOT`` at most:
the watermark stays that far behind, so that each letter is read once. Several receivers may do this
at once: one of them works on a mailbox, and if two do, one of them writes
(``receiver.search.index``).
"""

from contextlib import aclosing
from datetime import datetime, timedelta

from receiver.search import segment
from receiver.search.index import IndexManifest
from receiver.search.pauses import Turns
from receiver.search.segment import IndexRow
from receiver.search.writing import ATTEMPTS, IndexWriting, indexed
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, StoreUnavailable

HOT = timedelta(seconds=45)  # a letter may become visible this long after the time of its storing
MANY, FULL, MOST = 64, 2048, 4096
FULL_TERMS = 500_000  # of very long letters fewer go together
DENSE = 256  # letters of one look: the next look then takes a shorter time
LONG_WAITING = timedelta(minutes=10)
BUSY = timedelta(minutes=2)
LEFT_BEHIND = timedelta(minutes=10)
SPAN = timedelta(seconds=5)


class Indexing:
    """Writes the index; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._writing = IndexWriting(database)
        self._index = self._writing.index
        self._letters = self._writing.letters
        self._mailboxes = KeptMailboxes(database)
        self._nothing_until: dict[str, tuple[int, datetime]] = {}

    async def follow(self) -> int:
        """Read new letters in every mailbox; return how many are new in the index."""
        return sum([await self.follow_mailbox(one) for one in await self._mailboxes.watermarks()])

    async def follow_mailbox(self, mailbox: str, *, wait: bool = True) -> int:
        """Read new letters of a mailbox; without ``wait`` even a few."""
        count = 0
        while True:
            manifest = await self._index.manifest(mailbox)
            now = await self._letters.now()
            if manifest.busy is not None and manifest.busy > now:
                return count
            left = {one for one, since in manifest.again.items() if since < now - LEFT_BEHIND}
            if left:
                await self._writing.forget(mailbox, frozenset(left))
                continue
            if wait and not await self._enough(manifest, now):
                return count
            letters, until = await self._waiting(manifest, now - HOT)
            if not letters:
                return count
            began = await self._begin(manifest, now)
            if began is None:
                return count
            count += await self._add(began, letters, until)
            await self._merge(mailbox)

    async def rebuild(self, mailbox: str) -> int:
        """Make the index of a mailbox anew; return how many letters it has."""
        for _ in range(ATTEMPTS):
            old = await self._index.manifest(mailbox)
            dropped = (*old.dropped, *old.segments)
            fresh = await self._index.save(old, segments=(), dropped=dropped, until=None, busy=None)
            if fresh is not None:
                await self._writing.tidy(fresh)
                return await self.follow_mailbox(mailbox, wait=False)
        raise StoreUnavailable("the index kept changing")

    async def _begin(self, manifest: IndexManifest, now: datetime) -> IndexManifest | None:
        """Announce the work, and delete what other writers have left behind."""
        left = [each for each, since in manifest.pending if since < now - LEFT_BEHIND]
        await self._index.take_away([*left, *manifest.dropped])
        pending = tuple(each for each in manifest.pending if each[0] not in left)
        return await self._index.save(manifest, pending=pending, dropped=(), busy=now + BUSY)

    async def _add(
        self, manifest: IndexManifest, letters: dict[IndexRow, set[str]], until: datetime
    ) -> int:
        began = await self._writing.announce(manifest, letters)
        if began is None:
            return 0
        manifest, planned = began
        await self._writing.write_new(planned, letters)
        if await self._writing.commit(manifest, [], [planned], until=until, busy=None):
            return planned.letters
        await self._index.take_away([planned])
        return 0

    async def _merge(self, mailbox: str) -> None:
        """Merge small segments as long as there are enough of them."""
        while True:
            manifest = await self._index.manifest(mailbox)
            old = segment.to_merge(manifest.segments)
            now = await self._letters.now()
            if not old or (manifest.busy is not None and manifest.busy > now):
                return
            working = await self._begin(manifest, now)
            if working is None:
                return
            numbering = await self._writing.numbering(old, frozenset())
            began = await self._writing.announce(working, numbering.rows)
            if began is None:
                return
            manifest, planned = began
            await self._writing.write_merged(planned, numbering)
            if await self._writing.commit(manifest, old, [planned], busy=None) is None:
                await self._index.take_away([planned])
                return

    async def _enough(self, manifest: IndexManifest, now: datetime) -> bool:
        """Tell whether enough letters wait, or one for long enough."""
        mailbox, horizon = manifest.mailbox, now - HOT
        count, span = 0, SPAN
        until = since = await self._since(manifest, horizon)
        while until < horizon:
            until = min(until + span, horizon)
            some = await self._letters.between(mailbox, since, until)
            count += len(some)
            if count >= MANY or (some and some[0][0] <= now - LONG_WAITING):
                return True
            since, span = until, span * 2
        if not count:
            self._nothing_until[mailbox] = (manifest.revision, until)
        return False

    async def _waiting(
        self, manifest: IndexManifest, horizon: datetime
    ) -> tuple[dict[IndexRow, set[str]], datetime]:
        """Return the oldest letters that are not indexed, and the time until which they are all."""
        found: dict[IndexRow, set[str]] = {}
        since, span = await self._since(manifest, horizon), SPAN
        until, terms, turns = since, 0, Turns()
        while until < horizon and len(found) < FULL:
            since, until = until, min(until + span, horizon)
            before, last = len(found), None  # when the letter before was stored
            letters = self._letters.said_between(manifest.mailbox, since, until)
            async with aclosing(letters):
                async for each in letters:
                    if (len(found) >= MOST or terms >= FULL_TERMS) and each["kept"] != last:
                        return found, each["kept"]
                    row, said = indexed(each)
                    found[row], last = said, each["kept"]
                    terms += len(said)
                    await turns.give()
            span = span if len(found) - before > DENSE else span * 2
        return found, until

    async def _since(self, manifest: IndexManifest, horizon: datetime) -> datetime:
        if manifest.until is None:
            return await self._letters.first(manifest.mailbox) or horizon
        revision, until = self._nothing_until.get(manifest.mailbox, (-1, manifest.until))
        return until if revision == manifest.revision else manifest.until
