"""Letters that are not in the index yet: each search looks through them itself.

Their terms are kept in memory while they wait, so that a receiver reads each of them once, and
again after any receiver rewrote a letter, which the index tells.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from receiver.search.conditions import Word
from receiver.search.index import IndexManifest
from receiver.search.kept import READ_TOGETHER, KeptLetters, row_of
from receiver.search.searched import Searched
from receiver.search.segment import IndexRow
from receiver.search.turns import Turns

EARLY = timedelta(seconds=1)  # by which receivers' clocks may differ
FRESH = 1000  # letters of a mailbox, the newest, if more wait
NOT_INDEXED = timedelta(minutes=10)  # without an index
SPAN = timedelta(seconds=20)
LAST = datetime(9999, 12, 31, tzinfo=UTC)
LONGEST_LINE = 20_000  # characters kept of a letter; a longer one may have any word
_Waiting = dict[bytes, tuple[IndexRow, str]]


class FreshLetters:
    """Reads letters that wait for the index; each method raises StoreUnavailable."""

    def __init__(self, letters: KeptLetters) -> None:
        self._letters = letters
        self._read: dict[str, tuple[int, _Waiting]] = {}

    async def rows(self, manifest: IndexManifest, wanted: Collection[Word]) -> list[IndexRow]:
        """Return letters of a mailbox that wait and have these words, or may have them."""
        rewritten, known = self._read.get(manifest.mailbox, (0, {}))
        if rewritten != manifest.rewritten:
            known = {}
        ids = await self._ids(manifest)
        read = await self._said([one for one in ids if one not in known])
        waiting = {one: known.get(one) or read[one] for one in ids if one in known or one in read}
        self._read.pop(manifest.mailbox, None)
        if waiting:
            self._read[manifest.mailbox] = manifest.rewritten, waiting
        asked = [[_line([term]) for term in word] for word in wanted]
        found = {
            row
            for row, line in waiting.values()
            if not line or all(any(term in line for term in word) for word in asked)
        }
        again = await self._letters.documents(manifest.again)  # they are about to change
        return sorted(found.union(map(row_of, again.values())))

    async def _said(self, ids: Sequence[bytes]) -> _Waiting:
        """Return the letters' terms, read some at a time: they may be long."""
        found: _Waiting = {}
        turns = Turns()
        for start in range(0, len(ids), READ_TOGETHER):
            some = await self._letters.documents(ids[start : start + READ_TOGETHER])
            for one, each in some.items():
                line = _line(Searched.of(each).index_terms())
                found[one] = row_of(each), line if len(line) <= LONGEST_LINE else ""
                await turns.give()
        return found

    async def _ids(self, manifest: IndexManifest) -> list[bytes]:
        """Return the letters stored last, ``FRESH`` if that many wait.

        The first of them are those stored by a clock that was ahead and was then set back.
        """
        end = await self._letters.now() + EARLY
        oldest = manifest.until or end - NOT_INDEXED
        found: list[tuple[datetime, bytes]] = []
        span, until = SPAN, LAST
        while end > oldest and len(found) < FRESH:
            start = max(end - span, oldest)
            left = FRESH - len(found)
            found = await self._letters.between(manifest.mailbox, start, until, left) + found
            end, until, span = start, start, span * 4
        return [one for _, one in found]


def _line(terms: Collection[str]) -> str:
    """Return terms as one text, much smaller than a set; no term has a line break."""
    return "\n".join(["", *terms, ""])
