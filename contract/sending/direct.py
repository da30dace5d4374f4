"""An HTTP request straight to its host, and why it failed, in words.

A proxy of the environment (``http_proxy``) is not used.
"""

from http.client import HTTPResponse
from typing import cast
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from contract.door.listening import in_brackets
from contract.health_check.plain_environment import called
from contract.language.refusals import told
from contract.language.system import said

_STRAIGHT = build_opener(ProxyHandler({}))


def straight_to(url: str, seconds: float) -> HTTPResponse:
    """Return the answer to a GET; raises what ``urllib.request.urlopen`` raises."""
    return cast("HTTPResponse", _STRAIGHT.open(url, timeout=seconds))


def address_of(host: str, port: int) -> str:
    """Return host and port for connecting from this machine."""
    return in_brackets(called(host), port)


def why_not(error: OSError) -> str:
    """Return why nobody was reached, in words."""
    cause = error.reason if isinstance(error, URLError) else error
    match cause:
        case ConnectionRefusedError():
            return told("nobody listens there")
        case TimeoutError():
            return told("no answer in time")
        case ConnectionError():
            return told("the connection was ended before an answer")
        case OSError(errno=int(number)) if number < 0:  # EAI_… of getaddrinfo(3)
            return told("there is no such host")
        case OSError(strerror=str(text)) if text:
            return said(cause)
        case _:
            return not_ours()


def not_ours() -> str:
    """Return that something else answers there."""
    return told("what answers there is not ours")
