"""``/v1/hooks``: a token's hooks, all of whose mailboxes are its own; it sees no others."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from bson import ObjectId
from pydantic import BaseModel

from contract.bounds import is_mailbox
from receiver.access.grant import EVERY_MAILBOX, Grant
from receiver.errors import Problem
from receiver.hooks.event import KINDS
from receiver.hooks.hook import may_see
from receiver.hooks.hooks import MAX_OF_ONE
from receiver.hooks.manage.managing import HookManaging, NotMade, last_deliveries
from receiver.hooks.manage.shapes import (
    HookDeliveries,
    HookDelivery,
    HookList,
    HookShape,
    MadeHook,
    NewHook,
    shown,
)
from receiver.store.mongo import Document
from receiver.web.access import demand
from receiver.web.v1.operation import Call, MayAnswer, Operation
from receiver.web.v1.responses import json_of, shaped

ONE = "/v1/hooks/{hook}"


class HookOperations:
    """Makes, shows, switches and tests hooks."""

    def __init__(self, managing: HookManaging) -> None:
        self._managing = managing

    def operations(self) -> list[Operation]:
        """Return its lines of the API's table."""
        return [*self._of_all(), *self._of_one(), *self._of_its_attempts()]

    def _of_all(self) -> list[Operation]:
        return [
            _operation(
                "hooks",
                "GET",
                "/v1/hooks",
                "The hooks of the token's mailboxes.",
                self.hooks,
                {200: MayAnswer("the hooks", HookList)},
            ),
            _operation(
                "make_hook",
                "POST",
                "/v1/hooks",
                "Make a hook for what happens from now on. Only this response has its secret.",
                self.make,
                {201: MayAnswer("the hook, with its secret", MadeHook, headers=("Location",))},
                NewHook,
                problems=(404, 409),
            ),
        ]

    def _of_one(self) -> list[Operation]:
        gone, a_hook = {204: MayAnswer("it is removed")}, {200: MayAnswer("the hook", HookShape)}
        forget = "Remove a hook, and the events that it has not sent yet."
        on = "Switch a hook on: it continues where it stopped."
        off = "Switch a hook off; what happens meanwhile is sent when it is on again."
        secret = {200: MayAnswer("the hook, with its secret", MadeHook)}
        rotate = (
            "Change the secret; only this response has it. For a day events are signed with both."
        )
        return [
            _operation("hook", "GET", ONE, "One hook.", self.hook, a_hook),
            _operation("remove_hook", "DELETE", ONE, forget, self.remove, gone),
            _operation("enable_hook", "POST", f"{ONE}/enable", on, self.enable, a_hook),
            _operation("disable_hook", "POST", f"{ONE}/disable", off, self.disable, a_hook),
            _operation(
                "rotate_hook",
                "POST",
                f"{ONE}/rotate",
                rotate,
                self.rotate,
                secret,
                problems=(404, 409),
            ),
        ]

    def _of_its_attempts(self) -> list[Operation]:
        attempt = {200: MayAnswer("the result", HookDelivery)}
        attempts = {200: MayAnswer("the attempts", HookDeliveries)}
        path, last = f"{ONE}/deliveries", "The last twenty attempts."
        return [
            _operation(
                "test_hook",
                "POST",
                f"{ONE}/test",
                "Send an event `hook.test` now, and return the result.",
                self.test,
                attempt,
                streams=True,
            ),
            _operation("deliveries", "GET", path, last, self.deliveries, attempts),
        ]

    async def hooks(self, call: Call) -> web.Response:
        """Answer with the hooks."""
        found = await self._managing.hooks.every()
        seen = [each for each in found if may_see(call.grant, each["mailboxes"])]
        return json_of(HookList(items=[shaped(HookShape, shown(each)) for each in seen]))

    async def make(self, call: Call) -> web.Response:
        """Make a hook."""
        body: NewHook = call.body
        if body.full:
            demand(call.grant, "read")
        await self._refuse_one_more(call.grant)
        try:
            document = await self._managing.make(
                body.url,
                body.name or "",
                _mailboxes(call.grant, body.mailboxes),
                body.events or KINDS,
                full=body.full,
                who=call.grant.name,
            )
        except NotMade as error:
            if error.field is None:
                raise Problem(409, str(error)) from None
            raise _wrong(error.field, str(error)) from None
        text = shaped(MadeHook, shown(document)).model_dump_json(by_alias=True)
        where = {"Location": f"/v1/hooks/{document['_id']}"}
        return web.Response(text=text, status=201, content_type="application/json", headers=where)

    async def _refuse_one_more(self, grant: Grant) -> None:
        """Refuse a caller who has made too many, so that the rest is left for others: 409.

        A caller who may see all mailboxes may use up all hooks.
        """
        made = [each for each in await self._managing.hooks.every() if each["who"] == grant.name]
        if grant.named is not None and len(made) >= MAX_OF_ONE:
            raise Problem(409, "there are too many hooks")

    async def hook(self, call: Call) -> web.Response:
        """Answer with a hook."""
        return json_of(shaped(HookShape, shown(await self._hook(call))))

    async def remove(self, call: Call) -> web.Response:
        """Remove a hook."""
        await self._managing.hooks.remove((await self._hook(call))["_id"])
        return web.Response(status=204)

    async def enable(self, call: Call) -> web.Response:
        """Switch a hook on."""
        found = await self._hook(call)
        if found["state"] != "on":
            await self._managing.enable(found)
        return await self.hook(call)

    async def disable(self, call: Call) -> web.Response:
        """Switch a hook off."""
        await self._managing.hooks.switch((await self._hook(call))["_id"], "off")
        return await self.hook(call)

    async def rotate(self, call: Call) -> web.Response:
        """Give a hook a new secret."""
        try:
            found = await self._managing.rotate(await self._hook(call))
        except NotMade as error:
            raise Problem(409, str(error)) from None
        return json_of(shaped(MadeHook, shown(found)))

    async def test(self, call: Call) -> web.Response:
        """Send a test event."""
        return json_of(shaped(HookDelivery, await self._managing.test(await self._hook(call))))

    async def deliveries(self, call: Call) -> web.Response:
        """Answer with the last attempts."""
        found = last_deliveries(await self._hook(call))
        return json_of(HookDeliveries(items=[shaped(HookDelivery, each) for each in found]))

    async def _hook(self, call: Call) -> Document:
        asked = call.request.match_info["hook"]
        found = None
        if ObjectId.is_valid(asked):
            found = await self._managing.hooks.find(ObjectId(asked))
        if found is None or not may_see(call.grant, found["mailboxes"]):
            raise Problem(404, "there is no such hook")
        return found


def _mailboxes(grant: Grant, named: list[str] | None) -> list[str]:
    """Return a new hook's mailboxes: 404 if one is not the token's, 422 if it is invalid."""
    if named is None:
        return sorted(grant.mailboxes)
    found = []
    for each in named:
        if each != EVERY_MAILBOX and not is_mailbox(each):
            raise _wrong("mailboxes", "a mailbox is an address, or * for all")
        if (own := grant.own_spelling(each)) is None:
            raise Problem(404, "there is no such mailbox for this token")
        found.append(own)
    return found


def _wrong(field: str, why: str) -> Problem:
    return Problem(422, "the body has wrong fields", ({"path": field, "message": why},))


def _operation(
    name: str,
    method: str,
    path: str,
    summary: str,
    handler: Callable[[Call], Awaitable[web.StreamResponse]],
    answers: Mapping[int, MayAnswer],
    body: type[BaseModel] | None = None,
    *,
    streams: bool = False,
    problems: tuple[int, ...] = (),
) -> Operation:
    named: Any = problems or ((404,) if "{" in path else ())
    return Operation(
        name,
        method,
        path,
        summary,
        "admin",
        handler,
        answers,
        body=body,
        streams=streams,
        problems=named,
    )
