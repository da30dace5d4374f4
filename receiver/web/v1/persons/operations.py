"""``/v1/persons``: a person's data, shown, exported, and erased once it has been shown."""

from dataclasses import dataclass

from aiohttp import web

from receiver.erasing.act import act, extract
from receiver.erasing.archive import archive, summary_of
from receiver.erasing.survey import Held
from receiver.web.access import demand
from receiver.web.request_models import ErasePerson, PersonAsked
from receiver.web.v1.operation import Call, MayAnswer, Operation, who_of
from receiver.web.v1.persons.archived import send_archive
from receiver.web.v1.persons.persons import Persons, address_of, preview_of, something
from receiver.web.v1.persons.shapes import AtBridgeShape, ErasedShape, HeldShape, PersonShape
from receiver.web.v1.responses import json_of


@dataclass(frozen=True)
class PersonOperations:
    """Finds, exports and erases a person's data."""

    persons: Persons

    def operations(self) -> list[Operation]:
        """Return its lines of the API's table."""
        return [
            Operation(
                "person",
                "POST",
                "/v1/persons/find",
                "What is stored about a person. It reads all letters of the mailboxes.",
                "erase",
                self.find,
                {200: MayAnswer("what is stored", PersonShape)},
                body=PersonAsked,
                streams=True,
                problems=(404, 409),
            ),
            Operation(
                "person_export",
                "POST",
                "/v1/persons/export",
                "What is stored about a person, as a zip: JSON, letters, files. Also needs `raw`.",
                "erase",
                self.export,
                {
                    200: MayAnswer(
                        "the archive", media="application/zip", headers=("Content-Disposition",)
                    )
                },
                body=PersonAsked,
                streams=True,
                problems=(404, 409),
            ),
            Operation(
                "person_erase",
                "POST",
                "/v1/persons/erase",
                "Erase what `/v1/persons/find` showed (`preview`). This cannot be undone.",
                "erase",
                self.erase,
                {200: MayAnswer("the act and the extract from the log", ErasedShape)},
                body=ErasePerson,
                streams=True,
                problems=(404, 409),
            ),
        ]

    async def find(self, call: Call) -> web.Response:
        """Answer with what is stored about a person."""
        found = await self._held(call)
        items = [HeldShape.model_validate(summary_of(each)) for each in found]
        return json_of(PersonShape(items=items, preview=preview_of(found)))

    async def export(self, call: Call) -> web.StreamResponse:
        """Send the archive."""
        demand(call.grant, "raw")
        address, store = address_of(call.body.address), self.persons.store
        found = something(await self._held(call))
        return await send_archive(call.request, lambda file: archive(store, found, address, file))

    async def erase(self, call: Call) -> web.Response:
        """Erase what was shown, if nothing has changed since."""
        done = await self.persons.erase(call.request, call.grant, call.body, who_of(call))
        told = (done.order, done.subject, done.outcomes, done.earlier)
        return json_of(
            ErasedShape(
                id=str(done.order.id),
                counts={each.mailbox: each.counts() for each in done.outcomes},
                at_bridges=[AtBridgeShape(**each) for each in done.at_bridges],
                act=act(*told),
                extract=extract(*told),
            )
        )

    async def _held(self, call: Call) -> list[Held]:
        body = call.body
        return await self.persons.held(call.request, call.grant, body.address, body.mailbox)
