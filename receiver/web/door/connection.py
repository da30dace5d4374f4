"""The connections of the HTTP door: how long each may take, and how many there may be.

There are three states, by what we wait for. *Idle*: the client has sent nothing since its last
answer. *Head*: it has begun a request whose header is incomplete. *Busy*: a handler works on its
request, and has its own limits for the body (``requests``), or its answer is on the way. An idle
connection may stay for ``IDLE_SECONDS``, a head has ``HEAD_SECONDS``, and neither may hold more
than ``MAX_AHEAD_BYTES`` that belong to no request yet. The framing of a chunked body (sizes,
extensions and trailers) may exceed the body itself only a little (``MAX_FRAMES_BYTES``): the parser
keeps trailers, which no share of the bodies' room counts, and chunks of one byte cost us more than
the sender. ``crowd`` decides which connection is closed when there is one too many.

A request that comes before the answer to the one before it (RFC 9112 9.3.2) is refused, and
the connection ends with that answer. No honest client does so; two hundred clients that did it
without end made /healthz wait for seconds.
"""

import asyncio
import json
import logging
import time
from typing import Any, Protocol, cast

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from contract.door.peer import network
from contract.door.sparing_log import SparingLog
from receiver.errors import Problem
from receiver.web.door.slow_readers import PIECE_BYTES, in_pieces
from receiver.web.problems import (
    HEAD_KEPT,
    NO_REQUEST,
    Told,
    answer_of,
    answer_to_unread,
)

log = logging.getLogger(__name__)

HEAD_SECONDS = 10.0
IDLE_SECONDS = 75.0
UNREAD_SECONDS = 30.0  # an answer that the client does not read
READ_BYTES = 8 * 1024  # of one recv in a body
HEAD_READ_BYTES = 4 * 1024  # of one recv elsewhere
MAX_AHEAD_BYTES = 20 * 1024  # a few recv, as a body's start comes before its handler begins
MAX_FRAMES_BYTES = 2 * HEAD_READ_BYTES
SERVER = "email-listener"


class Doorkeeper(Protocol):
    """Counts the connections."""

    malformed: SparingLog

    def enter(self, connection: "HttpConnection") -> None:
        """Count a connection."""

    def leave(self, connection: "HttpConnection") -> None:
        """Forget a connection."""


