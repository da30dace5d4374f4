"""A person's data in the caller's mailboxes: what is held, and its erasure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from bson import ObjectId

from contract.reading.addresses import canonical, stands_alone
from contract.reading.pasted import one_address
from receiver.access.grant import Grant
from receiver.erasing.act import Subject
from receiver.erasing.carrying import Carrying, NotRecorded, OnHold, Recorded
from receiver.erasing.order import Order
from receiver.erasing.survey import Held, held
from receiver.errors import Problem, unavailable
from receiver.filing.collections import Store
from receiver.retaining.holds import Holds
from receiver.web.client_gone import while_waited_for
from receiver.web.request_models import ErasePerson
from receiver.web.v1.operation import mailbox_of
from receiver.web.v1.persons.survey_limit import SurveyLimit


@dataclass(frozen=True)
class Persons:
    """Finds and erases; raises StoreUnavailable."""

    store: Store
    holds: Holds
    carrying: Carrying
    looks: SurveyLimit = field(default_factory=SurveyLimit)

    async def held(
        self, request: web.Request, grant: Grant, address: str, mailbox: str | None
    ) -> list[Held]:
        """Return what each mailbox of a grant has, or just one: Problem 404, 409, 422, 429.

        Raises ConnectionError once the client has gone.
        """
        name = canonical(address_of(address))
        named = grant.named
        mailboxes = sorted(named) if named is not None else await self.store.mailboxes.every()
        # Only mailboxes that he may see: a refusal over others would reveal them.
        if name in {canonical(each) for each in mailboxes}:
            raise Problem(409, "it is a mailbox of the company, not a person")
        if mailbox is not None:
            mailboxes = [mailbox_of(grant, await self.store.mailboxes.spelt(mailbox))]
        with self.looks.one(grant):
            found = await while_waited_for(request, held(self.store, mailboxes, name))
        if not stands_alone(name) and all(each.is_nothing for each in found):
            raise _none()  # "nothing is held" would be wrong of several
        return found

    async def on_hold(self, found: Sequence[Held], now: datetime) -> set[Any]:
        """Return the dialogs on hold that the erasure would touch."""
        return {
            one
            for each in found
            for one in await self.holds.held(each.mailbox, now) & each.touched_dialogs
        }

    async def erase(
        self, request: web.Request, grant: Grant, asked: ErasePerson, who: str
    ) -> Recorded:
        """Erase what was shown if it is unchanged, and write the act: Problem 404, 409, 422, 503.

        An erasure that has begun is finished even if the client has gone.
        """
        found = await self.held(request, grant, asked.address, asked.mailbox)
        if asked.preview != preview_of(found):
            raise Problem(409, "what is held is not what was shown: look again")
        order = Order(ObjectId(), who, asked.reason, await self.store.dialogs.now())
        names = sorted({name for each in found for name in each.traces.names})
        address = address_of(asked.address)
        subject = Subject(address, names, asked.operator)
        everywhere = asked.mailbox is None and grant.named is None
        person = canonical(address) if everywhere else ""
        try:
            return await self.carrying.carry_out(found, order, subject, everywhere=person)
        except OnHold:
            told = "some of its dialogs are on hold: see `python -m receiver hold`"
            raise Problem(409, told) from None
        except NotRecorded as error:
            raise unavailable(str(error)) from None


def address_of(pasted: str) -> str:
    """Return the one address of what was pasted: Problem 422 if there is no at sign.

    Several addresses, or an odd one, are returned as they are: odd addresses may be stored.
    """
    try:
        return one_address(pasted)
    except ValueError:
        if "@" not in pasted:
            raise _none() from None
        return pasted


def _none() -> Problem:
    wrong = {"path": "address", "message": "it is not one address"}
    return Problem(422, "the body has wrong fields", (wrong,))


def something(found: Sequence[Held]) -> list[Held]:
    """Return the mailboxes that have data of the person: Problem 404 if none has."""
    if held_there := [each for each in found if not each.is_nothing]:
        return held_there
    raise Problem(404, "nothing is held of this address")


def preview_of(found: Sequence[Held]) -> str:
    """Return a digest of exactly these letters, which a request to erase them must repeat."""
    keys: list[Any] = [[each.mailbox, sorted(each.own), sorted(each.touched)] for each in found]
    return hashlib.sha256(repr(keys).encode()).hexdigest()[:32]
