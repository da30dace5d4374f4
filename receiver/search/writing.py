"""Writing segments: of new letters, of several old ones, and without deleted letters.

Each is announced before it is written and counts once it is committed (``receiver.search.index``).
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bson import ObjectId

from receiver.search import segment
from receiver.search.index import Index, IndexManifest
from receiver.search.letters import KeptLetters, row_of
from receiver.search.pauses import Turns
from receiver.search.searched import Searched
from receiver.search.segment import IndexRow, Postings, Segment
from receiver.store.mongo import Database, Document, StoreUnavailable

STEPS_TOGETHER = 16
ATTEMPTS = 20
_gathered: ContextVar[set[bytes] | None] = ContextVar("_gathered", default=None)


class IndexWriting:
    """Writes segments; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self.index = Index(database)
        self.letters = KeptLetters(database)

    @asynccontextmanager
    async def changing(self, mailbox: str, keys: Collection[str]) -> AsyncIterator[None]:
        """Remove letters from the index that are deleted or rewritten within this context.

        Those that exist afterwards are indexed anew. If this is cut short, the indexing does it ten
        minutes later.
        """
        ids = await self.letters.ids(mailbox, keys) if keys else []
        await self._mark(mailbox, ids)
        yield
        if (gathered := _gathered.get()) is not None:
            gathered.update(ids)
        else:
            await self.forget(mailbox, frozenset(ids))

    @asynccontextmanager
    async def together(self, mailbox: str) -> AsyncIterator[None]:
        """Collect all changes to a mailbox within this context, and apply them at its end."""
        token = _gathered.set(set())
        try:
            yield
            ids = frozenset(_gathered.get() or ())
        finally:
            _gathered.reset(token)
        await self.forget(mailbox, ids)

    async def forget(self, mailbox: str, ids: frozenset[bytes]) -> None:
        """Remove letters, with the words that only they have, and index the existing ones anew."""
        for _ in range(ATTEMPTS):
            if not ids or await self._forget(await self.index.manifest(mailbox), ids):
                return
        raise StoreUnavailable("the index kept changing")

    async def _mark(self, mailbox: str, ids: Collection[bytes]) -> None:
        for _ in range(ATTEMPTS):
            manifest = await self.index.manifest(mailbox)
            again = {**manifest.again, **dict.fromkeys(ids, await self.letters.now())}
            changes = {"again": again, "rewritten": manifest.rewritten + 1}
            if not ids or await self.index.save(manifest, **changes) is not None:
                return
        raise StoreUnavailable("the index kept changing")

    async def _forget(self, manifest: IndexManifest, gone: frozenset[bytes]) -> bool:
        known: set[bytes] = set()
        old: list[Segment] = []
        new: list[Segment] = []
        for each in manifest.segments:
            if met := {row.id for row in await self._rows(each)} & gone:
                old.append(each)
                known |= met
        for each in old:
            numbering = await self.numbering([each], gone)
            began = await self.announce(manifest, numbering.rows)
            if began is None:
                return False
            manifest, planned = began
            await self.write_merged(planned, numbering)
            new.append(planned)
        terms = await self.terms(known)
        began = await self.announce(manifest, terms)
        if began is None:
            return False
        manifest, planned = began
        await self.write_new(planned, terms)
        left = {one: since for one, since in manifest.again.items() if one not in gone}
        changes = {"again": left, "rewritten": manifest.rewritten + 1}
        done = await self.commit(manifest, old, [*new, planned], **changes)
        if done is None:
            await self.index.take_away([*new, planned])
            return False
        await self.tidy(done)
        return True

    async def announce(
        self, manifest: IndexManifest, rows: Collection[IndexRow]
    ) -> tuple[IndexManifest, Segment] | None:
        """Announce the pieces to be written for a new segment of these letters."""
        dates = [row.created for row in rows]
        newest, oldest = max(dates, default=0), min(dates, default=0)
        planned = Segment(str(ObjectId()), len(dates), newest, oldest)
        now = await self.letters.now()
        after = await self.index.save(manifest, pending=(*manifest.pending, (planned, now)))
        return None if after is None else (after, planned)

    async def commit(
        self,
        manifest: IndexManifest,
        old: Sequence[Segment],
        new: Sequence[Segment],
        **changes: object,
    ) -> IndexManifest | None:
        """Replace old segments of the index by new ones."""
        kept = (each for each in manifest.segments if each not in old)
        return await self.index.save(
            manifest,
            segments=(*kept, *(each for each in new if each.letters)),
            pending=tuple(each for each in manifest.pending if each[0] not in new),
            dropped=(*manifest.dropped, *old),
            **changes,
        )

    async def tidy(self, manifest: IndexManifest) -> None:
        """Delete dropped pieces now, not when the next work begins."""
        await self.index.take_away(manifest.dropped)
        await self.index.save(manifest, dropped=())

    async def terms(self, ids: Collection[bytes]) -> dict[IndexRow, set[str]]:
        """Return letters with their terms."""
        found: dict[IndexRow, set[str]] = {}
        turns = Turns()
        for document in (await self.letters.documents(ids)).values():
            row, said = indexed(document)
            found[row] = said
            await turns.give()
        return found

    async def _rows(self, one: Segment) -> list[IndexRow]:
        names = [segment.table_name(one.name, number) for number in range(one.tables)]
        pieces = await self.index.pieces(names)
        if len(pieces) < len(names):
            raise StoreUnavailable("the index changed meanwhile")
        return [row for name in names for row in segment.Table(pieces[name]).rows()]

    async def numbering(self, sources: Sequence[Segment], without: frozenset[bytes]) -> "Numbering":
        """Return the common numbering of the letters of segments, except some."""
        tables = [await self._rows(each) for each in sources]
        return Numbering(sources, *segment.renumbered(tables, without))

    async def write_new(self, planned: Segment, terms: dict[IndexRow, set[str]]) -> None:
        """Write a segment of letters that have these terms."""
        if not planned.letters:
            return
        await self.index.write(await asyncio.to_thread(_pieces, planned, terms))

    async def write_merged(self, planned: Segment, numbering: "Numbering") -> None:
        """Write a segment merged from others, some buckets at a time."""
        if not planned.letters:
            return
        await self.index.write(_tables(planned, numbering.rows))
        steps = min(planned.buckets, *(each.buckets for each in numbering.sources))
        for first in range(0, steps, STEPS_TOGETHER):
            some = range(first, min(first + STEPS_TOGETHER, steps))
            sources = [
                (each, numbers)
                for source, numbers in numbering.old
                for each in await self._buckets(source, _of_steps(source, some, steps))
            ]
            wanted = _of_steps(planned, some, steps)
            await self.index.write(await asyncio.to_thread(_merged, planned, sources, wanted))

    async def _buckets(self, source: Segment, numbers: Iterable[int]) -> list[bytes]:
        names = [segment.bucket_name(source.name, number) for number in numbers]
        pieces = await self.index.pieces(names)
        if len(pieces) < len(names):
            raise StoreUnavailable("the index changed meanwhile")
        return [pieces[name] for name in names]


