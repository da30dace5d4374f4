"""What changed in a mailbox since a state, at least once each and never less.

The theory. Rows are told in the order of their ``changed``, the database's time. But writes become
visible out of order: one with an earlier time may be seen later, by ``HOT`` at most. So a state's
position never comes nearer than that to the present. What is hot is told as well, and the state
notes it, so that it is told once: ``seen`` holds a digest of id and revision for each. It is
bounded; what would not fit waits until it has cooled. So the position always moves on. Who keeps a
state in memory has ``room`` for more; as text it has fewer, and whoever begins there is told of the
others again.

A dialog that goes leaves a row in ``gone``, written before it is taken away. It counts once the
dialog is not there; one that came back is told as changed.

A restore takes the database back in time, and nobody here knows what was told of what came after
the backup. So a state names the life of the database that it is of, and one of another life is as
one that is too old.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import Any

from bson import ObjectId

from receiver.store import standing
from receiver.store.mongo import (
    Collection,
    Database,
    Document,
    ServerClock,
    StoreUnavailable,
    store_errors,
)
from receiver.store.schema import TOLD_SECONDS

HOT = timedelta(seconds=30)
EARLY = timedelta(seconds=2)  # by which receivers may differ in the database's time
MAX_SEEN = 200
ROOM = 5000  # in memory: what is filed in half a minute
AWAIT_MILLISECONDS = 1000  # less than one command may take
DIGEST_BYTES = 8
LIFE_LEAST_SECONDS = 1.0  # between two looks at it, whatever is asked
LIFE_SECONDS = 10.0  # until it is seen that the database was restored under a running receiver
FIRST_ID = ObjectId("0" * 24)


class TooOld(Exception):
    """What was gone at that time is not known any more, or was of another life: list anew."""


@dataclass(frozen=True)
class State:
    """Up to where changes were told: all of before ``at`` and ``last``, and what is ``seen``.

    ``life`` is that of the database; one that an earlier version has made has no name.
    """

    at: datetime
    last: ObjectId = FIRST_ID
    seen: frozenset[bytes] = frozenset()
    life: str = ""

    @cached_property
    def marks(self) -> str:
        """What is seen, as text, at most ``MAX_SEEN`` of it."""
        return urlsafe_b64encode(b"".join(sorted(self.seen)[:MAX_SEEN])).decode()

    @staticmethod
    def seen_of(marks: str) -> frozenset[bytes]:
        """Return what text says was seen; raises ValueError."""
        found = urlsafe_b64decode(marks.encode("ascii"))
        if len(found) % DIGEST_BYTES or len(found) > MAX_SEEN * DIGEST_BYTES:
            raise ValueError("not of this API")
        pieces = range(0, len(found), DIGEST_BYTES)
        return frozenset(found[start : start + DIGEST_BYTES] for start in pieces)


@dataclass(frozen=True)
class Row:
    """One dialog that changed, or that is ``gone``, perhaps ``into`` another one.

    ``there`` says of one that was to go that it is there all the same: not yet gone, or back.
    """

    id: ObjectId
    changed: datetime
    revision: int = 0
    gone: bool = False
    into: ObjectId | None = None
    there: bool = False

    @property
    def mark(self) -> bytes:
        """What tells it from other changes."""
        when = self.changed.isoformat() if self.gone else ""
        text = f"{self.id} {self.revision} {self.gone} {when}"
        return hashlib.sha256(text.encode()).digest()[:DIGEST_BYTES]


@dataclass(frozen=True)
class Told:
    """Some changes and the state behind them.

    ``more`` means that there are others already, ``waits`` that they have to cool first.
    """

    rows: Sequence[Row]
    state: State
    more: bool = False
    waits: bool = False


@dataclass(frozen=True)
class OneLook:
    """What one look has found behind a state, as of ``now``; ``cut`` if there is more behind it."""

    behind: State
    rows: Sequence[Row]
    cut: bool
    now: datetime

    def covers(self, state: State) -> bool:
        """Tell whether it says what is to be told behind another state, too."""
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


class Changes:
    """Reads what changed; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database["dialogs"]
        self._gone = database["gone"]
        self._clock = ServerClock(database)
        self._database = database
        self._life, self._lived = "", -LIFE_SECONDS

    async def now(self) -> State:
        """Return the state of now: what is listed after this is told, or was there before."""
        return await self.at(await self._clock.now() - HOT)

    async def at(self, when: datetime) -> State:
        """Return the state of a time in this life of the database."""
        return State(when, life=await self._in_life())

    async def writes(self) -> AsyncIterator[None]:
        """Yield whenever a dialog was written, or goes; raises StoreUnavailable where MongoDB is
        no replica set, and so has no change streams, and whenever the stream ends.
        """
        ours = {"ns.coll": {"$in": [self._dialogs.name, self._gone.name]}}
        pipeline: list[Document] = [{"$match": ours}, {"$project": {"_id": 1}}]
        with store_errors():
            async with self._dialogs.database.watch(
                pipeline, max_await_time_ms=AWAIT_MILLISECONDS
            ) as stream:
                async for _ in stream:
                    yield
        raise StoreUnavailable("the change stream has ended")

    async def since(self, mailbox: str, state: State, limit: int, *, room: int = MAX_SEEN) -> Told:
        """Return what changed since; raises TooOld."""
        look = await self.look(mailbox, state, limit + max(MAX_SEEN, len(state.seen)))
        return look.told(state, limit, room)

    async def look(self, mailbox: str, state: State, limit: int) -> OneLook:
        """Return what there is behind a state, about so many rows of it; raises TooOld."""
        now = await self._clock.now()
        oldest = now - timedelta(seconds=TOLD_SECONDS) + HOT
        if not oldest <= state.at <= now + EARLY:
            raise TooOld  # or of a clock that was set back by more than HOT: some would be left out
        if state.life != await self._in_life(state.life):
            raise TooOld
        rows, cut = await self._rows(mailbox, state, limit)
        return OneLook(state, rows, cut, now)

    async def _in_life(self, hoped: str | None = None) -> str:
        """Return the life of the database as it was seen lately, looked at anew for another."""
        again = hoped is not None and hoped != self._life
        if monotonic() - self._lived >= (LIFE_LEAST_SECONDS if again else LIFE_SECONDS):
            self._life, self._lived = await standing.life(self._database), monotonic()
        return self._life

    async def _rows(self, mailbox: str, state: State, limit: int) -> tuple[list[Row], bool]:
        """Return rows behind a state in order, and whether there may be others behind them."""
        changed, changed_end = await self._read(self._dialogs, mailbox, state, limit)
        left, left_end = await self._read(self._gone, mailbox, state, limit)
        with store_errors():
            there = await self._there([each["_id"] for each in left])
        rows = [Row(each["_id"], each["changed"], each["revision"]) for each in changed]
        rows += [
            Row(each["_id"], each["changed"], 0, True, each["into"], each["_id"] in there)
            for each in left
        ]
        ends = [each for each in (changed_end, left_end) if each is not None]
        rows.sort(key=lambda row: (row.changed, row.id))
        if not ends:
            return rows, False
        return [row for row in rows if (row.changed, row.id) <= min(ends)], True

    async def _read(
        self, collection: Collection, mailbox: str, state: State, limit: int
    ) -> tuple[list[Document], tuple[datetime, Any] | None]:
        """Return documents behind a state in order, and where they end if there may be others.

        Asked for is a span and no more, which goes by an index in every database; parts of dialogs,
        dialogs that are not ours and what was told before is left out here. Where nothing else is
        among the first, more is read.
        """
        query = {"mailbox": mailbox, "changed": {"$gte": state.at}}
        fields = dict.fromkeys(("changed", "revision", "part_of", "into"), 1)
        while True:
            with store_errors():
                cursor = collection.find(query, fields).sort([("changed", 1), ("_id", 1)])
                found = await cursor.limit(limit).to_list(limit)
            ours = [each for each in found if "into" in each or _is_dialog(each)]
            behind = [each for each in ours if _place(each) > (state.at, state.last)]
            full = len(found) == limit
            if behind or not full:
                return behind, _place(found[-1]) if full else None
            limit *= 2

    async def _there(self, ids: Sequence[Any]) -> set[Any]:
        if not ids:
            return set()
        found = await self._dialogs.find({"_id": {"$in": list(ids)}}, {"_id": 1}).to_list(None)
        return {each["_id"] for each in found}


def _is_dialog(document: Document) -> bool:
    return "revision" in document and document.get("part_of") is None


def _place(document: Document) -> tuple[datetime, Any]:
    return document["changed"], document["_id"]


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
    """Return which of the rows behind a state to tell; what is older than ``horizon`` is cold.

    ``cut`` means that there are more rows than these; ``room`` is how much may be seen. Pure.
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
        if not cut:  # what is not met any more has changed again, and is told as that
            seen &= going.met
    if going.more and not going.told and (at, last) == (state.at, state.last):
        going.more, going.waits = False, True  # all of it is hot: asking at once would be no use
    after = State(at, last, frozenset(seen), state.life)
    return Told(going.told, after, going.more, going.waits)
