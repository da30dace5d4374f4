"""Clients that reconnect with a state: one query serves all of a mailbox that come together.

When a receiver restarts, all its listeners reconnect at once, most of them with the same state. A
query from the oldest state on serves those with later states, too. It begins after each of them
has connected, so that nothing is lost between it and the events that follow. Only one query runs
at a time for a mailbox, so the database stays free for other requests.
"""

import asyncio
import random

from receiver.changes.changes import ROOM, Changes, TooOld
from receiver.changes.state import MAX_SEEN, OneLook, State, Told

CATCH_UP = 500
_Waiting = dict[State, asyncio.Future[Told]]


class ComingAgain:
    """Tells many clients at once what they have missed."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._waiting: dict[str, _Waiting] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}

    async def since(self, mailbox: str, state: State) -> Told:
        """Return what changed since a state; raises TooOld, StoreUnavailable."""
        waiting = self._waiting.setdefault(mailbox, {})
        if state not in waiting:
            waiting[state] = asyncio.get_running_loop().create_future()
            waiting[state].add_done_callback(asyncio.Future.exception)  # nobody may be left waiting
        told = waiting[state]
        if mailbox not in self._looking:
            self._looking[mailbox] = asyncio.create_task(self._look(mailbox))
        return await asyncio.shield(told)

    async def _look(self, mailbox: str) -> None:
        try:
            while waiting := self._waiting.pop(mailbox, None):
                try:
                    await self._tell(mailbox, waiting)
                except Exception as error:  # whoever waits is told of it, whatever it is
                    for each in waiting.values():
                        if not each.done():
                            each.set_exception(error)
        finally:
            del self._looking[mailbox]

    async def _tell(self, mailbox: str, waiting: _Waiting) -> None:
        left = sorted(waiting, key=lambda state: (state.at, state.last))
        while left:
            room = max(MAX_SEEN, *(len(each.seen) for each in left))
            try:
                look = await self._changes.look(mailbox, left[0], CATCH_UP + room)
            except TooOld as error:
                waiting[left.pop(0)].set_exception(error)
                continue
            left = await _told_by(look, left, waiting)


async def _told_by(look: OneLook, states: list[State], waiting: _Waiting) -> list[State]:
    """Serve the clients whose states a look covers; return the states of the others."""
    others = []
    for each in states:
        if look.covers(each):
            waiting[each].set_result(look.told(each, CATCH_UP, ROOM))
            await asyncio.sleep(0)  # requests have their turn
        else:
            others.append(each)
    return others


def patience(seconds: float) -> bytes:
    """Return after how long a client should reconnect: about this, but varied."""
    return b"retry: %d\n\n" % random.uniform(500 * seconds, 2000 * seconds)  # noqa: S311 - jitter
