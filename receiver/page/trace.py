"""``/trace``: did it come, where is it, why there? And where it did not come: why, in order.

Pasted by a Message-ID, an address, words of a subject, or the id in the bridge's answer to SMTP
(``receiver.page.pasted``). An address is looked for among the people of dialogs and of letters, a
subject among those of letters; if one letter only is meant, its way is shown.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from contract.reading.addresses import canonical, forms
from receiver.access.grant import EVERY_MAILBOX
from receiver.bridges.again import Again
from receiver.bridges.kept import Bridges
from receiver.filing.collections import Store
from receiver.letters.belonging import EVERYWHERE, digest_of_person
from receiver.listing.rows import Rows
from receiver.page.pasted import MAX_WORDS, Pasted, read_pasted
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.bridges import (
    MAX_HELD,
    HeldShown,
    ShownBridge,
    bridge_of,
    covers,
    matching,
    refusal_of,
)
from receiver.page.shown.missing import WhereLooked, reasons_why
from receiver.page.shown.rows import row_of
from receiver.page.shown.text import MAX_REASON, one_line
from receiver.page.shown.timeline import timeline_of
from receiver.page.subjects import PartFound, by_part
from receiver.page.why import WORDINGS
from receiver.search.query import MAX_LENGTH, QueryWrong
from receiver.search.searching import Searching
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document
from receiver.web.requests import Route
from receiver.web.v1.letters import fields_of
from receiver.why.reasons import reasons_of

SHOWN = 10
SECONDS, AT_ONCE = 4.0, 10  # for looking through mailboxes, so many at once
MOST = 100  # letters that are found, in which dialogs are
MAX_LOOKED_AT = 1000
TAKEN_WITHIN = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7))


class InTime:
    """Mailboxes in turn while there is time for them; ``is_all`` if there was, for all of them."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self.is_all = True

    def of(self, mailboxes: Sequence[str], at_once: int) -> Iterator[Sequence[str]]:
        """Yield the next few."""
        for start in range(0, len(mailboxes), at_once):
            if time.monotonic() > self._until:
                self.is_all = False
                return
            yield mailboxes[start : start + at_once]


