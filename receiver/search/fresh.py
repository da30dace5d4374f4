"""The letters that are not in the index yet: who searches looks through them himself.

Their terms are kept in memory as long as they wait, so that a receiver reads each of them once.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from receiver.search.conditions import Word
from receiver.search.index import IndexManifest
from receiver.search.kept import KeptLetters, row_of
from receiver.search.searched import Searched
from receiver.search.segment import IndexRow

EARLY = timedelta(seconds=1)  # by which receivers' clocks may differ
FRESH = 1000  # letters of a mailbox, the newest, if more wait
NOT_INDEXED = timedelta(minutes=10)  # where there is no index
SPAN = timedelta(seconds=20)
_Waiting = dict[bytes, tuple[IndexRow, str]]


class FreshLetters:
    """Reads letters that wait for the index; each method raises StoreUnavailable."""

    def __init__(self, letters: KeptLetters) -> None:
        self._letters = letters
        self._read: dict[str, _Waiting] = {}

    async def rows(self, manifest: IndexManifest, wanted: Collection[Word]) -> list[IndexRow]:
        """Return letters of a mailbox that wait and have these words, or may have them."""
        known = self._read.get(manifest.mailbox, {})
        ids = await self._ids(manifest)
        new = await self._letters.documents(one for one in ids if one not in known)
        read = {
            one: (row_of(each), _line(Searched.of(each).index_terms())) for one, each in new.items()
        }
        waiting = {one: known.get(one) or read[one] for one in ids if one in known or one in read}
        self._read.pop(manifest.mailbox, None)
        if waiting:
            self._read[manifest.mailbox] = waiting
        asked = [[_line([term]) for term in word] for word in wanted]
        found = {
            row
            for row, line in waiting.values()
            if all(any(term in line for term in word) for word in asked)
        }
        again = await self._letters.documents(manifest.again)  # they are about to change
        return sorted(found.union(map(row_of, again.values())))

    async def _ids(self, manifest: IndexManifest) -> list[bytes]:
        """Return the letters that were kept last, at least ``FRESH`` if so many wait."""
        end = await self._letters.now() + EARLY
        oldest = manifest.until or end - NOT_INDEXED
        found: list[tuple[datetime, bytes]] = []
        span = SPAN
        while end > oldest and len(found) < FRESH:
            start = max(end - span, oldest)
            found = await self._letters.between(manifest.mailbox, start, end) + found
            end, span = start, span * 4
        return [one for _, one in found[-FRESH:]]


def _line(terms: Collection[str]) -> str:
    """Return terms as one text, much smaller than a set; no term has a line break."""
    return "\n".join(["", *terms, ""])
