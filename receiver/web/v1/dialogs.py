"""``/v1/mailboxes`` and ``/v1/dialogs``: lists, one dialog, and why its letters are there."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from contract.bounds import MAX_ADDRESS, ONE_LINE, Kind
from contract.reading.addresses import canonical
from receiver.filing.collections import Store
from receiver.letters.identity import utc
from receiver.listing.filtered import FilteredLists
from receiver.listing.queries import Listing, Queries, Sort
from receiver.mistakes import A_TIME
from receiver.store.dialog import WITHOUT_TEXTS, Dialog, kept_as
from receiver.store.mongo import Document
from receiver.web.v1.cursor import cursor_of, read_cursor
from receiver.web.v1.download import Streamed
from receiver.web.v1.found import GONE_THERE, DialogsFound
from receiver.web.v1.operation import (
    Call,
    InMailbox,
    MayAnswer,
    Operation,
    Query,
    mailbox_of,
    wrong,
)
from receiver.web.v1.responses import demand_match, is_known, json_of, shaped, tag_of
from receiver.web.v1.shapes import (
    DialogPage,
    DialogShape,
    LetterShape,
    MailboxList,
    MailboxShape,
    Reasons,
    WholeDialog,
)
from receiver.web.v1.streamed_json import with_list
from receiver.why.reasons import explained, reasons_in_parts, reasons_of

SORTS = {
    "-updated": Sort("updated", newest_first=True),
    "updated": Sort("updated", newest_first=False),
    "-changed": Sort("changed", newest_first=True),
    "changed": Sort("changed", newest_first=False),
    "waiting_since": Sort("waiting_since", newest_first=False),
}
HAS: dict[str, dict[str, Any]] = {
    "attachment": {"has": "attachment"},
    "bounce": {"has": "bounce"},
    "defect": {"has": "defect"},
    "related": {"related": {"$ne": []}},
    "correction": {"corrections": {"$ne": []}},
}


_PLUS = re.compile(r" (?=\d\d:?\d\d\Z)")


def _written_out(value: object) -> object:
    """Refuse a number: it might mean seconds or milliseconds.

    In a URL a ``+`` means a blank. Before a time zone's offset it is taken for a plus.
    """
    if not isinstance(value, str):
        return value
    if "T" not in value.upper():
        raise ValueError(A_TIME)
    return _PLUS.sub("+", value)


InUtc = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(utc)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_ADDRESS, pattern=ONE_LINE)]
What = Literal["attachment", "bounce", "defect", "related", "correction"]


def _words(value: object) -> object:
    values = value if isinstance(value, list) else [value]
    return [word for each in values for word in str(each).split(",")]


class DialogsQuery(InMailbox):
    """Conditions for the dialogs of a list; all must hold."""

    several = frozenset({"has"})
    user: Text | None = Field(None, description="the address of the company's counterpart")
    participant: Text | None = Field(None, description="an address in From, To or Cc")
    waiting: Literal["us", "them", "nobody"] | None = Field(None, description="whose turn it is")
    kind: Kind | None = Field(None, description="the kind of one of its letters")
    has: Annotated[list[What], BeforeValidator(_words)] | None = Field(
        None, description="what it must have, separated by commas"
    )
    since: InUtc | None = Field(None, description="its newest letter is not older than this")
    until: InUtc | None = Field(None, description="its newest letter is older than this")
    sort: Literal["-updated", "updated", "-changed", "changed", "waiting_since"] = "-updated"
    limit: int = Field(50, ge=1, le=200)
    cursor: Text | None = Field(None, description="``next`` of the previous page")
    count: bool = Field(False, description="count them, up to 1000, if that does not take long")


class DialogQuery(Query):
    """How much of the letters to return."""

    messages: Literal["none", "reply", "full"] = Field(
        "full", description="no letters, only their new text, or all text"
    )


class DialogOperations:
    """Reads mailboxes, lists of dialogs, and dialogs."""

    def __init__(
        self, store: Store, queries: Queries, lists: FilteredLists, found: DialogsFound
    ) -> None:
        self._store = store
        self._queries = queries
        self._lists = lists
        self._found = found

    def operations(self) -> list[Operation]:
        """Return its lines of the API's table."""
        return [
            Operation(
                "mailboxes",
                "GET",
                "/v1/mailboxes",
                "The mailboxes of the token.",
                "read",
                self.mailboxes,
                {200: MayAnswer("the mailboxes", MailboxList)},
            ),
            Operation(
                "dialogs",
                "GET",
                "/v1/dialogs",
                "A list of dialogs, page by page.",
                "read",
                self.dialogs,
                {200: MayAnswer("a page", DialogPage, headers=("Link",))},
                DialogsQuery,
                problems=(404, 410),
            ),
            Operation(
                "dialog",
                "GET",
                "/v1/dialogs/{id}",
                "One dialog with its letters, also by the id of its opening letter.",
                "read",
                self.dialog,
                {
                    200: MayAnswer("the dialog", WholeDialog, headers=("ETag",)),
                    304: MayAnswer("unchanged", headers=("ETag",)),
                    308: GONE_THERE,
                },
                DialogQuery,
                problems=(404, 410, 412),
            ),
            Operation(
                "why",
                "GET",
                "/v1/dialogs/{id}/why",
                "Why each letter is in the dialog.",
                "read",
                self.why,
                {200: MayAnswer("the reasons", Reasons), 308: GONE_THERE},
                problems=(404, 410),
            ),
        ]

    async def mailboxes(self, call: Call) -> web.Response:
        """Answer with the token's mailboxes; if it is for all, with those that have letters."""
        named = call.grant.named
        names = sorted(named) if named is not None else await self._store.mailboxes.every()
        waiting = SORTS["waiting_since"]
        items = []
        for name in names:
            last = await self._queries.last_kept(name)
            if last is None and named is None:
                continue  # all that was there is gone
            count = await self._lists.count(Listing(name, waiting, {"waiting": "us"}))
            items.append(MailboxShape(mailbox=name, waiting_for_us=count or 0, last_letter=last))
        return json_of(MailboxList(items=items))

    async def dialogs(self, call: Call) -> web.Response:
        """Answer with a page."""
        query: DialogsQuery = call.query
        listing = listing_of(mailbox_of(call.grant, query.mailbox), query)
        page = await self._lists.page(listing, query.limit)
        following = cursor_of(query.sort, *page.after) if page.after else None
        count = await self._lists.count(listing) if query.count else None
        items = [shaped(DialogShape, each) for each in page.rows]
        headers = {}
        if following:
            address = call.request.rel_url.update_query(cursor=following)
            headers["Link"] = f'<{address.raw_path_qs}>; rel="next"'
        return json_of(DialogPage(items=items, next=following, count=count), **headers)

    async def dialog(self, call: Call) -> web.StreamResponse:
        """Answer with the dialog: 304, 412."""
        head = await self._found.here(call)
        tag = tag_of(head)
        demand_match(call.request, tag)
        if is_known(call.request, tag):
            return web.Response(status=304, headers={"ETag": tag})
        query: DialogQuery = call.query
        if query.messages == "none":
            return json_of(shaped(WholeDialog, head | {"messages": None}), ETag=tag)
        if head["parts"]:
            headers = {"Content-Type": "application/json; charset=utf-8", "ETag": tag}
            says = shaped(WholeDialog, head | {"messages": None})
            said = says.model_dump_json(by_alias=True, exclude={"messages"})
            letters = self._letters(head, query.messages)
            return Streamed(with_list(said, "messages", letters), headers)
        dialog = await self._found.whole(head)
        tag = tag_of(dialog.head)
        demand_match(call.request, tag)  # somebody may have written it since
        return json_of(whole(dialog, query.messages), ETag=tag)

    async def _letters(self, head: Document, messages: str) -> AsyncIterator[str]:
        """Yield the letters of a long dialog one by one: it may be larger than the free memory.

        A letter written meanwhile may be among them, though the entity tag is the earlier one; a
        client that has this tag is told of the change later. Raises LettersLeft.
        """
        async for each in self._store.dialogs.one_by_one(head):
            shown = shaped(LetterShape, each)
            yield (without_text(shown) if messages == "reply" else shown).model_dump_json(
                by_alias=True
            )

    async def why(self, call: Call) -> web.StreamResponse:
        """Answer with the reasons; those of a long dialog are determined while they are sent."""
        head = await self._found.here(call)
        there = await self._store.dialogs.whole([head["_id"]], WITHOUT_TEXTS)
        dialog = there.get(head["_id"]) or await self._found.whole(head)
        if not dialog.parts:
            return json_of(shaped(Reasons, await reasons_of(self._store, dialog)))
        says = shaped(Reasons, explained(dialog.head, [], {}, {}))
        said = says.model_dump_json(by_alias=True, exclude={"messages"})
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return Streamed(with_list(said, "messages", self._reasons(dialog)), headers)

    async def _reasons(self, dialog: Dialog) -> AsyncIterator[str]:
        async for some in reasons_in_parts(self._store, dialog):
            shown = shaped(Reasons, some).messages
            yield ",".join(each.model_dump_json(by_alias=True) for each in shown)


