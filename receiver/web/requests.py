"""What every request goes through: signature, bounds of size and time, JSON of a model.

The only layer under all routes. A handler calls what it needs in this order, so that no body is
read if the head already leads to a refusal: ``media_type``, ``Requests.signed``,
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
from pydantic_core import from_json

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
    """One line of the table of routes; ``stores``: it needs the database."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    stores: bool = True


class Check(Protocol):
    """The check of a caller, which begins with the head; a signature covers the body, too."""

    def update(self, piece: bytes) -> None:
        """Take the next piece of the body."""

    def finish(self) -> str:
        """Return the caller; raises NotVerified."""


class Requests:
    """Reads requests; ``room`` bounds the memory of their bodies together."""

    def __init__(self, keyring: Keyring, room: BodyRoom) -> None:
        self._keyring = keyring
        self._room = room

    def signed(self, request: web.Request, limit: int) -> Verification:
        """Begin to check the signature; 401 or 413 if the head already fails."""
        refuse_large(request, limit)
        try:
            return Verification(self._keyring.current(), request.headers, time.time())
        except NotVerified as error:
            raise Problem(401, str(error)) from None

    async def body(self, request: web.Request, check: Check, limit: int) -> tuple[str, bytes]:
        """Return the caller, and the body: 401, 408, 413 over ``limit`` bytes, 503."""
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

    aiohttp raises a RuntimeError if the connection was closed before reading.
    """
    try:
        async for piece in request.content.iter_any():
            yield piece
    except RuntimeError:
        if request.transport is None:
            raise ConnectionResetError from None
        raise


def finished(check: Check) -> str:
    """Return the caller after the whole body; Problem 401."""
    try:
        return check.finish()
    except NotVerified as error:
        raise Problem(401, str(error)) from None


def media_type(request: web.Request, *taken: str) -> str:
    """Return the Content-Type if it is one of those accepted: 415."""
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


def read_json(
    model: type[Model], text: bytes, what: str, *, unknown_refused: bool = False
) -> Model:
    """Return the model in the JSON: 400 if it is no JSON, 422 with the paths that are wrong.

    With ``unknown_refused`` unknown fields are wrong, too, at any depth.
    """
    try:
        return model.model_validate_json(text, extra="forbid" if unknown_refused else None)
    except ValidationError as error:
        wrong = error
    try:
        from_json(text, allow_inf_nan=False)  # the model's parser takes NaN (RFC 8259 3 does not)
    except ValueError:
        raise Problem(400, f"the {what} is not JSON") from None
    raise Problem(422, f"the {what} has wrong fields", mistakes_of(wrong))


async def wait_to_go_on(_request: web.Request) -> None:
    """Do not answer ``Expect: 100-continue`` (RFC 9110 10.1.1) yet: ``go_on`` does."""


async def go_on(request: web.Request) -> None:
    """Tell a client that waits before it sends the body to go on."""
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
