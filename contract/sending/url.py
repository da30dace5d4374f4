"""Whether a URL can be called, in words that never show its login. Pure."""

import re
from urllib.parse import urlsplit

from pydantic import HttpUrl, TypeAdapter, ValidationError
from yarl import URL

from contract.bounds import has_unseen
from contract.language.refusals import told
from contract.reading.host_names import can_be_looked_up, wrong_letters

EXAMPLE = "http://127.0.0.1:8080/webhook/email"
_NO_HOST = "must name a host behind {scheme}://, not {url}"
_HTTP: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


def callable_url(value: object) -> object:
    """Return the URL unchanged; raises ValueError with what is wrong and what would be right."""
    if isinstance(value, str) and (wrong := wrong_with(value.strip())):
        raise ValueError(wrong + told(", such as {example}", example=EXAMPLE))
    return value


def wrong_with(url: str) -> str:
    """Return what is wrong with a URL for HTTP, or nothing."""
    if has_unseen(url):  # in a host it would be dropped, in a path it is sent
        return told("{url} has a sign in it that nobody sees: type it anew", url=_shown(url))
    scheme, slashes, rest = url.partition("://")
    if not slashes or scheme.lower() not in ("http", "https"):
        return told("must begin with http:// or https://, not {url}", url=_shown(url))
    try:
        parts = urlsplit(url)
    except ValueError:
        return told(_NO_HOST, scheme=scheme, url=_shown(url))
    if not parts.hostname:
        return told(_NO_HOST, scheme=scheme, url=_shown(url))
    port = _port_of(rest)
    if port is not None and not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        hidden = "@" in url and "@" not in parts.netloc
        shown = "" if hidden else told(", not {given}", given=repr(port[:20]))
        return told("the port must be a number from 1 to 65535{shown}", shown=shown)
    try:
        host = _HTTP.validate_python(url).host or ""
    except ValidationError:
        host = ".."
    if not can_be_looked_up(host):
        return told("{url} names no host that can be called", url=_shown(url))
    if " " in url:  # it would be sent as %20
        return told("{url} has a blank in it: write one address", url=_shown(url))
    return wrong_letters(parts.hostname)


def shown(url: str) -> str:
    """Return a URL for logs: without name, password and query."""
    return str(URL(url).with_user(None).with_query(None))


def _port_of(rest: str) -> str | None:
    """Return the text behind the host's colon, None if there is none or nothing."""
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    _, colon, port = host.rpartition("]")[2].rpartition(":")
    return (port or None) if colon else None


def _shown(url: str) -> str:
    """Return a URL in quotation marks; of one with a login only the part behind the login."""
    if "@" in url:
        return repr("…@" + re.split(r"[/?#&]", url.rpartition("@")[2], maxsplit=1)[0][:60])
    return repr(url if len(url) <= 60 else url[:60] + "…")
