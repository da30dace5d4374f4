"""Letters that are not in the index yet: each search looks through them itself.

Their terms are kept in memory while they wait, so that a receiver reads each of them once, and
again after any receiver rewrote a letter, which the index tells. What one search had no time to
read is left to the next.
"""

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from receiver.search.conditions import Word
from receiver.search.index import IndexManifest
from receiver.search.letters import READ_TOGETHER, KeptLetters, row_of
from receiver.search.pauses import Turns
from receiver.search.searched import Searched
from receiver.search.segment import IndexRow

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
        self._known: dict[str, tuple[int, _Waiting]] = {}

    async def rows(
        self, manifest: IndexManifest, wanted: Collection[Word], until: float
    ) -> list[IndexRow]:
        """Return letters of a mailbox that wait and have these words, or may have them.

        From ``until`` on (``time.monotonic``) no more letters are read: those left may have any
        word, and a later search reads on. So reading a thousand long letters holds up no search.
        """
        ids = await self._ids(manifest)
        known = self._of(manifest, ids)
        await self._read([one for one in ids if one not in known], known, until)
        asked = [[_line([term]) for term in word] for word in wanted]
        found = {
            row
            for row, line in known.values()
            if not line or all(any(term in line for term in word) for word in asked)
        }
        unread = await self._letters.rows([one for one in ids if one not in known])
        again = await self._letters.rows(manifest.again)  # they are about to change
        return sorted(found.union(unread, again))

    def _of(self, manifest: IndexManifest, ids: Sequence[bytes]) -> _Waiting:
        """Return what is known of the letters that wait; nothing if any was rewritten since."""
        rewritten, known = self._known.pop(manifest.mailbox, (0, {}))
        if rewritten != manifest.rewritten:
            known = {}
        for gone in known.keys() - set(ids):
            del known[gone]
        if ids:
            self._known[manifest.mailbox] = manifest.rewritten, known
        return known

    async def _read(self, ids: Sequence[bytes], known: _Waiting, until: float) -> None:
        """Add letters' terms to those known, the newest first, at least one letter's."""
        turns = Turns()
        newest = ids[::-1]
        for start in range(0, len(newest), READ_TOGETHER):  # some at a time: they may be long
            some = await self._letters.documents(newest[start : start + READ_TOGETHER])
            for one, each in some.items():
                line = _line(Searched.of(each).index_terms())
                known[one] = row_of(each), line if len(line) <= LONGEST_LINE else ""
                if time.monotonic() >= until:
                    return
                await turns.give()

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
