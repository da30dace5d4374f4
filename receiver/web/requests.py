"""What every request goes through: signed, bounded, in time, JSON of a model.

The one layer under all routes. A handler asks for what it needs, in this order, so that nothing
is read of a request that is refused by its head: ``media_type``, ``Requests.signed``,
``Requests.body``, ``read_json``. Each raises the ``Problem`` that is the answer.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from contract.keyring import Keyring
from contract.signature import NotVerified, Verification
from receiver.errors import Problem, unavailable
from receiver.mistakes import mistakes_of
from receiver.web.bodies import BodyRoom, Crowded

BODY_SECONDS = 10.0
JSON = "application/json"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Route:
    """One line of the table of routes; ``stores`` means that it waits for the database."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    stores: bool = True


class Check(Protocol):
    """Who is asking? Begun with a request's head; a signature has to see the body as well."""

    def update(self, piece: bytes) -> None:
        """Take the next piece of the body."""

    def finish(self) -> str:
        """Return who or what asked; raises NotVerified."""


class Requests:
    """Reads requests; ``room`` is what their bodies may take of the memory together."""

    def __init__(self, keyring: Keyring, room: BodyRoom) -> None:
        self._keyring = keyring
        self._room = room

    def signed(self, request: web.Request, limit: int) -> Verification:
        """Begin to check the signature; 401 or 413 where the head says that it is no use."""
        refuse_large(request, limit)
        try:
            return Verification(self._keyring.current(), request.headers, time.time())
        except NotVerified as error:
            raise Problem(401, str(error)) from None

    async def body(self, request: web.Request, check: Check, limit: int) -> tuple[str, bytes]:
        """Return who or what asked, and the body: 401, 408, 413 over ``limit`` bytes, 503."""
        await go_on(request)
        loop = asyncio.get_running_loop()
        timeout = asyncio.timeout(BODY_SECONDS)
        body = self._room.enter(request.remote or "", lambda: timeout.reschedule(loop.time()))
        try:
            async with timeout:
                async for piece in pieces_of(request):
                    self._room.add(body, piece)
                    check.update(piece)
                    if body.size > limit:
                        raise too_large(limit)
            return finished(check), body.content()
        except Crowded:
            raise unavailable("too many bodies at once") from None
        except TimeoutError:
            if body.gave_way:
                raise unavailable("too many bodies at once") from None
            raise Problem(408, "the body came too slowly") from None
        finally:
            self._room.leave(body)


async def pieces_of(request: web.Request) -> AsyncIterator[bytes]:
    """Yield a body as it comes; raises ConnectionError once the client has gone.

    aiohttp says that by a RuntimeError where the connection was closed before it is read from.
    """
    try:
        async for piece in request.content.iter_any():
            yield piece
    except RuntimeError:
        if request.transport is None:
            raise ConnectionResetError from None
        raise


def finished(check: Check) -> str:
    """Return who or what asked, now that all has been seen: 401."""
    try:
        return check.finish()
    except NotVerified as error:
        raise Problem(401, str(error)) from None


def media_type(request: web.Request, *taken: str) -> str:
    """Return the Content-Type, one of those that are taken: 415."""
    if request.content_type not in taken:
        raise Problem(415, f"Content-Type must be {' or '.join(taken)}")
    return request.content_type


def refuse_large(request: web.Request, limit: int) -> None:
    """Refuse a body by its head: 413."""
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)


def too_large(limit: int) -> Problem:
    """Return the answer to a body that is too large."""
    return Problem(413, f"the body is larger than {limit} bytes")


def read_json(model: type[Model], text: bytes, what: str) -> Model:
    """Return what the JSON says: 400 where it is none, 422 with the paths that are wrong."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        wrong = error
    if wrong.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
        raise Problem(400, f"the {what} is not JSON")
    raise Problem(422, f"the {what} has wrong fields", mistakes_of(wrong))


async def wait_to_go_on(_request: web.Request) -> None:
    """Answer ``Expect: 100-continue`` with nothing yet (RFC 9110 10.1.1): see ``go_on``."""


async def go_on(request: web.Request) -> None:
    """Tell a client who waits with the body that its head is in order."""
    expects = request.headers.get("Expect", "").lower() == "100-continue"
    if expects and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun


@web.middleware
async def refuse_encoded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse compressed bodies by their head, on every path: 415; nothing inflates them."""
    encodings = request.headers.getall("Content-Encoding", [])
    if any(encoding.strip().lower() not in ("", "identity") for encoding in encodings):
        raise Problem(415, "Content-Encoding is not taken")
    codings = request.headers.get("Transfer-Encoding", "").split(",")
    if any(coding.strip().lower() not in ("", "chunked", "identity") for coding in codings):
        raise Problem(415, "Transfer-Encoding is not taken, but for chunked")
    return await handler(request)
