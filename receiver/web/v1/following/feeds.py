"""Feeds: one for each mailbox with listeners, one look a second however many listen.

On a replica set a change stream wakes them sooner. It only says that somebody wrote: the changes
are always read in the same way, so nothing depends on the stream.

A listener that does not read what it is sent is dropped, not waited for: it reconnects with
the last state that it has seen.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from contract.door.sparing_log import SparingLog
from receiver.access.grant import Grant
from receiver.access.tokens import Tokens
from receiver.changes.changes import ROOM, Changes, TooOld
from receiver.changes.state import Told
from receiver.errors import Problem, unavailable
from receiver.store.mongo import StoreUnavailable
from receiver.web.v1.following.coming_again import ComingAgain

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
LEAST_SECONDS = 0.2  # between two looks, however much is written
WATCH_SECONDS = 60.0  # until a change stream is tried again if there was none
PING_SECONDS = 15.0
TOKEN_SECONDS = 10.0  # until listeners with a revoked token are dropped
STREAM_SECONDS = 15 * 60.0  # about so long
AT_ONCE = 500
BEHIND = 20  # batches that a listener may be behind
MAX_LISTENERS = 1500
SHARE = 5  # the part of all listeners that one caller may have
ROOM_SECONDS = 60  # until one of many streams has ended, as each does after a while


class Listener:
    """One listener: yields batches of changes, None if nothing happened for ``patience`` seconds.

    ``gone`` tells whether the client has left, which otherwise only sending shows.
    """

    def __init__(self, grant: Grant, gone: Callable[[], bool], patience: float) -> None:
        self.grant = grant
        self._patience = patience
        self.is_gone = gone
        self._queue: asyncio.Queue[Told | None] = asyncio.Queue(BEHIND)
        lasts = random.uniform(STREAM_SECONDS / 1.5, STREAM_SECONDS * 1.5)  # noqa: S311 - jitter
        self._ends = time.monotonic() + lasts  # those who came together shall not end together
        self._closed = False

    def tell(self, told: Told) -> None:
        """Queue a batch; a listener too far behind is told nothing more."""
        try:
            self._queue.put_nowait(told)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        """End the listener's stream."""
        self._closed = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Told | None]:
        while not self._closed and time.monotonic() < self._ends:
            try:
                async with asyncio.timeout(self._patience):
                    told = await self._queue.get()
            except TimeoutError:
                yield None
                continue
            if told is None:
                return
            yield told


class Feeds:
    """All feeds of this receiver."""

    def __init__(
        self,
        changes: Changes,
        tokens: Tokens,
        poll_seconds: float = POLL_SECONDS,
        most: int = MAX_LISTENERS,
    ) -> None:
        self._changes = changes
        self.coming_again = ComingAgain(changes)
        self._tokens = tokens
        self._most = most
        self._poll_seconds = poll_seconds
        self._written = asyncio.Event()
        self._watching: Sequence[asyncio.Task[None]] = ()
        self._listeners: dict[str, set[Listener]] = {}
        self._polling: dict[str, asyncio.Task[None]] = {}
        self._troubles = SparingLog(log, "changes could not be read", lines=1)

    @contextmanager
    def listening(
        self,
        mailbox: str,
        grant: Grant,
        gone: Callable[[], bool] = lambda: False,
        patience: float = PING_SECONDS,
    ) -> Iterator[Listener]:
        """Add a listener to a mailbox: Problem 429 if ``grant`` has too many, 503 if all have.

        So nobody takes all streams; those of the page count for the token that signed in.
        """
        self._make_room(grant)
        listener = Listener(grant, gone, patience)
        self._listeners.setdefault(mailbox, set()).add(listener)
        if not self._watching:
            self._watching = (
                asyncio.create_task(self._watch()),
                asyncio.create_task(self._end_with_tokens()),
            )
        if mailbox not in self._polling:
            self._polling[mailbox] = asyncio.create_task(self._poll(mailbox))
        try:
            yield listener
        finally:
            self._leave(mailbox, listener)

    async def missed(self, mailbox: str, since: datetime) -> Told | None:
        """Return what changed since a time, None if it is too long ago to know."""
        try:
            return await self.coming_again.since(mailbox, await self._changes.at(since))
        except (TooOld, StoreUnavailable):
            return None

    async def pause(self) -> None:
        """Wait as long as there is between two looks."""
        await asyncio.sleep(POLL_SECONDS)

    async def close(self) -> None:
        """End all streams: the receiver stops."""
        for each in self._every():
            each.close()

    def _every(self) -> list[Listener]:
        return [each for listeners in self._listeners.values() for each in listeners]

    def _make_room(self, grant: Grant) -> None:
        """Refuse one more listener if there are too many; clients that have left do not count."""
        there, own = self._every(), (grant.by, grant.name)
        count = Counter((each.grant.by, each.grant.name) for each in there)
        share = max(1, self._most // SHARE)
        if count[own] < share and len(there) < self._most:
            return
        for each in there:
            if each.is_gone():
                each.close()
                count[each.grant.by, each.grant.name] -= 1
        if count[own] >= share:
            raise Problem(429, "too many streams at once", retry_after=ROOM_SECONDS)
        if count.total() >= self._most:
            raise unavailable("too many streams at once")

    def _leave(self, mailbox: str, listener: Listener) -> None:
        left = self._listeners[mailbox]
        left.discard(listener)
        if not left:
            del self._listeners[mailbox]
            self._polling.pop(mailbox).cancel()
        if not self._listeners:
            for each in self._watching:
                each.cancel()
            self._watching = ()

    async def _watch(self) -> None:
        """Wake those who wait for the next look whenever somebody has written."""
        while True:
            try:
                async for _ in self._changes.writes():
                    self._written.set()
                    self._written = asyncio.Event()
            except StoreUnavailable as error:
                log.debug("there is no change stream: %s", error.__cause__ or error)
            await asyncio.sleep(WATCH_SECONDS)

    async def _end_with_tokens(self) -> None:
        """End the streams of tokens that are no longer valid: one query for all of them."""
        while True:
            await asyncio.sleep(TOKEN_SECONDS)
            try:
                names = {each.grant.name for each in self._every() if each.grant.by == "token"}
                ended = await self._tokens.ended(names, datetime.now(UTC)) if names else set()
            except StoreUnavailable as error:
                self._troubles.warning("tokens of listeners: %s", error)
                continue
            for each in self._every():
                if each.grant.by == "token" and each.grant.name in ended:
                    each.close()

    async def _poll(self, mailbox: str) -> None:
        """Look once a second, and tell everybody; from a little before the first listener came."""
        state = None
        while True:
            written = self._written  # from before the look, so that no write falls in between
            try:
                state = state or await self._changes.now()
                told = await self._changes.since(mailbox, state, AT_ONCE, room=ROOM)
                state = told.state
                if told.rows:
                    for each in self._listeners.get(mailbox, ()):
                        each.tell(told)
                if told.more:
                    continue
            except StoreUnavailable as error:
                self._troubles.warning("changes of %s: %s", mailbox, error)
            except TooOld:  # the clock was set back, or a backup restored: they come again
                state = None
                for each in list(self._listeners.get(mailbox, ())):
                    each.close()
            await asyncio.sleep(LEAST_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds - LEAST_SECONDS):
                    await written.wait()
