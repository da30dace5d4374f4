"""Retention once a day, by the receiver that comes first."""

import logging
from collections.abc import Collection, Mapping
from datetime import timedelta

from receiver import metrics
from receiver.filing.collections import Store
from receiver.retaining.one_receiver import put_off_after_a_leap, take_turn
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import Terms, terms_for, unknown_in
from receiver.store.mongo import Database

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
TURN = "retention"


class Daily:
    """Runs retention for every mailbox when it is due; raises StoreUnavailable."""

    def __init__(
        self, database: Database, store: Store, retaining: Retaining, table: Mapping[str, Terms]
    ) -> None:
        self._database = database
        self._store = store
        self._retaining = retaining
        self._table = table
        self._looked = False

    async def run_if_due(self) -> None:
        """Run, unless nothing is ever deleted, or a receiver has run within a day."""
        if not self._table:
            return
        if not self._looked:
            self._tell_of_unknown(await self._retaining.mailboxes())
        now = await self._store.dialogs.now()
        if await put_off_after_a_leap(self._database, TURN, now, EVERY):
            log.warning(
                "no retention for a day: it was due days ago, as no receiver ran, or as MongoDB's"
                " clock has leapt ahead, to %s: see that it is right",
                f"{now:%Y-%m-%d %H:%M} UTC",
            )
        if not await take_turn(self._database, TURN, now, EVERY):
            return
        for mailbox in await self._retaining.mailboxes():
            done = await self._retaining.run(mailbox, terms_for(self._table, mailbox))
            for kind, count in done.letters.items():
                metrics.RETAINED.labels(kind).inc(count)
            metrics.RETAINED.labels("dialogs").inc(done.dialogs)
            if done:
                log.info("retention in %s: %s", mailbox, done.words())

    def _tell_of_unknown(self, mailboxes: Collection[str]) -> None:
        """Say once which mailboxes of RETENTION never had a letter: most often mistyped."""
        for name, near in unknown_in(self._table, mailboxes).items():
            like = f"; the nearest is {near}" if near else ""
            log.warning("RETENTION names %s, which has no letters and never had%s", name, like)
        self._looked = bool(mailboxes)
