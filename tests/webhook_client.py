"""A client that signs as the bridge does, for tests of the receiver."""

import asyncio
import hashlib
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, TCPConnector
from aiohttp.connector import AddrInfoType

from contract.batch import NDJSON
from contract.signature import parse_keys, sign
from tests.servers import SECRET

SMALLEST: dict[str, Any] = {
    "mailbox": "support@yandex.ru",
    "from": {"address": "ivan@example.ru", "name": "Иван"},
    "subject": "Где мой заказ?",
    "text": "Здравствуйте!",
}


def event(**data: Any) -> bytes:
    """Return the body of an event; ``sender`` stands for ``from``."""
    if "sender" in data:
        data["from"] = {"address": data.pop("sender")}
    return json.dumps({"type": "email.received", "data": SMALLEST | data}).encode()


@dataclass
class Client:
    """Talks to the receiver on one port."""

    session: ClientSession
    base: str

    async def post(
        self, body: bytes, *, event_id: str = "event-1", **changes: str | None
    ) -> tuple[int, dict[str, Any]]:
        """POST a signed event; a header given as None is left out. Returns status and answer."""
        headers: dict[str, str | None] = {"content-type": "application/json"}
        headers |= sign(parse_keys(SECRET), event_id, int(time.time()), body)
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        async with self.session.post(
            f"{self.base}/webhook/email",
            data=BytesIO(body),
            headers={name: value for name, value in headers.items() if value is not None},
        ) as got:
            return got.status, await got.json(content_type=None)

    async def post_to(self, path: str, body: bytes) -> tuple[int, bytes]:
        """POST signed JSON to another path than that of events; returns status and answer."""
        headers = {"content-type": "application/json"}
        headers |= sign(parse_keys(SECRET), "post-1", int(time.time()), body)
        async with self.session.post(self.base + path, data=BytesIO(body), headers=headers) as got:
            return got.status, await got.read()

    async def post_lines(
        self, body: bytes, *, content_type: str = NDJSON, **changes: str
    ) -> tuple[int, str]:
        """POST signed lines, an event each; returns status and text."""
        headers = {"content-type": content_type}
        headers |= sign(parse_keys(SECRET), "batch-1", int(time.time()), body)
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        url = f"{self.base}/webhook/email"
        async with self.session.post(url, data=BytesIO(body), headers=headers) as got:
            return got.status, await got.text()

    async def put(self, content: bytes, *, sha256: str | None = None, event_id: str = "e") -> int:
        """PUT a blob under its digest, or under a digest that is not its own."""
        name = sha256 or hashlib.sha256(content).hexdigest()
        headers = sign(parse_keys(SECRET), event_id, int(time.time()), name.encode())
        url = f"{self.base}/webhook/blobs/{name}"
        async with self.session.put(url, data=BytesIO(content), headers=headers) as got:
            return got.status

    async def call(
        self, method: str, path: str, said: object = None, *, call_id: str = "", **changes: str
    ) -> tuple[int, dict[str, Any]]:
        """Call the API, signed; returns status and answer. A redirect is not followed.

        What is said may also be the bytes themselves. A repeat has the ``call_id`` of the first.
        """
        body = said if isinstance(said, bytes) else json.dumps(said).encode() if said else b""
        signed = f"{method} {path}\n".encode() + body
        headers = sign(parse_keys(SECRET), call_id or uuid4().hex, int(time.time()), signed)
        headers |= {"content-type": "application/json"}
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        async with self.session.request(
            method,
            self.base + path,
            data=BytesIO(body) if body else None,
            headers=headers,
            allow_redirects=False,
        ) as got:
            if got.status == 308:
                return got.status, {"location": got.headers["Location"]}
            return got.status, await got.json(content_type=None)

    async def get(self, path: str) -> int:
        """GET a path and return the status."""
        async with self.session.get(self.base + path) as got:
            return got.status


@asynccontextmanager
async def connected(port: str) -> AsyncIterator[Client]:
    """Give a client of the receiver on this port.

    Where it answered before it had read all, what is not sent yet is given up at the end.
    """
    opened: list[socket.socket] = []

    def note(address: AddrInfoType) -> socket.socket:
        opened.append(socket.socket(*address[:3]))
        return opened[-1]

    async with ClientSession(connector=TCPConnector(socket_factory=note)) as session:
        yield Client(session, f"http://127.0.0.1:{port}")
    while left := [each for each in opened if each.fileno() != -1]:
        for each in left:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        await asyncio.sleep(0.01)
