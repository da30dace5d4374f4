"""Fields and parameters that are not text: no route answers 500 or logs a traceback."""

import asyncio
import re
from urllib.parse import quote_from_bytes

import pytest

from contract.keyring import Keyring
from receiver.app import build
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.wiring import ReceiverParts
from tests import servers
from tests.receiver.api_client import make_token
from tests.servers import Service

FIELDS = (
    *("Authorization: Bearer ", "Authorization: ", "Cookie: session=", "Cookie: language="),
    *("Cookie: zone=", "Accept-Language: ", "Referer: ", "Origin: ", "Host: ", "Accept: "),
    *(
        "Last-Event-ID: ",
        "If-Match: ",
        "If-None-Match: ",
        "If-Range: ",
        "Range: ",
        "Content-Type: ",
    ),
    *("webhook-id: ", "webhook-timestamp: ", "webhook-signature: v1,", "X-Forwarded-For: "),
    *("Sec-Fetch-Site: ", "Upgrade: ", "Expect: ", "Content-Length: ", "X-Nobody-Reads: "),
)
ODD = (b"\xff", b"\xed\xa0\x80", "письмо".encode(), b'"', b"a=b; =; \xfe", b"9" * 400)
PARAMETERS = (
    "mailbox",
    "q",
    "cursor",
    "since",
    "after",
    "limit",
    "link",
    "lang",
    "tab",
    "id",
    "key",
)


async def requests_of(database: Database) -> list[str]:
    """Return the method and path of each route, with something that has the right form in it."""
    settings = ReceiverSettings()
    app = build(ReceiverParts.of(settings, Keyring(settings), database))
    found = []
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else "/"
        for name in re.findall(r"\{(\w+)", path):
            value = "f" * (64 if name in ("key", "sha256") else 24)
            path = re.sub(rf"\{{{name}[^}}]*\}}", value, path)
        if "stream" not in path and "live" not in path:  # these answer for ever
            found.append(f"{route.method} {path}")
    return sorted({*found})


async def statuses(port: int, requests: list[bytes]) -> list[int]:
    """Send each on a connection of its own, a few at once, and return the answers' statuses."""
    few = asyncio.Semaphore(8)

    async def one(request: bytes) -> int:
        async with few:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            line = await asyncio.wait_for(reader.readline(), servers.START_SECONDS)
            writer.close()
            return int(line.split()[1])

    return await asyncio.gather(*map(one, requests))


@pytest.mark.parametrize("signed", [False, True], ids=["a stranger", "a token"])
async def test_bytes_that_are_no_text_are_never_an_error_of_ours(
    receiver: Service, database: Database, signed: bool
) -> None:
    token = await make_token(database, "read write admin") if signed else ""
    ours = f"Authorization: Bearer {token}\r\n".encode() if token else b""
    sent = []
    for number, request in enumerate(await requests_of(database)):
        for place, field in enumerate(FIELDS):
            if signed and field.startswith("Authorization"):
                continue
            if (number + place) % 2 == signed and not field.startswith("Authorization"):
                continue  # the other test has this one
            odd = ODD[(number + place) % len(ODD)]  # over all routes each meets each
            head = f"{request} HTTP/1.1\r\n{field}".encode() + odd + b"\r\nConnection: close\r\n"
            host = b"" if field == "Host: " else b"Host: a\r\n"
            length = b"" if field == "Content-Length: " else b"Content-Length: 0\r\n"
            sent.append(head + host + ours + length + b"\r\n")
        for place, name in enumerate(PARAMETERS):
            if (number + place) % 2 == signed:
                continue
            value = quote_from_bytes(ODD[(number + place) % len(ODD)])
            head = f"{request}?{name}={value} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n".encode()
            sent.append(head + ours + b"Content-Length: 0\r\n\r\n")
    told = await statuses(int(receiver.env["RECEIVER_PORT"]), sent)
    wrong = [request for request, status in zip(sent, told, strict=True) if status == 500]
    assert wrong == []
    assert "Traceback" not in receiver.log.read_text()