class HttpConnection(web.RequestHandler):
    """One client's connection. Times are those of ``time.monotonic``, in seconds."""

    def __init__(self, door: Doorkeeper, server: web.Server, told: Told, **settings: Any) -> None:
        super().__init__(server, **settings)
        self._door = door
        self._told = told
        self._head = b""  # the beginning of an incomplete head
        self._refused = False  # of no request: the rest is dropped
        self._request: web.BaseRequest | None = None
        self._answers = False
        self._begun = 0.0
        self.address = ""
        self._body: StreamReader | None = None  # that is incomplete
        self._framed = 0  # its bytes so far, with their framing
        self._ahead = 0
        self.rests = time.monotonic()  # since when it is not busy
        self.head_begun: float | None = None
        self.unread: float | None = None

    @property
    def busy(self) -> bool:
        """Whether a handler works on its request, or the answer is on the way."""
        return self._request is not None or self._answers

    @property
    def pipelines(self) -> bool:
        """Whether another request came before the answer to this one."""
        return bool(self._messages) or self.head_begun is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start counting the connection."""
        cast(asyncio.Transport, transport).set_write_buffer_limits(PIECE_BYTES)
        super().connection_made(transport)
        if isinstance(self.peername, tuple):
            self.address = network(self.peername[0])
        self._read_at_once(HEAD_READ_BYTES)
        self._door.enter(self)

    def _read_at_once(self, size: int) -> None:
        """Read ``size`` bytes by one recv; asyncio's 256 KiB would be 50 MB for 200 connections."""
        if self.transport is not None:
            self.transport.max_size = size  # type: ignore[attr-defined]

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._door.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count bytes outside of requests and framing, then read the data."""
        if self._refused:
            return
        body = self._body if self._body is not None and not self._body.is_eof() else None
        if data and body is None:
            self._body = None
            self._ahead += len(data)
            self._head += data[: HEAD_KEPT - len(self._head)]
            if self.head_begun is None:
                self.head_begun = time.monotonic()
            if self._ahead > MAX_AHEAD_BYTES or self.unread is not None:
                self.abort()
                return
        super().data_received(data)
        if body is not None:
            self._framed += len(data)
            if self._framed > MAX_FRAMES_BYTES + 2 * body.total_bytes and not body.is_eof():
                self.note_malformed("a body in too small pieces")
                self.abort()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Resume reading after a pause.

        aiohttp calls this for each chunk that is taken, and would let the parser look for left-over
        data, at ten times the cost of the chunk if chunks are small.
        """
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def pause_writing(self) -> None:
        """Note that the client does not read its answer."""
        self.unread = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that the client reads on."""
        self.unread = None
        super().resume_writing()

    def begin(self, request: web.BaseRequest) -> None:
        """Note that a request's head is complete and its handler begins."""
        self._request = request
        self._head = b""
        self.head_begun = None
        if request.content.is_eof():  # requests may wait behind it
            taken = sum(len(name) + len(value) + 4 for name, value in request.raw_headers)
            taken += len(request.raw_path) + request.content.total_bytes + HEAD_READ_BYTES
            self._ahead = max(0, self._ahead - taken)
        else:
            self._body, self._framed, self._ahead = request.content, 0, 0
            self._begun = time.monotonic()
            self._read_at_once(READ_BYTES)

    def end(self) -> None:
        """Note that the handler has its answer."""
        self._request = None
        self._read_at_once(HEAD_READ_BYTES)
        self.rests = time.monotonic()

    def waited(self, now: float) -> tuple[float, int] | None:
        """For how many seconds its client has been waited for, and the bytes it sent, or None."""
        if self.unread is not None:
            return now - self.unread, 0
        if self._body is not None and not self._body.is_eof():
            return now - self._begun, self._framed
        return None

    def overdue(self, now: float) -> bool:
        """Tell whether the connection has used up its time."""
        if self.unread is not None and now - self.unread > UNREAD_SECONDS:
            return True
        if self.busy:
            return False
        if self.head_begun is not None and now - self.head_begun > HEAD_SECONDS:
            return True
        return now - self.rests > IDLE_SECONDS

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the answer, as the client reads it."""
        self._answers = True
        in_pieces(resp)
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._answers = False
            self.rests = time.monotonic()

    def log_exception(self, *args: Any, **kwargs: Any) -> None:
        """Log a fault, except those that aiohttp meets by reading on after the client has gone."""
        if self.transport is not None or not isinstance(kwargs.get("exc_info"), RuntimeError):
            super().log_exception(*args, **kwargs)

    async def start(self) -> None:
        """Serve requests until the connection ends.

        aiohttp parses a target before any handler, and lets out yarl's error about an invalid host
        (``GET http://xn--a/``).
        """
        try:
            await super().start()
        except ValueError as error:
            self.note_malformed(type(error).__name__)
            if self.transport is not None:
                self.transport.write(by_hand(NO_REQUEST))
                self.transport.close()

    def note_malformed(self, what: str) -> None:
        """Log, sparingly, that a client sent no HTTP or an attack; none of its words."""
        self._door.malformed.warning("malformed HTTP from %s: %s", self.address, what)

    def abort(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer bytes that are no HTTP, repeating nothing of them in the answer or the log."""
        if isinstance(exc, HttpProcessingError):
            self.note_malformed(type(exc).__name__)
            self._refused = True
            answer = answer_to_unread(request, self._head, status, exc, self._told)
        else:
            log.error("%d for a request", status, exc_info=exc)
            answer = answer_of(Problem(status, "an error of ours"))
        answer.headers["Server"] = SERVER
        answer.force_close()
        return answer


def by_hand(problem: Problem) -> bytes:
    """Return a connection's last answer if there is no request to answer."""
    text = json.dumps(problem.body()).encode()
    return (
        b"HTTP/1.1 %d Bad Request\r\nContent-Type: application/problem+json\r\n" % problem.status
        + b"Server: %s\r\nContent-Length: %d\r\n" % (SERVER.encode(), len(text))
        + b"Connection: close\r\n\r\n"
        + text
    )


@web.middleware
async def count_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection that its request is being handled."""
    connection = cast(HttpConnection, request.protocol)
    connection.begin(request)
    try:
        answer = await handler(request)
        if connection.pipelines:
            answer.force_close()
        return answer
    finally:
        connection.end()


async def name_no_versions(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Replace aiohttp's ``Server`` header, which tells attackers the version."""
    response.headers["Server"] = SERVER
