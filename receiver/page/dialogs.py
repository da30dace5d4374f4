"""``/d/{id}``: a dialog as a conversation, fifty letters a page; and why its letters are there."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.filing.reasons import reasons_of
from receiver.page.lists import address
from receiver.page.live import live_address
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.dialog import dialog_of, reasons_shown, related_of
from receiver.page.shown.letters import letter_of
from receiver.store.dialogs import Dialog
from receiver.threads.wording import ENGLISH, RUSSIAN, Wording
from receiver.web.requests import Route
from receiver.web.v1.dialogs import DialogsFound

LETTERS = 50
WORDINGS: dict[str, Wording] = {"en": ENGLISH, "ru": RUSSIAN}


@dataclass(frozen=True)
class LettersShown:
    """Some letters of a long dialog: page ``number`` of ``pages``, counted from 1."""

    messages: list[dict[str, Any]]
    number: int
    pages: int
    before: int


class DialogPages:
    """The pages of this file."""

    def __init__(self, serving: PageServing, store: Store, found: DialogsFound) -> None:
        self._serving = serving
        self._store = store
        self._found = found

    def routes(self) -> list[Route]:
        """Return their routes."""
        return [
            self._serving.get("/d/{id}", self.show),
            self._serving.get("/d/{id}/why", self.why),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """Show the letters of a page, the newest page unless another is asked for."""
        now = await self._store.dialogs.now()
        dialog = await here(self._found, visit)
        part = part_of(dialog, visit.asked("page"), visit.asked("letter"))
        mailbox = dialog.head["mailbox"]
        keys = [each["key"] for each in part.messages]
        beside = await self._store.letters.beside(mailbox, keys)
        related = await self._store.dialogs.heads(dialog.head["related"][:20])
        return page(
            visit,
            "dialog.html",
            title=dialog_of(dialog, visit.clock).subject,
            dialog=dialog_of(dialog, visit.clock),
            letters=[
                letter_of(mailbox, each, beside.get(each["key"], {}), visit.clock)
                for each in part.messages
            ],
            part=part,
            related=related_of(dialog, related.values(), visit.clock),
            live=live_address(mailbox, now),
            back=back_of(visit, mailbox),
        )

    async def why(self, visit: Visit) -> web.Response:
        """Show the reasons."""
        dialog = await here(self._found, visit)
        reasons = await reasons_of(self._store, dialog, WORDINGS[visit.words.language])
        return page(
            visit,
            "why.html",
            title=visit.words("why.title"),
            dialog=dialog_of(dialog, visit.clock),
            reasons=reasons_shown(reasons, visit.clock),
        )


async def here(found: DialogsFound, visit: Visit) -> Dialog:
    """Return the dialog of the path: Problem 404, or a redirect where it went into another one."""
    asked = visit.request.match_info["id"]
    dialog = await found.dialog(visit.grant, asked)
    if str(dialog.id) != asked:
        raise web.HTTPPermanentRedirect(
            visit.request.rel_url.raw_path_qs.replace(asked, str(dialog.id), 1)
        )
    return dialog


def back_of(visit: Visit, mailbox: str) -> str:
    """Return the list that the visitor came from, else the mailbox's."""
    came_from = visit.request.headers.get("Referer", "")
    if came_from.startswith(f"{visit.place.origin}/?") and len(came_from) < 2000:
        return came_from.removeprefix(visit.place.origin)
    return address(mailbox, "all")


def part_of(dialog: Dialog, asked: str, key: str) -> LettersShown:
    """Return a page of letters: the one asked for, or of a letter, or the last: Problem 404."""
    messages = dialog.messages
    pages = max(1, -(-len(messages) // LETTERS))
    number = pages
    if key:
        places = [place for place, each in enumerate(messages) if each["key"] == key]
        number = places[0] // LETTERS + 1 if places else pages
    if asked:
        if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked[:9]) <= pages:
            raise Problem(404, "there is no such page")
        number = int(asked[:9])
    start = (number - 1) * LETTERS
    return LettersShown(messages[start : start + LETTERS], number, pages, start)
