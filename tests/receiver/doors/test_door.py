"""The HTTP door over real sockets: what is refused by its head, cut off, closed and logged."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector

from contract.keyring import Keyring
from receiver.app import build
from receiver.settings import ReceiverSettings
from receiver.store.mongo import Database
from receiver.web import requests
from receiver.web.door import connection
from receiver.web.door import door as all_doors
from receiver.web.door.descriptors import connection_limit
from receiver.web.door.slow_readers import PIECE_BYTES
from receiver.web.server import listening
from receiver.wiring import ReceiverParts
from tests import servers
from tests.hostile_http import KINDS, chunked_head, connect, head
from tests.measure.http_load import attacked
from tests.servers import SECRET, Service
from tests.webhook_client import Client, event

PATHS = ["/webhook/email", "/webhook/blobs/" + "0" * 64, "/dialogs/" + "0" * 24 + "/split",
         "/dialogs/" + "0" * 24, "/healthz", "/nowhere"]  # fmt: skip
ENCODINGS = ["gzip", "deflate", "br", "zstd", "x", "identity\r\nContent-Encoding: gzip",
             "gzip\r\nContent-Encoding: identity", "identity, gzip", "GZIP"]  # fmt: skip


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch, database: Database) -> AsyncIterator[str]:
    """The port of the real application in this process, whose patience is short."""
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.3)
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.3)
    monkeypatch.setattr(all_doors, "WATCH_SECONDS", 0.05)
    port = servers.free_port()
    chosen = ReceiverSettings(receiver_port=port, webhook_secrets=SECRET)
    parts = ReceiverParts.of(chosen, Keyring(chosen), database)
    async with listening(build(parts), chosen):
        await parts.readiness.prepare()
        yield str(port)


async def told(port: str, *pieces: bytes) -> tuple[int, dict[str, str]]:
    """Send the pieces and return status and header of the answer; 0 for none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    try:
        for piece in pieces:
            writer.write(piece)
        lines = (await asyncio.wait_for(reader.read(64 * 1024), 8)).decode().split("\r\n")
    except ConnectionError:
        return 0, {}
    finally:
        writer.transport.abort()
    status = int(lines[0].split()[1]) if lines[0] else 0
    named = (line.partition(": ") for line in lines[1:] if ": " in line)
    return status, {name.lower(): value for name, _, value in named}


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_an_encoded_body_is_415_on_every_path_before_it_is_sent(
    receiver: Service, encoding: str
) -> None:
    for path in PATHS:
        method = {"/webhook/blobs": b"PUT"}.get(path[:14], b"POST")
        asked = head(1000, f"Content-Encoding: {encoding}\r\n".encode(), path.encode())
        asked = asked.replace(b"POST", method, 1)
        assert (await told(receiver.env["RECEIVER_PORT"], asked))[0] == 415, path


async def test_identity_is_no_encoding(client: Client) -> None:
    assert (await client.post(event(), content_encoding="identity"))[0] == 201


async def test_who_asks_before_sending_is_refused_by_the_head(receiver: Service) -> None:
    port = receiver.env["RECEIVER_PORT"]
    expects = b"Expect: 100-continue\r\n"
    blob = b"PUT /webhook/blobs/%s HTTP/1.1\r\nHost: a\r\n" % (b"0" * 64)
    assert (await told(port, blob, expects, b"Content-Length: 9\r\n\r\n"))[0] == 401
    assert (await told(port, head(9_000_000, expects)))[0] == 413
    assert (await told(port, head(9, expects)))[0] == 100


async def test_a_malformed_chunk_is_told_like_a_body_that_never_ends(
    impatient: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await told(impatient, chunked_head(), b"hush\r\n"))[0] in (400, 408)
    assert "hush" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/nowhere", "/dialogs/1"])
async def test_no_answer_names_a_version(receiver: Service, path: str) -> None:
    url = f"http://127.0.0.1:{receiver.env['RECEIVER_PORT']}{path}"
    async with ClientSession() as session, session.get(url) as got:
        assert got.headers["Server"] == "email-listener"


async def test_a_body_that_never_ends_is_408(impatient: str) -> None:
    status, header = await told(impatient, head(100), b"{")
    assert (status, header["connection"]) == (408, "close")


async def cut_off(port: str, first: bytes, again: bytes, pause: float = 0.0) -> bool:
    """Send without end and without reading; tell whether the connection was cut off."""
    _, writer = await asyncio.open_connection("127.0.0.1", int(port))
    try:
        async with asyncio.timeout(30):  # it takes a second, on a machine that is not busy
            writer.write(first)
            while True:
                writer.write(again)
                await writer.drain()
                await asyncio.sleep(pause)
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    finally:
        writer.transport.abort()


