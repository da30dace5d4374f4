"""Keeps the index of words: follows the letters that are kept, late, and costs filing nothing.

Letters are read a while after they were kept, many together, by a watermark; whoever searches
looks through those that are not in the index yet himself. So a segment begins with as many letters
as there are, and small ones are made larger ones later. Several receivers may do this at once: one
of them works at a mailbox, and if two do, one of them writes (``receiver.search.index``).
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from receiver.search import segment
from receiver.search.index import Index, IndexManifest
from receiver.search.kept import KeptLetters, row_of
from receiver.search.searched import Searched
from receiver.search.segment import IndexRow, Postings, Segment
from receiver.store.mongo import Database, StoreUnavailable

HOT = timedelta(seconds=45)  # a letter may become visible so long after the time of its keeping
COLD = timedelta(seconds=5)
MANY, FULL, MOST = 64, 512, 2048
LONG_WAITING = timedelta(minutes=10)
BUSY = timedelta(minutes=2)
LEFT_BEHIND = timedelta(minutes=10)
SPAN = timedelta(seconds=30)
READ_TOGETHER = 64
ATTEMPTS = 20


class Indexing:
    """Writes the index; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._index = Index(database)
        self._letters = KeptLetters(database)
        self._nothing_until: dict[str, tuple[int, datetime]] = {}

    async def follow(self) -> int:
        """Read what was kept, in every mailbox; return how many letters are new in the index."""
        return sum([await self.follow_mailbox(one) for one in await self._letters.mailboxes()])

    async def follow_mailbox(self, mailbox: str, *, wait: bool = True) -> int:
        """Read what was kept in a mailbox; without ``wait`` also if it is little."""
        count = 0
        while True:
            manifest = await self._index.manifest(mailbox)
            now = await self._letters.now()
            if manifest.busy is not None and manifest.busy > now:
                return count
            if any(since < now - LEFT_BEHIND for since in manifest.again.values()):
                await self.forget(mailbox)
                continue
            letters, until = await self._waiting(manifest, now - COLD)
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
                await self._tidy(fresh)
                return await self.follow_mailbox(mailbox, wait=False)
        raise StoreUnavailable("the index kept changing")

    @asynccontextmanager
    async def changing(self, mailbox: str, keys: Collection[str]) -> AsyncIterator[None]:
        """Take letters out of the index that are removed or rewritten within this context.

        Those that are there behind it are in the index as they are then. If this is cut short,
        whoever follows the letters does it ten minutes later.
        """
        ids = await self._letters.ids(mailbox, keys)
        for _ in range(ATTEMPTS):
            manifest = await self._index.manifest(mailbox)
            now = await self._letters.now()
            again = {**manifest.again, **dict.fromkeys(ids, now)}
            if not ids or await self._index.save(manifest, again=again) is not None:
                break
        else:
            raise StoreUnavailable("the index kept changing")
        yield
        if ids:
            await self.forget(mailbox)

    async def forget(self, mailbox: str) -> None:
        """Take letters out that are marked as changing, with the words that no other has."""
        for _ in range(ATTEMPTS):
            manifest = await self._index.manifest(mailbox)
            if not manifest.again:
                return
            if await self._forget(manifest):
                return
        raise StoreUnavailable("the index kept changing")

    async def _forget(self, manifest: IndexManifest) -> bool:
        gone, known = frozenset(manifest.again), set()
        old, new = [], []
        for each in manifest.segments:
            met = {row.id for row in await self._rows(each)} & gone
            if met:
                old.append(each)
                known |= met
        now = await self._letters.now()
        for each in old:
            numbering = await self._numbering([each], gone)
            began = await self._pend(manifest, numbering.rows, now)
            if began is None:
                return False
            manifest, planned = began
            await self._write_merged(planned, numbering)
            new.append(planned)
        terms = await self._terms(known)
        began = await self._pend(manifest, terms, now)
        if began is None:
            return False
        manifest, planned = began
        await self._write_new(planned, terms)
        done = await self._commit(manifest, old, [*new, planned], again={}, busy=None)
        if done is None:
            await self._index.take_away([*new, planned])
            return False
        await self._tidy(done)
        return True

    async def _begin(self, manifest: IndexManifest, now: datetime) -> IndexManifest | None:
        """Say that we are at work, and take away what others have left behind."""
        left = [each for each, since in manifest.pending if since < now - LEFT_BEHIND]
        await self._index.take_away([*left, *manifest.dropped])
        pending = tuple(each for each in manifest.pending if each[0] not in left)
        return await self._index.save(manifest, pending=pending, dropped=(), busy=now + BUSY)

    async def _add(
        self, manifest: IndexManifest, letters: Sequence[tuple[datetime, bytes]], until: datetime
    ) -> int:
        terms = await self._terms(one for _, one in letters)
        began = await self._pend(manifest, terms, await self._letters.now())
        if began is None:
            return 0
        manifest, planned = began
        await self._write_new(planned, terms)
        read = {one for kept, one in letters if kept >= until - HOT}
        recent = frozenset(read | await self._still_recent(manifest, until))
        if await self._commit(manifest, [], [planned], until=until, recent=recent, busy=None):
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
            numbering = await self._numbering(old, frozenset())
            began = await self._pend(working, numbering.rows, now)
            if began is None:
                return
            manifest, planned = began
            await self._write_merged(planned, numbering)
            if await self._commit(manifest, old, [planned], busy=None) is None:
                await self._index.take_away([planned])
                return

    async def _pend(
        self, manifest: IndexManifest, rows: Collection[IndexRow], now: datetime
    ) -> tuple[IndexManifest, Segment] | None:
        """Say which pieces are about to be written: those of a new segment of these letters."""
        dates = [row.created for row in rows]
        newest, oldest = max(dates, default=0), min(dates, default=0)
        planned = Segment(str(ObjectId()), len(dates), newest, oldest)
        after = await self._index.save(manifest, pending=(*manifest.pending, (planned, now)))
        return None if after is None else (after, planned)

    async def _commit(
        self,
        manifest: IndexManifest,
        old: Sequence[Segment],
        new: Sequence[Segment],
        **changes: object,
    ) -> IndexManifest | None:
        """Have the index consist of new segments instead of old ones."""
        kept = (each for each in manifest.segments if each not in old)
        return await self._index.save(
            manifest,
            segments=(*kept, *(each for each in new if each.letters)),
            pending=tuple(each for each in manifest.pending if each[0] not in new),
            dropped=(*manifest.dropped, *old),
            **changes,
        )

    async def _tidy(self, manifest: IndexManifest) -> None:
        """Take dropped pieces away at once, not when the next work begins."""
        await self._index.take_away(manifest.dropped)
        await self._index.save(manifest, dropped=())

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

    async def _terms(self, ids: Iterable[bytes]) -> dict[IndexRow, set[str]]:
        """Return letters with the terms that they are to be found by."""
        found: dict[IndexRow, set[str]] = {}
        listed = list(ids)
        for start in range(0, len(listed), READ_TOGETHER):
            some = await self._letters.documents(listed[start : start + READ_TOGETHER])
            for document in some.values():
                found[row_of(document)] = Searched.of(document).index_terms()
                await asyncio.sleep(0)  # requests go first
        return found

    async def _rows(self, one: Segment) -> list[IndexRow]:
        names = [segment.table_name(one.name, number) for number in range(one.tables)]
        pieces = await self._index.pieces(names)
        if len(pieces) < len(names):
            raise StoreUnavailable("the index changed meanwhile")
        return [row for name in names for row in segment.unpacked_table(pieces[name])]

    async def _numbering(
        self, sources: Sequence[Segment], without: frozenset[bytes]
    ) -> "_Numbering":
        tables = [await self._rows(each) for each in sources]
        return _Numbering(sources, *segment.renumbered(tables, without))

    async def _write_new(self, planned: Segment, terms: dict[IndexRow, set[str]]) -> None:
        if not planned.letters:
            return
        rows, postings = segment.numbered(terms)
        buckets = _buckets(planned, postings, range(planned.buckets))
        await self._index.write(buckets | _tables(planned, rows))

    async def _write_merged(self, planned: Segment, numbering: "_Numbering") -> None:
        """Write a segment of others, some buckets after the other."""
        if not planned.letters:
            return
        await self._index.write(_tables(planned, numbering.rows))
        steps = min(planned.buckets, *(each.buckets for each in numbering.sources))
        for step in range(steps):
            postings = segment.merged(
                [
                    (each, numbers)
                    for source, numbers in numbering.old
                    for each in await self._buckets(source, range(step, source.buckets, steps))
                ]
            )
            await self._index.write(
                _buckets(planned, postings, range(step, planned.buckets, steps))
            )

    async def _buckets(self, source: Segment, numbers: Iterable[int]) -> list[Postings]:
        names = [segment.bucket_name(source.name, number) for number in numbers]
        pieces = await self._index.pieces(names)
        if len(pieces) < len(names):
            raise StoreUnavailable("the index changed meanwhile")
        return [segment.unpacked_bucket(pieces[name]) for name in names]


@dataclass(frozen=True)
class _Numbering:
    """How the letters of some segments are numbered in the one that they become."""

    sources: Sequence[Segment]
    rows: Sequence[IndexRow]
    numbers: Sequence[Sequence[int]]

    @property
    def old(self) -> Iterable[tuple[Segment, Sequence[int]]]:
        """Each segment, with the new numbers of its letters."""
        return zip(self.sources, self.numbers, strict=True)


def _buckets(planned: Segment, postings: Postings, wanted: Iterable[int]) -> dict[str, bytes]:
    buckets = segment.in_buckets(postings, planned.buckets)
    return {
        segment.bucket_name(planned.name, number): segment.packed_bucket(buckets.get(number, {}))
        for number in wanted
    }


def _tables(planned: Segment, rows: Sequence[IndexRow]) -> dict[str, bytes]:
    return {
        segment.table_name(planned.name, number): content
        for number, content in enumerate(segment.packed_tables(rows))
    }
