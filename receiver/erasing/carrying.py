"""Carries an order out in all its mailboxes, or in none, and writes its files.

What a restored backup must know is written before anything is removed, the act after everything. An
order that was cut short has no act; the next one for the same person refers to it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bson import ObjectId

from receiver.erasing import record
from receiver.erasing.act import Subject
from receiver.erasing.order import CutShort, Erasure, Order
from receiver.erasing.survey import Held, planned
from receiver.filing.collections import Store
from receiver.letters.belonging import EVERYWHERE, digest_of_person
from receiver.retaining.holds import Holds
from receiver.store.mongo import Document, StoreUnavailable


class OnHold(Exception):
    """Dialogs are on hold; nothing was erased. ``dialogs`` are their ids."""

    def __init__(self, dialogs: set[Any]) -> None:
        super().__init__(", ".join(sorted(map(str, dialogs))))
        self.dialogs = dialogs


class NotRecorded(Exception):
    """The files could not be written; the words say whether anything was erased."""


class Erases(Protocol):
    """A function that erases the data held about a person in a mailbox."""

    async def __call__(self, held: Held, order: Order) -> Erasure:
        """Erase; see ``receiver.erasing.erase``."""


@dataclass(frozen=True)
class Recorded:
    """An executed order, as its act tells it; ``place`` has its files.

    ``at_bridges`` are his letters at bridges: bridge, id and state of each.
    """

    order: Order
    subject: Subject
    outcomes: Sequence[Erasure]
    earlier: Sequence[CutShort]
    place: Path
    at_bridges: Sequence[Document] = ()


@dataclass(frozen=True)
class Carrying:
    """Carries orders out; files of erasures are written to ``place``."""

    store: Store
    holds: Holds
    erases: Erases
    place: Path

    async def carry_out(
        self, found: Sequence[Held], order: Order, subject: Subject, *, everywhere: str = ""
    ) -> Recorded:
        """Erase, and write the act; raises OnHold, NotRecorded, StoreUnavailable.

        ``everywhere`` is the person, if he is erased also in mailboxes that have no letters yet.
        """
        touched = {each.mailbox: each.touched_dialogs for each in found}
        async with self.holds.leaving(touched) as on_hold:
            if on_hold:
                raise OnHold(on_hold)
            return await self._carry_out(found, order, subject, everywhere)

    async def _carry_out(
        self, found: Sequence[Held], order: Order, subject: Subject, everywhere: str
    ) -> Recorded:
        key = await self.store.tombstones.made_key()
        origin = await self.store.tombstones.origin()
        plan = [planned(key, each) for each in found]
        people = [each.person for each in plan]
        if everywhere:
            people.append(digest_of_person(key, EVERYWHERE, everywhere))
        try:
            earlier = record.cut_short(self.place, people)
            place = record.begin(self.place, record.Of(key, origin), order, plan, people)
        except OSError as error:
            why = error.strerror or error
            raise NotRecorded(f"nothing was erased: the act cannot be written: {why}") from None
        if everywhere:
            await self.store.tombstones.for_person(order.id, people[-1:], order.when)
        there = await self._at_bridges(found)
        outcomes = [await self.erases(each, order) for each in found]
        await clean_reasons(self.store, self.holds, found)
        try:
            record.finish(place, order, subject, outcomes, earlier)
        except OSError as error:
            why = error.strerror or error
            raise NotRecorded(
                f"it was erased, but the act could not be written: {why}; mend that and erase once"
                " more: the act then tells of both"
            ) from None
        orders = [order.id, *(ObjectId(each.number) for each in earlier)]
        with suppress(StoreUnavailable):  # whoever looks for unfinished erasures finds the act
            await self.store.tombstones.say_acted(orders, [each.person for each in outcomes])
        return Recorded(order, subject, outcomes, earlier, place, there)

    async def _at_bridges(self, found: Sequence[Held]) -> list[Document]:
        """Return his letters in these mailboxes that bridges last reported to have."""
        if not found:
            return []
        mailboxes = [each.mailbox for each in found]
        return await self.store.bridges.having(mailboxes, found[0].person, found[0].traces.told_by)


async def clean_reasons(store: Store, holds: Holds, found: Sequence[Held]) -> None:
    """Remove him from the reasons of others' holds and erasures, and as the one who decided."""
    if found:
        cleaned = found[0].traces.cleaned  # of all mailboxes: in this one he may have no letter
        await holds.clean([each.mailbox for each in found], cleaned)
        await store.tombstones.clean(cleaned)
        for each in found:
            if decided := await store.facts.saying(each.mailbox, cleaned):
                await store.writing.say_who(each.mailbox, decided)  # also what a crash left
                await store.facts.say_who(decided)
                await store.writing.say_who(each.mailbox, decided)  # from facts before the erasure
