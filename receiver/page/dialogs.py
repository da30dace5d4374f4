"""``/d/{id}``: a dialog as a conversation, fifty letters a page; and why its letters are there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from receiver.access.grant import Grant
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.listing.queries import Queries
from receiver.listing.rows import Rows
from receiver.page.addresses import letter_address, list_address, live_address
from receiver.page.finding import Find, LettersShown, here, number_of, part_of
from receiver.page.serving import PageServing, Visit, go, page
from receiver.page.shown.correcting import correcting, done_of
from receiver.page.shown.dialog import dialog_of, related_of
from receiver.page.shown.letters import letters_of
from receiver.page.words.elsewhere import of_the_program
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document
from receiver.web.requests import Route

MAX_PRINTED, MAX_PRINTED_SIGNS = 200, 1_000_000  # letters of a part, and characters of their texts
OTHERS = 12
RELATED = 20
MAX_OTHER = 500  # characters of what was typed as another dialog
DONE = ("split", "merge", "move", "undo", "nothing")


Export = Callable[[web.Request, Grant, str], Awaitable[web.StreamResponse]]
"""Sends the dialog of a request's path in a form, ``json`` or ``mbox``."""


class DialogPages:
    """Shows, prints and exports a dialog."""

    def __init__(
        self,
        serving: PageServing,
        store: Store,
        rows: Rows,
        queries: Queries,
        find: Find,
        export: Export,
    ) -> None:
        self._serving = serving
        self._store = store
        self._rows = rows
        self._queries = queries
        self._find = find
        self._export = export

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [
            self._serving.get("/d/{id}", self.show),
            self._serving.get("/d/{id}/print", self.print),
            self._serving.get("/d/{id}/export", self.export, streams=True),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """Show the letters of a page, the newest page unless another is asked for."""
        now = await self._store.dialogs.now()
        dialog = await here(self._find, visit)
        part = part_of(dialog, visit.asked("page"), visit.asked("letter"))
        elsewhere = None if part.named else await self._where(visit, dialog)
        if elsewhere:
            return go(elsewhere)
        return await self._page(visit, dialog, part, now, whole=False)

    async def _where(self, visit: Visit, dialog: Dialog) -> str | None:
        """Return where the letter in the URL is now, if it left this dialog."""
        mailbox = dialog.head["mailbox"]
        key = await self._queries.key_of(mailbox, visit.asked("letter"))
        if key is None:
            return None
        letters = await self._store.letters.documents(mailbox, [key], {"key": 1, "dialog": 1})
        heads = await self._store.dialogs.heads({each["dialog"] for each in letters.values()})
        places = [head["_id"] for head in heads.values() if head["_id"] != dialog.id]
        return letter_address(places[0], key) if places else None

    async def again(self, visit: Visit, problem: Problem) -> web.Response:
        """Show a dialog whose form was wrong: the mistake, and the form as filled in.

        Raises the problem if there is no such dialog.
        """
        now = await self._store.dialogs.now()
        try:
            dialog = await self._find(visit.grant, visit.request.match_info["id"])
            part = part_of(dialog, visit.said("page"), "")
        except Problem:
            raise problem from None
        return await self._page(visit, dialog, part, now, whole=False, wrong=problem)

    async def print(self, visit: Visit) -> web.Response:
        """Show all letters with their whole text, for paper, at most two hundred a page."""
        now = await self._store.dialogs.now()
        dialog = await here(self._find, visit)
        bounds = MAX_PRINTED, MAX_PRINTED_SIGNS
        part = part_of(dialog, visit.asked("page") or "1", "", *bounds)
        return await self._page(visit, dialog, part, now, whole=True)

    async def export(self, visit: Visit) -> web.StreamResponse:
        """Send the dialog as mbox or JSON."""
        form = visit.asked("as")
        if form not in ("mbox", "json"):
            raise Problem(404, "there is no such form")
        return await self._export(visit.request, visit.grant, form)

    async def _page(
        self,
        visit: Visit,
        dialog: Dialog,
        part: LettersShown,
        now: datetime,
        *,
        whole: bool,
        wrong: Problem | None = None,
    ) -> web.Response:
        mailbox = dialog.head["mailbox"]
        keys = [each["key"] for each in part.messages]
        beside = await self._store.letters.beside(mailbox, keys)
        related = await self._store.dialogs.heads(dialog.head["related"][:RELATED])
        may, number = visit.grant.may("correct"), number_of(visit.asked("corrections") or "1")
        others = await self._others(dialog, related, with_persons=may)
        done = visit.asked("done") if visit.asked("done") in DONE else ""
        done, undo = done_of(done, visit.asked("c"), dialog.head, visit.clock)
        shown = dialog_of(dialog, visit.clock)
        return await self._apart(
            visit,
            beside,
            title=shown.subject,
            dialog=shown,
            part=part,
            related=related_of(dialog, related.values(), visit.clock),
            related_more=dialog.head["related_more"] or len(dialog.head["related"]) > RELATED,
            correcting=correcting(dialog, others, visit.clock, may=may, number=number),
            done=done,
            undo=undo,
            whole=whole,
            live=live_address(mailbox, now),
            back=back_of(visit, mailbox),
            wrong=of_the_program(wrong.detail, visit.words) if wrong else "",
            chosen=frozenset(visit.form.get("letter", ())),
            picked=visit.said("picked"),
            other=visit.said("other")[:MAX_OTHER],
            status=wrong.status if wrong else 200,
            **({"path": f"/d/{dialog.id}"} if wrong else {}),
        )

    async def _others(
        self, dialog: Dialog, related: Mapping[Any, Document], *, with_persons: bool
    ) -> Iterable[Document]:
        """Return the related dialogs of the mailbox, and perhaps others of the same person."""
        mailbox, person = dialog.head["mailbox"], dialog.head["user"]
        found = {head["_id"]: head for head in related.values() if head["mailbox"] == mailbox}
        if with_persons and person:
            same = await self._rows.of_person(mailbox, person, OTHERS)
            found |= {each["_id"]: each for each in same}
        return found.values()

    async def _apart(
        self, visit: Visit, beside: dict[str, Document], part: LettersShown, **values: Any
    ) -> web.Response:
        """Return the page, made in a thread: fifty letters may be megabytes of text."""

        def made() -> web.Response:
            letters = letters_of(values["dialog"].mailbox, part.messages, beside, visit.clock)
            return page(visit, "dialog.html", letters=letters, part=part, **values)

        return await asyncio.to_thread(made)


def back_of(visit: Visit, mailbox: str) -> str:
    """Return the list that the visitor came from, else the mailbox's."""
    came_from = visit.request.headers.get("Referer", "")
    if came_from.startswith(f"{visit.place.origin}/?") and len(came_from) < 2000:
        return came_from.removeprefix(visit.place.origin)
    return list_address(mailbox, "all")
