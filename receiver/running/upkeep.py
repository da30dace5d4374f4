"""What the receiver does by itself, beside requests: sweeping, disposing, retaining."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from receiver import metrics
from receiver.erasing.disposal import dispose
from receiver.filing.collections import Store
from receiver.filing.sweeper import SETTLED_AFTER, Sweeper
from receiver.migration.orphans import EarlierOrphans
from receiver.proving.silence_watch import QuietMailboxes
from receiver.retaining.daily import Daily
from receiver.running.readiness import SCHEMA_RETRY_SECONDS, Readiness
from receiver.store import mongo, standing
from receiver.store.mongo import StoreUnavailable

log = logging.getLogger(__name__)

SWEEP_SECONDS = 10.0
RETENTION_SECONDS = 600.0


class Upkeep:
    """Repeated tasks, each of its own and ended by cancelling it.

    Nothing is done before the database is ready; errors of the database are retried.
    """

    def __init__(
        self,
        readiness: Readiness,
        database: mongo.Database,
        store: Store,
        sweeper: Sweeper,
        daily: Daily,
        go_on: Callable[[datetime], Awaitable[None]],
    ) -> None:
        self._readiness = readiness
        self._database = database
        self._store = store
        self._sweeper = sweeper
        self._daily = daily
        self._go_on = go_on
        self._orphans = EarlierOrphans(database, store.writing)
        self._quiet = QuietMailboxes(database, store.mailboxes)

    async def keep_sweeping(self) -> None:
        """Sweep now and then: show what a crash left stored but not shown."""
        while True:
            try:
                if await self._readiness.still_ours():
                    await self._sweep()
            except StoreUnavailable as error:
                why = self._readiness.why(error)
                log.warning("letters that were not shown are not settled: %s", why)
            ready = self._readiness.schema_in_place
            await asyncio.sleep(SWEEP_SECONDS if ready else SCHEMA_RETRY_SECONDS)

    async def _sweep(self) -> None:
        await self._orphans.forget(await self._store.dialogs.now() - SETTLED_AFTER)
        if count := await self._sweeper.sweep():
            log.info("settled %d letters that were not shown", count)
        doubt = await standing.doubtful_backup(self._database)
        metrics.tell_backup(await standing.backed_up(self._database), doubtful=bool(doubt))
        await self._quiet.look(await self._store.dialogs.now())

    async def keep_retaining(self) -> None:
        """Finish erasures that were cut short, and once a day apply RETENTION."""
        while True:
            try:
                if ready := self._readiness.schema_in_place:
                    await self._go_on(await self._store.dialogs.now())
                    await self._dispose()
                    await self._daily.run_if_due()
            except StoreUnavailable as error:
                ready, why = True, self._readiness.why(error)
                log.warning("what was to go has not gone yet: %s", why)
            await asyncio.sleep(RETENTION_SECONDS if ready else SCHEMA_RETRY_SECONDS)

    async def _dispose(self) -> None:
        """Destroy the bytes of what was erased, or never named, long enough ago."""
        now = await self._store.dialogs.now()
        if count := await dispose(self._store.blobs, self._store.leaving, now):
            metrics.DESTROYED.inc(count)
            log.info("destroyed %d files that no letter names", count)
