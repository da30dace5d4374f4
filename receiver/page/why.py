"""``/d/{id}/why``: why each letter of a dialog is there, in words and as a picture."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.page.addresses import SHORT
from receiver.page.finding import Find, here, part_of
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.dialog import dialog_of, reasons_shown
from receiver.page.shown.evidence import evidence_of, is_compared, picture_of
from receiver.store.dialog import Dialog
from receiver.store.letters import IDS
from receiver.store.mongo import Document
from receiver.threads.group import Policy
from receiver.web.requests import Route
from receiver.why.decisions import decided_of
from receiver.why.reasons import reasons_of
from receiver.why.wording import ENGLISH, RUSSIAN, Wording

WORDINGS: dict[str, Wording] = {"en": ENGLISH, "ru": RUSSIAN}


class WhyPages:
    """Shows why the letters of a dialog are in it."""

    def __init__(self, serving: PageServing, store: Store, find: Find, policy: Policy) -> None:
        self._serving = serving
        self._store = store
        self._find = find
        self._policy: Policy = policy

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [self._serving.get("/d/{id}/why", self.why)]

    async def why(self, visit: Visit) -> web.Response:
        """Show the picture, and the reasons below it, fifty letters a page."""
        dialog = await here(self._find, visit)
        part = part_of(dialog, visit.asked("page"), visit.asked("letter"))
        messages = part.messages
        reasons = await reasons_of(self._store, dialog, WORDINGS[visit.words.language], messages)
        elsewhere = await self._elsewhere(dialog, messages)
        shown = slice(part.before, part.before + len(messages))
        people = decided_of(dialog.head["corrections"])
        told = (dialog.head["mailbox"], dialog.conversation, elsewhere, self._policy, visit.clock)
        evidence = evidence_of(*told, shown, people)
        keys = [each["key"][:SHORT] for each in messages]
        picture = picture_of(evidence, keys) if part.pages == 1 else None
        return page(
            visit,
            "why.html",
            title=visit.words("why.title"),
            dialog=dialog_of(dialog, visit.clock),
            reasons=list(zip(reasons_shown(reasons, visit.clock), evidence, strict=True)),
            picture=picture if picture and len(keys) > 1 else None,
            part=part,
            policy=self._policy,
            compared=is_compared(dialog.messages, elsewhere),
        )

    async def _elsewhere(
        self, dialog: Dialog, shown: Sequence[Document]
    ) -> list[tuple[Letter, Any]]:
        """Return letters of other dialogs that letters of this one name, and where they are.

        The other policy's result is only shown for a short dialog, and needs all its letters with
        all their ids; otherwise the ids of the shown ones suffice.
        """
        mailbox, letters = dialog.head["mailbox"], self._store.letters
        told = dialog.messages if is_compared(dialog.messages, ()) else shown
        cited = {one for each in told for _, one in Letter(mailbox, each).cited}
        own = {each["key"] for each in dialog.messages}
        found = [
            each
            for each in await letters.knowing(mailbox, cited, IDS)
            if each.letter.key not in own and each.letter.message_id in cited
        ]
        if is_compared(dialog.messages, found):
            found = await letters.of_keys(mailbox, (each.letter.key for each in found))
        heads = await self._store.dialogs.heads({each.dialog for each in found})
        return [
            (each.letter, str(heads[each.dialog]["_id"]))
            for each in found
            if each.dialog in heads and heads[each.dialog]["_id"] != dialog.id
        ]
