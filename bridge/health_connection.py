"""The connections of the health port: few and short, whatever a client does."""

import asyncio
import logging
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from contract.process import where

log = logging.getLogger(__name__)

CONNECTIONS = 20
CONNECTION_SECONDS = 30.0
LINGER_SECONDS = 1.0  # reading what a refused client still sends, so that it sees the answer
SERVER = "email-listener"  # aiohttp's own tells what weaknesses to look up


class HealthConnection(web.RequestHandler):
    """A connection to the health port: one of ``CONNECTIONS``, for at most ``CONNECTION_SECONDS``.

    A health check is done at once; a longer one is a mistake, or an attack on our descriptors.
    """

    def __init__(self, others: dict["HealthConnection", None], server: web.Server) -> None:
        loop = asyncio.get_running_loop()
        nobody: Any = None
        super().__init__(
            server,
            loop=loop,
            access_log=nobody,
            auto_decompress=False,
            lingering_time=LINGER_SECONDS,
            max_headers=64,
        )
        self._others = others
        self._end = loop.call_later(CONNECTION_SECONDS, self.abort)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection; if it is one too many, the oldest is closed."""
        super().connection_made(transport)
        self._others[self] = None
        if len(self._others) > CONNECTIONS:
            next(iter(self._others)).abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._end.cancel()
        self._others.pop(self, None)
        super().connection_lost(exc)

    async def start(self) -> None:
        """Serve requests; close on a target whose host is invalid (``GET http://xn--a/``).

        aiohttp parses a target before any handler and lets yarl's error out.
        """
        try:
            await super().start()
        except ValueError:
            self.abort()

    def abort(self) -> None:
        """Close the connection at once."""
        self._others.pop(self, None)
        if self.transport is not None:
            self.transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that is no HTTP or cannot be served, and log none of its bytes."""
        if not isinstance(exc, HttpProcessingError):
            log.error("a request to the health port failed: %s", where(exc) if exc else status)
        answer = problem(status)
        answer.headers["Server"] = SERVER
        answer.force_close()
        return answer


def problem(status: int) -> web.Response:
    """Return an error's answer as every HTTP door of ours gives it (RFC 9457)."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return web.json_response(said, status=status, content_type="application/problem+json")


@web.middleware
async def refuse_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 415 to any request with a body: there is nothing to post."""
    if not request.body_exists:
        return await handler(request)
    answer = problem(415)
    answer.force_close()
    return answer


async def use_own_words(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Give every answer our ``Server`` header, and replace the texts of aiohttp's own errors.

    Its texts echo the request, such as an unknown ``Expect`` (417).
    """
    response.headers["Server"] = SERVER
    if isinstance(response, web.HTTPException):
        told = problem(response.status)
        response.text = text = told.text or ""
        response.content_type = told.content_type
        response.headers["Content-Length"] = str(len(text.encode()))  # was set before this hook
