"""Sending for all hooks of one receiver: it takes free leases, and gives its own back."""

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from contract.door.sparing_log import SparingLog
from receiver import metrics
from receiver.hooks.alarms import Alarms
from receiver.hooks.calling.target import Target
from receiver.hooks.happened import Happenings
from receiver.hooks.hook import STATES
from receiver.hooks.hooks import Hooks, LeaseLost
from receiver.hooks.sending import Sending, oldest
from receiver.store.mongo import Database, Document, StoreUnavailable

log = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
LEASE_SECONDS = 4.0  # a lease that stood still for so long is free
ALARM_SECONDS = 5.0
STOP_SECONDS = 5.0
LET_GO_SECONDS = 2.0  # a lease that is not given back becomes free soon


@dataclass
class LeaseWatch:
    """Tells whose lease stands still, by this process's own clock; ``now`` is in seconds."""

    seconds: float = LEASE_SECONDS
    now: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._seen: dict[Any, tuple[Any, int, float]] = {}

    def is_free(self, hook: Any, holder: str | None, beat: int) -> bool:
        """Tell whether nobody holds a lease, or its holder is dead."""
        if holder is None:
            return True
        seen = self._seen.get(hook)
        if seen is None or seen[:2] != (holder, beat):
            self._seen[hook] = (holder, beat, self.now())
            return False
        return self.now() - seen[2] >= self.seconds


class HookService:
    """Sends for hooks until told to stop; ``ready`` says whether the database may be used."""

    def __init__(self, database: Database, ready: Callable[[], bool], *, private: bool) -> None:
        self._database = database
        self._ready = ready
        self._private = private
        self._holder = secrets.token_hex(8)
        self._hooks = Hooks(database)
        self._alarms = Alarms(database)
        self._happenings = Happenings(database)
        self._watch = LeaseWatch()
        self._tasks: dict[ObjectId, asyncio.Task[None]] = {}
        self._has_held = False
        self._stopping = asyncio.Event()
        self._troubles = SparingLog(log, "hooks could not be looked at", lines=1)
        self._alarms_looked = -ALARM_SECONDS

    @property
    def is_telling(self) -> bool:
        """Whether there is a hook for which this receiver sends."""
        return bool(self._tasks)

    async def run(self) -> None:
        """Send until cancelled; then finish what is on its way, and give leases back."""
        sending = Sending(self._database, Target(private=self._private), self._holder)
        try:
            while True:
                try:
                    if self._ready():
                        await self._look(sending)
                    else:  # without a usable database nothing is sent
                        self._cancel(self._tasks)
                except StoreUnavailable as error:
                    self._troubles.warning("hooks are not looked at: %s", error)
                await asyncio.sleep(ROUND_SECONDS)
        finally:
            await self._stop()

    async def _look(self, sending: Sending) -> None:
        if self._tasks:
            await self._hooks.beat(self._holder)
        documents = await self._hooks.leases()
        self._count(documents)
        held = {each["_id"] for each in documents if each["lease"]["holder"] == self._holder}
        self._cancel(self._tasks.keys() - held)
        for each in documents:
            if each["state"] == "on" and each["_id"] not in self._tasks:
                await self._take(sending, each)
        if time.monotonic() - self._alarms_looked >= ALARM_SECONDS:
            self._alarms_looked = time.monotonic()
            await self._alarms.look(documents, await self._happenings.now())
        metrics.HOOKS_OLDEST.set(oldest(documents, await self._happenings.now()))

    def _cancel(self, hooks: Collection[ObjectId]) -> None:
        for one in hooks:
            self._tasks[one].cancel()

    async def _take(self, sending: Sending, document: Document) -> None:
        hook, lease = document["_id"], document["lease"]
        ours = lease["holder"] == self._holder  # our task has ended with an error
        if not ours and not self._watch.is_free(hook, lease["holder"], lease["beat"]):
            return
        self._has_held = True
        if ours or await self._hooks.take(hook, lease, self._holder):
            self._tasks[hook] = asyncio.create_task(self._send(sending, hook))

    async def _send(self, sending: Sending, hook: ObjectId) -> None:
        try:
            await sending.run(hook, self._stopping)
        except LeaseLost:
            log.debug("somebody else sends for hook %s", hook)
        except StoreUnavailable as error:
            self._troubles.warning("the hook %s is not told: %s", hook, error)
        except Exception as error:
            log.error("the hook %s is not told: an error of ours", hook, exc_info=error)
            await asyncio.sleep(LEASE_SECONDS)
        finally:
            self._tasks.pop(hook, None)

    async def _stop(self) -> None:
        self._stopping.set()
        if tasks := list(self._tasks.values()):
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if not self._has_held:
            return
        with suppress(
            StoreUnavailable, TimeoutError
        ):  # a task that finds the database gone is not waited for
            async with asyncio.timeout(LET_GO_SECONDS):
                await self._hooks.let_go(self._holder)

    @staticmethod
    def _count(documents: list[Document]) -> None:
        count = Counter(each["state"] for each in documents)
        for state in STATES:
            metrics.HOOKS.labels(state).set(count[state])
