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
from dataclasses import dataclass
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
    telling = _Telling(state, limit, horizon, room, more=cut)
    if all(map(telling.take, rows)) and not cut:
        telling.seen &= telling.met  # a row that is no longer met has changed again: told as that
    if telling.more and not telling.told and (telling.at, telling.last) == (state.at, state.last):
        telling.more, telling.waits = False, True  # all is hot: asking again at once is useless
    after = State(telling.at, telling.last, frozenset(telling.seen), state.life)
    return Told(telling.told, after, telling.more, telling.waits)


class _Telling:
    """What has been told, and how far the state has come, while rows are taken one by one."""

    def __init__(
        self, state: State, limit: int, horizon: datetime, room: int, *, more: bool
    ) -> None:
        self.at, self.last, self.seen = state.at, state.last, set(state.seen)
        self.told: list[Row] = []
        self.met: set[bytes] = set()
        self.more, self.waits = more, False
        self._known, self._limit, self._horizon, self._room = state.seen, limit, horizon, room

    def take(self, row: Row) -> bool:
        """Tell a row unless it is known; return False if it has to wait, and all after it."""
        cold = row.changed < self._horizon
        if row.there:
            if cold:
                self.at, self.last = row.changed, row.id
            return True
        if row.mark not in self._known:
            if len(self.told) == self._limit:
                self.more = True
                return False
            if not cold and len(self.seen) >= self._room:
                self.more, self.waits = False, True
                return False
            self.told.append(row)
        if cold:
            self.at, self.last = row.changed, row.id
            self.seen.discard(row.mark)
        else:
            self.seen.add(row.mark)
        self.met.add(row.mark)
        return True
