"""An unauthenticated request costs few calls, and no expensive one.

Time would tell how busy the machine is; the number of calls tells what the program does.
"""

import asyncio
import socket
import sys
import time
from collections import Counter
from contextlib import suppress
from types import FrameType

import pytest
from aiohttp.test_utils import make_mocked_request

from contract.keyring import Keyring
from contract.signature import parse_keys, sign
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mongo import Database
from receiver.wiring import ReceiverParts
from tests import servers
from tests.hostile_http import BOMB, MIB, head
from tests.servers import SECRET
from tests.webhook_client import event

# Of a body each piece that comes is hashed and held; a piece is what one read of the socket gives.
CALLS_A_REQUEST, CALLS_A_PIECE, LEAST_PIECE = 6_000, 150, 4096
DEAR = {"decompress", "decompressobj", "raw_decode", "scan_once", "validate_json", "b64decode"}
REFUSED_BY_ITS_HEAD = (b"400", b"413", b"415", b"431")
NOT_YET = ("pymongo", "motor", "bson", "gridfs", "pydantic", "mailparser")


class Calls:
    """Counts what is called in this thread, and by which dear name or library."""

    def __init__(self) -> None:
        self.all = 0
        self.dear: Counter[str] = Counter()

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        """Take notice of one event (sys.setprofile)."""
        if event == "call":
            self.all += 1
            module = str(frame.f_globals.get("__name__", ""))
            if module.startswith(NOT_YET):
                self.dear[module] += 1
        elif event == "c_call":
            self.all += 1
            name = str(getattr(argument, "__name__", ""))
            if name in DEAR:
                self.dear[f"{frame.f_globals.get('__name__')}: {name}"] += 1


def sent(port: int, request: bytes) -> bytes:
    """Send a request in a thread of its own, and return the status of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=servers.START_SECONDS) as client:
        with suppress(OSError):  # it may have been refused already
            client.sendall(request)
        try:
            return client.recv(100)[9:12]
        except OSError:
            return b""


UNSIGNED = {
    "a bomb": head(len(BOMB), b"Content-Encoding: gzip\r\n") + BOMB,
    "a bomb behind two headers": head(
        len(BOMB), b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"
    )
    + BOMB,
    "a body without a signature": b"POST /webhook/email HTTP/1.1\r\nHost: a\r\n"
    b"Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n" + b"[" * 200_000,
    "a body that is signed wrongly": head(200_000) + b"[" * 200_000,
    "a large one": head(4 * MIB) + bytes(4 * MIB),
    "one that is too large": head(9 * MIB) + bytes(100_000),
    "a blob": head(200_000, path=b"/webhook/blobs/" + b"0" * 64).replace(b"POST", b"PUT", 1)
    + bytes(200_000),
    "a long header": b"GET /webhook/email HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 60 + b"\r\n",
    "no HTTP": b"\x16\x03\x01" * 1000,
}


async def counted(port: int, request: bytes) -> tuple[bytes, Calls]:
    """Return the status of the answer, and what was called for it."""
    calls = Calls()
    sys.setprofile(calls)
    try:
        return await asyncio.to_thread(sent, port, request), calls
    finally:
        sys.setprofile(None)


async def test_an_unsigned_request_is_cheap(port: int) -> None:
    await asyncio.to_thread(sent, port, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    for what, request in UNSIGNED.items():
        status, calls = await counted(port, request)
        assert status in (b"400", b"401", b"413", b"415", b"431", b""), what
        assert calls.dear == {}, what
        read = 0 if status in REFUSED_BY_ITS_HEAD else len(request)
        assert calls.all < CALLS_A_REQUEST + read // LEAST_PIECE * CALLS_A_PIECE, (what, calls.all)


async def test_what_is_dear_is_seen_where_it_is_done(port: int) -> None:
    body = event()
    signed = sign(parse_keys(SECRET), "1", int(time.time()), body)
    fields = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    request = f"POST /webhook/email HTTP/1.1\r\nHost: a\r\n{fields}{length}".encode() + body
    status, calls = await counted(port, request)
    assert status == b"201"
    assert any("validate_json" in each for each in calls.dear)
    assert any(each.startswith("pymongo") or each.startswith("motor") for each in calls.dear)


async def test_one_look_at_the_database_is_for_all_who_ask_whether_it_is_ready(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    async def look(asked: Database) -> bool:
        looks.append(asked)
        await asyncio.sleep(0)
        return True

    chosen = ReceiverSettings(webhook_secrets=SECRET)
    readiness = ReceiverParts.of(chosen, Keyring(chosen), database).readiness
    readiness.schema_in_place = True
    monkeypatch.setattr(schema, "is_ready", look)
    request = make_mocked_request("GET", "/readyz")
    for _ in range(2):
        answers = await asyncio.gather(*(readiness.readyz(request) for _ in range(20)))
        assert [each.status for each in answers] == [200] * 20
    assert len(looks) == 2
