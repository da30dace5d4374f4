"""``/trace``: did it come, where is it, why there? And where it did not come: why, in order.

Asked by a Message-ID, an address, or words of a subject. A subject is looked for among the newest
thousand dialogs of each mailbox.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from receiver.access.grant import EVERY_MAILBOX
from receiver.bridges.kept import Bridges
from receiver.filing.collections import Store
from receiver.filing.reasons import reasons_of
from receiver.letters.addresses import canonical
from receiver.letters.belonging import digest_of_person
from receiver.page.lists.rows import MOST, Rows
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.bridges import ShownBridge, bridge_of, covers, matching, refusal_of
from receiver.page.shown.rows import row_of
from receiver.page.shown.timeline import timeline_of
from receiver.page.why import WORDINGS
from receiver.store.dialogs import Dialog
from receiver.store.mongo import Document
from receiver.store.queries import Listing, Sort
from receiver.web.requests import Route
from receiver.web.v1.letters import fields_of

LATEST = Sort("updated", newest_first=True)
SHOWN, MAX_MAILBOXES = 10, 100
MAX_WORDS = 500


@dataclass(frozen=True)
class MissingReason:
    """A reason why a letter may not be here: ``found`` if it holds, None where nobody can tell."""

    words: str
    found: bool | None
    detail: str = ""


class TracePages:
    """The page of this file."""

    def __init__(self, serving: PageServing, store: Store, rows: Rows, bridges: Bridges) -> None:
        self._serving = serving
        self._store = store
        self._rows = rows
        self._bridges = bridges

    def routes(self) -> list[Route]:
        """Return its route."""
        return [self._serving.get("/trace", self.trace)]

    async def trace(self, visit: Visit) -> web.Response:
        """Show what is known of a letter, the letters that may be meant, or why there is none."""
        asked = " ".join(visit.asked("q").split())[:MAX_WORDS].strip("<>")
        mailboxes = await self._mailboxes(visit)
        letters = await self._letters(mailboxes, asked) if asked else []
        heads = await self._dialogs(mailboxes, asked) if asked and not letters else []
        traced = [await self._traced(visit, each) for each in letters[:SHOWN]]
        bridges = [
            bridge_of(each, visit.grant, visit.clock) for each in await self._bridges.every()
        ]
        held = matching([letter for each in bridges for letter in each.letters], asked)
        refusals = await self._refusals(visit, asked) if asked else []
        erased = await self._erased(mailboxes, asked) if asked else False
        missing = []
        if asked and not letters:
            missing = reasons_why(visit, bridges, len(held), refusals, heads, erased)
        return page(
            visit,
            "trace.html",
            title=visit.words("trace.title"),
            asked=asked,
            traced=traced,
            rows=[row_of(each, {}, visit.clock) for each in heads],
            held=held if asked else [],
            refusals=[refusal_of(each, visit.clock) for each in refusals],
            reasons=reasons_why(visit, bridges, len(held), refusals, heads, erased)
            if missing
            else [],
        )

    async def _mailboxes(self, visit: Visit) -> list[str]:
        named = visit.grant.named
        found = sorted(named if named is not None else await self._store.letters.watermarks())
        return found[:MAX_MAILBOXES]

    async def _letters(self, mailboxes: list[str], asked: str) -> list[Document]:
        """Return the letters that carry a Message-ID, or have a key."""
        found: list[Document] = []
        for mailbox in mailboxes:
            keys = {asked} if len(asked) == 64 else set()
            if "@" in asked:
                knowing = await self._store.letters.knowing(mailbox, [asked])
                keys |= {each.letter.key for each in knowing if each.letter.message_id == asked}
            for key in sorted(keys):
                document = await self._store.letters.document(mailbox, key)
                found += [document] if document else []
        return found

    async def _dialogs(self, mailboxes: list[str], asked: str) -> list[Document]:
        """Return dialogs of an address, or with words in their subject, the newest first."""
        found: list[Document] = []
        for mailbox in mailboxes:
            if "@" in asked and " " not in asked:
                found += await self._rows.of_person(mailbox, canonical(asked), SHOWN)
            else:
                newest = await self._rows.page(Listing(mailbox, LATEST), MOST)
                wanted = asked.casefold()
                found += [each for each in newest if wanted in each["subject"].casefold()][:SHOWN]
        return sorted(found, key=lambda head: head["updated"], reverse=True)[:SHOWN]

    async def _traced(self, visit: Visit, letter: Document) -> dict[str, Any]:
        """Return a letter's timeline, with what its template needs beside it."""
        heads = await self._store.dialogs.heads([letter["dialog"]])
        dialog = next(iter(heads.values()), None)
        why = ""
        if dialog is not None:
            whole = (await self._store.dialogs.whole([dialog["_id"]])).get(dialog["_id"])
            messages = whole.messages if whole else []
            shown = next((each for each in messages if each["key"] == letter["key"]), None)
            if shown is not None:
                one = Dialog(dialog | {"messages": [shown]})
                reasons = await reasons_of(self._store, one, WORDINGS[visit.words.language])
                why = reasons["messages"][0]["why"]
        steps = timeline_of(letter, fields_of(letter), dialog, why, visit.clock)
        query = urlencode({"q": letter["message"]["message_id"]})
        return {"letter": letter, "steps": steps, "address": f"/trace?{query}"}

    async def _erased(self, mailboxes: list[str], asked: str) -> bool:
        """Tell whether the data of a person of this address was erased."""
        key = await self._store.tombstones.key()
        if key is None or "@" not in asked:
            return False
        person = canonical(asked)
        digests = {digest_of_person(key, mailbox, person) for mailbox in mailboxes}
        return bool(await self._store.tombstones.standing(digests))

    async def _refusals(self, visit: Visit, asked: str) -> list[Document]:
        """Return refusals that may be of the letter, those of one's own mailboxes."""
        if "@" not in asked or " " in asked:
            return []
        return [
            each
            for each in await self._bridges.refusals(asked)
            if EVERY_MAILBOX in visit.grant.mailboxes or covers(visit.grant, each["rcpt_to"])
        ]


def reasons_why(
    visit: Visit,
    bridges: list[ShownBridge],
    held: int,
    refusals: list[Document],
    heads: list[Document],
    erased: bool,
) -> list[MissingReason]:
    """Return the reasons why a letter may not be here, in order, each looked at."""
    words = visit.words
    troubled = [each.name for bridge in bridges for each in bridge.folders if not each.good]
    read = [each.name for bridge in bridges for each in bridge.folders]
    silent = [each.host for each in bridges if each.silent]
    return [
        MissingReason(
            words("missing.refused"), bool(refusals), words.n("missing.matches", len(refusals))
        ),
        MissingReason(words("missing.spool"), held > 0, words.n("missing.matches", held)),
        MissingReason(words("missing.silent"), bool(silent), ", ".join(silent)),
        MissingReason(words("missing.folder"), bool(troubled) or None, ", ".join(troubled or read)),
        MissingReason(
            words("missing.dialogs"), bool(heads), words.n("missing.matches", len(heads))
        ),
        MissingReason(words("missing.erased"), erased or None, words("missing.erased_hint")),
        MissingReason(words("missing.never"), not (refusals or held or heads or erased)),
    ]
