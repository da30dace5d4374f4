"""``/``: the dialogs of a mailbox in four tabs, a page at a time.

*Noticed* has those with confirmation letters first, then what came back, could not be read as it
should, or was written by strangers, the newest first: three lists that go by an index each, merged.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from bson import ObjectId

from receiver.access.grant import Grant
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.page.addresses import list_address, live_address
from receiver.page.search import search
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.rows import row_of
from receiver.page.words import PageWords
from receiver.search.searching import Searching
from receiver.store.mongo import Document
from receiver.store.queries import MANY, Listing, Queries, Sort
from receiver.web.requests import Route
from receiver.web.v1.cursor import milliseconds, moment, packed, unpacked

PAGE = 50
LATEST = Sort("updated", newest_first=True)
LONGEST = Sort("waiting_since", newest_first=False)
LATEST_WAIT = Sort("waiting_since", newest_first=True)
TABS = ("us", "them", "all", "noticed")
After = tuple[datetime, ObjectId]


@dataclass(frozen=True)
class DialogsShown:
    """One page of dialogs, and the cursor of the next one."""

    heads: list[Document]
    next: str | None


class Lists:
    """Reads the pages of the tabs; raises StoreUnavailable."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    async def page(self, mailbox: str, tab: str, cursor: str) -> DialogsShown:
        """Return the page behind a cursor, which may be empty: the first."""
        group, after = read(cursor, tab)
        if tab == "noticed":
            return await self._noticed(mailbox, group, after)
        rows = await self._queries.page(replace(listing(mailbox, tab), after=after), PAGE + 1)
        return self._cut(rows, tab, 0, listing(mailbox, tab).sort.field)

    async def _noticed(self, mailbox: str, group: int, after: After | None) -> DialogsShown:
        """Return those of the first group and, on the same page if there is room, the others."""
        rows: list[Document] = []
        if group == 0:
            [confirmations, *_] = noticed(mailbox)
            rows = await self._queries.page(replace(confirmations, after=after), PAGE + 1)
            if len(rows) > PAGE:
                return self._cut(rows, "noticed", 0, "updated")
            after = None
        found: dict[Any, Document] = {}
        for each in noticed(mailbox)[1:]:
            for head in await self._queries.page(replace(each, after=after), PAGE + 1):
                found[head["_id"]] = head
        others = sorted(found.values(), key=lambda head: (head["updated"], head["_id"]))
        return self._cut([*rows, *reversed(others)], "noticed", 1, "updated", len(rows))

    @staticmethod
    def _cut(
        rows: list[Document], tab: str, group: int, field: str, before: int = 0
    ) -> DialogsShown:
        """Return a page of rows; ``before`` are of the group before this one."""
        shown = rows[:PAGE]
        if len(rows) <= PAGE:
            return DialogsShown(shown, None)
        if before >= PAGE:  # the group begins with the next page
            return DialogsShown(shown, packed([tab, group, None, None]))
        last = shown[-1]
        return DialogsShown(
            shown, packed([tab, group, milliseconds(last[field]), str(last["_id"])])
        )