def whole(dialog: Dialog, messages: str) -> WholeDialog:
    """Return a dialog with as much of its letters as was requested."""
    found = shaped(WholeDialog, dialog.head | {"messages": dialog.conversation})
    if messages == "reply" and found.messages:
        found.messages = [without_text(each) for each in found.messages]
    return found


def without_text(letter: LetterShape) -> LetterShape:
    """Return a letter with only its new text."""
    return letter.model_copy(update={"body": None})


def listing_of(mailbox: str, query: DialogsQuery) -> Listing:
    """Return the query for the store; Problem 422."""
    if query.sort == "waiting_since" and query.waiting not in ("us", "them"):
        raise wrong("sort", "waiting_since goes with waiting=us or waiting=them")
    filters: dict[str, Any] = {}
    if query.user:
        filters["user"] = kept_as(canonical(query.user))
    if query.participant:
        filters["participants"] = kept_as(canonical(query.participant))
    if query.waiting:
        filters["waiting"] = query.waiting
    if query.kind:
        filters["kinds"] = query.kind
    marks = [HAS[each]["has"] for each in query.has or () if "has" in HAS[each]]
    if marks:
        filters["has"] = {"$all": marks}
    for each in query.has or ():
        filters |= {name: value for name, value in HAS[each].items() if name != "has"}
    span = _span(query.since, query.until)
    if span:
        filters["updated"] = span
    after = None
    if query.cursor:
        try:
            after = read_cursor(query.cursor, query.sort)
        except ValueError as error:
            raise wrong("cursor", str(error)) from None
    return Listing(mailbox, SORTS[query.sort], filters, after)


def _span(since: datetime | None, until: datetime | None) -> dict[str, datetime]:
    bounds = {"$gte": since, "$lt": until}
    return {name: when for name, when in bounds.items() if when is not None}
