"""The changes in a mailbox since a state, each at least once.

``receiver.changes.state`` decides which of them are told. A dialog that goes leaves a row in
``gone``, written before it is removed. The row counts once the dialog is not there; a dialog that
came back is told as changed.

A restore takes the database back in time, and nobody knows here what was told about the time after
the backup. So a state names the life of its database, and a state of another life counts as too
old.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from receiver.changes.state import EARLY, HOT, MAX_SEEN, OneLook, Row, State, Told
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

ROOM = 5000  # in memory: what is filed in half a minute
AWAIT_MILLISECONDS = 1000  # less than one command may take
LIFE_LEAST_SECONDS = 1.0  # between two reads, however many ask
LIFE_SECONDS = 10.0  # until a running receiver notices that the database was restored


class TooOld(Exception):
    """The state is too old to know what is gone since, or of another life: list anew."""


class Changes:
    """Reads what changed; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._dialogs = database["dialogs"]
        self._gone = database["gone"]
        self._clock = ServerClock(database)
        self._database = database
        self._life, self._lived = "", -LIFE_SECONDS

    async def now(self) -> State:
        """Return the present state: later changes are told, earlier ones are in a later list."""
        return await self.at(await self._clock.now() - HOT)

    async def at(self, when: datetime) -> State:
        """Return the state of a time in this life of the database."""
        return State(when, life=await self._in_life())

    async def writes(self) -> AsyncIterator[None]:
        """Yield whenever a dialog was written, or goes; StoreUnavailable whenever the stream ends.

        Also if MongoDB is no replica set, and so has no change streams.
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
        """Return one look behind a state, of about ``limit`` rows; raises TooOld."""
        now = await self._clock.now()
        oldest = now - timedelta(seconds=TOLD_SECONDS) + HOT
        if not oldest <= state.at <= now + EARLY:
            raise TooOld  # or the clock was set back by more than HOT: changes would be left out
        if state.life != await self._in_life(state.life):
            raise TooOld
        rows, cut = await self._rows(mailbox, state, limit)
        return OneLook(state, rows, cut, now)

    async def _in_life(self, hoped: str | None = None) -> str:
        """Return the life of the database as last seen, read again if it is not the hoped one."""
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

        The query is only a time span, which uses an index in every database; parts of dialogs,
        dialogs that are not ours and what was told before are filtered here. If nothing is left of
        the first ones, more is read.
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
