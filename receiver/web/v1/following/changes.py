"""``/v1/changes``: what is new, changed and gone since a state; ``/v1/stream`` announces changes.

A client that stores the state in each response misses nothing. A new client first requests the
present state (without ``since``), then lists all dialogs, then asks for changes since that state.
"""

from typing import Annotated, Any

from aiohttp import web
from bson import ObjectId
from pydantic import BaseModel, Field

from receiver.changes.changes import Changes, TooOld
from receiver.changes.state import State, Told
from receiver.errors import Problem
from receiver.web.client_gone import gone_from
from receiver.web.v1.cursor import milliseconds, moment, packed, unpacked
from receiver.web.v1.following.coming_again import patience
from receiver.web.v1.following.feeds import Feeds
from receiver.web.v1.operation import (
    Call,
    InMailbox,
    MayAnswer,
    Operation,
    mailbox_of,
    wrong,
)
from receiver.web.v1.responses import json_of
from receiver.web.v1.shapes import Id, Time

EVENT_STREAM = "text/event-stream"


class ChangesQuery(InMailbox):
    """Since which state."""

    since: Annotated[str, Field(max_length=5000)] | None = Field(
        None,
        description="``state`` of the previous response; without it you only get the present state",
    )
    limit: int = Field(100, ge=1, le=1000)


class StreamQuery(InMailbox):
    """Since which state; ``Last-Event-ID`` takes precedence."""

    since: Annotated[str, Field(min_length=1, max_length=5000)] | None = None


class ChangedShape(BaseModel):
    """A new or changed dialog. A revision may be reported more than once."""

    id: Id
    revision: int
    changed: Time


class GoneShape(BaseModel):
    """A dialog that no longer exists, and the one that has its letters, if any."""

    id: Id
    into: Id | None = None


class ChangesShape(BaseModel):
    """What changed; if ``more`` is true, ask again at once."""

    changed: list[ChangedShape]
    gone: list[GoneShape]
    state: str
    more: bool


class ChangeOperations:
    """Tells what changed in a mailbox."""

    def __init__(self, changes: Changes, feeds: Feeds) -> None:
        self._changes = changes
        self._feeds = feeds

    def operations(self) -> list[Operation]:
        """Return its lines of the API's table."""
        return [
            Operation(
                "changes",
                "GET",
                "/v1/changes",
                "What is new, changed or gone in a mailbox, each at least once.",
                "read",
                self.changes,
                {200: MayAnswer("the changes", ChangesShape)},
                ChangesQuery,
                problems=(404, 410),
            ),
            Operation(
                "stream",
                "GET",
                "/v1/stream",
                "The same as server-sent events, as it happens. The stream ends now and then:"
                " reconnect with Last-Event-ID, as every EventSource does.",
                "read",
                self.stream,
                {200: MayAnswer("events `changed` and `gone`", media=EVENT_STREAM)},
                StreamQuery,
                streams=True,
                problems=(404, 410),
            ),
        ]

    async def changes(self, call: Call) -> web.Response:
        """Answer with what changed."""
        query: ChangesQuery = call.query
        mailbox = mailbox_of(call.grant, query.mailbox)
        if query.since is None:
            now = written(mailbox, await self._changes.now())
            return json_of(ChangesShape(changed=[], gone=[], state=now, more=False))
        state = read_state(mailbox, query.since, "since")
        try:
            told = await self._changes.since(mailbox, state, query.limit)
        except TooOld:
            raise _too_old() from None
        return json_of(shape_of(mailbox, told))

    async def stream(self, call: Call) -> web.StreamResponse:
        """Send events until the client leaves, or has to reconnect."""
        query: StreamQuery = call.query
        mailbox = mailbox_of(call.grant, query.mailbox)
        last = call.request.headers.get("Last-Event-ID")
        name = "since" if last is None else "Last-Event-ID"
        given = last or query.since
        state = read_state(mailbox, given, name) if given else None
        headers = {"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        with self._feeds.listening(mailbox, call.grant, gone_from(call.request)) as listener:
            told = await self._begun(mailbox, state)
            await response.prepare(call.request)
            if call.request.method == "HEAD":
                return response
            await response.write(patience(3.0) + events_of(mailbox, told, always=True))
            while told.more or told.waits:
                if told.waits:
                    await self._feeds.pause()
                told = await self._missed(mailbox, told.state)
                await response.write(events_of(mailbox, told))
            async for batch in listener:
                text = events_of(mailbox, batch) if batch else b": still here\n\n"
                await response.write(text)
        await response.write_eof()
        return response

    async def _begun(self, mailbox: str, state: State | None) -> Told:
        """Return what a listener has missed: nothing, and without a query, if it knows no state."""
        if state is None:
            return Told([], await self._changes.now())
        return await self._missed(mailbox, state)

    async def _missed(self, mailbox: str, state: State) -> Told:
        try:
            return await self._feeds.coming_again.since(mailbox, state)
        except TooOld:
            raise _too_old() from None


def _too_old() -> Problem:
    return Problem(410, "the state is too old: list the dialogs anew")


def shape_of(mailbox: str, told: Told) -> ChangesShape:
    """Return changes in the shape of the response."""
    return ChangesShape(
        changed=[
            ChangedShape(id=str(row.id), revision=row.revision, changed=row.changed)
            for row in told.rows
            if not row.gone
        ],
        gone=[
            GoneShape(id=str(row.id), into=str(row.into) if row.into else None)
            for row in told.rows
            if row.gone
        ],
        state=written(mailbox, told.state),
        more=told.more,
    )


def events_of(mailbox: str, told: Told, *, always: bool = False) -> bytes:
    """Return changes as server-sent events; the last one has the state after all of them."""
    shape = shape_of(mailbox, told)
    found = [f"event: changed\ndata: {each.model_dump_json()}\n" for each in shape.changed]
    found += [f"event: gone\ndata: {each.model_dump_json()}\n" for each in shape.gone]
    if not found and always:
        found = ["event: ready\ndata: {}\n"]
    if found:
        found[-1] += f"id: {shape.state}\n"
    return "".join(f"{each}\n" for each in found).encode()


def written(mailbox: str, state: State) -> str:
    """Return a state as the text that clients store."""
    life = [state.life] if state.life else []
    return packed([mailbox, milliseconds(state.at), str(state.last), state.marks, *life])


def read_state(mailbox: str, word: str, name: str) -> State:
    """Return the state in such a text; Problem 422 if it is none, or of another mailbox."""
    try:
        match unpacked(word):
            case [str() as of, int() as at, str() as last, str() as marks, *life] if of == mailbox:
                if ObjectId.is_valid(last) and _is_life(life):
                    return State(moment(at), ObjectId(last), State.seen_of(marks), *life)
    except ValueError:
        pass
    raise wrong(name, "it is no state of this mailbox")


def _is_life(named: list[Any]) -> bool:
    """Tell whether the end of such a text names a life of the database, or is empty."""
    match named:
        case [] | [str()]:
            return True
    return False
