"""``/dialogs/{id}``: reading, the reasons, and corrections.

Every request is signed, over the method, a space, the path with its query, a line feed and the
body. Outcomes: 200; 308 to the dialog that this one was merged into; 401 signature; 404 no such
dialog or letter; 409 the correction does not fit; 503 the store; and as for every body
(``requests``) 400 not JSON; 408; 413; 415; 422 fields.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web
from bson import ObjectId

from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrected, Corrections, Once
from receiver.reply.new_words import PROOF
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document
from receiver.web.repeats import signed_as
from receiver.web.request_models import ActorIsNamed, Merge, Move, Split, Undo
from receiver.web.requests import JSON, Requests, Route, media_type, read_json
from receiver.web.v1.download import in_time, stream
from receiver.web.v1.streamed_json import with_list
from receiver.why.reasons import explained, reasons_in_parts

MAX_BODY_BYTES = 1024 * 1024
INTERNAL = frozenset(
    [
        "revision",
        "bytes",
        "held",
        "parts",
        "writers",
        "aside",
        "user",
        "newest",
        "thread_indexes",
        "opened_by",
        "none_opens",
    ]
)

RequestBody = TypeVar("RequestBody", bound=ActorIsNamed)


class DialogRequests:
    """Shows and corrects dialogs; the store has ``seconds`` for each request."""

    def __init__(
        self, requests: Requests, store: Store, corrections: Corrections, seconds: float
    ) -> None:
        self._timeout = seconds
        self._requests = requests
        self._store = store
        self._corrections = corrections

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [
            Route("GET", "/dialogs/{id}", self.get_dialog),
            Route("GET", "/dialogs/{id}/why", self.get_why),
            Route("POST", "/dialogs/{id}/split", self.post_split),
            Route("POST", "/dialogs/{id}/merge", self.post_merge),
            Route("POST", "/dialogs/{id}/move", self.post_move),
            Route("POST", "/dialogs/{id}/undo", self.post_undo),
        ]

    async def get_dialog(self, request: web.Request) -> web.Response:
        """Answer with the whole dialog, with the letters of all its documents."""
        dialog = await self._dialog(request, "")
        shown = {name: value for name, value in dialog.head.items() if name not in INTERNAL}
        messages = [
            {name: value for name, value in each.items() if name != PROOF}
            for each in dialog.conversation
        ]
        return _answer(shown | {"messages": messages})

    async def get_why(self, request: web.Request) -> web.StreamResponse:
        """Answer with the reason for each letter, determined while the answer is sent."""
        dialog = await self._dialog(request, "/why")
        says = explained(dialog.head, [], {}, {})
        said = _json({name: value for name, value in says.items() if name != "messages"})
        pieces = with_list(said, "messages", self._reasons(dialog))
        response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
        return await stream(request, response, in_time(pieces, self._timeout))

    async def _reasons(self, dialog: Dialog) -> AsyncIterator[str]:
        async for some in reasons_in_parts(self._store, dialog):
            yield ", ".join(map(_json, some["messages"]))

    async def post_split(self, request: web.Request) -> web.Response:
        """Split letters off."""
        asked = await self._asked(request, Split)
        keys = set(asked.messages)
        return await self._corrected(
            request, asked, lambda one, once: self._corrections.split(one, keys, asked.who, once)
        )

    async def post_merge(self, request: web.Request) -> web.Response:
        """Merge with another dialog."""
        asked = await self._asked(request, Merge)
        other = _object_id(asked.with_)
        return await self._corrected(
            request, asked, lambda one, once: self._corrections.merge(one, other, asked.who, once)
        )

    async def post_move(self, request: web.Request) -> web.Response:
        """Move a letter."""
        asked = await self._asked(request, Move)
        keys, to = {asked.message}, _object_id(asked.to)
        return await self._corrected(
            request, asked, lambda one, once: self._corrections.move(one, keys, to, asked.who, once)
        )

    async def post_undo(self, request: web.Request) -> web.Response:
        """Undo a correction or a guess."""
        asked = await self._asked(request, Undo)
        named = ObjectId(asked.correction) if asked.correction else None
        return await self._corrected(
            request,
            asked,
            lambda one, once: self._corrections.undo(one, asked.who, named, asked.message, once),
        )

    async def _corrected(
        self,
        request: web.Request,
        asked: ActorIsNamed,
        correct: Callable[[ObjectId, Once], Awaitable[Corrected]],
    ) -> web.Response:
        """Correct the dialog of the path; a repeat is answered like the first call."""
        once = signed_as(request, asked)
        async with asyncio.timeout(self._timeout):
            done = await self._corrections.repeated(once)
            done = done or await correct(_id(request), once)
        said = {"dialog": done.dialog, "changed": done.changed, "correction": done.correction}
        return _answer(said)

    async def _dialog(self, request: web.Request, suffix: str) -> Dialog:
        await self._verified(request)
        dialog_id = _id(request)
        async with asyncio.timeout(self._timeout):
            dialog = await self._corrections.dialog(dialog_id)
        if dialog.id != dialog_id:
            raise web.HTTPPermanentRedirect(f"/dialogs/{dialog.id}{suffix}")
        return dialog

    async def _asked(self, request: web.Request, model: type[RequestBody]) -> RequestBody:
        media_type(request, JSON)
        return read_json(model, await self._verified(request), "correction")

    async def _verified(self, request: web.Request) -> bytes:
        check = self._requests.signed(request, MAX_BODY_BYTES)
        check.update(f"{request.method} {request.path_qs}\n".encode())
        _, body = await self._requests.body(request, check, MAX_BODY_BYTES)
        return body


def _id(request: web.Request) -> ObjectId:
    return _object_id(request.match_info["id"])


def _object_id(text: str) -> ObjectId:
    if not ObjectId.is_valid(text):
        raise Problem(404, "there is no such dialog")
    return ObjectId(text)


def _answer(document: Document) -> web.Response:
    return web.json_response(text=_json(document))


def _json(document: Document) -> str:
    return json.dumps(document, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
