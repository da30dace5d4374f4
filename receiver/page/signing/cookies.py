"""Cookies: what they are called, how they are set, and as a browser sends them back (RFC 6265)."""

from aiohttp import web

from receiver.page.signing.place import Place

COOKIE_SECONDS = 30 * 24 * 3600


def cookie_in(header: str, name: str) -> str | None:
    """Return the value of a cookie in a ``Cookie`` field, the first of its name: RFC 6265 4.2.

    Anybody may send 8 KB of them with every request: they are not made into objects, as the
    library does, which takes as long as ten whole answers.
    """
    for pair in header.split(";"):
        given, _, value = pair.partition("=")
        if given.strip() == name:
            return value.strip().removeprefix('"').removesuffix('"')
    return None


def cookie(request: web.Request, name: str) -> str | None:
    """Return what a browser keeps for us under a name."""
    return cookie_in(request.headers.get("Cookie", ""), name)


def cookie_name(place: Place) -> str:
    """Return the cookie's name: with TLS one that nobody else can have set (RFC 6265bis 4.1.3).

    A browser sends cookies to each port of a host (RFC 6265 8.5). So the port that it sees, which
    is a proxy's if there is one, is in the name: two copies do not sign each other out.
    """
    name = f"listener-{place.port}" if place.port else "listener"
    return f"__Host-{name}" if place.is_secure else name


def set_cookie(answer: web.StreamResponse, place: Place, value: str | None) -> None:
    """Have the browser keep who it is, or forget it."""
    answer.set_cookie(
        cookie_name(place),
        value or "",
        path="/",
        max_age=COOKIE_SECONDS if value else 0,
        httponly=True,
        secure=place.is_secure,
        samesite="Strict",
    )
