"""``/sign-in``, ``/sign-out``, and the choice of the language.

A link only shows a button: programs that open URLs before a person does must not use it up.
"""

from urllib.parse import urlencode

from aiohttp import web

from receiver.errors import Problem
from receiver.page.addresses import with_place
from receiver.page.serving import PageServing, Visit, go, page
from receiver.page.signing.cookies import COOKIE_SECONDS, set_cookie
from receiver.page.signing.place import onward
from receiver.page.words import LANGUAGES
from receiver.web.requests import Route

WRONG = {401: "sign_in.wrong", 403: "sign_in.no_read", 429: "sign_in.too_often"}


class SignInPages:
    """Lets people sign in and out, and choose the language."""

    def __init__(self, serving: PageServing) -> None:
        self._serving = serving

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        serving = self._serving
        return [
            serving.get("/sign-in", self.ask, right=None),
            serving.post("/sign-in", self.take, right=None),
            serving.post("/sign-out", self.leave, right="read"),
            serving.post("/language", self.choose_language, right=None),
        ]

    async def ask(self, visit: Visit) -> web.Response:
        """Show the form, or a button for a link; who has used his link already goes on."""
        code, following = visit.asked("link"), onward(visit.asked("next"))
        good = bool(code) and await self._serving.visitors.is_good(code)
        if code and not good and visit.who is not None:
            return go(with_place(following))
        wrong = visit.words("sign_in.old_link") if code and not good else ""
        return self._form(visit, code if good else "", following, wrong)

    async def take(self, visit: Visit) -> web.Response:
        """Sign in, and go where the visitor wanted to go."""
        following = onward(visit.said("next"))
        visitors = self._serving.visitors
        try:
            if visit.said("link"):
                cookie = await visitors.by_link(visit.said("link"))
            else:
                peer = visit.request.remote or ""
                cookie = await visitors.by_token(visit.said("token").strip(), peer)
        except Problem as problem:
            if problem.status not in WRONG:
                raise
            key = WRONG[problem.status]
            if visit.said("link"):
                key = "sign_in.old_link"
            answer = self._form(visit, "", following, visit.words(key), problem.status)
            if problem.retry_after:
                answer.headers["Retry-After"] = str(problem.retry_after)
            return answer
        answer = go(with_place(following))
        set_cookie(answer, visit.place, cookie)
        return answer

    async def leave(self, visit: Visit) -> web.Response:
        """Sign out, here or everywhere."""
        if visit.who is not None:
            if visit.said("everywhere"):
                await self._serving.visitors.leave_everywhere(visit.who)
            else:
                await self._serving.visitors.leave(visit.who)
        answer = go("/sign-in")
        set_cookie(answer, visit.place, None)
        return answer

    async def choose_language(self, visit: Visit) -> web.Response:
        """Keep a language in the browser."""
        answer = go(onward(visit.said("next")))
        if visit.said("language") in LANGUAGES:
            answer.set_cookie(
                "language",
                visit.said("language"),
                path="/",
                max_age=COOKIE_SECONDS,
                secure=visit.place.is_secure,
                samesite="Strict",
            )
        return answer

    @staticmethod
    def _form(
        visit: Visit, code: str, following: str, wrong: str, status: int = 200
    ) -> web.Response:
        return page(
            visit,
            "sign_in.html",
            status=status,
            title=visit.words("sign_in.title"),
            link=code,
            next=following,
            wrong=wrong,
        )


def link_address(base: str, code: str) -> str:
    """Return the URL of a one-time link."""
    return f"{base.rstrip('/')}/sign-in?{urlencode({'link': code})}"
