"""Cookies: their names, setting them, and reading what a browser sends (RFC 6265)."""

from aiohttp import web

from receiver.page.signing.place import Place

COOKIE_SECONDS = 30 * 24 * 3600


def cookie_in(header: str, name: str) -> str | None:
    """Return the value of a cookie in a ``Cookie`` field, the first of its name: RFC 6265 4.2.

    Anybody may send 8 KB of them with every request: making objects of them, as the library does,
    takes as long as ten whole answers.
    """
    for pair in header.split(";"):
        given, _, value = pair.partition("=")
        if given.strip() == name:
            return value.strip().removeprefix('"').removesuffix('"')
    return None


def cookie(request: web.Request, name: str) -> str | None:
    """Return the value that a browser stores for us under a name."""
    return cookie_in(request.headers.get("Cookie", ""), name)


def cookie_name(place: Place) -> str:
    """Return the cookie's name: with TLS one that nobody else can have set (RFC 6265bis 4.1.3).

    A browser sends cookies to each port of a host (RFC 6265 8.5). So the name contains the port
    that it sees, which is a proxy's if there is one: two copies do not sign each other out.
    """
    name = f"listener-{place.port}" if place.port else "listener"
    return f"__Host-{name}" if place.is_secure else name


def set_cookie(answer: web.StreamResponse, place: Place, value: str | None) -> None:
    """Set the visitor's cookie, or delete it."""
    answer.set_cookie(
        cookie_name(place),
        value or "",
        path="/",
        max_age=COOKIE_SECONDS if value else 0,
        httponly=True,
        secure=place.is_secure,
        samesite="Strict",
    )
