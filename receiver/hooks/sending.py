"""Sending for one hook, as long as its lease is held: look, send, record, and again.

What was sent but not recorded, as the process died, is sent again under the same name.
"""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bson import ObjectId

from contract.faults import reach
from receiver import metrics
from receiver.hooks.calling.target import Target
from receiver.hooks.event import HookEvent
from receiver.hooks.full import FullEvents
from receiver.hooks.happened import Happenings
from receiver.hooks.hook import Hook, hook_of
from receiver.hooks.hooks import Hooks, LeaseLost, delivery_of
from receiver.hooks.rules import (
    GIVE_UP_FOR_NOW,
    MAX_LATE,
    HookAnswer,
    LateEvent,
    brought_forward,
    put_off,
    why_to_end,
)
from receiver.store.mongo import Database, Document

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


@dataclass
class _Round:
    """One round: what was tried, what waits from now on, and why the hook ends, if it does."""

    late: list[LateEvent]
    deliveries: list[Document] = field(default_factory=list)
    failed: int = 0
    recovered: bool = False
    ended: str = ""


class Sending:
    """Sends for hooks; ``holder`` is the holder of their leases."""

    def __init__(self, database: Database, target: Target, holder: str) -> None:
        self._hooks = Hooks(database)
        self._happenings = Happenings(database)
        self._full = FullEvents(database)
        self._target = target
        self._holder = holder

    async def run(self, hook_id: ObjectId, stopping: asyncio.Event) -> None:
        """Send for a hook until it stops; raises LeaseLost, StoreUnavailable."""
        while not stopping.is_set():
            document = await self._hooks.find(hook_id)
            if document is None or document["state"] != "on":
                raise LeaseLost
            if not await self.round(hook_of(document)):
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await stopping.wait()
                except TimeoutError:
                    continue

    async def round(self, hook: Hook) -> bool:
        """Send what is due and what is new; return True if there is more at once."""
        now = await self._happenings.now()
        due = [each for each in hook.late if each.due <= now]
        going = _Round([each for each in hook.late if each.due > now])
        for each in await self._happenings.not_erased(due):
            await self._tell(hook, going, each.event, each)
        if going.recovered:
            going.late = brought_forward(going.late, now)
        states, more = {}, False
        if not going.ended and len(going.late) < MAX_LATE:
            found = await self._happenings.since(hook)
            for event in found.events:
                await self._tell(hook, going, event, None)
            states, more = found.states, found.more
        if states or due or going.ended or going.deliveries:
            if going.deliveries:
                reach("hook.sent")
            await self._hooks.note(
                hook.id, self._holder, states, going.late, going.deliveries, going.ended
            )
        if going.ended:
            log.error("the hook %s is disabled: %s", hook.name, going.ended)
        return (more or going.recovered) and not going.failed

    async def _tell(
        self, hook: Hook, going: _Round, event: HookEvent, before: LateEvent | None
    ) -> None:
        """Try one event, unless too many have just failed; what is not taken waits."""
        told = None
        if going.failed < GIVE_UP_FOR_NOW and not going.ended:
            told = await self._call(hook, going, event)
            if told.taken:
                going.recovered |= before is not None
                return
            going.failed += 1
        now = await self._happenings.now()
        going.ended = going.ended or why_to_end(told, before, now) or ""
        luck = random.random()  # noqa: S311 - jitter
        going.late.append(put_off(event, before, told, now, luck))

    async def _call(self, hook: Hook, going: _Round, event: HookEvent) -> HookAnswer:
        more = await self._full.more(event) if hook.full else {}
        begun = time.monotonic()
        now = await self._happenings.now()
        name = event.webhook_id(str(hook.id))
        body, when = event.body(more), now.timestamp()
        told = await self._target.call(
            hook.url, hook.secrets_at(now), name, body, when, private_words=hook.full
        )
        seconds = time.monotonic() - begun
        metrics.HOOKS_TOLD.labels("taken" if told.taken else "refused").inc()
        going.deliveries.append(
            delivery_of(name, event.kind, now, told.status, told.reason, seconds)
        )
        return told


def oldest(documents: Sequence[Document], now: datetime) -> float:
    """Return for how many seconds the oldest event of hooks that are on has waited."""
    since = [
        each["since"]
        for document in documents
        if document["state"] == "on"
        for each in document.get("late", ())
    ]
    return max(((now - each).total_seconds() for each in since), default=0.0)
