"""Unsigned load on the receiver's HTTP door, each kind named after what it does.

``python -m tests.hostile_http PORT KINDS CONNECTIONS ADDRESSES SECONDS`` attacks from a process of
its own, so that the attacker's slowness does not count as the receiver's; several kinds, separated
by commas, one after the other.
"""

import asyncio
import gzip
import itertools
import json
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

MIB = 1024 * 1024
BOMB = gzip.compress(bytes(50 * MIB))
LARGE_ANSWERS = itertools.cycle(
    (b"/openapi.json", b"/docs", b"/static/page.js", b"/static/page.css", b"/metrics")
)
WELL_SHAPED = (
    b"webhook-id: flood\r\nwebhook-timestamp: %d\r\n"
    b"webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=\r\n"
)


def head(length: int, more: bytes = b"", path: bytes = b"/webhook/email") -> bytes:
    """Return the head of a POST whose signature has the right shape and age."""
    return (
        b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" % path
        + WELL_SHAPED % int(time.time())
        + more
        + b"Content-Length: %d\r\n\r\n" % length
    )


def chunked_head() -> bytes:
    """Return the head of such a POST whose body comes in chunks."""
    return head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")


@dataclass
class Load:
    """Many connections that do the same until told to stop; answers are counted by status."""

    port: int
    kind: Callable[["Client"], Awaitable[None]]
    connections: int = 200
    addresses: int = 1
    statuses: dict[str, int] = field(default_factory=dict)

    async def run(self, seconds: float) -> None:
        """Attack for so long."""
        clients = [
            Client(self, f"127.0.1.{1 + n % self.addresses}") for n in range(self.connections)
        ]
        tasks = [asyncio.create_task(client.again_and_again()) for client in clients]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def connect(
    port: int, address: str, *, unread: bool = False
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect from an address; ``unread`` is for what is sent to us, and not read."""
    ours = socket.socket()
    if unread:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    ours.setblocking(False)
    ours.bind((address, 0))
    try:
        await asyncio.get_running_loop().sock_connect(ours, ("127.0.0.1", port))
    except OSError:
        ours.close()
        raise
    reader, writer = await asyncio.open_connection(sock=ours)
    if unread:
        cast(asyncio.Transport, writer.transport).pause_reading()
    return reader, writer


class Client:
    """One hostile connection at a time."""

    def __init__(self, load: Load, address: str) -> None:
        self._load = load
        self._address = address
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def again_and_again(self) -> None:
        """Connect and attack, whatever happens."""
        while True:
            try:
                small = self._load.kind is large_answers
                connected = await connect(self._load.port, self._address, unread=small)
                self.reader, self.writer = connected
            except OSError:
                await asyncio.sleep(0.05)
                continue
            try:
                await self._load.kind(self)
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.01)
            finally:
                self.writer.transport.abort()

    async def send(self, *pieces: bytes) -> None:
        """Send all pieces, at the receiver's pace."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def answer(self) -> None:
        """Wait for an answer and count it."""
        line = await self.reader.readline()
        status = line.split()[1].decode() if line else "closed"
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1


async def bombs(client: Client) -> None:
    """50 MiB of zeros as 50 KiB of gzip."""
    await client.send(head(len(BOMB), b"Content-Encoding: gzip\r\n"), BOMB)
    await client.answer()


async def bombs_behind_two_headers(client: Client) -> None:
    """The same, with a harmless encoding first, on another path."""
    encodings = b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"
    await client.send(head(len(BOMB), encodings, b"/dialogs/0/split"), BOMB)
    await client.answer()


async def whole_bodies(client: Client) -> None:
    """8 MiB each, as fast as possible, wrongly signed."""
    await client.send(head(8 * MIB), *itertools.repeat(bytes(64 * 1024), 8 * 16))
    await client.answer()


async def bodies_without_an_end(client: Client) -> None:
    """8 MB of 8 MiB, and then nothing."""
    await client.send(head(8 * MIB), *itertools.repeat(bytes(64 * 1024), 8 * 16 - 1))
    await client.answer()


async def bodies_in_drops(client: Client) -> None:
    """100 KB, and then a byte now and then."""
    await client.send(head(8 * MIB), bytes(100_000))
    while True:
        await client.send(b"0")
        await asyncio.sleep(0.1)


async def chunks_without_an_end(client: Client) -> None:
    """A body of undeclared length."""
    await client.send(chunked_head())
    while True:
        await client.send(b"10000\r\n" + bytes(65536) + b"\r\n")


async def chunks_of_a_byte(client: Client) -> None:
    """A body whose every byte has a frame of five."""
    await client.send(chunked_head(), *itertools.repeat(b"1\r\na\r\n" * 1000, 100))
    await client.answer()


async def trailers(client: Client) -> None:
    """A body of one byte, followed by as many and as large trailers as allowed."""
    fields = (b"X-%d: " % number + b"x" * 8000 + b"\r\n" for number in range(60))
    await client.send(chunked_head(), b"1\r\na\r\n0\r\n", *fields)
    await client.answer()


async def half_heads(client: Client) -> None:
    """A header that never ends, a kilobyte at a time."""
    await client.send(b"POST / HTTP/1.1\r\n")
    for number in itertools.count():
        await client.send(b"X-%d: " % number + b"x" * 1000 + b"\r\n")
        await asyncio.sleep(0.02)


async def large_heads(client: Client) -> None:
    """As many and as large header fields as there may be."""
    await client.send(b"GET /healthz HTTP/1.1\r\n")
    await client.send(*(b"X-%d: " % n + b"x" * 8000 + b"\r\n" for n in range(60)))
    await asyncio.sleep(5)


async def pipelines(client: Client) -> None:
    """Requests without end, whose answers are not read."""
    request = b"GET /metrics HTTP/1.1\r\nHost: a\r\nX-Pad: " + b"x" * 4000 + b"\r\n\r\n"
    while True:
        await client.send(request * 10)


async def large_answers(client: Client) -> None:
    """The largest answers available, none of which is read."""
    await client.send(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % next(LARGE_ANSWERS))
    await asyncio.sleep(60)


async def forms(client: Client) -> None:
    """Forms to sign in with, a quarter of a megabyte of escapes each."""
    fields = b"token=" + b"%D0%90" * 43_000
    asked = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
    asked += b"Content-Type: application/x-www-form-urlencoded\r\n"
    await client.send(asked + b"Content-Length: %d\r\n\r\n" % len(fields), fields)
    await client.answer()


async def no_http(client: Client) -> None:
    """Bytes that are no request."""
    await client.send(b"\x16\x03\x01 secret-words \r\n\r\n")
    await client.answer()


async def silence(client: Client) -> None:
    """Nothing at all."""
    await asyncio.sleep(60)


KINDS: dict[str, Callable[[Client], Awaitable[None]]] = {
    kind.__name__: kind
    for kind in (
        bombs,
        bombs_behind_two_headers,
        whole_bodies,
        bodies_without_an_end,
        bodies_in_drops,
        chunks_without_an_end,
        chunks_of_a_byte,
        trailers,
        half_heads,
        large_heads,
        pipelines,
        large_answers,
        forms,
        no_http,
        silence,
    )
}


def main() -> None:
    """Attack as the command line says, and print the answers by status."""
    port, kinds, connections, addresses, seconds = sys.argv[1:]
    answers: dict[str, dict[str, int]] = {}
    for kind in kinds.split(","):
        load = Load(int(port), KINDS[kind], int(connections), int(addresses))
        asyncio.run(load.run(float(seconds)))
        answers[kind] = load.statuses
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