class ListPages:
    """The pages of this file."""

    def __init__(
        self, serving: PageServing, store: Store, queries: Queries, searching: Searching
    ) -> None:
        self._serving = serving
        self._searching = searching
        self._store = store
        self._queries = queries
        self._lists = Lists(queries)

    def routes(self) -> list[Route]:
        """Return their routes."""
        return [self._serving.get("/", self.show)]

    async def show(self, visit: Visit) -> web.Response:
        """Show a tab of a mailbox."""
        names = await mailboxes(visit.grant, self._store)
        mailbox = chosen(visit, names)
        tab = visit.asked("tab") or "us"
        if tab not in TABS:
            raise Problem(404, "there is no such tab")
        found = DialogsShown([], None)
        waiting = 0
        now = await self._store.dialogs.now()
        asked = " ".join(visit.asked("q").split())
        if mailbox and asked:
            return await self._found(visit, mailbox, names, asked)
        if mailbox:
            found = await self._lists.page(mailbox, tab, visit.asked("after"))
            waiting = await self._queries.count(listing(mailbox, "us"))
        keys = {head["newest"] for head in found.heads if head.get("newest")}
        words = await self._queries.newest_words(mailbox, keys) if keys else {}
        rows = [row_of(head, words, visit.clock) for head in found.heads]
        return page(
            visit,
            "list.html",
            title=visit.words(f"tab.{tab}"),
            mailbox=mailbox,
            mailboxes=names,
            tab=tab,
            tabs=[(each, list_address(mailbox, each)) for each in TABS],
            rows=rows,
            waiting=count_in_words(waiting, visit.words),
            next=list_address(mailbox, tab, after=found.next) if found.next else "",
            first=list_address(mailbox, tab) if visit.asked("after") else "",
            live=live_address(mailbox, now) if mailbox else "",
            asked="",
            search=None,
        )

    async def _found(
        self, visit: Visit, mailbox: str, names: list[str], asked: str
    ) -> web.Response:
        """Show the letters that a line asks for."""
        found = await search(self._searching, visit, mailbox, asked)
        here = {"mailbox": mailbox, "q": asked}
        onward = here | {"after": found.next}
        return page(
            visit,
            "list.html",
            title=visit.words("search.title", asked=asked),
            mailbox=mailbox,
            mailboxes=names,
            tab="",
            tabs=[(each, list_address(mailbox, each)) for each in TABS],
            rows=[],
            waiting="",
            next=f"/?{urlencode(onward)}" if found.next else "",
            first=f"/?{urlencode(here)}" if visit.asked("after") else "",
            live="",
            asked=asked,
            search=found,
        )


async def mailboxes(grant: Grant, store: Store) -> list[str]:
    """Return the mailboxes of a visitor: of one who may see all, those that have letters."""
    named = grant.named
    return sorted(named) if named is not None else await store.letters.mailboxes()


def chosen(visit: Visit, names: list[str]) -> str:
    """Return the mailbox that is asked for, else the first, or nothing: Problem 404."""
    asked = visit.asked("mailbox").strip().casefold()
    if asked and not visit.grant.covers(asked):
        raise Problem(404, "there is no such mailbox for you")
    return asked or (names[0] if names else "")


def listing(mailbox: str, tab: str) -> Listing:
    """Return what a tab asks of the store, all but *noticed*."""
    if tab == "us":
        return Listing(mailbox, LONGEST, {"waiting": "us"})
    if tab == "them":
        return Listing(mailbox, LATEST_WAIT, {"waiting": "them"})
    return Listing(mailbox, LATEST)


def noticed(mailbox: str) -> list[Listing]:
    """Return the lists that *noticed* is made of; no dialog is in two of them."""
    strangers = {"related.0": {"$exists": True}, "noticed": {"$nin": [1, 2]}}
    return [
        Listing(mailbox, LATEST, {"noticed": 2}, index="noticed_lately"),
        Listing(mailbox, LATEST, {"noticed": 1}, index="noticed_lately"),
        Listing(mailbox, LATEST, strangers, index="strangers_lately"),
    ]


def count_in_words(count: int, words: PageWords) -> str:
    """Return a number of dialogs, nothing for none."""
    return f"{words.number(MANY - 1)}+" if count >= MANY else str(count or "")


def read(cursor: str, tab: str) -> tuple[int, After | None]:
    """Return the group, and where the page before ended: Problem 404 for a cursor that is none."""
    if not cursor:
        return 0, None
    try:
        match unpacked(cursor):
            case [str() as of, int() as group, None, None] if of == tab:
                return group, None
            case [str() as of, int() as group, int() as when, str() as last] if of == tab:
                if ObjectId.is_valid(last):
                    return group, (moment(when), ObjectId(last))
    except ValueError:
        pass
    raise Problem(404, "there is no such page")
