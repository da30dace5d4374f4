"""``/health``: mailboxes, bridges, what failed and what to do; and orders to bridges."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from receiver.access.grant import EVERY_MAILBOX
from receiver.bridges.bridges import Bridges
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.listing.queries import Queries
from receiver.listing.rows import MOST
from receiver.page.addresses import list_address
from receiver.page.lists.pages import mailboxes
from receiver.page.lists.tabs import Lists
from receiver.page.serving import PageServing, Visit, go, page
from receiver.page.shown.bridges import bridge_of, bridges_of, refusal_of, troubled_first
from receiver.page.shown.clock import Clock
from receiver.web.requests import Route

DAYS = 14
MAX_MAILBOXES, MAX_BRIDGES = 15, 5  # on a page
BAR_STEP, BAR_HEIGHT = 17, 40
BACK = "/health?done=retry#bridges"


@dataclass(frozen=True)
class DayShown:
    """A day of the chart: its name, its letters in words, the height of its bar."""

    name: str
    short: str
    letters: str
    height: int


class HealthPages:
    """Shows the state of mailboxes and bridges, and sends orders to bridges."""

    def __init__(
        self,
        serving: PageServing,
        store: Store,
        queries: Queries,
        lists: Lists,
        bridges: Bridges,
    ) -> None:
        self._serving = serving
        self._store = store
        self._queries = queries
        self._lists = lists
        self._bridges = bridges

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [
            self._serving.get("/health", self.show),
            self._serving.post("/health/retry", self.retry),
            self._serving.post("/health/forget", self.forget),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """Show the state of everything."""
        sees_all = EVERY_MAILBOX in visit.grant.mailboxes
        now = visit.clock.now
        cut_short = await self._store.tombstones.cut_short(now) if sees_all else []
        documents = troubled_first(await self._bridges.every(), now)
        bridges = place(visit.asked("bridges"))
        refusals = await self._bridges.refusals("") if sees_all else []
        names, before = await mailboxes(visit.grant, self._store), place(visit.asked("after"))
        shown = names[before : before + MAX_MAILBOXES]
        return page(
            visit,
            "health.html",
            title=visit.words("health.title"),
            bridges=bridges_of(
                documents[bridges : bridges + MAX_BRIDGES], visit.grant, visit.clock
            ),
            first_bridges=bridges > 0,
            later_bridges=bridges + MAX_BRIDGES,
            more_bridges=max(len(documents) - bridges - MAX_BRIDGES, 0),
            cut_short=sorted({visit.clock.moment(each["when"]).exact for each in cut_short}),
            mailboxes=[await self._mailbox(visit, each) for each in shown],
            first=before > 0,
            later=before + MAX_MAILBOXES,
            more=max(len(names) - before - MAX_MAILBOXES, 0),
            refusals=[refusal_of(each, visit.clock) for each in refusals],
            done=visit.asked("done") == "retry",
            bar=(BAR_STEP, BAR_HEIGHT),
        )

    async def retry(self, visit: Visit) -> web.Response:
        """Order a bridge to try a letter after its next report: Problem 404."""
        bridge, _, letter = visit.said("held").partition(" ")  # no bridge's id contains a space
        for document in await self._bridges.every():
            seen = bridge_of(document, visit.grant, visit.clock)
            if seen.id == bridge and letter in {each.id for each in seen.letters}:
                who = visit.grant.name
                await self._bridges.order(bridge, letter, who, visit.clock.now)
                asked = visit.said("asked")  # on Trace, which then tells what became of it
                return go(f"/trace?{urlencode({'q': asked})}" if asked else BACK)
        raise Problem(404, "there is no such letter in a spool")

    async def forget(self, visit: Visit) -> web.Response:
        """Forget a bridge that no longer exists; one that reports comes back."""
        if EVERY_MAILBOX not in visit.grant.mailboxes:
            raise Problem(403, "this is for whoever sees all mailboxes")
        await self._bridges.forget(visit.said("bridge"))
        return go("/health")

    async def _mailbox(self, visit: Visit, name: str) -> dict[str, Any]:
        """Return what to show of a mailbox; its queries run at once."""
        days = visit.clock.last_days(DAYS)
        kept, last, waiting = await asyncio.gather(
            asyncio.gather(*(self._queries.kept_on(name, day, end - day) for day, end in days)),
            self._queries.last_kept(name),
            self._lists.waiting(name, MOST),
        )
        counts = [(day, count) for (day, _), count in zip(days, kept, strict=True)]
        return {
            "name": name,
            "address": list_address(name, "us"),
            "waiting": waiting,
            "last": visit.clock.moment(last) if last else None,
            "days": days_of(counts, visit.clock),
            "total": sum(count for _, count in counts),
            "is_more": any(count >= MOST for _, count in counts),
        }


def place(asked: str) -> int:
    """Return how many mailboxes or bridges precede a page."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0


def days_of(counts: Sequence[tuple[datetime, int]], clock: Clock) -> list[DayShown]:
    """Return the days of a chart: beginning and number of letters, MOST for more.

    The bar of a day with a letter is always visible.
    """
    most = max([1, *(count for _, count in counts)])
    return [
        DayShown(
            name=clock.day(begin),
            short=clock.day_in_short(begin),
            letters=("≥ " if count >= MOST else "") + clock.words.number(count),
            height=max(round(BAR_HEIGHT * count / most), 2 if count else 0),
        )
        for begin, count in counts
    ]
