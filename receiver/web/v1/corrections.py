"""Corrections by token. ``If-Match`` refuses one if the dialog was changed since it was seen."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from bson import ObjectId
from pydantic import BaseModel

from receiver.errors import Problem
from receiver.filing.corrections import Corrected, Corrections
from receiver.web.asked import MergeByToken, MoveByToken, SplitByToken, UndoByToken
from receiver.web.v1.answers import demand_match, json_of, tag_of
from receiver.web.v1.found import DialogsFound
from receiver.web.v1.operation import Call, MayAnswer, Operation, who_of
from receiver.web.v1.shapes import CorrectedShape


class CorrectionOperations:
    """The operations of this file."""

    def __init__(self, corrections: Corrections, found: DialogsFound) -> None:
        self._corrections = corrections
        self._found = found

    def operations(self) -> list[Operation]:
        """Return them."""
        return [
            _operation(
                "split", "Give some letters a dialog of their own.", self.split, SplitByToken
            ),
            _operation("merge", "Make two dialogs one.", self.merge, MergeByToken),
            _operation("move", "Move one letter to another dialog.", self.move, MoveByToken),
            _operation("undo", "Undo a correction, or a guess.", self.undo, UndoByToken),
        ]

    async def split(self, call: Call) -> web.Response:
        """Split letters off."""
        dialog = await self._dialog(call)
        keys = set(call.body.messages)
        return _answer(await self._corrections.split(dialog, keys, who_of(call)))

    async def merge(self, call: Call) -> web.Response:
        """Merge with another dialog."""
        dialog = await self._dialog(call)
        other = await self._found.head(call.grant, call.body.with_)
        return _answer(await self._corrections.merge(dialog, other["_id"], who_of(call)))

    async def move(self, call: Call) -> web.Response:
        """Move a letter."""
        dialog = await self._dialog(call)
        to = await self._found.head(call.grant, call.body.to)
        key = call.body.message
        done = await self._corrections.move(dialog, {key}, to["_id"], who_of(call))
        return _answer(done)

    async def undo(self, call: Call) -> web.Response:
        """Undo a correction or a guess."""
        dialog = await self._dialog(call)
        if call.body.correction and call.body.message:
            mistake = {"path": "message", "message": "name a correction or a letter, not both"}
            raise Problem(422, "the body has wrong fields", (mistake,))
        named = ObjectId(call.body.correction) if call.body.correction else None
        done = await self._corrections.undo(dialog, who_of(call), named, call.body.message)
        return _answer(done)

    async def _dialog(self, call: Call) -> ObjectId:
        """Return the id of the dialog that the path leads to: 404, 410, 412."""
        head = await self._found.head(call.grant, call.request.match_info["id"])
        demand_match(call.request, tag_of(head))
        one: ObjectId = head["_id"]
        return one


def _operation(
    name: str,
    summary: str,
    handler: Callable[[Call], Awaitable[web.StreamResponse]],
    body: type[BaseModel],
) -> Operation:
    answers: dict[int, Any] = {200: MayAnswer("where the letters are now", CorrectedShape)}
    path = f"/v1/dialogs/{{id}}/{name}"
    return Operation(
        name,
        "POST",
        path,
        summary,
        "correct",
        handler,
        answers,
        body=body,
        problems=(404, 409, 410, 412),
    )


def _answer(done: Corrected) -> web.Response:
    return json_of(CorrectedShape(dialog=str(done.dialog), changed=done.changed))
