"""A person's data: what is held, its export, and its erasure, which is shown before it is done."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Protocol

from aiohttp import web
from bson import ObjectId

from receiver.erasing import record
from receiver.erasing.act import Subject, act, extract
from receiver.erasing.archive import archive, summary_of
from receiver.erasing.order import Erasure, Order
from receiver.erasing.survey import Held, held
from receiver.errors import Problem, unavailable
from receiver.filing.collections import Store
from receiver.letters.addresses import canonical
from receiver.retaining.holds import Holds
from receiver.web.access import demand
from receiver.web.asked import ErasePerson, PersonAsked
from receiver.web.v1.answers import json_of
from receiver.web.v1.download import disposition, stream
from receiver.web.v1.operation import Call, MayAnswer, Operation, mailbox_of, who_of
from receiver.web.v1.persons.shapes import ErasedShape, HeldShape, PersonShape

IN_MEMORY = 1024 * 1024
PIECE = 256 * 1024


class Erases(Protocol):
    """What erases what is held of a person in a mailbox."""

    async def __call__(self, held: Held, order: Order) -> Erasure:
        """Erase; see ``receiver.erasing.erase``."""


@dataclass(frozen=True)
class PersonOperations:
    """The operations of this file; files of erasures are written to ``place``."""

    store: Store
    holds: Holds
    erases: Erases
    place: Path

    def operations(self) -> list[Operation]:
        """Return them."""
        return [
            Operation(
                "person",
                "POST",
                "/v1/persons/find",
                "What is held of somebody; all letters of the mailboxes are read for it.",
                "erase",
                self.find,
                {200: MayAnswer("what is held", PersonShape)},
                body=PersonAsked,
                streams=True,
                problems=(404, 409),
            ),
            Operation(
                "person_export",
                "POST",
                "/v1/persons/export",
                "All that is held of somebody, as a zip: JSON, letters, files. Needs `raw`, too.",
                "erase",
                self.export,
                {200: MayAnswer("the archive", media="application/zip")},
                body=PersonAsked,
                streams=True,
                problems=(404, 409),
            ),
            Operation(
                "person_erase",
                "POST",
                "/v1/persons/erase",
                "Erase somebody, as `preview` of `/v1/persons/find` shows it; this is not undone.",
                "erase",
                self.erase,
                {200: MayAnswer("the act, and the extract from the log", ErasedShape)},
                body=ErasePerson,
                streams=True,
                problems=(404, 409),
            ),
        ]

    async def find(self, call: Call) -> web.Response:
        """Answer with what is held."""
        found = await self._held(call)
        items = [HeldShape.model_validate(summary_of(each)) for each in found]
        return json_of(PersonShape(items=items, preview=preview_of(found)))

    async def export(self, call: Call) -> web.StreamResponse:
        """Send the archive."""
        demand(call.grant, "raw")
        found = [each for each in await self._held(call) if not each.is_nothing]
        if not found:
            raise Problem(404, "nothing is held of this address")
        with SpooledTemporaryFile(IN_MEMORY) as file:
            await archive(self.store, found, call.body.address, file)  # type: ignore[arg-type]
            file.seek(0)
            headers = {
                "Content-Type": "application/zip",
                "Content-Disposition": disposition("person.zip"),
            }
            answer = web.StreamResponse(headers=headers)
            return await stream(call.request, answer, _pieces(file))  # type: ignore[arg-type]

    async def erase(self, call: Call) -> web.Response:
        """Erase, if it is what was shown."""
        asked: ErasePerson = call.body
        try:
            self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unavailable(f"the act cannot be written: {error.strerror}") from None
        found = await self._held(call)
        if asked.preview != preview_of(found):
            raise Problem(409, "what is held is not what was shown: look again")
        now = await self.store.dialogs.now()
        for each in found:
            if await self.holds.held(each.mailbox, now) & each.touched_dialogs:
                raise Problem(409, "some of its dialogs are on hold: see `python -m receiver hold`")
        order = Order(ObjectId(), who_of(call), asked.reason, now)
        outcomes = [await self.erases(each, order) for each in found]
        names = sorted({name for each in found for name in each.traces.names})
        subject = Subject(asked.address, names, asked.operator)
        key = await self.store.tombstones.made_key()
        record.write(self.place, key, order, subject, outcomes)
        return json_of(
            ErasedShape(
                id=str(order.id),
                counts={each.mailbox: each.counts() for each in outcomes},
                act=act(order, subject, outcomes),
                extract=extract(order, subject, outcomes),
            )
        )

    async def _held(self, call: Call) -> list[Held]:
        name = canonical(call.body.address)
        if "@" not in name:
            wrong = {"path": "body.address", "message": "it is no address"}
            raise Problem(422, "the body has wrong fields", (wrong,))
        every = await self.store.letters.mailboxes()
        if name in {canonical(each) for each in every}:
            raise Problem(409, "it is a mailbox of the company, not a person")
        named = call.grant.named
        mailboxes = sorted(named) if named is not None else every
        if call.body.mailbox is not None:
            mailboxes = [mailbox_of(call.grant, call.body.mailbox)]
        return [await held(self.store, each, name) for each in mailboxes]


def preview_of(found: Sequence[Held]) -> str:
    """Return what stands for just these letters, to be said again when they are to go."""
    keys: list[Any] = [[each.mailbox, sorted(each.own), sorted(each.touched)] for each in found]
    return hashlib.sha256(repr(keys).encode()).hexdigest()[:32]


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
