"""The health port under clients that do not mean to ask for its health."""

import asyncio
import json
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest
from aiohttp.test_utils import make_mocked_request

from bridge import health
from bridge.health_connection import CONNECTIONS
from bridge.spool.capacity import Capacity
from bridge.spool.inventory import Inventory
from bridge.spool.spool import Spool
from tests.hostile_http import BOMB
from tests.servers import Service

BODIES = {
    "a bomb": b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
    "a bomb behind a harmless encoding": b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
    "what is not in its encoding": b"Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\nhush-2",
    "a plain body": b"Content-Length: 6\r\n\r\nhush-3",
    "chunks": b"Transfer-Encoding: chunked\r\n\r\n6\r\nhush-4\r\n0\r\n\r\n",
}


def connect(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(service.env["HEALTH_PORT"])), 10)


def test_half_a_header_is_held_for_nobody(lonely_bridge: Service) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(lonely_bridge)) for _ in range(3 * CONNECTIONS)]
        for client in clients:
            send(client, b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ")
        with urlopen(f"http://127.0.0.1:{lonely_bridge.env['HEALTH_PORT']}/healthz") as answer:
            assert (answer.status, answer.headers["Server"]) == (200, "email-listener")
        clients[0].settimeout(10)
        assert received(clients[0]) == b""
    assert "Traceback" not in lonely_bridge.log.read_text()


@pytest.mark.parametrize(
    "junk",
    [b"hush-1 / HTTP/9\r\n\r\n", b"POST /x HTTP/1.1\nhush-1\n\n", b"\x16\x03hush-1\r\n\r\n"],
)
def test_what_is_no_http_is_400_and_not_logged(lonely_bridge: Service, junk: bytes) -> None:
    with connect(lonely_bridge) as client:
        send(client, junk)
        answer = received(client)
    assert answer.startswith(b"HTTP/1.0 400")
    assert b"aiohttp" not in answer
    log = lonely_bridge.log.read_text()
    assert "hush" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("path", [b"/healthz", b"/metrics", b"/nowhere"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_is_refused_and_never_unpacked(
    lonely_bridge: Service, path: bytes, body: bytes
) -> None:
    with connect(lonely_bridge) as client:
        send(client, b"GET %s HTTP/1.1\r\nHost: a\r\n" % path + body)
        assert received(client).startswith(b"HTTP/1.1 415 ")
    log = lonely_bridge.log.read_text()
    assert "hush" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (404, b"GET /hush HTTP/1.1\r\n"),
        (405, b"PUT /healthz?hush HTTP/1.1\r\n"),
        (417, b"GET /healthz HTTP/1.1\r\nExpect: hush\r\n"),
        (417, b"GET /hush HTTP/1.1\r\nExpect: hush\r\n"),
    ],
)
def test_whoever_makes_an_answer_it_is_a_problem_without_a_word_of_the_request(
    lonely_bridge: Service, status: int, sent: bytes
) -> None:
    with connect(lonely_bridge) as client:
        send(client, sent + b"Host: a\r\nConnection: close\r\n\r\n")
        head, _, body = received(client).partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status == int(head.split()[1])
    assert b"hush" not in head + body


def test_a_host_that_is_none_ends_the_connection_without_a_word(lonely_bridge: Service) -> None:
    with connect(lonely_bridge) as client:
        send(client, b"GET http://xn--a/ HTTP/1.1\r\nHost: a\r\n\r\n")
        assert received(client) == b""
    assert "Traceback" not in lonely_bridge.log.read_text()


async def test_however_many_ask_for_numbers_one_look_does_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def slowly(_spool: Spool, now: float) -> Inventory:
        looks.append(now)
        time.sleep(0.05)
        return Inventory()

    monkeypatch.setattr(health, "take_inventory", slowly)
    spool = Spool(tmp_path)
    watch = health.HealthServer(spool, Capacity(spool, 2**30, 0), 60.0, list)
    asked = make_mocked_request("GET", "/metrics")
    await asyncio.gather(*(watch.metrics(asked) for _ in range(50)))
    assert len(looks) <= 2
    await watch.metrics(asked)  # as of now, not of then
    assert len(looks) <= 3


def send(client: socket.socket, content: bytes) -> None:
    """Send to a client that may have closed meanwhile."""
    try:
        client.sendall(content)
    except ConnectionError:
        return


def received(client: socket.socket) -> bytes:
    """Return what comes; nothing if the other side has closed."""
    try:
        return client.recv(1000)
    except ConnectionError:
        return b""
