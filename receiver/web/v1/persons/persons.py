"""A person's data in the mailboxes of whoever asks: what is held, and its erasure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bson import ObjectId

from receiver.access.grant import Grant
from receiver.erasing import record
from receiver.erasing.act import Subject
from receiver.erasing.order import Erasure, Order
from receiver.erasing.survey import Held, held
from receiver.errors import Problem, unavailable
from receiver.filing.collections import Store
from receiver.letters.addresses import canonical
from receiver.retaining.holds import Holds
from receiver.web.asked import ErasePerson
from receiver.web.v1.operation import mailbox_of


class Erases(Protocol):
    """What erases what is held of a person in a mailbox."""

    async def __call__(self, held: Held, order: Order) -> Erasure:
        """Erase; see ``receiver.erasing.erase``."""


@dataclass(frozen=True)
class PersonErased:
    """What was erased, as the act tells it."""

    order: Order
    subject: Subject
    outcomes: Sequence[Erasure]


@dataclass(frozen=True)
class Persons:
    """Finds and erases; files of erasures are written to ``place``; raises StoreUnavailable."""

    store: Store
    holds: Holds
    erases: Erases
    place: Path

    async def held(self, grant: Grant, address: str, mailbox: str | None) -> list[Held]:
        """Return what is held in each mailbox of a grant, or in one: Problem 404, 409, 422."""
        name = canonical(address)
        if "@" not in name:
            wrong = {"path": "body.address", "message": "it is no address"}
            raise Problem(422, "the body has wrong fields", (wrong,))
        named = grant.named
        mailboxes = sorted(named) if named is not None else await self.store.letters.mailboxes()
        # Of those that he may see, as a refusal over others would tell that they are there.
        if name in {canonical(each) for each in mailboxes}:
            raise Problem(409, "it is a mailbox of the company, not a person")
        if mailbox is not None:
            mailboxes = [mailbox_of(grant, mailbox)]
        return [await held(self.store, each, name) for each in mailboxes]

    async def on_hold(self, found: Sequence[Held], now: datetime) -> set[Any]:
        """Return the dialogs that would be touched, and may not be."""
        return {
            one
            for each in found
            for one in await self.holds.held(each.mailbox, now) & each.touched_dialogs
        }

    async def erase(self, grant: Grant, asked: ErasePerson, who: str) -> PersonErased:
        """Erase, if it is what was shown, and write the act: Problem 404, 409, 422, 503."""
        try:
            self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unavailable(f"the act cannot be written: {error.strerror}") from None
        found = await self.held(grant, asked.address, asked.mailbox)
        if asked.preview != preview_of(found):
            raise Problem(409, "what is held is not what was shown: look again")
        now = await self.store.dialogs.now()
        if await self.on_hold(found, now):
            raise Problem(409, "some of its dialogs are on hold: see `python -m receiver hold`")
        order = Order(ObjectId(), who, asked.reason, now)
        outcomes = [await self.erases(each, order) for each in found]
        names = sorted({name for each in found for name in each.traces.names})
        subject = Subject(asked.address, names, asked.operator)
        key = await self.store.tombstones.made_key()
        record.write(self.place, key, order, subject, outcomes)
        return PersonErased(order, subject, outcomes)


def something(found: Sequence[Held]) -> list[Held]:
    """Return the mailboxes that hold something: Problem 404 if none does."""
    if held_there := [each for each in found if not each.is_nothing]:
        return held_there
    raise Problem(404, "nothing is held of this address")


def preview_of(found: Sequence[Held]) -> str:
    """Return what stands for just these letters, to be said again when they are to go."""
    keys: list[Any] = [[each.mailbox, sorted(each.own), sorted(each.touched)] for each in found]
    return hashlib.sha256(repr(keys).encode()).hexdigest()[:32]
