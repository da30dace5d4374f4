"""The only place where an error becomes its answer, ``application/problem+json`` (RFC 9457)."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.typedefs import Handler, Middleware

from contract.keyring import SecretsMissing
from receiver import metrics
from receiver.errors import NO_KEYS, Problem, unavailable
from receiver.store.mongo import StoreUnavailable

log = logging.getLogger(__name__)

HEAD_KEPT = 4096  # bytes of a head; browsers say first what they would have
NO_REQUEST = Problem(400, "this is no HTTP request")
# A browser sends the cookies of all programs at an address, whichever port they use.
LONG_HEADER = Problem(431, "more than 8 KB in a header field: delete the cookies of this site")
LONG_ADDRESS = Problem(414, "more than 8 KB in the address")
FOR_PROGRAMS = ("/v1/", "/webhook/")
Told = Callable[[web.Request, Problem], web.Response]
TOLD: web.AppKey[Told] = web.AppKey("told")


def answering_errors(told: Told) -> Middleware:
    """Return a middleware that maps every error to its answer, and counts the answers.

    ``told`` makes the answer for people, whose browsers ask for HTML by name (RFC 9110 12.5.1);
    programs do not. Routes for programs answer everybody with JSON.
    """

    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            answer = await handler(request)
        except web.HTTPPermanentRedirect:
            raise
        except Exception as error:
            problem = problem_of(error, request.rel_url.raw_path)
            answer = told(request, problem) if by_browser(request) else answer_of(problem)
            if not request.content.is_eof():
                # The rest of the body is not worth reading.
                answer.force_close()
        if request.path.startswith("/webhook/"):
            metrics.ANSWERS.labels(answer.status).inc()
        return answer

    return answer_errors


async def tell_as_problem(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Replace the words of aiohttp's own answers, which echo the request.

    aiohttp answers a request without a route itself if its ``Expect`` is unknown (417).
    """
    if isinstance(response, web.HTTPException) and response.status >= 400:
        problem = answer_of(Problem(response.status, HTTPStatus(response.status).description))
        response.text = text = problem.text or ""
        response.content_type = problem.content_type
        response.headers["Content-Length"] = str(len(text.encode()))  # was set before this hook


def by_browser(request: web.Request) -> bool:
    """Tell whether a browser asks, so that a person will read the answer."""
    accepted = ",".join(request.headers.getall("Accept", []))
    return asks_for_html(accepted) and not request.path.startswith(FOR_PROGRAMS)


def asks_for_html(accepted: str) -> bool:
    """Tell whether a value of Accept is a browser's."""
    return "text/html" in accepted.lower()


def answer_to_unread(
    request: web.BaseRequest, head: bytes, status: int, error: HttpProcessingError, told: Told
) -> web.Response:
    """Return the answer to an unread head, repeating nothing of it; ``request`` is empty."""
    first, *lines = head.decode("latin-1").split("\r\n")
    problem = replace(NO_REQUEST, status=status)
    if isinstance(error, LineTooLong):
        problem = LONG_HEADER if lines else LONG_ADDRESS
    fields = {name.lower(): value for name, _, value in (line.partition(":") for line in lines)}
    path = first.partition(" ")[2]
    if not asks_for_html(fields.get("accept", "")) or path.startswith(FOR_PROGRAMS):
        return answer_of(problem)
    languages = {"Accept-Language": fields.get("accept-language", "")}
    return told(cast(web.Request, request.clone(headers=languages)), problem)


def answer_of(problem: Problem) -> web.Response:
    """Return the answer for a problem."""
    return web.Response(
        text=json.dumps(problem.body(), ensure_ascii=False),
        status=problem.status,
        headers=dict(problem.headers)
        | ({"Retry-After": str(problem.retry_after)} if problem.retry_after else {}),
        content_type="application/problem+json",
    )


def problem_of(error: Exception, path: str) -> Problem:
    """Return the answer to an error, and log what the administrator should know."""
    match error:
        case Problem():
            return error
        case StoreUnavailable():
            log.warning("503 for %s: %s", path, error)
            return unavailable("the store does not answer")
        case SecretsMissing():
            log.warning("503 for %s: %s", path, error)
            return unavailable(NO_KEYS)
        case TimeoutError():
            log.warning("503 for %s: out of time", path)
            return unavailable("the store is too slow")
        case ConnectionError():  # the client left; nobody reads this answer
            log.debug("the client of %s left", path)
            return Problem(400, "the body was cut off")
        case web.RequestPayloadError():  # invalid chunks, or fewer bytes than announced
            return Problem(400, "the body is malformed")
        case OSError():  # no disk for a large upload
            log.error("503 for %s: %s", path, error)
            return unavailable("no room for the upload")
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            return Problem(405, error.reason, headers=(("Allow", allowed),))
        case web.HTTPException():
            return Problem(error.status, error.reason)
        case _:
            log.error("500 for %s", path, exc_info=error)
            return Problem(500, "an error of ours")
