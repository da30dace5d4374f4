"""``/``: the dialogs of a mailbox in four tabs, a page at a time, or the results of a search."""

from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from receiver.access.grant import Grant
from receiver.bridges.bridges import Bridges
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.listing.queries import Queries
from receiver.page.addresses import list_address, live_address
from receiver.page.finding import own_mailbox
from receiver.page.lists.near import near
from receiver.page.lists.search import search
from receiver.page.lists.tabs import MANY, TABS, DialogsShown, Lists
from receiver.page.serving import PageServing, Visit, page
from receiver.page.shown.bridges import SILENT
from receiver.page.shown.rows import row_of
from receiver.page.shown.text import one_line
from receiver.page.words import PageWords
from receiver.search.searching import Searching
from receiver.web.requests import Route


class ListPages:
    """Shows the list of dialogs."""

    def __init__(
        self,
        serving: PageServing,
        store: Store,
        queries: Queries,
        lists: Lists,
        searching: Searching,
        bridges: Bridges,
    ) -> None:
        self._serving = serving
        self._bridges = bridges
        self._searching = searching
        self._store = store
        self._queries = queries
        self._lists = lists

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [self._serving.get("/", self.show)]

    async def show(self, visit: Visit) -> web.Response:
        """Show a tab of a mailbox."""
        names = await mailboxes(visit.grant, self._store)
        mailbox = await self._chosen(visit, names)
        unknown = bool(mailbox) and mailbox not in names
        tab = visit.asked("tab") or "us"
        if tab not in TABS:
            raise Problem(404, "there is no such tab")
        found = DialogsShown([], None)
        waiting = 0
        now = await self._store.dialogs.now()
        asked = " ".join(visit.asked("q").split())
        if mailbox and asked and not unknown:
            return await self._found(visit, mailbox, names, asked, now)
        if mailbox and not unknown:
            found = await self._lists.page(mailbox, tab, visit.asked("after"))
            waiting = await self._lists.waiting(mailbox)
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
            silent=await self._bridges.unheard(visit.clock.now - SILENT),
            live=live_address(mailbox, now),
            asked="",
            search=None,
            unknown=unknown,
            near=near(mailbox, names) if unknown else [],
        )

    async def _chosen(self, visit: Visit, names: list[str]) -> str:
        """Return the requested mailbox, else the first, or nothing: Problem 404."""
        asked = visit.asked("mailbox").strip()
        if not asked:
            return names[0] if names else ""
        mailbox = await own_mailbox(visit, self._store.mailboxes, asked)
        if mailbox is None:
            raise Problem(404, "there is no such mailbox for you")
        return mailbox

    async def _found(
        self, visit: Visit, mailbox: str, names: list[str], asked: str, now: datetime
    ) -> web.Response:
        """Show the letters that match a query."""
        found = await search(self._searching, visit, mailbox, asked)
        here = {"mailbox": mailbox, "q": asked}
        onward = here | {"after": found.next}
        return page(
            visit,
            "list.html",
            title=visit.words("search.title", asked=one_line(asked)),
            mailbox=mailbox,
            mailboxes=names,
            tab="",
            tabs=[(each, list_address(mailbox, each)) for each in TABS],
            rows=[],
            waiting="",
            next=f"/?{urlencode(onward)}" if found.next else "",
            first=f"/?{urlencode(here)}" if visit.asked("after") else "",
            silent=0,
            live=live_address(mailbox, now),
            asked=asked,
            search=found,
            unknown=False,
            near=[],
        )


async def mailboxes(grant: Grant, store: Store) -> list[str]:
    """Return the visitor's mailboxes: for one who may see all, those with letters."""
    named = grant.named
    return sorted(named if named is not None else await store.mailboxes.watermarks())


def count_in_words(count: int, words: PageWords) -> str:
    """Return a number of dialogs in words, nothing for none."""
    return f"{words.number(MANY - 1)}+" if count >= MANY else str(count or "")
