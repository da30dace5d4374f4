"""Serving the page: who asks, from where, in which language; and headers of every answer.

Each request is checked in this order: the place, for a form its origin, the cookie, the rate; then
the form is read and the handler called, whose errors become a page that says what is wrong. So no
form that needs a sign-in is read without one.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from aiohttp import web

from receiver.access.grant import Grant, Right
from receiver.access.rates import Rates
from receiver.errors import Problem, unavailable
from receiver.page.addresses import with_place
from receiver.page.shown.clock import Clock, zone_of
from receiver.page.signing.cookies import cookie, cookie_name
from receiver.page.signing.place import Place, onward, place_of, refuse_foreign
from receiver.page.signing.visitors import SignedIn, Visitors
from receiver.page.templates import rendered, style_within
from receiver.page.words import LANGUAGES, PageWords, language_of, words_of
from receiver.page.words.elsewhere import of_the_program
from receiver.web.access import TokenCheck, demand, too_many
from receiver.web.problems import problem_of
from receiver.web.requests import Requests, Route, media_type, refuse_large

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Referrer-Policy": "same-origin",  # with less, forms come with an Origin of null
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",  # a link in a letter would reveal that somebody looks at it
    "X-Frame-Options": "DENY",
    "Vary": "Accept-Language, Cookie",
}
OF_THE_PAGE = web.RequestKey("of_the_page", bool)
REQUESTS, REQUEST_SECONDS = 600, 60.0
MAX_FORM_BYTES, MAX_FIELDS = 256 * 1024, 2000
OPEN_FORM_BYTES, OPEN_FIELDS = 8 * 1024, 10  # of those that are for everybody
MAX_FOLLOWING = OPEN_FORM_BYTES - 1024  # of the target of a sign-in, beside a token
FORM = "application/x-www-form-urlencoded"
TOO_MUCH_IN_EACH = 431  # also in requests for styles: they carry the same cookies
PASSING = (408, 429, 500, 503)  # what may be well the next time
_DIALOG = re.compile(r"/d/[0-9a-f]{24}(?=/)")


@dataclass(frozen=True)
class Visit:
    """One request: the visitor, the place, the words, and the form's fields."""

    request: web.Request
    place: Place
    words: PageWords
    clock: Clock
    who: SignedIn | None = None
    form: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def grant(self) -> Grant:
        """The visitor's rights: Problem 401 if he is not signed in."""
        if self.who is None:
            raise Problem(401, "sign in first")
        return self.who.grant

    def said(self, name: str) -> str:
        """Return a field of the form, the first of its name."""
        return self.form.get(name, [""])[0]

    def asked(self, name: str) -> str:
        """Return a parameter of the URL."""
        return self.request.query.get(name, "")


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


class PageServing:
    """Makes routes of handlers.

    ``url`` is the page's own URL, or None. ``waits`` returns why the database cannot be used yet;
    the database has ``seconds`` for each request.
    """

    def __init__(
        self,
        visitors: Visitors,
        requests: Requests,
        url: str | None,
        seconds: float,
        waits: Callable[[], str | None],
    ) -> None:
        self.visitors = visitors
        self._requests = requests
        self._url = url
        self._seconds = seconds
        self._waits = waits
        self._rates = Rates(REQUESTS, REQUEST_SECONDS)

    def get(
        self, path: str, handler: Handler, right: Right | None = "read", *, streams: bool = False
    ) -> Route:
        """Return the route of a page; without a right it is public."""
        return self._route("GET", path, handler, right, streams)

    def post(
        self,
        path: str,
        handler: Handler,
        right: Right | None = "correct",
        *,
        streams: bool = False,
    ) -> Route:
        """Return the route of a form; one that ``streams`` has no time limit."""
        return self._route("POST", path, handler, right, streams)

    def _route(
        self, method: str, path: str, handler: Handler, right: Right | None, streams: bool
    ) -> Route:
        async def handle(request: web.Request) -> web.StreamResponse:
            words = words_of(language(request))
            request[OF_THE_PAGE] = True
            try:
                answer = await self._answer(request, words, handler, right, streams=streams)
            except web.HTTPPermanentRedirect as redirect:
                answer = web.Response(status=308, headers={"Location": str(redirect.location)})
            except Exception as error:
                answer = told(request, problem_of(error, request.rel_url.raw_path))
            if not request.content.is_eof():
                answer.force_close()
            return answer

        return Route(method, path, handle, stores=False)

    async def _answer(
        self,
        request: web.Request,
        words: PageWords,
        handler: Handler,
        right: Right | None,
        *,
        streams: bool,
    ) -> web.StreamResponse:
        forwarded = request.headers.get("X-Forwarded-Proto", "")
        place = place_of(self._url, request.host, forwarded)
        if posts := request.method == "POST":
            refuse_foreign(place, request.headers)
            media_type(request, FORM)
        if why := self._waits():
            raise unavailable(why)
        clock = Clock(words, datetime.now(UTC), zone_of(cookie(request, "zone")))
        async with asyncio.timeout(self._seconds):
            who = await self.visitors.known(cookie(request, cookie_name(place)))
        if right is not None:
            if who is None:
                return to_sign_in(request)
            if not self._rates.take(who.digest):
                raise too_many(self._rates.wait(who.digest))
            demand(who.grant, right)
        form = await self._form(request, is_open=right is None) if posts else {}
        async with asyncio.timeout(None if streams else self._seconds):
            return await handler(Visit(request, place, words, clock, who, form))

    async def is_signed_in(self, visit: Visit) -> bool:
        """Tell whether a visitor is still signed in, and still has the rights that he came with."""
        kept = cookie(visit.request, cookie_name(visit.place))
        who = await self.visitors.known(kept)
        return who is not None and visit.who is not None and who.grant == visit.who.grant

    async def _form(self, request: web.Request, *, is_open: bool) -> dict[str, list[str]]:
        """Return the fields of a form, a small one if it is public: 408, 413, 422."""
        most, count = (OPEN_FORM_BYTES, OPEN_FIELDS) if is_open else (MAX_FORM_BYTES, MAX_FIELDS)
        refuse_large(request, most)
        _, body = await self._requests.body(request, TokenCheck("page"), most)
        fields: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(
                body.decode(), keep_blank_values=True, max_num_fields=count, errors="strict"
            )
        except ValueError:
            raise Problem(422, "the form cannot be read") from None
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return fields


