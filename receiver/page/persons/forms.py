"""``/person``: what is held about an address; only what was shown in this form can be erased.

Addresses are sent by POST, so that they appear in no history and no log.
"""

from typing import Any

from aiohttp import web
from pydantic import ValidationError

from contract.reading.addresses import canonical
from contract.reading.pasted import one_address
from receiver.erasing.act import act, extract
from receiver.erasing.archive import archive
from receiver.erasing.survey import Held
from receiver.errors import Problem
from receiver.page.persons.shown import shown
from receiver.page.serving import PageServing, Visit, page
from receiver.web.access import demand
from receiver.web.request_models import ErasePerson
from receiver.web.requests import Route
from receiver.web.v1.persons.archived import send_archive
from receiver.web.v1.persons.persons import Persons, preview_of, something

MAX_ON_HOLD = 20


class PersonPages:
    """Shows, exports and erases a person's data."""

    def __init__(self, serving: PageServing, persons: Persons) -> None:
        self._serving = serving
        self._persons = persons

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        serving = self._serving
        return [
            serving.get("/person", self.ask, "erase"),
            serving.post("/person", self.show, "erase", streams=True),
            serving.post("/person/export", self.export, "erase", streams=True),
            serving.post("/person/erase", self.erase, "erase", streams=True),
        ]

    async def ask(self, visit: Visit) -> web.Response:
        """Show the form."""
        return await self._page(visit)

    async def show(self, visit: Visit) -> web.Response:
        """Show what is held, and what would go."""
        return await self._preview(visit)

    async def export(self, visit: Visit) -> web.StreamResponse:
        """Send all of it: Problem 403 without the right ``raw``."""
        demand(visit.grant, "raw")
        address = _address(visit)
        store = self._persons.store
        found = something(await self._held(visit))
        return await send_archive(visit.request, lambda file: archive(store, found, address, file))

    async def erase(self, visit: Visit) -> web.Response:
        """Erase what was shown, and show the act; else show again what is held."""
        address = _address(visit)
        if canonical(_address(visit, "again")) != canonical(address):
            return await self._preview(visit, "person.again_wrong")
        try:
            asked = ErasePerson(
                address=address,
                mailbox=_mailbox(visit),
                preview=visit.said("preview"),
                reason=visit.said("reason").strip(),
                operator=visit.said("operator").strip(),
            )
        except ValidationError:
            return await self._preview(visit, "person.reason_wrong")
        try:
            done = await self._persons.erase(visit.request, visit.grant, asked, visit.grant.name)
        except Problem as problem:
            if problem.status != 409:
                raise
            return await self._preview(visit, "person.changed")
        told = (done.order, done.subject, done.outcomes, done.earlier)
        erased: dict[str, Any] = {"at_bridges": done.at_bridges}
        erased |= {
            "act": act(*told),
            "extract": extract(*told).lstrip("\ufeff"),
            "address": address,
        }
        return await self._page(visit, erased=erased)

    async def _held(self, visit: Visit) -> list[Held]:
        address = _address(visit)
        return await self._persons.held(visit.request, visit.grant, address, _mailbox(visit))

    async def _preview(self, visit: Visit, wrong: str = "") -> web.Response:
        address = _address(visit)
        try:
            found = await self._held(visit)
        except Problem as problem:
            if problem.status not in (409, 422):
                raise
            own = "person.is_ours" if problem.status == 409 else "person.no_address"
            return await self._page(visit, status=problem.status, address=address, wrong=own)
        now = await self._persons.store.dialogs.now()
        on_hold = sorted(map(str, await self._persons.on_hold(found, now)))
        return await self._page(
            visit,
            status=422 if wrong else 200,
            address=address,
            wrong=wrong,
            held=shown(found, visit.clock),
            on_hold=on_hold[:MAX_ON_HOLD],
            more_on_hold=len(on_hold[MAX_ON_HOLD:]),
            preview=preview_of(found),
            reason=visit.said("reason"),
            operator=visit.said("operator"),
        )

    async def _page(self, visit: Visit, *, status: int = 200, **values: Any) -> web.Response:
        named = visit.grant.named
        every = sorted(named if named is not None else await self._mailboxes())
        nothing: dict[str, Any] = dict.fromkeys(("address", "wrong", "preview", "reason"), "")
        nothing |= {"operator": "", "held": None, "on_hold": [], "more_on_hold": 0, "erased": None}
        return page(
            visit,
            "person.html",
            status=status,
            title=visit.words("person.title"),
            path="/person",
            mailbox=_mailbox(visit) or "",
            mailboxes=every,
            **nothing | values,
        )

    async def _mailboxes(self) -> list[str]:
        return list(await self._persons.store.mailboxes.watermarks())


def _address(visit: Visit, field: str = "address") -> str:
    """Return the one address of what was pasted, or that as it is if it has several or none."""
    pasted = visit.said(field).strip()
    try:
        return one_address(pasted)
    except ValueError:
        return pasted


def _mailbox(visit: Visit) -> str | None:
    return visit.said("mailbox").strip().casefold() or None
