"""Erasures that were cut short: they are finished automatically, and reported.

Whoever asked may never ask again: his machine died, or he closed the page. What a restore must know
is written before anything is removed, so the rest is found by digests, as after a restore. The act
names the person, whom nobody knows here: until one more call writes it, people are told that it is
missing (``receiver.hooks.alarms``, the doctor, the page, ``/metrics``).
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bson import ObjectId

from receiver import metrics
from receiver.erasing import record
from receiver.erasing.afterwards.replay import REPLAYED, CarriesOut, bury, replay
from receiver.erasing.tombstones import AT_WORK
from receiver.filing.collections import Store
from receiver.retaining.holds import Holds
from receiver.retaining.one_receiver import take_turn
from receiver.store.mongo import Database, Document

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
TURN = "erasures that were cut short"


@dataclass(frozen=True)
class UnfinishedErasures:
    """Finishes erasures that were cut short; files of erasures lie in ``place``."""

    database: Database
    store: Store
    holds: Holds
    carry_out: CarriesOut
    project: Callable[[str], Awaitable[object]]
    place: Path

    async def look(self, now: datetime) -> None:
        """Finish them; return how many lack their end or act: StoreUnavailable."""
        try:
            await self._heed_files(now)
        except OSError as error:
            log.warning("the erasures in %s cannot be read: %s", self.place, error)
        found = await self.store.tombstones.cut_short(now)
        undone = [each for each in found if not each["done"]]
        if undone and await take_turn(self.database, TURN, now, EVERY):
            await self._go_on(undone)
        left = await self.store.tombstones.cut_short(now)
        metrics.CUT_SHORT.set(len({each["order"] for each in left}))

    async def _heed_files(self, now: datetime) -> None:
        """Record erasures known only from files, and those whose act has been written since."""
        tombstones = self.store.tombstones
        noted = {each["order"] for each in await tombstones.listed()}
        key = await tombstones.key()
        for each, buried in record.without_act(self.place):
            order = ObjectId(each.number)
            if order in noted or each.when > now - AT_WORK or buried.key != key:
                continue
            await bury(self.store, [buried], self.place)
            says = {"when": each.when, "who": "", "reason": "", "done": False, "act": False}
            for planned in each.planned or [{"mailbox": ""}]:
                told = {"mailbox": planned["mailbox"], "order": order}
                await tombstones.note(ObjectId(), says | told)
        begun = {each["order"] for each in await self.store.tombstones.cut_short(now)}
        acted = [each for each in begun if record.has_act(self.place, str(each))]
        await tombstones.say_acted(acted)

    async def _go_on(self, notes: list[Document]) -> None:
        """Erase what is left, except what is on hold, and record it."""
        gone, on_hold = await replay(self.store, self.holds, self.carry_out, heeds_holds=True)
        for mailbox in sorted({each["mailbox"] for each in notes} - on_hold - {""}):
            await self.project(mailbox)
        for each in notes:
            if each["mailbox"] not in on_hold:
                says = {"done": True, "finished_by": REPLAYED}
                await self.store.tombstones.note(each["_id"], says)
        log.info("went on with an erasure that was cut short: letters of his left: %d", gone)
