"""Handles a database clock that is set back: followers would skip what is written next.

Letters, dialogs and alarms are followed by times that the database gave them. If its clock is set
back, or a member whose clock is behind becomes primary, new writes get times that cursors have
already passed: no hook would be told, no search would find the letter, nobody would read it back.
Each receiver knows what time it should be, by its own clock's running; the latest time is recorded
for receivers that start. If the clock falls behind that, hooks, the index and the sweeper look
again from a little before the present, and the database begins a new life, for which the states of
programs that follow are too old.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from receiver.hooks.hooks import Hooks
from receiver.running.readiness import SCHEMA_RETRY_SECONDS
from receiver.search.index import Index
from receiver.store import standing
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import CLOCK_SECONDS, Database, ServerClock, StoreUnavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
NOTED_EVERY = timedelta(minutes=1)
BY_LESS = timedelta(seconds=15)  # than what is read again in any case
# Until it is noticed, and until followers ask again for what others wrote with the time of before.
AGAIN = timedelta(seconds=2 * CLOCK_SECONDS)


class SetBack:
    """Watches the database's clock, while the database is ours (``ready``)."""

    def __init__(self, database: Database, ready: Callable[[], bool]) -> None:
        self._database = database
        self._clock = ServerClock(database)
        self._ready = ready
        self._seen: tuple[str, datetime, float] | None = None  # in which life, when, by our clock

    async def run(self) -> None:
        """Run until cancelled; what fails is tried again."""
        while True:
            try:
                if ready := self._ready():
                    await self.look()
            except StoreUnavailable as error:
                log.warning("the database's clock is not looked at: %s", error)
            await asyncio.sleep(LOOK_SECONDS if ready else SCHEMA_RETRY_SECONDS)

    async def look(self) -> None:
        """Handle a clock that was set back, so that nothing is missed; raises StoreUnavailable."""
        began = monotonic()
        now, ended = await self._clock.asked(), monotonic()
        took = timedelta(seconds=ended - began)  # how much later it may be
        life, latest = await standing.life(self._database), await standing.latest(self._database)
        known = [each for each in (latest, self._expected(life, ended)) if each is not None]
        if known and now + took < max(known) - BY_LESS:
            await self._begin_again(now)
            life = await standing.life(self._database)
        elif latest is None or now - latest >= NOTED_EVERY:
            await standing.note_time(self._database, now)
        self._seen = life, now, ended

    def _expected(self, life: str, at: float) -> datetime | None:
        """Return the expected time; None at first, and in a life that another receiver began.

        ``at`` is when it was asked, by our own clock: a slow read behind it does not count.
        """
        if self._seen is None or self._seen[0] != life:
            return None
        return self._seen[1] + timedelta(seconds=at - self._seen[2])

    async def _begin_again(self, now: datetime) -> None:
        await Hooks(self._database).set_back(now, now - AGAIN)
        await Index(self._database).set_back(now - AGAIN)
        await KeptMailboxes(self._database).set_back(now - AGAIN)
        await standing.begin_life(self._database, now)
        log.error(
            "the database's clock was set back, to %s: hooks may be told again what they know, and"
            " programs that follow changes list anew",
            f"{now:%Y-%m-%d %H:%M:%S} UTC",
        )
