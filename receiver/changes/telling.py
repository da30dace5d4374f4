"""Which rows after a state are reported, and the state after that: pure.

The theory. Rows are reported in the order of ``changed``, a time of the database. But writes become
visible out of order: a write with an earlier time may become visible later, by at most ``HOT``. So
the position of a state stays at least that far behind the present. Newer rows are *hot*: they are
reported, too, and the state remembers a digest of id and revision of each in ``seen``, so that each
is reported once. ``seen`` is bounded; rows that do not fit wait until they have cooled, so the
position always advances. A state kept in memory has ``room`` for more; as text it holds fewer, and
a reader who continues from the text is told of the others again.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from bson import ObjectId

HOT = timedelta(seconds=30)
EARLY = timedelta(seconds=2)  # by which receivers may differ in the database's time
MAX_SEEN = 200
DIGEST_BYTES = 8
FIRST_ID = ObjectId("0" * 24)


@dataclass(frozen=True)
class State:
    """How far changes were reported: all before ``at`` and ``last``, and those in ``seen``.

    ``life`` names the life of the database; a state made by an earlier version has none.
    """

    at: datetime
    last: ObjectId = FIRST_ID
    seen: frozenset[bytes] = frozenset()
    life: str = ""

    @cached_property
    def marks(self) -> str:
        """Digests of what was seen, as text, at most ``MAX_SEEN``."""
        return urlsafe_b64encode(b"".join(sorted(self.seen)[:MAX_SEEN])).decode()

    @staticmethod
    def seen_of(marks: str) -> frozenset[bytes]:
        """Return the digests that a text contains; raises ValueError."""
        found = urlsafe_b64decode(marks.encode("ascii"))
        if len(found) % DIGEST_BYTES or len(found) > MAX_SEEN * DIGEST_BYTES:
            raise ValueError("not of this API")
        pieces = range(0, len(found), DIGEST_BYTES)
        return frozenset(found[start : start + DIGEST_BYTES] for start in pieces)


@dataclass(frozen=True)
class Row:
    """One dialog that changed, or that is ``gone``, perhaps ``into`` another one.

    ``there``: a dialog that was to go is still there: not yet gone, or back.
    """

    id: ObjectId
    changed: datetime
    revision: int = 0
    gone: bool = False
    into: ObjectId | None = None
    there: bool = False

    @property
    def mark(self) -> bytes:
        """The row's identity among changes."""
        when = self.changed.isoformat() if self.gone else ""
        text = f"{self.id} {self.revision} {self.gone} {when}"
        return hashlib.sha256(text.encode()).digest()[:DIGEST_BYTES]


@dataclass(frozen=True)
class Told:
    """Some changes and the state behind them.

    ``more``: there are others already. ``waits``: they must cool first.
    """

    rows: Sequence[Row]
    state: State
    more: bool = False
    waits: bool = False


@dataclass(frozen=True)
class OneLook:
    """The result of one look behind a state, as of ``now``; ``cut`` if there is more behind it."""

    behind: State
    rows: Sequence[Row]
    cut: bool
    now: datetime

    def covers(self, state: State) -> bool:
        """Tell whether it contains what to tell behind another state, too."""
        if state == self.behind:
            return True
        place = state.at, state.last
        if state.life != self.behind.life or state.at > self.now + EARLY:
            return False
        if self.cut and (not self.rows or place >= self._places[-1]):
            return False
        return place >= (self.behind.at, self.behind.last)

    def told(self, state: State, limit: int, room: int) -> Told:
        """Return what to tell behind a state that it covers."""
        rows = self.rows[bisect_right(self._places, (state.at, state.last)) :]
        return tell(state, rows, limit, self.now - HOT, cut=self.cut, room=room)

    @cached_property
    def _places(self) -> list[tuple[datetime, ObjectId]]:
        return [(row.changed, row.id) for row in self.rows]


@dataclass
class _Telling:
    told: list[Row] = field(default_factory=list)
    met: set[bytes] = field(default_factory=set)
    more: bool = False
    waits: bool = False


def tell(
    state: State,
    rows: Sequence[Row],
    limit: int,
    horizon: datetime,
    *,
    cut: bool = False,
    room: int = MAX_SEEN,
) -> Told:
    """Return which of the rows behind a state to tell; rows older than ``horizon`` are cold.

    ``cut``: there are more rows than these. ``room``: how many may be remembered as seen. Pure.
    """
    at, last, seen = state.at, state.last, set(state.seen)
    going = _Telling(more=cut)
    for row in rows:
        cold = row.changed < horizon
        if row.there:
            at, last = (row.changed, row.id) if cold else (at, last)
            continue
        known = row.mark in state.seen
        if not known and len(going.told) == limit:
            going.more = True
            break
        if not known and not cold and len(seen) >= room:
            going.more, going.waits = False, True
            break
        if not known:
            going.told.append(row)
        if cold:
            at, last = row.changed, row.id
            seen.discard(row.mark)
        else:
            seen.add(row.mark)
        going.met.add(row.mark)
    else:
        if not cut:  # a row that is no longer met has changed again, and is told as that
            seen &= going.met
    if going.more and not going.told and (at, last) == (state.at, state.last):
        going.more, going.waits = False, True  # all of it is hot: asking again at once is useless
    after = State(at, last, frozenset(seen), state.life)
    return Told(going.told, after, going.more, going.waits)
