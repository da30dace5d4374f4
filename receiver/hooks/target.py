"""Calls a hook's target. The receiver's only file with an HTTP client.

Every connection is made by a socket of ours, which checks the address that it goes to: so a name is
resolved once, and the checked address is the one called. No redirects, no proxies, no cookies; no
more of an answer is read than a person wants to see.
"""

import asyncio
import errno
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)

from contract import __version__
from contract.sending.delays import retry_after
from contract.signature import parse_keys, sign_with_each
from receiver.hooks.address import refused_host, refused_url
from receiver.hooks.rules import HookAnswer

SECONDS = 15.0
CONNECT_SECONDS = 10.0
WORDS_SECONDS = 1.0
REASON_BYTES = 300
JSON_TYPE = "application/json"


class AddressRefused(OSError):
    """A target leads to a forbidden address."""


class Target:
    """Calls targets; ``private`` allows addresses of private networks."""

    def __init__(self, session: ClientSession, *, private: bool) -> None:
        self._session = session
        self._private = private

    async def call(
        self,
        url: str,
        secrets: str,
        event_id: str,
        body: bytes,
        unix_time: float,
        *,
        private_words: bool = False,
    ) -> HookAnswer:
        """POST an event, signed with each of the secrets; never raises for the target's faults.

        With ``private_words`` only an answer's status is kept: a target may repeat what it was
        told, and letters are neither logged nor stored a second time.
        """
        if refused := refused_url(url, private=self._private):
            return HookAnswer(0, refused)
        headers = sign_with_each(parse_keys(secrets), event_id, int(unix_time), body)
        try:
            async with self._session.post(
                url,
                data=BytesIO(body),
                headers=headers | {"Content-Type": JSON_TYPE},
                allow_redirects=False,
            ) as response:
                pause = retry_after(response.headers.get("Retry-After", ""), time.time())
                words = "" if private_words else await _words_of(response)
                return HookAnswer(response.status, f"{response.status} {words}".strip(), pause)
        except ConnectionTimeoutError:  # aiohttp counts the handshake as part of it
            what = "connection or TLS handshake" if url.startswith("https:") else "connection"
            return HookAnswer(0, f"no {what} within {CONNECT_SECONDS:.0f} s")
        except TimeoutError:
            return HookAnswer(0, f"no answer within {SECONDS:.0f} s")
        except OSError as error:
            return HookAnswer(0, _why(error))
        except (ClientError, ValueError) as error:  # its words contain what was no HTTP
            return HookAnswer(0, type(error).__name__ if private_words else _why(error))


async def _words_of(response: ClientResponse) -> str:
    """Return how an answer's body begins, for people: the status has decided already.

    So a target that takes an event but never ends its answer has taken it.
    """
    try:
        async with asyncio.timeout(WORDS_SECONDS):
            return printable((await response.content.read(REASON_BYTES)).decode(errors="replace"))
    except (TimeoutError, ClientError, OSError):
        return ""


def _why(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}")


def printable(text: str) -> str:
    """Return a stranger's words on one line, safe for a log and a terminal."""
    return "".join(each if each.isprintable() else " " for each in text).strip()


@asynccontextmanager
async def calling_targets(*, private: bool) -> AsyncIterator[Target]:
    """Return what calls targets; its connections are closed in the end."""

    def judged(address: Any) -> socket.socket:
        family, kind, proto, _, place = address
        if refused := refused_host(place[0], private=private):
            raise AddressRefused(errno.EACCES, refused)
        return socket.socket(family, kind, proto)

    connector = TCPConnector(use_dns_cache=False, socket_factory=judged)
    async with ClientSession(
        connector=connector,
        timeout=ClientTimeout(total=SECONDS, sock_connect=CONNECT_SECONDS),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": f"email-listener/{__version__}"},
    ) as session:
        yield Target(session, private=private)
