"""Reads what happened since a hook was last told.

A hook has a position in several streams (letters, openings, merges, corrections, alarms), each in
the order of the database's clock. Two things make writes visible in another order. Writes with an
earlier time may be seen later, which ``tell`` handles by an overlap in which it remembers ids. And
a letter is stored before it is shown: as hooks are told of letters that people can see, a letter
that is not shown yet holds the position of its stream back; younger ones are told meanwhile and
remembered as told, so nothing is missed. Each event says where its letter is at that moment.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from bson import ObjectId

from receiver.changes.state import HOT, MAX_SEEN, Row, State, tell
from receiver.hooks.event import HookEvent
from receiver.hooks.hook import Hook
from receiver.hooks.rules import LateEvent
from receiver.hooks.streams import STREAMS, Stream
from receiver.store.dialog import ours
from receiver.store.dialogs import Dialogs
from receiver.store.letters import Letters
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document, ServerClock, store_errors
from receiver.web.v1.cursor import milliseconds

AT_ONCE = 20
FEW_MAILBOXES = 8
MAILBOXES_SECONDS = 5.0  # below HOT, so that no letter of a new mailbox is missed
# Receivers know the database's time to about a second, and may differ by as much.
CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass
class Happened:
    """Events in the order of their time, the states behind them, and whether there are more."""

    events: list[HookEvent] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    more: bool = False


def _is_for(hook: Hook, event: HookEvent) -> bool:
    """Tell whether a hook is told of an event: not of openings before it, or just told."""
    if event.kind != "dialog.opened":
        return event.kind in hook.kinds
    state = hook.states.get("opened")
    told = state.seen if state else ()
    return (
        event.kind in hook.kinds
        and event.when >= hook.created - CLOCKS_DIFFER
        and Row(ObjectId(event.of), event.when, milliseconds(event.when)).mark not in told
    )


class Happenings:
    """Reads events; each method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._letters = Letters(database)
        self._dialogs = Dialogs(database)
        self._collection = database["dialogs"]
        self._clock = ServerClock(database)
        self._mailboxes = KeptMailboxes(database)
        self._names: list[str] = []
        self._looked = -MAILBOXES_SECONDS

    async def now(self) -> datetime:
        """Return the database's time."""
        return await self._clock.now()

    async def since(self, hook: Hook, limit: int = AT_ONCE) -> Happened:
        """Return what a hook must be told next, at most ``limit`` events of each stream."""
        now = await self._clock.now()
        if hook.covers_all:
            wanted = await self._every_mailbox()
        else:
            wanted = sorted([await self._mailboxes.spelt(each) for each in hook.mailboxes])
        found = Happened()
        for stream in STREAMS:
            if hook.kinds.isdisjoint(stream.kinds):
                continue
            state = hook.states.get(stream.name) or State(hook.created - CLOCKS_DIFFER)
            await self._read(found, stream, state, hook, wanted, limit, now - HOT)
        found.events.sort(key=lambda event: event.when)
        return found

    async def not_erased(self, late: Sequence[LateEvent]) -> list[LateEvent]:
        """Return the waiting events without those about erased letters and dialogs."""
        return [each for each in late if not await self._is_erased(each.event.data)]

    async def _is_erased(self, data: Mapping[str, Any]) -> bool:
        if key := data.get("letter"):
            return await self._letters.document(data["mailbox"], key) is None
        named = data.get("dialogs") or [data[name] for name in ("dialog",) if name in data]
        return bool(named) and all(
            [await self._dialogs.erased_from(ObjectId(each)) is not None for each in named]
        )

    async def _read(
        self,
        found: Happened,
        stream: Stream,
        state: State,
        hook: Hook,
        mailboxes: Sequence[str],
        limit: int,
        horizon: datetime,
    ) -> None:
        documents = await self._documents(stream, state, mailboxes, limit + MAX_SEEN)
        cut = len(documents) == limit + MAX_SEEN
        there = await self._still_there(stream, documents)
        rows = {
            each["_id"]: replace(stream.row(each), there=each["_id"] in there) for each in documents
        }
        new = [each for each in documents if rows[each["_id"]].mark not in state.seen]
        waiting = await self._not_ready(stream, new)
        if waiting:
            horizon = min(horizon, *(rows[one].changed for one in waiting))
        ready = [row for one, row in rows.items() if one not in waiting]
        told = tell(state, ready, limit, horizon, cut=cut)
        by_id = {each["_id"]: each for each in documents}
        for row in told.rows:
            document = by_id[row.id]
            if stream.of_mailboxes or hook.is_told(document["mailboxes"]):
                events = stream.events(document)
                found.events += [each for each in events if _is_for(hook, each)]
        if told.state != state or stream.name not in hook.states:
            found.states[stream.name] = told.state
        found.more |= told.more

    async def _documents(
        self, stream: Stream, state: State, mailboxes: Sequence[str], limit: int
    ) -> list[Document]:
        """Return documents behind a state in order; few mailboxes are queried one by one.

        So each query uses an index in every database; for many mailboxes one query is cheaper.
        """
        if not stream.of_mailboxes:
            return await self._span(stream, state, {}, limit)
        if len(mailboxes) > FEW_MAILBOXES:
            return await self._of_many(stream, state, mailboxes, limit)
        found: list[Document] = []
        for mailbox in mailboxes:
            found += await self._span(stream, state, {"mailbox": mailbox}, limit)
        return sorted(found, key=stream.place)[:limit]

    async def _span(
        self, stream: Stream, state: State, query: Document, limit: int
    ) -> list[Document]:
        """Return the first documents behind a state, by a query about their time only."""
        size = limit
        while True:
            with store_errors():
                cursor = self._database[stream.collection].find(
                    query | {stream.time: {"$gte": state.at}}, stream.projection
                )
                found = await cursor.sort([(stream.time, 1), ("_id", 1)]).limit(size).to_list(size)
            behind = [each for each in found if stream.place(each) > (state.at, state.last)]
            if len(behind) >= limit or len(found) < size:
                return behind[:limit]
            size *= 2

    async def _of_many(
        self, stream: Stream, state: State, mailboxes: Sequence[str], limit: int
    ) -> list[Document]:
        query: Document = {
            "mailbox": {"$in": list(mailboxes)},
            stream.time: {"$gte": state.at},
            "$or": [
                {stream.time: {"$gt": state.at}},
                {stream.time: state.at, "_id": {"$gt": state.last}},
            ],
        }
        order = [(stream.time, 1), ("_id", 1)]
        with store_errors():
            cursor = self._database[stream.collection].find(query, stream.projection)
            return await cursor.hint(stream.index).sort(order).limit(limit).to_list(limit)

    async def _not_ready(self, stream: Stream, documents: Sequence[Document]) -> Collection[Any]:
        """Return the ids that cannot be told yet; letters get the dialog that shows them."""
        if stream.name == "corrected":
            return {each["_id"] for each in documents if not each["shown"]}
        if stream.name == "letters" and documents:
            return await self._not_shown(documents)
        return ()

    async def _still_there(self, stream: Stream, documents: Sequence[Document]) -> Collection[Any]:
        """Return the dialogs that were to go but are still there: told once they go.

        A dialog that went and came back has another opening: its going is told, and then that.
        """
        if stream.name != "merged" or not documents:
            return ()
        openings = {each["_id"]: each.get("opened") for each in documents}
        there = await ours(self._collection, openings, {"revision": 1, "opened": 1})
        return {each["_id"] for each in there if each.get("opened") == openings[each["_id"]]}

    async def _not_shown(self, documents: Sequence[Document]) -> Collection[Any]:
        """Return the letters that are not where they point to; the others get the dialog's id."""
        heads = await self._dialogs.heads({each["dialog"] for each in documents})
        keys = [each["key"] for each in documents]
        held = await self._standing_in(heads.values(), keys)
        waiting = set()
        for each in documents:
            head = heads.get(each["dialog"])
            if head is None or (head["_id"], each["key"]) not in held:
                waiting.add(each["_id"])
            else:
                each["dialog"] = head["_id"]
        return waiting

    async def _standing_in(
        self, heads: Iterable[Document], keys: Iterable[str]
    ) -> set[tuple[Any, str]]:
        """Return which of these letters stand in which of the dialogs whose heads were read."""
        of = {one: head["_id"] for head in heads for one in (head["_id"], *head["parts"])}
        wanted = set(keys)
        found = await ours(self._collection, of, {"messages.key": 1, "revision": 1})
        held = {(of[each["_id"]], one["key"]) for each in found for one in each["messages"]}
        return {each for each in held if each[1] in wanted}

    async def _every_mailbox(self) -> list[str]:
        if monotonic() - self._looked >= MAILBOXES_SECONDS:
            self._names = sorted(await self._mailboxes.watermarks())
            self._looked = monotonic()
        return self._names
