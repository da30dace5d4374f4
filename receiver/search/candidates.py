"""Candidate letters for a query, newest first, from the index: read only as far as needed.

Segments are opened in the order of their newest letters, more at once the longer nothing is found;
one piece of each is read for a term. Letters that are not in the index yet come beside them.
"""

import heapq
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field

from receiver.search.conditions import Conditions, Phrase, Word
from receiver.search.index import Index
from receiver.search.segment import (
    TABLE_ROWS,
    IndexRow,
    Postings,
    Segment,
    Table,
    postings_of,
    table_name,
)

OPENED_FIRST, OPENED_MOST = 4, 128
_TURNED = bytes(range(255, -1, -1))


class IndexMoved(Exception):
    """A piece is gone: the index was rewritten meanwhile. Read its manifest again."""


@dataclass(frozen=True)
class Span:
    """The rows to return: not before ``oldest``, and before ``behind``."""

    oldest: IndexRow | None = None
    behind: IndexRow | None = None

    def has(self, row: IndexRow) -> bool:
        """Tell whether a row lies in the span."""
        if self.behind is not None and row >= self.behind:
            return False
        return self.oldest is None or row >= self.oldest


def index_terms(query: Conditions) -> tuple[set[Word], set[str]]:
    """Return the words of which a letter must have one term each, and the terms it must not have.

    An unwanted phrase says nothing about its single words.
    """
    wanted = {word for each in query.wanted for word in each.index_terms}
    unwanted = {
        term
        for each in query.unwanted
        if not isinstance(each, Phrase) or len(each.terms) == 1
        for word in each.index_terms
        for term in word
    }
    return wanted, unwanted


async def candidates(
    index: Index,
    segments: Iterable[Segment],
    fresh: Iterable[IndexRow],
    query: Conditions,
    span: Span,
) -> AsyncGenerator[IndexRow, None]:
    """Yield rows, newest first and each once; raises IndexMoved, StoreUnavailable."""
    closed = sorted(
        (each for each in segments if _may_have(each, span)), key=lambda each: each.newest
    )
    heap: list[tuple[int, bytes, int, _Hits]] = []
    _enter(heap, _Hits(Segment("", 0, 0, 0), [], sorted(filter(span.has, fresh), reverse=True)))
    together, last = OPENED_FIRST, None
    while heap or closed:
        while closed and (not heap or closed[-1].newest >= -heap[0][0]):
            some = [closed.pop() for _ in range(min(together, len(closed)))]
            together = min(together * 2, OPENED_MOST)
            for hits in await _opened(index, some, query):
                await hits.skip_to(index, span)
                _enter(heap, hits)
        if not heap:
            return
        _, _, _, hits = heapq.heappop(heap)
        row = hits.rows[0]
        if span.oldest is not None and row < span.oldest:
            return
        await hits.go_on(index)
        _enter(heap, hits)
        if row != last:
            last = row
            yield row


@dataclass
class _Hits:
    """The letters of a segment that may match: their numbers, and the rows of the next ones."""

    segment: Segment
    numbers: Sequence[int]
    rows: list[IndexRow] = field(default_factory=list)
    at: int = 0
    tables: dict[int, Table] = field(default_factory=dict)

    async def row(self, index: Index, number: int) -> IndexRow:
        """Return a letter by its number in the segment."""
        which = number // TABLE_ROWS
        if which not in self.tables:
            name = table_name(self.segment.name, which)
            found = await index.pieces([name])
            if not found:
                raise IndexMoved
            self.tables[which] = Table(found[name])
        return self.tables[which].row(number % TABLE_ROWS)

    async def skip_to(self, index: Index, span: Span) -> None:
        """Skip letters newer than wanted, by bisection."""
        low, high = 0, len(self.numbers)
        while span.behind is not None and low < high:
            middle = (low + high) // 2
            if await self.row(index, self.numbers[middle]) >= span.behind:
                low = middle + 1
            else:
                high = middle
        self.at = low
        await self._take(index)

    async def go_on(self, index: Index) -> None:
        """Move behind the first row."""
        del self.rows[0]
        if not self.rows:
            await self._take(index)

    async def _take(self, index: Index) -> None:
        if self.at < len(self.numbers):
            self.rows.append(await self.row(index, self.numbers[self.at]))
            self.at += 1


def _enter(heap: list[tuple[int, bytes, int, _Hits]], hits: _Hits) -> None:
    if hits.rows:
        row = hits.rows[0]
        heapq.heappush(heap, (-row.created, row.id.translate(_TURNED), id(hits), hits))


def _may_have(segment: Segment, span: Span) -> bool:
    if span.behind is not None and segment.oldest > span.behind.created:
        return False
    return span.oldest is None or segment.newest >= span.oldest.created


async def _opened(index: Index, segments: Sequence[Segment], query: Conditions) -> list[_Hits]:
    wanted, unwanted = index_terms(query)
    every = unwanted.union(*wanted)
    names = {each.piece_of(term) for each in segments for term in every}
    pieces = await index.pieces(sorted(names))
    if len(pieces) < len(names):
        raise IndexMoved
    return [_Hits(each, _numbers(each, pieces, wanted, unwanted)) for each in segments]


def _numbers(
    segment: Segment, pieces: dict[str, bytes], wanted: set[Word], unwanted: set[str]
) -> Sequence[int]:
    """Return the numbers of letters with all wanted words and no unwanted term."""
    by_piece: dict[str, set[str]] = {}
    for term in unwanted.union(*wanted):
        by_piece.setdefault(segment.piece_of(term), set()).add(term)
    postings: Postings = {}
    for name, terms in by_piece.items():
        postings |= postings_of(pieces[name], terms)
    lists = sorted((_of_any(word, postings) for word in wanted), key=len)
    found: Sequence[int] = lists[0] if lists else range(segment.letters)
    for each in lists[1:]:
        among = set(each)
        found = [number for number in found if number in among]
    for term in unwanted & postings.keys():
        among = set(postings[term])
        found = [number for number in found if number not in among]
    return found


def _of_any(word: Word, postings: Postings) -> Sequence[int]:
    """Return the sorted numbers of letters that have a word in any form."""
    lists = [postings[term] for term in word if term in postings]
    return lists[0] if len(lists) == 1 else sorted(set().union(*lists))
