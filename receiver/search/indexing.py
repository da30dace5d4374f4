"""Keeps the index of words: follows the letters that are kept, late, and costs filing nothing.

Letters are read a while after they were kept, many together, by a watermark; whoever searches
looks through those that are not in the index yet himself. So a segment begins with as many letters
as there are, and small ones are made larger ones later. Several receivers may do this at once: one
of them works at a mailbox, and if two do, one of them writes (``receiver.search.index``).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from receiver.search import segment
from receiver.search.index import IndexManifest
from receiver.search.writing import ATTEMPTS, IndexWriting
from receiver.store.letters import Letters
from receiver.store.mongo import Database, StoreUnavailable

HOT = timedelta(seconds=45)  # a letter may become visible so long after the time of its keeping
EARLY = timedelta(seconds=1)  # by which receivers' clocks may differ
MANY, FULL, MOST = 64, 512, 2048
LONG_WAITING = timedelta(minutes=10)
BUSY = timedelta(minutes=2)
LEFT_BEHIND = timedelta(minutes=10)
SPAN = timedelta(seconds=30)


class Indexing:
    """Writes the index; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._writing = IndexWriting(database)
        self._index = self._writing.index
        self._letters = self._writing.letters
        self._kept = Letters(database)
        self._nothing_until: dict[str, tuple[int, datetime]] = {}

    async def follow(self) -> int:
        """Read what was kept, in every mailbox; return how many letters are new in the index."""
        return sum([await self.follow_mailbox(one) for one in await self._kept.watermarks()])

    async def follow_mailbox(self, mailbox: str, *, wait: bool = True) -> int:
        """Read what was kept in a mailbox; without ``wait`` also if it is little."""
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
            letters, until = await self._waiting(manifest, now + EARLY)
            few = len(letters) < MANY and all(kept > now - LONG_WAITING for kept, _ in letters)
            if not letters or (few and wait):
                if not letters:
                    await self._cool(manifest, until)
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
            fresh = await self._index.save(
                old, segments=(), dropped=dropped, until=None, recent=frozenset(), busy=None
            )
            if fresh is not None:
                await self._writing.tidy(fresh)
                return await self.follow_mailbox(mailbox, wait=False)
        raise StoreUnavailable("the index kept changing")

    async def _begin(self, manifest: IndexManifest, now: datetime) -> IndexManifest | None:
        """Say that we are at work, and take away what others have left behind."""
        left = [each for each, since in manifest.pending if since < now - LEFT_BEHIND]
        await self._index.take_away([*left, *manifest.dropped])
        pending = tuple(each for each in manifest.pending if each[0] not in left)
        return await self._index.save(manifest, pending=pending, dropped=(), busy=now + BUSY)

    async def _add(
        self, manifest: IndexManifest, letters: Sequence[tuple[datetime, bytes]], until: datetime
    ) -> int:
        terms = await self._writing.terms(one for _, one in letters)
        began = await self._writing.announce(manifest, terms)
        if began is None:
            return 0
        manifest, planned = began
        await self._writing.write_new(planned, terms)
        read = {one for kept, one in letters if kept >= until - HOT}
        recent = frozenset(read | await self._still_recent(manifest, until))
        if await self._writing.commit(
            manifest, [], [planned], until=until, recent=recent, busy=None
        ):
            return planned.letters
        await self._index.take_away([planned])
        return 0

    async def _merge(self, mailbox: str) -> None:
        """Make larger segments of small ones, as long as there are enough of them."""
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

    async def _waiting(
        self, manifest: IndexManifest, horizon: datetime
    ) -> tuple[list[tuple[datetime, bytes]], datetime]:
        """Return the oldest letters that are not in the index, and up to when these are all."""
        mailbox, span = manifest.mailbox, SPAN
        found: list[tuple[datetime, bytes]] = []
        since = await self._since(manifest) or horizon
        until = since
        while until < horizon and len(found) < FULL:
            until = min(since + span, horizon)
            some = await self._letters.between(mailbox, since, until)
            found += [each for each in some if each[1] not in manifest.recent]
            span *= 2
            since = until
        if not found:
            self._nothing_until[mailbox] = (manifest.revision, until)
        if len(found) > MOST:
            found = found[:MOST]
            until = found[-1][0]
        return found, until

    async def _since(self, manifest: IndexManifest) -> datetime | None:
        if manifest.until is None:
            return await self._letters.first(manifest.mailbox)
        revision, until = self._nothing_until.get(manifest.mailbox, (-1, manifest.until))
        return (until if revision == manifest.revision else manifest.until) - HOT

    async def _cool(self, manifest: IndexManifest, until: datetime) -> None:
        """Note that nothing more comes of the time in which letters were read last."""
        if manifest.until is None or not manifest.recent or until < manifest.until + HOT:
            return
        if not await self._still_recent(manifest, until):
            await self._index.save(manifest, recent=frozenset(), until=until)

    async def _still_recent(self, manifest: IndexManifest, until: datetime) -> set[bytes]:
        """Return which of the letters read before may be met again."""
        if not manifest.recent:
            return set()
        some = await self._letters.between(manifest.mailbox, until - HOT, until)
        return {one for _, one in some} & manifest.recent