class TracePages:
    """The page of this file."""

    def __init__(
        self,
        serving: PageServing,
        store: Store,
        rows: Rows,
        bridges: Bridges,
        again: Again,
        searching: Searching,
    ) -> None:
        self._serving = serving
        self._searching = searching
        self._store = store
        self._rows = rows
        self._bridges = bridges
        self._again = again

    def routes(self) -> list[Route]:
        """Return its route."""
        return [self._serving.get("/trace", self.trace)]

    async def trace(self, visit: Visit) -> web.Response:
        """Show what is known of a letter, the letters that may be meant, or why there is none."""
        asked = read_pasted(visit.asked("q"))
        mailboxes = await self._mailboxes(visit)
        turns = InTime(SECONDS)
        letters, heads, part = await self._sought(turns, mailboxes, asked)
        traced = [await self._traced(visit, each) for each in letters[:SHOWN]]
        bridges = [
            bridge_of(each, visit.grant, visit.clock) for each in await self._bridges.every()
        ]
        held = _held(bridges, asked)
        refusals = await self._refusals(visit, asked.name) if asked.name else []
        newest_first = sorted(heads, key=lambda head: head["updated"], reverse=True)
        rows = [row_of(each, {}, visit.clock) for each in newest_first[:SHOWN]]
        reasons = []
        if asked.line and not letters:
            erased = await self._erased(visit, mailboxes, asked.name)
            reasons = reasons_why(
                visit.words,
                asked,
                WhereLooked(
                    bridges=bridges,
                    held=len(held),
                    refusals=len(refusals),
                    dialogs=len(rows),
                    erased=erased,
                    sees_all=EVERY_MAILBOX in visit.grant.mailboxes,
                    is_all=part.is_all,
                    in_time=turns.is_all,
                ),
            )
        return page(
            visit,
            "trace.html",
            title=visit.words("trace.title"),
            asked=asked.line,
            shown=one_line(asked.line, MAX_WORDS),
            traced=traced,
            rows=rows,
            held=held[:MAX_HELD],
            more_held=len(held[MAX_HELD:]),
            refusals=[refusal_of(each, visit.clock) for each in refusals],
            reasons=reasons,
        )

    async def _sought(
        self, turns: InTime, mailboxes: list[str], asked: Pasted
    ) -> tuple[list[Document], list[Document], PartFound]:
        """Return the letters that are meant, else the dialogs where they may be."""
        letters = await self._letters(turns, mailboxes, asked) if asked.line else []
        heads: list[Document] = []
        if asked.line and not letters:
            heads = await self._of_person(turns, mailboxes, asked.name)
            found = await self._found(turns, mailboxes, asked)
            if not (heads or found) and "@" in asked.name:
                heads = await self._of_person(turns, mailboxes, asked.name, near=True)
            if len(found) == 1:
                letters = found
            known = {head["_id"] for head in heads}
            others = {each["dialog"] for each in found} - known
            heads += (await self._store.dialogs.heads(others)).values()
        part = PartFound([], is_all=True)
        if asked.words and not (letters or heads or asked.name):
            in_turn = (each for some in turns.of(mailboxes, 1) for each in some)
            part = await by_part(self._rows, in_turn, asked.words)
            heads += (await self._store.dialogs.heads(set(part.ids[:SHOWN]))).values()
        return letters, heads, part

    async def _mailboxes(self, visit: Visit) -> list[str]:
        """Return those that he may see and that have, or had, a letter: others need no look."""
        named, there = visit.grant.named, await self._store.letters.watermarks()
        return sorted(each for each in there if named is None or each in named)

    async def _letters(self, turns: InTime, mailboxes: list[str], asked: Pasted) -> list[Document]:
        """Return the letters that carry a Message-ID, have a key, or were taken at a moment."""
        found = await self._again.find(mailboxes, asked.number) if asked.number else []
        if found:
            return found
        if asked.ids:
            found += await self._store.letters.of_message_ids(mailboxes, asked.ids, SHOWN)
        if len(asked.line) == 64:
            for mailbox in mailboxes:
                found += await self._documents(mailbox, {asked.line})
        if asked.taken:
            for [mailbox] in turns.of(mailboxes, 1):
                found += await self._taken(mailbox, asked.taken, asked.number)
        return found

    async def _documents(self, mailbox: str, keys: set[str]) -> list[Document]:
        """Return the letters of these keys."""
        letters = [await self._store.letters.document(mailbox, key) for key in sorted(keys)]
        return [each for each in letters if each]

    async def _taken(self, mailbox: str, taken: datetime, number: str) -> list[Document]:
        """Return the letter that the bridge took by an id in a second, if it was kept soon.

        Of letters of before, with which no id was kept, all that it took in that second.
        """
        since = taken
        for within in TAKEN_WITHIN:
            kept = await self._store.letters.kept_between(mailbox, since, taken + within)
            letters = await self._store.letters.of_ids(kept[:MAX_LOOKED_AT])
            documents = await self._documents(mailbox, {each.letter.key for each in letters})
            at = [each for each in documents if each["content"].get("received") == taken]
            known = [each for each in at if each["content"].get("event_id") == number]
            if found := known or [each for each in at if "event_id" not in each["content"]]:
                return found
            since = taken + within
        return []

    async def _of_person(
        self, turns: InTime, mailboxes: list[str], name: str, near: bool = False
    ) -> list[Document]:
        """Return the newest dialogs of an address, or some of those that differ in a tag."""
        if not name:
            return []
        person, ask = canonical(name), self._rows.near_person if near else self._rows.of_person
        rows = [await ask(each, person, SHOWN) for [each] in turns.of(mailboxes, 1)]
        return [head for some in rows for head in some]

    async def _found(self, turns: InTime, mailboxes: list[str], asked: Pasted) -> list[Document]:
        """Return letters that an address wrote, sent or got, or with these words as subjects."""
        lines = [f'from:"{asked.name}"', f'to:"{asked.name}"'] if asked.name else []
        if asked.words and asked.words != asked.name:
            lines.append(f'subject:"{asked.words}"')
        found: dict[tuple[str, str], None] = {}
        for some in turns.of(mailboxes, AT_ONCE):
            for line in lines:
                try:
                    results = await self._searching.search(some, line[:MAX_LENGTH], None, SHOWN)
                except QueryWrong:  # of signs alone, or of very many words
                    continue
                found |= {(each.mailbox, each.key): None for each in results.letters}
        if "@" in asked.name:
            senders = {asked.name, asked.name.casefold(), canonical(asked.name)}
            sent = await self._store.letters.of_envelopes(mailboxes, senders, SHOWN)
            found |= {(each["mailbox"], each["key"]): None for each in sent}
        documents = [await self._documents(mailbox, {key}) for mailbox, key in list(found)[:MOST]]
        return [each for some in documents for each in some]

    async def _traced(self, visit: Visit, letter: Document) -> dict[str, Any]:
        """Return a letter's timeline, with what its template needs beside it."""
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
            "person": one_line(message["from"]["address"]),
            "mailbox": letter["mailbox"],
            "message_id": one_line(message["message_id"], MAX_REASON),
            "steps": steps,
        }

    async def _erased(self, visit: Visit, mailboxes: list[str], name: str) -> bool | None:
        """Tell whether the data of a person of this address was erased; None if none can tell.

        Who reads some mailboxes only is told of people whom letters of these told of.
        """
        key = await self._store.tombstones.key()
        if key is None:
            return False
        if not name:
            return None
        tombstones, people = self._store.tombstones, forms(canonical(name))
        digests = {digest_of_person(key, each, one) for each in mailboxes for one in people}
        # By a Message-ID, which may look as an address does, an erased letter is not known.
        if EVERY_MAILBOX not in visit.grant.mailboxes:
            return await tombstones.held(digests) or None
        digests |= {digest_of_person(key, EVERYWHERE, one) for one in people}
        return bool(await tombstones.standing(digests)) or None

    async def _refusals(self, visit: Visit, name: str) -> list[Document]:
        """Return refusals that may be of the letter, those of one's own mailboxes."""
        return [
            each
            for each in await self._bridges.refusals(name)
            if EVERY_MAILBOX in visit.grant.mailboxes or covers(visit.grant, each["rcpt_to"])
        ]


def _held(bridges: list[ShownBridge], asked: Pasted) -> list[HeldShown]:
    """Return the letters of spools that may be meant."""
    letters = [letter for each in bridges for letter in each.letters]
    meant = {asked.line, asked.name, asked.words} | asked.ids
    named = [matching(letters, each) for each in meant if each]
    found = {each.id for some in named for each in some}
    if asked.taken:
        found |= {each.id for each in letters if each.id in asked.line}
    return [each for each in letters if each.id in found]
