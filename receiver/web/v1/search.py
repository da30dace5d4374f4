"""``/v1/search``: letters that contain words, newest first, each with its dialog and a snippet."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, Field

from contract.bounds import Kind, Mailbox
from receiver.search.query import MAX_LENGTH, QueryWrong
from receiver.search.searching import CursorWrong, FoundLetter, Searching
from receiver.web.v1.operation import (
    Call,
    MayAnswer,
    Operation,
    Query,
    mailbox_of,
    wrong,
)
from receiver.web.v1.responses import json_of, shaped
from receiver.web.v1.shapes import Id, Key, Person, Shape, Time, Waiting


class SearchQuery(Query):
    """What to search for, and where."""

    q: Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)] = Field(
        description='words in their forms, `"phrases"`, `-not`, `from:` `to:` `subject:` `file:`'
        " `kind:` `is:waiting` `has:attachment` `after:` `before:`; the same in Russian"
    )
    mailbox: Mailbox | None = Field(None, description="by default all of the token's")
    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, description="``next`` of the previous page"
    )


class SnippetShape(BaseModel):
    """Some text around the words found; ``marks`` has the start and end of each.

    Positions count Unicode characters, as in Python; in JavaScript they index ``[...text]``.
    """

    text: str
    marks: list[Annotated[list[int], Field(min_length=2, max_length=2)]]
    of: Literal["reply", "body"] | None = Field(
        description="from the new text or from the whole; null if the text has none of the words"
    )


class FoundShape(Shape):
    """A letter that was found, and its present dialog."""

    mailbox: str
    key: Key
    dialog: Id
    waiting: Waiting
    created: Time
    subject: str
    from_: Person = Field(alias="from")
    direction: Literal["in", "out"]
    kind: Kind
    fields: list[Literal["from", "to", "subject", "file"]] = Field(
        description="where words were found other than in the text"
    )
    snippet: SnippetShape


class FoundPage(BaseModel):
    """A page of results, perhaps empty; ``next`` is the cursor of the next one, if any."""

    items: list[FoundShape]
    next: str | None = None


class SearchOperations:
    """Searches letters."""

    def __init__(self, searching: Searching) -> None:
        self._searching = searching

    def operations(self) -> list[Operation]:
        """Return its line of the API's table."""
        return [
            Operation(
                "search",
                "GET",
                "/v1/search",
                "Letters that contain words in any Russian or English form, newest first.",
                "read",
                self.search,
                {200: MayAnswer("a page", FoundPage, headers=("Link",))},
                SearchQuery,
                problems=(404,),
            )
        ]

    async def search(self, call: Call) -> web.Response:
        """Answer with a page; Problem 422 names the operator that is wrong."""
        query: SearchQuery = call.query
        named = call.grant.named
        mailboxes = sorted(named) if named is not None else None
        if query.mailbox is not None:
            mailboxes = [mailbox_of(call.grant, query.mailbox)]
        try:
            found = await self._searching.search(mailboxes, query.q, query.cursor, query.limit)
        except QueryWrong as error:
            raise wrong("q", str(error)) from None
        except CursorWrong as error:
            raise wrong("cursor", str(error)) from None
        headers = {}
        if found.next:
            address = call.request.rel_url.update_query(cursor=found.next)
            headers["Link"] = f'<{address.raw_path_qs}>; rel="next"'
        items = [_shape(each) for each in found.letters]
        return json_of(FoundPage(items=items, next=found.next), **headers)


def _shape(found: FoundLetter) -> FoundShape:
    snippet = found.snippet
    beside = {
        "mailbox": found.mailbox,
        "dialog": found.dialog,
        "waiting": found.waiting,
        "fields": list(found.fields),
        "snippet": {
            "text": snippet.text,
            "marks": [list(each) for each in snippet.marks],
            "of": snippet.place,
        },
    }
    return shaped(FoundShape, found.message | beside)