def told(request: web.Request, problem: Problem) -> web.Response:
    """Return the page that says what is wrong, and where to go on."""
    request[OF_THE_PAGE] = True
    words = words_of(language(request))
    mistakes = [f"{each['path']}: {each['message']}" for each in problem.errors]
    is_for_later = request.method == "GET" and problem.status in PASSING
    wait = problem.retry_after
    style = style_within() if problem.status == TOO_MUCH_IN_EACH else None
    text = rendered(
        "error.html",
        _=words,
        problem=problem,
        told=of_the_program(problem.detail, words),
        errors=[of_the_program(each, words) for each in mistakes],
        again=onward(request.rel_url.raw_path_qs) if is_for_later else _dialog_of(request, problem),
        wait=words.n("time.seconds", wait) if wait else "",
        title=words("error.title"),
        style=style,
    )
    answer = web.Response(
        text=text,
        status=problem.status,
        headers=HEADERS | dict(problem.headers),
        content_type="text/html",
        charset="utf-8",
    )
    if style:
        policy = POLICY.replace("style-src", f"style-src {style.source}")
        answer.headers["Content-Security-Policy"] = policy
    if problem.retry_after:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _dialog_of(request: web.Request, problem: Problem) -> str:
    """Return the URL of the dialog that a form no longer fits, to be opened again."""
    is_form = request.method == "POST" and problem.status in (403, 404, 409, 422)
    found = _DIALOG.match(request.path) if is_form else None
    return found[0] if found else ""


async def keep_to_itself(request: web.Request, response: web.StreamResponse) -> None:
    """Add the default headers of the page's answers: what a browser may do with them."""
    if request.get(OF_THE_PAGE):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)


def page(visit: Visit, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Return a page for a visitor; ``path`` is where to open it again, if not at its URL."""
    values.setdefault("path", visit.request.rel_url.raw_path_qs)
    values["made"] = visit.clock.moment(visit.clock.now).iso
    text = rendered(
        template,
        _=visit.words,
        who=visit.who,
        may=visit.who.grant.rights if visit.who else frozenset(),
        languages=LANGUAGES,
        **values,
    )
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def go(path: str) -> web.Response:
    """Redirect a browser after a form (RFC 9110 15.4.4)."""
    return web.Response(status=303, headers={"Location": path})


def to_sign_in(request: web.Request) -> web.Response:
    """Redirect to the sign-in, and back from there.

    A visitor who follows a link from another site may be signed in, but a strict cookie does not
    come along. It does when a page of ours opens the URL again (RFC 6265bis 8.8.2), which is all
    that the answer does; that request comes from our own site, so there is no second time.
    """
    if request.method == "POST":
        raise Problem(401, "the sign-in has ended: open the page again")
    asked = request.rel_url.raw_path_qs
    said = [request.headers.get(f"Sec-Fetch-{name}") for name in ("Site", "Mode", "Dest")]
    if said[0] in ("cross-site", "same-site") and said[1:] == ["navigate", "document"]:
        address = with_place(onward(asked))
        text = rendered("anew.html", _=words_of(language(request)), address=address)
        return web.Response(text=text, content_type="text/html", charset="utf-8")
    following = quote(asked, safe="")
    is_kept = asked != "/" and len(following) < MAX_FOLLOWING
    return go(f"/sign-in?next={following}" if is_kept else "/sign-in")


def language(request: web.Request) -> Any:
    """Return the language of the answer: the chosen one, or the browser's."""
    chosen = cookie(request, "language")
    if chosen in LANGUAGES:
        return chosen
    return language_of(request.headers.get("Accept-Language", ""))
