"""Who is asking: the owner of a token (``Authorization: Bearer el_…``), or a signed service.

Wrong, revoked and expired tokens get the same answer after the same work: one look-up by the
digest, which nobody can aim at stored tokens, and the same checks of the result. An address that
sends many such tokens is looked up only a few times a second; tokens that were right lately are
always looked up, so that nobody who shares the address is kept out. Every request by token is
counted, on every path that takes one.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from contract.door.peer import network
from receiver.access.grant import SERVICE, SERVICE_NAME, Grant, Right
from receiver.access.rates import Rates
from receiver.access.token import digest_of, is_good
from receiver.access.tokens import Tokens
from receiver.errors import Problem
from receiver.web.requests import Requests

MAX_BODY_BYTES = 1024 * 1024
FAILURES, FAILURE_SECONDS = 20, 60.0
LOOKUPS = 20  # a second, at an address of many failures
REQUESTS, REQUEST_SECONDS = 600, 60.0
REMEMBERED = 1000
USE_NOTED_EVERY = timedelta(minutes=1)
SCHEME = "bearer "
KEPT_HEADERS = web.RequestKey("kept_headers", dict)


class TokenCheck:
    """A check that the request's head has already passed: its body is not signed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def update(self, piece: bytes) -> None:
        """Ignore a piece of the body: it is not signed."""

    def finish(self) -> str:
        """Return the token's name."""
        return self._name


class Access:
    """Decides what a request may do; the store has ``seconds``, and ``clock`` gives the time."""

    def __init__(
        self,
        requests: Requests,
        tokens: Tokens,
        seconds: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.requests = requests
        self._tokens = tokens
        self._seconds = seconds
        self._clock = clock
        self._failures = Rates(FAILURES, FAILURE_SECONDS)
        self._lookups = Rates(LOOKUPS, 1.0)
        self._rates = Rates(REQUESTS, REQUEST_SECONDS)
        self._right_lately: OrderedDict[str, None] = OrderedDict()

    async def asking(
        self, request: web.Request, limit: int = MAX_BODY_BYTES
    ) -> tuple[Grant, bytes]:
        """Return what the request may do, and its body: 401, 408, 413 over ``limit``, 429, 503.

        A service signs the method, a space, the path with its query, a line feed and the body.
        """
        if has_token(request):
            grant = await self.token(request)
            body = await self.requests.body(request, TokenCheck(grant.name), limit)
            return grant, body[1]
        if "webhook-signature" not in request.headers:
            raise _refused("a token is needed: Authorization: Bearer el_…")
        check = self.requests.signed(request, limit)
        check.update(f"{request.method} {request.path_qs}\n".encode())
        _, text = await self.requests.body(request, check, limit)
        return Grant(SERVICE_NAME, SERVICE, frozenset("*"), by="signature"), text

    async def token(self, request: web.Request) -> Grant:
        """Return the rights of a request's token, and count the request: 401, 429."""
        text = request.headers["Authorization"][len(SCHEME) :].strip()
        grant = await self.granted(text, request.remote or "")
        self.count(request, grant)
        return grant

    def count(self, request: web.Request, grant: Grant) -> None:
        """Count a caller's request, and add to its answer how many are left: 429."""
        who = f"{grant.by} {grant.name}"  # a token may have the name of services
        taken = self._rates.take(who)
        request[KEPT_HEADERS] = self._rates.fields(who)
        if not taken:
            raise too_many(self._rates.wait(who))

    async def granted(self, text: str, peer: str) -> Grant:
        """Return the rights of a token whose owner comes from an address: 401, 429, 503.

        Otherwise many requests to a database that hangs would wait for each other: the driver's own
        time limit counts from when one of its threads is free.
        """
        async with asyncio.timeout(self._seconds):
            return await self._granted(text, network(peer))

    async def _granted(self, text: str, address: str) -> Grant:
        digest = digest_of(text)
        failed_often = self._failures.is_used_up(address)
        waits = failed_often and digest not in self._right_lately
        if waits and not self._lookups.take(address):
            raise too_many(self._lookups.wait(address))
        found = await self._tokens.find(digest)  # for each, or one without a checksum were faster
        now = self._clock()
        good = is_good(text, found, now)
        if found is None or not good:
            self._failures.take(address)
            self._right_lately.pop(digest, None)
            if failed_often:
                raise too_many(self._failures.wait(address))
            raise _refused("the token is not valid")
        self._remember(digest)
        if found["used"] is None or now - found["used"] > USE_NOTED_EVERY:
            await self._tokens.note_use(digest, now)
        mailboxes = await self._tokens.mailboxes(found)
        return Grant(found["name"], frozenset(found["rights"]), mailboxes)

    def _remember(self, digest: str) -> None:
        self._right_lately[digest] = None
        self._right_lately.move_to_end(digest)
        if len(self._right_lately) > REMEMBERED:
            self._right_lately.popitem(last=False)


def has_token(request: web.Request) -> bool:
    """Tell whether a request comes with a token."""
    given = request.headers.getall("Authorization", [])
    if len(given) > 1:
        raise Problem(400, "there are several Authorization headers: send one")
    return bool(given) and given[0].lower().startswith(SCHEME)


async def keep_private(request: web.Request, response: web.StreamResponse) -> None:
    """Add the header fields of each response to a token: its remaining rate, and no caching."""
    if (kept := request.get(KEPT_HEADERS)) is None:
        return
    for name, value in kept.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers["Vary"] = "Authorization"
    response.headers["X-Content-Type-Options"] = "nosniff"


def demand(grant: Grant, right: Right) -> None:
    """Refuse a caller without this right: 403."""
    if not grant.may(right):
        if grant.by == "signature":
            raise Problem(403, f"this needs a token with the right “{right}”, not a signature")
        raise Problem(403, f"the token has not the right “{right}”")


def too_many(seconds: int) -> Problem:
    """Return the problem for a caller with too many requests."""
    return Problem(429, "too many requests", retry_after=seconds)


def _refused(why: str) -> Problem:
    return Problem(401, why, headers=(("WWW-Authenticate", 'Bearer realm="email-listener"'),))
