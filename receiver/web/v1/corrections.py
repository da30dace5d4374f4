"""Corrections by token. ``If-Match`` refuses one if the dialog was changed since it was seen.

With ``Idempotency-Key`` a repeat is answered by what the first call did.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from bson import ObjectId
from pydantic import BaseModel

from receiver.errors import Problem
from receiver.filing.corrections import Corrected, Corrections, Once
from receiver.web.repeats import named_by
from receiver.web.request_models import MergeByToken, MoveByToken, SplitByToken, UndoByToken
from receiver.web.v1.found import DialogsFound
from receiver.web.v1.operation import Call, MayAnswer, Operation, who_of
from receiver.web.v1.responses import demand_match, json_of, tag_of
from receiver.web.v1.shapes import CorrectedShape

Corrects = Callable[[ObjectId, Once | None], Awaitable[Corrected]]


class CorrectionOperations:
    """Splits, merges, moves and undoes."""

    def __init__(self, corrections: Corrections, found: DialogsFound) -> None:
        self._corrections = corrections
        self._found = found

    def operations(self) -> list[Operation]:
        """Return its lines of the API's table."""
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
        keys, who = set(call.body.messages), who_of(call)
        return await self._corrected(
            call, lambda dialog, once: self._corrections.split(dialog, keys, who, once)
        )

    async def merge(self, call: Call) -> web.Response:
        """Merge with another dialog."""

        async def merge(dialog: ObjectId, once: Once | None) -> Corrected:
            other = await self._found.head(call.grant, call.body.with_)
            return await self._corrections.merge(dialog, other["_id"], who_of(call), once)

        return await self._corrected(call, merge)

    async def move(self, call: Call) -> web.Response:
        """Move a letter."""

        async def move(dialog: ObjectId, once: Once | None) -> Corrected:
            to = (await self._found.head(call.grant, call.body.to))["_id"]
            return await self._corrections.move(dialog, {call.body.message}, to, who_of(call), once)

        return await self._corrected(call, move)

    async def undo(self, call: Call) -> web.Response:
        """Undo a correction or a guess."""
        said, who = call.body, who_of(call)
        if said.correction and said.message:
            mistake = {"path": "message", "message": "name a correction or a letter, not both"}
            raise Problem(422, "the body has wrong fields", (mistake,))
        named = ObjectId(said.correction) if said.correction else None
        return await self._corrected(
            call,
            lambda dialog, once: self._corrections.undo(dialog, who, named, said.message, once),
        )

    async def _corrected(self, call: Call, correct: Corrects) -> web.Response:
        """Correct the dialog of the path, once: 404, 410, 412.

        A repeat is recognised before the state is compared, as the first call has changed that.
        """
        once = named_by(call.grant, call.request, call.body)
        head = await self._found.head(call.grant, call.request.match_info["id"])
        done = await self._corrections.repeated(once) if once else None
        if done is None:
            demand_match(call.request, tag_of(head))
            done = await correct(head["_id"], once)
        correction = str(done.correction) if done.correction else None
        return json_of(
            CorrectedShape(dialog=str(done.dialog), changed=done.changed, correction=correction)
        )


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
