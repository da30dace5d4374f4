"""The receiver when its database fails: 503 with Retry-After, never a wrong 2xx, never a double."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from contract.signature import parse_keys, sign
from tests import servers, webhook_client
from tests.measure.chaos.proxy import Proxies, Proxy
from tests.receiver.conftest import COLLECTIONS
from tests.servers import SECRET, Service
from tests.webhook_client import Client, event

DATABASE = "test_faults"
REFUSALS = {
    "not the primary": 10107,
    "the primary stepped down": 189,
    "shutdown in progress": 91,
    "interrupted at shutdown": 11600,
    "out of disk space": 14031,
    "not allowed to write": 13,
    "out of time": 50,
}
Raw = MongoClient[dict[str, Any]]


@pytest.fixture(scope="module")
def raw(mongo_uri: str) -> Iterator[Raw]:
    """A client of the database that no fault is meant for; without failpoints, a skip."""
    with Raw(mongo_uri) as client:
        try:
            client.admin.command("configureFailPoint", "failCommand", mode="off")
        except OperationFailure as error:
            pytest.skip(f"the database has no failpoints: {error}")
        yield client
        client.drop_database(DATABASE)


@pytest.fixture(scope="module")
def proxies() -> Iterator[Proxies]:
    found = Proxies()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def proxy(proxies: Proxies, raw: Raw) -> Proxy:
    """What stands between the receiver and its database."""
    address = raw.address
    assert address is not None
    return proxies.start(servers.free_port(), [address[1]])


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, proxy: Proxy) -> Iterator[Service]:
    """A receiver that gives its database one second."""
    uri = f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true&heartbeatFrequencyMS=500"
    directory = tmp_path_factory.mktemp("impatient")
    with servers.running(service := servers.receiver(directory, uri, DATABASE, MONGO_TIMEOUT="1")):
        yield service


@pytest.fixture
def failpoint(raw: Raw) -> Iterator[Callable[..., None]]:
    def configure(mode: object = "alwaysOn", **data: object) -> None:
        data = {"failCommands": ["insert", "update", "find"], "appName": "email-listener", **data}
        raw.admin.command("configureFailPoint", "failCommand", mode=mode, data=data)

    yield configure
    raw.admin.command("configureFailPoint", "failCommand", mode="off")


@pytest.fixture
async def client(impatient: Service, raw: Raw) -> AsyncIterator[Client]:
    for name in (*COLLECTIONS, "blobs.files", "blobs.chunks"):
        raw[DATABASE][name].delete_many({})
    async with webhook_client.connected(impatient.env["RECEIVER_PORT"]) as found:
        yield found


def bodies(raw: Raw) -> list[str]:
    dialogs = raw[DATABASE].dialogs.find()
    return sorted(message["body"] for dialog in dialogs for message in dialog["messages"])


async def is_told_to_come_again(client: Client, body: bytes) -> None:
    headers = sign(parse_keys(SECRET), "e", int(time.time()), body)
    headers["content-type"] = "application/json"
    url = f"{client.base}/webhook/email"
    async with client.session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        problem = await answer.text()
    assert "mongo" not in problem.lower()


@pytest.mark.parametrize("code", REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_database_that_refuses_is_503(
    client: Client, raw: Raw, failpoint: Callable[..., None], code: int
) -> None:
    body = event(message_id="1@a.ru")
    failpoint(errorCode=code)
    await is_told_to_come_again(client, body)
    assert await client.put(b"blob") == 503
    failpoint("off")
    assert bodies(raw) == []
    await insist(client, body)
    assert bodies(raw) == ["Здравствуйте!"]


async def test_a_database_that_hangs_up_is_503(
    client: Client, raw: Raw, failpoint: Callable[..., None]
) -> None:
    failpoint(closeConnection=True)
    await is_told_to_come_again(client, event(message_id="1@a.ru"))
    failpoint("off")
    assert bodies(raw) == []


async def insist(client: Client, body: bytes) -> None:
    """Send an event as the courier does: again and again until it is taken."""
    async with asyncio.timeout(30):
        while (await client.post(body))[0] not in (200, 201):  # noqa: ASYNC110 - polls a server
            await asyncio.sleep(0.05)


async def unknown(client: Client, raw: Raw, first: bytes, second: bytes) -> None:
    """Send a letter and its answer after faults: each is in the dialog once."""
    for body in (first, second, first, second):
        await insist(client, body)
    assert len(bodies(raw)) == 2
    assert raw[DATABASE].dialogs.count_documents({}) == 1


FIRST = event(message_id="1@a.ru", text="1")
SECOND = event(message_id="2@a.ru", in_reply_to=["1@a.ru"], text="2")


async def test_a_write_that_only_one_member_has_is_503_and_then_no_double(
    client: Client, raw: Raw, failpoint: Callable[..., None]
) -> None:
    """A write concern error comes after the write: the outcome is open until it is tried again."""
    for body in (FIRST, SECOND):
        failpoint({"times": 1}, failCommands=["insert"], writeConcernError={"code": 64})
        await is_told_to_come_again(client, body)
    assert raw[DATABASE].letters.count_documents({}) == 2
    await unknown(client, raw, FIRST, SECOND)


async def test_a_write_that_comes_too_late_is_503_and_then_no_double(
    client: Client, raw: Raw, failpoint: Callable[..., None]
) -> None:
    for body in (FIRST, SECOND):
        failpoint({"times": 1}, failCommands=["insert"], blockConnection=True, blockTimeMS=2000)
        began = time.monotonic()
        await is_told_to_come_again(client, body)
        assert time.monotonic() - began < 1.9
    await asyncio.sleep(1.5)
    await unknown(client, raw, FIRST, SECOND)


@pytest.mark.parametrize("how", ["request", "answer"])
async def test_a_connection_that_is_cut_leaves_no_double(
    client: Client, raw: Raw, proxies: Proxies, proxy: Proxy, how: str
) -> None:
    for body in (FIRST, SECOND):
        for _ in range(3):
            proxies.tell(proxy.cut_next, how)
            await client.post(body)
    proxies.tell(proxy.calm)
    await unknown(client, raw, FIRST, SECOND)


async def test_a_database_that_is_gone_is_503_and_not_ready_but_alive(
    client: Client, raw: Raw, proxies: Proxies, proxy: Proxy
) -> None:
    proxies.tell(proxy.refuse, 60.0)
    proxies.tell(proxy.cut_all)
    await is_told_to_come_again(client, FIRST)
    assert await client.get("/readyz") == 503
    assert await client.get("/healthz") == 200
    proxies.tell(proxy.calm)
    await unknown(client, raw, FIRST, SECOND)


async def test_many_at_once_through_a_failing_database_are_each_stored_once(
    client: Client, raw: Raw, failpoint: Callable[..., None], proxies: Proxies, proxy: Proxy
) -> None:
    letters = [event(message_id=f"{n}@a.ru", references=["0@a.ru"], text=str(n)) for n in range(20)]

    async def disturb() -> None:
        for number in range(12):
            code = list(REFUSALS.values())[number % len(REFUSALS)]
            failpoint({"times": 3}, errorCode=code)
            proxies.tell(proxy.cut_next, "answer" if number % 2 else "request")
            await asyncio.sleep(0.1)
        failpoint("off")
        proxies.tell(proxy.calm)

    async with asyncio.timeout(60):
        await asyncio.gather(disturb(), *(insist(client, body) for body in letters * 2))
    assert bodies(raw) == sorted(str(number) for number in range(20))


@asynccontextmanager
async def half_done(
    service: Service, failpoint: Callable[..., None], body: bytes
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A request whose write to the database takes 700 ms and has begun."""
    failpoint({"times": 1}, failCommands=["insert"], blockConnection=True, blockTimeMS=700)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(service.env["RECEIVER_PORT"]))
    headers = sign(parse_keys(SECRET), "e", int(time.time()), body)
    headers |= {"Host": "a", "Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(b"POST /webhook/email HTTP/1.1\r\n" + head.encode() + b"\r\n" + body)
    await writer.drain()
    await asyncio.sleep(0.3)
    yield reader, writer
    writer.close()


async def test_a_client_that_leaves_does_not_cancel_the_write(
    client: Client, raw: Raw, impatient: Service, failpoint: Callable[..., None]
) -> None:
    async with half_done(impatient, failpoint, FIRST) as (_, writer):
        writer.transport.abort()
    async with asyncio.timeout(60):
        while bodies(raw) != ["1"]:  # noqa: ASYNC110 - polls a server
            await asyncio.sleep(0.05)


async def test_a_client_that_leaves_in_the_body_is_no_fault_of_ours(
    client: Client, impatient: Service
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(impatient.env["RECEIVER_PORT"]))
    writer.write(b"POST /webhook/email HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
    writer.write(b"Content-Length: 1000\r\n\r\n{")
    await writer.drain()
    writer.transport.abort()
    assert await client.get("/healthz") == 200
    assert "500 for" not in impatient.log.read_text()


async def test_a_graceful_stop_finishes_what_has_begun(
    tmp_path: Path, raw: Raw, mongo_uri: str, failpoint: Callable[..., None]
) -> None:
    for name in COLLECTIONS:
        raw[DATABASE][name].delete_many({})
    service = servers.receiver(tmp_path, mongo_uri, DATABASE)
    await asyncio.to_thread(service.start)
    async with half_done(service, failpoint, FIRST) as (reader, _):
        stopping = asyncio.create_task(asyncio.to_thread(service.stop, signal.SIGTERM))
        assert (await reader.readline()).split()[1] == b"201"
        assert await stopping == 0
    assert bodies(raw) == ["1"]


def peak_kib(service: Service) -> int:
    """Return the most memory that the process has ever held (VmHWM)."""
    assert service.process is not None
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


async def test_many_large_blobs_at_once_take_little_memory(
    client: Client, impatient: Service, raw: Raw
) -> None:
    assert await client.put(b"small") == 201
    before = peak_kib(impatient)
    contents = [bytes([number]) * (10 * 1024 * 1024) for number in range(6)]

    async def insist_on(content: bytes) -> None:
        while await client.put(content) not in (200, 201):  # noqa: ASYNC110 - polls a server
            await asyncio.sleep(0.1)

    await asyncio.gather(*(insist_on(content) for content in contents))
    assert peak_kib(impatient) - before < 32 * 1024
    assert raw[DATABASE]["blobs.files"].count_documents({}) == 7


async def test_metrics(client: Client) -> None:
    await client.post(FIRST)
    await client.post(FIRST)
    async with client.session.get(f"{client.base}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    names = {line.partition(" ")[0] for line in lines}
    assert 'receiver_letters_total{outcome="created"}' in names
    assert 'receiver_letters_total{outcome="duplicate"}' in names
    assert 'receiver_answers_total{status="201"}' in names
    assert "receiver_letter_delay_seconds_count" in names


async def test_no_secret_and_no_text_is_logged(client: Client, impatient: Service) -> None:
    await client.post(event(message_id="h@a.ru", subject="hush-1", text="hush-2"))
    await client.post(event(**{"from": {"address": ["hush-3"]}}))
    await client.post(b'{"hush-4": ')
    await client.post(event(), webhook_signature="v1,aHVzaC01")
    log = impatient.log.read_text()
    assert "hush" not in log
    assert SECRET.removeprefix("whsec_") not in log