async def test_half_a_header_is_not_waited_for(impatient: str) -> None:
    assert await cut_off(impatient, b"GET / HTTP/1.1\r\nX: ", b"x", pause=0.05)


async def test_a_header_without_an_end_is_cut_off(receiver: Service) -> None:
    lines = (b"X-%d: " % number + b"x" * 4000 + b"\r\n" for number in range(1000))
    status, _ = await told(receiver.env["RECEIVER_PORT"], b"GET / HTTP/1.1\r\n", *lines)
    assert status in (0, 400)


async def test_who_does_not_read_the_answers_is_cut_off(impatient: str) -> None:
    assert await cut_off(impatient, b"", b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 100)


async def soon(condition: Callable[[], bool]) -> None:
    """Return once the condition holds, or after ten seconds."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
async def test_an_answer_that_is_not_read_is_not_held(database: Database, path: str) -> None:
    """Written whole, it would be in memory for each of two hundred connections."""
    chosen = ReceiverSettings(receiver_port=servers.free_port(), webhook_secrets=SECRET)
    app = build(ReceiverParts.of(chosen, Keyring(chosen), database))
    async with listening(app, chosen) as door:
        _, writer = await connect(chosen.receiver_port, "127.0.0.1", unread=True)
        await soon(lambda: bool(door.connections))
        [held] = door.connections
        assert held.transport is not None
        ours = held.transport.get_extra_info("socket")
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        await soon(lambda: held.unread is not None)
        assert 0 < held.transport.get_write_buffer_size() <= 2 * PIECE_BYTES
        writer.transport.abort()
        await writer.wait_closed()


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/static/page.css"])
async def test_a_large_answer_comes_whole(receiver: Service, path: str) -> None:
    url = f"http://127.0.0.1:{receiver.env['RECEIVER_PORT']}{path}"
    async with ClientSession() as session, session.get(url) as got:
        assert len(await got.read()) == int(got.headers["Content-Length"]) > PIECE_BYTES
        assert "charset=utf-8" in got.headers["Content-Type"]


async def test_who_does_not_wait_for_an_answer_gets_no_second_one(receiver: Service) -> None:
    asks = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", int(receiver.env["RECEIVER_PORT"]))
    for _ in range(2):
        writer.write(asks)
        assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
    writer.write(asks * 3)
    answer = await asyncio.wait_for(reader.read(), 10)
    assert answer.count(b"HTTP/1.1") == 1
    assert b"Connection: close" in answer
    writer.close()


async def test_a_kept_connection_serves_many_requests(client: Client) -> None:
    for number in range(20):
        large = event(message_id=f"{number}@a.ru", text="x" * 500_000 * (number % 2))
        assert (await client.post(large))[0] == 201
        assert await client.get("/healthz") == 200


@pytest.fixture
def few_files() -> Iterator[None]:
    """This process with a limit that lets few files be opened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_limit_counts_what_is_open(few_files: None) -> None:
    before = connection_limit(10)
    pairs = [socket.socketpair() for _ in range(5)]
    assert connection_limit(20) == before - 20
    for one in (one for pair in pairs for one in pair):
        one.close()


async def test_who_has_too_many_bodies_waits_and_others_do_not(receiver: Service) -> None:
    port = receiver.env["RECEIVER_PORT"]

    async def stalls() -> tuple[int, dict[str, str]]:
        return await told(port, head(8_000_000), bytes(7_900_000))

    hostile = [asyncio.create_task(stalls()) for _ in range(6)]
    await asyncio.sleep(0.5)
    elsewhere = TCPConnector(local_addr=("127.0.1.1", 0))
    async with ClientSession(connector=elsewhere) as session:
        client = Client(session, f"http://127.0.0.1:{port}")
        for number in range(3):
            large = event(message_id=f"{number}@large.ru", text="x" * 900_000)
            assert (await client.post(large, event_id=f"{number}"))[0] == 201
    done, waiting = await asyncio.wait(hostile, timeout=1)
    answers = [task.result() for task in done]
    assert [status for status, _ in answers] == [503] * len(answers)
    assert all(header["retry-after"] == "5" for _, header in answers)
    assert len(answers) >= 2
    for task in waiting:
        task.cancel()


async def test_letters_arrive_and_memory_is_flat_under_unsigned_load(
    tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    service = servers.receiver(tmp_path, mongo_uri, database_name, LOG_LEVEL="WARNING")
    with servers.running(service):
        found = await attacked(service, list(KINDS), connections=200, addresses=20, seconds=0.7)
    assert found.answers.keys() == KINDS.keys()
    assert found.arrived == found.tried > 0
    assert found.grown < 64_000_000
    log = service.log.read_text()
    assert "Traceback" not in log
    assert len(log.splitlines()) < 50
