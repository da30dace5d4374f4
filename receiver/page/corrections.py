"""Forms that correct a dialog: split, merge, move, undo; each leads to where the letters are then.

The state of the form is compared with the present one, as ``If-Match`` does for programs.
"""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from aiohttp import web
from bson import ObjectId

from receiver.errors import Problem
from receiver.filing.corrections import Corrected, Corrections
from receiver.page.finding import Find
from receiver.page.serving import PageServing, Visit, go
from receiver.store.dialog import Dialog
from receiver.web.requests import Route

CHANGED = "the dialog has changed since the page was opened"
Act = Callable[[Visit], Awaitable[web.StreamResponse]]
Again = Callable[[Visit, Problem], Awaitable[web.StreamResponse]]
"""Shows the dialog of a form that did not fit; raises the problem where there is no dialog."""

_KEY = re.compile(r"[0-9a-f]{64}")
_ID_AT_THE_END = re.compile(r"([0-9a-f]{24})/?(?:[?#].*)?\s*$")


class CorrectionForms:
    """Takes the forms that correct a dialog."""

    def __init__(
        self, serving: PageServing, corrections: Corrections, find: Find, again: Again
    ) -> None:
        self._serving = serving
        self._again = again
        self._corrections = corrections
        self._find = find

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        acts: dict[str, Act] = {
            "split": self.split,
            "merge": self.merge,
            "move": self.move,
            "undo": self.undo,
        }
        # Unbounded as a whole: thousands of letters take longer than one, and half is no help.
        return [
            self._serving.post(f"/d/{{id}}/{name}", self._or_again(act), streams=True)
            for name, act in acts.items()
        ]

    def _or_again(self, act: Act) -> Act:
        """Show a wrong form again, with the mistake and the choices made.

        Except a form made from an older state of its dialog.
        """

        async def acted(visit: Visit) -> web.StreamResponse:
            try:
                return await act(visit)
            except Problem as problem:
                if problem.status not in (404, 409, 422) or problem.detail == CHANGED:
                    raise
                return await self._again(visit, problem)

        return acted

    async def split(self, visit: Visit) -> web.Response:
        """Give the chosen letters a dialog of their own, or one and all that came after it."""
        dialog = await self._dialog(visit)
        since = visit.said("since")
        keys = _since(dialog, since) if since else set(_chosen(visit))
        done = await self._corrections.split(dialog.id, keys, visit.grant.name)
        return _there(done, "split", visit)

    async def merge(self, visit: Visit) -> web.Response:
        """Make this dialog and another one."""
        dialog = await self._dialog(visit)
        other = await self._other(visit)
        done = await self._corrections.merge(dialog.id, other.id, visit.grant.name)
        return _there(done, "merge", visit)

    async def move(self, visit: Visit) -> web.Response:
        """Move the chosen letters to another dialog: one correction, so that one undo suffices."""
        dialog = await self._dialog(visit)
        other = await self._other(visit)
        keys = set(_chosen(visit))
        done = await self._corrections.move(dialog.id, keys, other.id, visit.grant.name)
        return _there(done, "move", visit)

    async def undo(self, visit: Visit) -> web.Response:
        """Undo a correction, or the guess about a letter."""
        dialog = await self._dialog(visit)
        said, key = visit.said("correction"), visit.said("guess")
        correction = ObjectId(said) if ObjectId.is_valid(said) else None
        named = key if _KEY.fullmatch(key) else None
        done = await self._corrections.undo(dialog.id, visit.grant.name, correction, named)
        return _there(done, "undo", visit)

    async def _dialog(self, visit: Visit) -> Dialog:
        """Return the dialog, if it is in the state that the visitor saw: Problem 404, 409."""
        dialog = await self._find(visit.grant, visit.request.match_info["id"])
        seen = visit.said("revision")
        if seen and seen != str(dialog.head["revision"]):
            raise Problem(409, CHANGED)
        return dialog

    async def _other(self, visit: Visit) -> Dialog:
        """Return the other dialog: by its id or URL, else the one that was picked."""
        found = _ID_AT_THE_END.search(visit.said("other") or visit.said("picked"))
        if not found:
            raise Problem(422, "choose another dialog, or paste its id or address")
        return await self._find(visit.grant, found[1])


def _chosen(visit: Visit) -> list[str]:
    keys = [each for each in visit.form.get("letter", []) if _KEY.fullmatch(each)]
    if not keys:
        raise Problem(422, "choose the letters first")
    return list(dict.fromkeys(keys))


def _since(dialog: Dialog, key: str) -> set[str]:
    """Return a letter and those after it: one form field, however many there are."""
    keys = [each["key"] for each in dialog.conversation]
    if key not in keys:
        raise Problem(409, "some of the letters are in another dialog")
    return set(keys[keys.index(key) :])


def _there(done: Corrected, what: str, visit: Visit) -> web.Response:
    said = {"done": what if done.changed else "nothing"}
    if done.correction is not None and what != "undo":
        said["c"] = str(done.correction)
    return go(f"/d/{done.dialog}?{urlencode(said)}")
