"""``/trace``: did it come, where is it, why there? If it did not come: why, in order.

People paste a Message-ID, an address, words of a subject, or the id in the bridge's answer to SMTP
(``receiver.page.tracing.pasted``). An address is searched among the people of dialogs and of
letters, a subject among those of letters; if only one letter is meant, its way is shown.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from contract.reading.addresses import canonical, forms, with_untagged
from receiver.access.grant import EVERY_MAILBOX
from receiver.bridges.bridges import Bridges
from receiver.bridges.further_ids import FurtherIds
from receiver.filing.collections import Store
from receiver.letters.belonging import EVERYWHERE, digest_of_person
from receiver.listing.rows import Rows
from receiver.page.finding import number_of
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.bridges import (
    MAX_HELD,
    Shown,
    bridge_of,
    covers,
    matching,
    refusal_of,
)
from receiver.page.shown.look_alikes import address_line
from receiver.page.shown.missing import WhereLooked, reasons_why
from receiver.page.shown.rows import ListRow, row_of
from receiver.page.shown.text import MAX_REASON, one_line, own_id
from receiver.page.shown.timeline import timeline_of
from receiver.page.tracing.pasted import MAX_WORDS, Pasted, read_pasted
from receiver.page.tracing.sought import SECONDS, InTime, LettersMeant, Seeker
from receiver.page.why import WORDINGS
from receiver.search.searching import Searching
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document
from receiver.web.requests import Route
from receiver.web.v1.letters import fields_of
from receiver.why.reasons import reasons_of

ON_A_PAGE = 50  # dialogs


@dataclass(frozen=True)
class DialogsMeant:
    """Fifty of ``count`` dialogs; ``more`` if there may be others that were not searched."""

    rows: list[ListRow]
    count: int
    more: bool
    newer: str
    older: str


class TracePages:
    """Shows where a letter, or a person's letters, are."""

    def __init__(
        self,
        serving: PageServing,
        store: Store,
        rows: Rows,
        bridges: Bridges,
        again: FurtherIds,
        searching: Searching,
    ) -> None:
        self._serving = serving
        self._store = store
        self._bridges = bridges
        self._seeker = Seeker(store, rows, again, searching)

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [self._serving.get("/trace", self.trace)]

    async def trace(self, visit: Visit) -> web.Response:
        """Show what is known of a letter, the letters that may be meant, or why there is none."""
        asked = read_pasted(visit.asked("q"))
        mailboxes = await self._mailboxes(visit)
        turns = InTime(SECONDS)
        found = await self._seeker.sought(turns, mailboxes, asked)
        bridges = [
            bridge_of(each, visit.grant, visit.clock) for each in await self._bridges.every()
        ]
        held = _meant([each for one in bridges for each in one.letters], asked)
        refusals = await self._refusals(visit, asked.name) if asked.name else []
        reasons = []
        if asked.line and not found.by_id:
            looked = WhereLooked(
                bridges=bridges,
                held=len(held),
                dropped=_meant([each for one in bridges for each in one.dropped], asked),
                refusals=len(refusals),
                dialogs=len(found.heads) or len(found.letters),
                erased=await self._erased(visit, mailboxes, asked),
                sees_all=EVERY_MAILBOX in visit.grant.mailboxes,
                is_all=found.is_all,
                in_time=turns.is_all,
            )
            reasons = reasons_why(visit.words, asked, looked)
        return page(
            visit,
            "trace.html",
            title=visit.words("trace.title"),
            asked=asked.line,
            shown=one_line(asked.line, MAX_WORDS),
            traced=[await self._traced(visit, each) for each in found.letters],
            dialogs=_dialogs(visit, found, asked),
            held=held[:MAX_HELD],
            more_held=len(held[MAX_HELD:]),
            refusals=[refusal_of(each, visit.clock) for each in refusals],
            reasons=reasons,
        )

    async def _mailboxes(self, visit: Visit) -> list[str]:
        """Return the visitor's mailboxes that have, or had, a letter."""
        named, there = visit.grant.named, await self._store.mailboxes.watermarks()
        return sorted(each for each in there if named is None or each in named)

    async def _traced(self, visit: Visit, letter: Document) -> dict[str, Any]:
        """Return a letter's timeline, and the other values for its template."""
        heads = await self._store.dialogs.heads([letter["dialog"]])
        dialog = next(iter(heads.values()), None)
        why = ""
        if dialog is not None:
            shown = await self._store.dialogs.message(dialog, letter["key"])
            if shown is not None:
                one = Dialog(dialog | {"messages": [shown]})
                reasons = await reasons_of(self._store, one, WORDINGS[visit.words.language])
                why = reasons["messages"][0]["why"]
        steps = timeline_of(letter, fields_of(letter), dialog, why, visit.clock)
        message = letter["message"]
        return {
            "subject": one_line(message["subject"]) or visit.words("no_subject"),
            "person": address_line(message["from"]["address"]),
            "mailbox": letter["mailbox"],
            "message_id": own_id(message["message_id"], visit.words, MAX_REASON),
            "steps": steps,
        }

    async def _erased(self, visit: Visit, mailboxes: list[str], asked: Pasted) -> bool | None:
        """Tell whether a person of this address was erased; None if it cannot be known.

        A visitor of some mailboxes only learns of people whom letters of these mentioned. An erased
        letter is not known by its Message-ID, which may look like an address.
        """
        key = await self._store.tombstones.key()
        if key is None:
            return False
        if not asked.name:
            return None
        tombstones = self._store.tombstones
        people = {form for each in with_untagged([canonical(asked.name)]) for form in forms(each)}
        digests = {digest_of_person(key, each, one) for each in mailboxes for one in people}
        if EVERY_MAILBOX not in visit.grant.mailboxes:
            return await tombstones.held(digests) or None
        digests |= {digest_of_person(key, EVERYWHERE, one) for one in people}
        if await tombstones.standing(digests):
            return True
        return False if asked.is_person or asked.is_bare else None

    async def _refusals(self, visit: Visit, name: str) -> list[Document]:
        """Return refusals that may concern the letter, in the visitor's mailboxes."""
        return [
            each
            for each in await self._bridges.refusals(name)
            if EVERY_MAILBOX in visit.grant.mailboxes or covers(visit.grant, each["rcpt_to"])
        ]


def _dialogs(visit: Visit, found: LettersMeant, asked: Pasted) -> DialogsMeant:
    """Return a page of the found dialogs, and where the others are."""
    pages = max(-(-len(found.heads) // ON_A_PAGE), 1)
    number = min(number_of(visit.asked("page") or "1"), pages)
    before = (number - 1) * ON_A_PAGE
    address = f"/trace?{urlencode({'q': asked.line})}&page="
    return DialogsMeant(
        rows=[row_of(each, {}, visit.clock) for each in found.heads[before:][:ON_A_PAGE]],
        count=len(found.heads),
        more=found.more,
        newer=f"{address}{number - 1}" if number > 1 else "",
        older=f"{address}{number + 1}" if number < pages else "",
    )


def _meant(letters: list[Shown], asked: Pasted) -> list[Shown]:
    """Return the letters of spools that may be meant."""
    meant = {asked.line, asked.name, asked.words} | asked.ids
    named = [matching(letters, each) for each in meant if each]
    found = {each.id for some in named for each in some}
    if asked.taken:
        found |= {each.id for each in letters if each.id in asked.line}
    return [each for each in letters if each.id in found]
