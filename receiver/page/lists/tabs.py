"""The tabs of the list, and their pages.

*Noticed* has first dialogs with confirmation letters, then those with letters that came back, could
not be read properly, or came from strangers, the newest first: two lists of one index.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bson import ObjectId

from receiver.errors import Problem
from receiver.listing.queries import Listing, Sort
from receiver.listing.rows import Rows
from receiver.store.mongo import Document
from receiver.web.v1.cursor import milliseconds, moment, packed, unpacked

PAGE, MANY = 50, 100
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

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def waiting(self, mailbox: str, most: int = MANY) -> int:
        """Return how many dialogs of a mailbox wait for us, ``most`` for more."""
        return await self._rows.count(listing(mailbox, "us"), most)

    async def page(self, mailbox: str, tab: str, cursor: str) -> DialogsShown:
        """Return the page behind a cursor; an empty cursor means the first page."""
        group, after = read(cursor, tab)
        if tab == "noticed":
            return await self._noticed(mailbox, group, after)
        rows = await self._rows.page(replace(listing(mailbox, tab), after=after), PAGE + 1)
        return self._cut(rows, tab, 0, listing(mailbox, tab).sort.field)

    async def _noticed(self, mailbox: str, group: int, after: After | None) -> DialogsShown:
        """Return rows of the first group and, if there is room, of the other."""
        rows: list[Document] = []
        confirmed = 0
        if group == 0:
            confirmations = replace(ranked(mailbox, 2), after=after)
            rows = await self._rows.page(confirmations, PAGE + 1)
            if len(rows) > PAGE:
                return self._cut(rows, "noticed", 0, "updated")
            after, confirmed = None, len(rows)
        rows += await self._rows.page(replace(ranked(mailbox, 1), after=after), PAGE + 1)
        return self._cut(rows, "noticed", 1, "updated", confirmed)

    @staticmethod
    def _cut(
        rows: list[Document], tab: str, group: int, field: str, before: int = 0
    ) -> DialogsShown:
        """Return a page of rows; ``before`` are those of the group before this one."""
        shown = rows[:PAGE]
        if len(rows) <= PAGE:
            return DialogsShown(shown, None)
        if before >= PAGE:  # the group begins with the next page
            return DialogsShown(shown, packed([tab, group, None, None]))
        last = shown[-1]
        return DialogsShown(
            shown, packed([tab, group, milliseconds(last[field]), str(last["_id"])])
        )


def listing(mailbox: str, tab: str) -> Listing:
    """Return a tab's query to the store, except that of *noticed*."""
    if tab == "us":
        return Listing(mailbox, LONGEST, {"waiting": "us"})
    if tab == "them":
        return Listing(mailbox, LATEST_WAIT, {"waiting": "them"})
    return Listing(mailbox, LATEST)


def ranked(mailbox: str, rank: int) -> Listing:
    """Return the list of dialogs to confirm (2), or of others to notice (1)."""
    return Listing(mailbox, LATEST, {"noticed": rank})


def read(cursor: str, tab: str) -> tuple[int, After | None]:
    """Return the group, and where the previous page ended: Problem 404 for an invalid cursor."""
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
