"""Where the page may be opened, and which requests are its own: pure.

Without TLS anybody on the way could read a cookie, so the page is shown only at its own URL
(``PAGE_URL``) or on this machine. The name in ``Host`` decides: another site whose name points here
(DNS rebinding) comes under that name, and is refused.

An unsafe request must come from a page of ours, by its Fetch metadata, or else ``Origin``
(https://www.w3.org/TR/fetch-metadata/, RFC 6454). Without either it is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from contract.door.peer import is_here
from receiver.errors import Problem

FROM_OURSELVES = frozenset({"same-origin", "none"})


@dataclass(frozen=True)
class Place:
    """One address of the page: ``https`` or ``http``, and the host with its port as in ``Host``."""

    scheme: str
    host: str

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        return f"{self.scheme}://{self.host}"

    @property
    def port(self) -> str:
        """The port as the browser names it, empty for the default."""
        behind = self.host.rpartition(":")[2]
        return behind if behind.isdecimal() and behind != self.host else ""

    @property
    def is_secure(self) -> bool:
        """Whether cookies may ask for TLS."""
        return self.scheme == "https"


def place_of(url: str | None, host: str, forwarded: str = "") -> Place:
    """Return the place of a request: Problem 403 if the page is not shown there.

    ``forwarded`` is a proxy's X-Forwarded-Proto: a proxy with TLS may stand before us even on this
    machine, and its pages have another origin. No page can make a browser send that.
    """
    host = host.casefold()
    if url:
        parts = urlsplit(url)
        if parts.netloc.casefold() == host:
            return Place(parts.scheme, host)
    if is_here(host):
        return Place("https" if forwarded.strip().casefold() == "https" else "http", host)
    raise Problem(403, "the page is opened by its own address (PAGE_URL), or on this machine")


def refuse_foreign(place: Place, headers: Mapping[str, str]) -> None:
    """Refuse an unsafe request that does not come from a page of ours: Problem 403."""
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None and site not in FROM_OURSELVES:
        raise Problem(403, "the request comes from another site")
    if origin is not None and origin.casefold() != place.origin:
        raise Problem(403, "the request comes from another site")
    if site is None and origin is None:
        raise Problem(403, "the request does not say which page it comes from")


MAX_PATH = 8000  # characters; a request line has at most 8,190 bytes


def onward(path: str | None) -> str:
    """Return where to go after the sign-in: a path of ours, or the list."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    return path if path.isprintable() and " " not in path and len(path) < MAX_PATH else "/"
