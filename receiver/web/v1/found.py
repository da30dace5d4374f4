"""The dialog that an id leads to, if the caller may see it, or where it has gone."""

from dataclasses import dataclass

from aiohttp import web
from bson import ObjectId

from receiver.access.grant import Grant
from receiver.errors import Problem
from receiver.filing.corrections import Corrections
from receiver.listing.queries import Queries
from receiver.store.dialog import Dialog
from receiver.store.dialogs import Dialogs
from receiver.store.mongo import Document
from receiver.web.v1.operation import Call, MayAnswer

GONE_THERE = MayAnswer("it is in another dialog now: see Location", headers=("Location",))


@dataclass(frozen=True)
class DialogsFound:
    """Finds dialogs within a caller's rights: for the caller, others do not exist.

    Response times do not reveal them either: from the ids of their own dialogs, callers can guess
    ids of others made at the same time.
    """

    corrections: Corrections
    dialogs: Dialogs
    queries: Queries

    async def dialog(self, grant: Grant, text: str) -> Dialog:
        """Return the dialog that an id leads to: 404, 410 if its letters were erased."""
        return await self.whole(await self.head(grant, text))

    async def whole(self, head: Document) -> Dialog:
        """Return a dialog with all letters, or the one that it was merged into meanwhile: 404."""
        one = head["_id"]
        found = (await self.dialogs.whole([one])).get(one)
        return found or await self.corrections.dialog(one)

    async def head(self, grant: Grant, text: str) -> Document:
        """Return the head of the dialog that an id leads to, without letters: 404, 410."""
        own, found = grant.named, None
        if ObjectId.is_valid(text) and (
            own is None or await self.queries.is_within(ObjectId(text), own)
        ):
            try:
                found = await self.corrections.head(ObjectId(text))
            except Problem:
                mailbox = await self.dialogs.erased_from(ObjectId(text))
                if mailbox is not None and grant.covers(mailbox):
                    raise Problem(410, "its letters were erased") from None
        if found is None or not grant.covers(found["mailbox"]):
            raise Problem(404, "there is no such dialog")
        return found

    async def here(self, call: Call) -> Document:
        """Return the head of the path's dialog: 404, or 308 if it was merged into another one."""
        asked = call.request.match_info["id"]
        found = await self.head(call.grant, asked)
        if str(found["_id"]) != asked:
            path = call.request.path.replace(asked, str(found["_id"]), 1)  # an id, so all ASCII
            query = call.request.rel_url.raw_query_string
            raise web.HTTPPermanentRedirect(f"{path}?{query}" if query else path)
        return found