@dataclass(frozen=True)
class Numbering:
    """The numbering of the letters of some segments in the one that they become."""

    sources: Sequence[Segment]
    rows: Sequence[IndexRow]
    numbers: Sequence[Sequence[int]]

    @property
    def old(self) -> Iterable[tuple[Segment, Sequence[int]]]:
        """Each segment, with the new numbers of its letters."""
        return zip(self.sources, self.numbers, strict=True)


def indexed(document: Document) -> tuple[IndexRow, set[str]]:
    """Return a letter's row in the index, and its terms."""
    return row_of(document), Searched.of(document).index_terms()


def _of_steps(one: Segment, some: Iterable[int], steps: int) -> list[int]:
    """Return the buckets of a segment for one of several steps."""
    return [number for step in some for number in range(step, one.buckets, steps)]


def _pieces(planned: Segment, terms: dict[IndexRow, set[str]]) -> dict[str, bytes]:
    rows, postings = segment.numbered(terms)
    return _buckets(planned, postings, range(planned.buckets)) | _tables(planned, rows)


def _merged(
    planned: Segment, sources: Iterable[tuple[bytes, Sequence[int]]], wanted: Iterable[int]
) -> dict[str, bytes]:
    opened = ((segment.unpacked_bucket(each), numbers) for each, numbers in sources)
    return _buckets(planned, segment.merged(opened), wanted)


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
