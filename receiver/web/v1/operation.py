"""What an operation is: one line of the API's table, and how it is served.

Each request goes the same way: who calls, with which right, how often, with what parameters; then
the handler. ``/openapi.json`` is made from the same table, so it describes all that is possible.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar
from urllib.parse import unquote, unquote_to_bytes

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from contract.bounds import Mailbox
from receiver import metrics
from receiver.access.grant import Grant, Right
from receiver.errors import Problem
from receiver.mistakes import mistakes_of
from receiver.store.mailboxes import KeptMailboxes
from receiver.web.access import KEPT_HEADERS, Access, demand, has_token
from receiver.web.requests import JSON, Route, media_type, read_json
from receiver.web.v1.download import Streamed, in_time, stream

MAX_WHO = 200
Proof = Literal["token", "signature"]
_NUMBER = re.compile("-?[0-9]+")
WRONG, TWICE = "the query has wrong parameters", "is given more than once"
NOT_TEXT = "must be a text in UTF-8"

Found = TypeVar("Found")
Said = TypeVar("Said", bound=BaseModel)


class Query(BaseModel):
    """Query parameters; an unknown one is 422.

    ``several`` may be given more than once; any other that is given twice is 422, too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    several: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _as_it_is_written(cls, value: object, about: ValidationInfo) -> object:
        """Refuse what only Python reads as a number or a boolean, such as ``1_0`` and ``yes``."""
        kind = cls.model_fields[about.field_name or ""].annotation
        if isinstance(value, str) and kind is int and not _NUMBER.fullmatch(value):
            raise PydanticKnownError("int_parsing")
        if isinstance(value, str) and kind is bool and value not in ("true", "false"):
            raise PydanticKnownError("bool_parsing")
        return value


class InMailbox(Query):
    """Query parameters of an operation in one mailbox: two may have the same letter."""

    mailbox: Mailbox | None = Field(None, description="optional if the token has only one")


class Nothing(BaseModel):
    """The body of a request that needs none: empty, or an empty object."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Call:
    """One checked request; ``query`` and ``body`` are models of the operation."""

    request: web.Request
    grant: Grant
    query: Any
    body: Any = None


@dataclass(frozen=True)
class MayAnswer:
    """A possible response of an operation: its description, and its model or media types."""

    words: str
    model: type[BaseModel] | None = None
    media: str = JSON
    also: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One line of the table. ``streams``: the response may take any time.

    A dialog whose letters are read while they are sent is ``Streamed`` instead, within time limits.

    ``takes`` is the media type of a body that is not JSON; ``proofs`` are the ways to authenticate.
    """

    name: str
    method: str
    path: str
    summary: str
    right: Right
    handler: Callable[[Call], Awaitable[web.StreamResponse]]
    answers: Mapping[int, MayAnswer]
    query: type[Query] = Query
    body: type[BaseModel] | None = None
    streams: bool = False
    problems: tuple[int, ...] = field(default=())
    takes: str = ""
    proofs: tuple[Proof, ...] = ("token",)

    ALWAYS: ClassVar[tuple[int, ...]] = (400, 401, 403, 405, 408, 413, 414, 415, 422, 429, 431, 503)

    @property
    def needs_body(self) -> bool:
        """Whether the body has a required field."""
        fields = self.body.model_fields.values() if self.body else ()
        return any(each.is_required() for each in fields)


class Serving:
    """Makes routes of operations; the store has ``seconds`` for each request.

    For a streamed response, it has that long for the head and for each piece.
    """

    def __init__(self, access: Access, seconds: float, mailboxes: KeptMailboxes) -> None:
        self._access = access
        self._seconds = seconds
        self._mailboxes = mailboxes

    def route(self, operation: Operation) -> Route:
        """Return the route that serves an operation."""

        async def handle(request: web.Request) -> web.StreamResponse:
            call = await self._call(request, operation)
            if operation.streams:
                return await operation.handler(call)
            with metrics.API.labels(operation.name).time():
                async with asyncio.timeout(self._seconds):
                    answer = await operation.handler(call)
            if isinstance(answer, Streamed):
                return await stream(request, answer, in_time(answer.pieces, self._seconds))
            return answer

        return Route(operation.method, operation.path, handle)

    async def _call(self, request: web.Request, operation: Operation) -> Call:
        request[KEPT_HEADERS] = {}
        grant, text = await self._access.asking(request)
        if not has_token(request):  # a service that signs; a token is counted already
            self._access.count(request, grant)
        demand(grant, operation.right)
        query = read_query(operation.query, request)
        body = _body(operation, request, text)
        spelt = await self._spelt(body) if body else None
        return Call(request, grant, await self._spelt(query), spelt)

    async def _spelt(self, said: Said) -> Said:
        """Return a model with its mailboxes spelt as in their letters."""
        kept: dict[str, object] = {}
        if named := getattr(said, "mailbox", None):
            kept["mailbox"] = await self._mailboxes.spelt(named)
        if several := getattr(said, "mailboxes", None):
            kept["mailboxes"] = [await self._mailboxes.spelt(each) for each in several]
        return said.model_copy(update=kept) if kept else said


def _body(operation: Operation, request: web.Request, text: bytes) -> BaseModel | None:
    """Return the model in a body; an empty one means ``{}`` if no field is required."""
    if text or operation.needs_body:
        media_type(request, JSON)
    else:
        text = b"{}"
    said = read_json(operation.body or Nothing, text, "body")
    return said if operation.body else None


def read_query(model: type[Query], request: web.Request) -> Query:
    """Return the parameters; Problem 422 names each that is wrong or unknown."""
    if not_text := _not_text(request.rel_url.raw_query_string):
        raise wrong(not_text, NOT_TEXT)
    query = request.query
    said = {name: values[0] if len(values := query.getall(name)) == 1 else values for name in query}
    once = model.model_fields.keys() - model.several
    twice = [name for name in said if isinstance(said[name], list) and name in once]
    if twice:
        raise Problem(422, WRONG, tuple({"path": each, "message": TWICE} for each in twice))
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise Problem(422, WRONG, mistakes_of(error)) from None


def _not_text(query: str) -> str | None:
    """Return the first parameter that is not UTF-8: it would be read as other characters."""
    for pair in query.split("&"):
        try:
            unquote_to_bytes(pair).decode()
        except UnicodeDecodeError:
            return unquote(pair.partition("=")[0])
    return None


def wrong(name: str, message: str) -> Problem:
    """Return the problem for one wrong parameter."""
    return Problem(422, WRONG, ({"path": name, "message": message},))


def mailbox_of(grant: Grant, named: str | None) -> str:
    """Return the requested mailbox: Problem 404 if it is not the token's, 422 if it must be named.

    It is optional if the token has only one.
    """
    if named is None:
        own = grant.named
        if own is None or len(own) != 1:
            raise wrong("mailbox", "name the mailbox: the token has several")
        return next(iter(own))
    mailbox = grant.own_spelling(named.strip().casefold())
    if mailbox is None:
        raise Problem(404, "there is no such mailbox for this token")
    return mailbox


def who_of(call: Call) -> str:
    """Return who is recorded with an act: the person named, if any, and always the token."""
    said: str | None = call.body.who
    name = call.grant.name
    suffix = f" ({name})"
    return said[: MAX_WHO - len(suffix)] + suffix if said else name
