"""The health port under those who do not mean to ask how we are."""

import socket
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from bridge.health_connection import CONNECTIONS
from tests.servers import Service


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


def send(client: socket.socket, content: bytes) -> None:
    """Send to whom may have closed meanwhile."""
    try:
        client.sendall(content)
    except ConnectionError:
        return


def received(client: socket.socket) -> bytes:
    """Return what comes; nothing where the other side has closed."""
    try:
        return client.recv(1000)
    except ConnectionError:
        return b""
