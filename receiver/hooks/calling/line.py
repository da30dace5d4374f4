"""One connection to a hook's target, for one event; nobody else's answer can come through it.

The address is judged by the socket that goes there: so a name is resolved once, and the checked
address is the one called.
"""

import asyncio
import errno
import socket
import ssl
from typing import Any

import aiohappyeyeballs
from yarl import URL

from receiver.hooks.address import refused_host
from receiver.hooks.calling.answer import MAX_ANSWER

SECOND_ADDRESS_SECONDS = 0.25  # then the next address of a name is tried, too (RFC 8305)


class AddressRefused(OSError):
    """A target leads to a forbidden address."""


class TargetLine(asyncio.Protocol):
    """What has come from a target; unlike a stream's, it stays when the connection breaks."""

    def __init__(self) -> None:
        self._came = bytearray()
        self._news = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self.has_ended = False

    @property
    def came(self) -> bytes:
        """All that has come, at most MAX_ANSWER bytes."""
        return bytes(self._came)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Know the connection."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Keep as much as is read of an answer."""
        self._came += data[: MAX_ANSWER - len(self._came)]
        if len(self._came) >= MAX_ANSWER and self._transport:
            self._transport.pause_reading()
            self.has_ended = True
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Know that no more comes."""
        self.has_ended = True
        self._news.set()

    def send(self, request: bytes) -> None:
        """Send; a target that hangs up meanwhile may have answered before."""
        if self._transport:
            self._transport.write(request)

    async def more(self) -> None:
        """Wait until more has come, or nothing more will."""
        await self._news.wait()
        self._news.clear()

    def close(self) -> None:
        """Close at once, whatever is still on its way."""
        if self._transport:
            self._transport.abort()


async def connect(url: URL, trusted: ssl.SSLContext | None, *, private: bool) -> TargetLine:
    """Connect to a URL's host, by TLS if there is whom to trust; the caller closes it.

    Raises OSError.
    """

    def judged(address: Any) -> socket.socket:
        family, kind, proto, _, place = address
        if refused := refused_host(place[0], private=private):
            raise AddressRefused(errno.EACCES, refused)
        return socket.socket(family, kind, proto)

    host = (url.raw_host or "").removesuffix(".")
    loop = asyncio.get_running_loop()
    places = await loop.getaddrinfo(host, url.port, type=socket.SOCK_STREAM)
    made = await aiohappyeyeballs.start_connection(
        places,
        happy_eyeballs_delay=SECOND_ADDRESS_SECONDS,
        interleave=1,
        socket_factory=judged,
    )
    name = host if trusted else None
    try:
        _, line = await loop.create_connection(
            TargetLine, sock=made, ssl=trusted, server_hostname=name
        )
    except BaseException:
        made.close()
        raise
    return line
