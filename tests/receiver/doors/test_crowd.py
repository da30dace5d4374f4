"""More connections than there may be: which one makes room, as a rule and over real sockets."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from receiver.web.door.crowd import BYTES_PER_SECOND, gives_way
from receiver.web.door.descriptors import SPARE_DESCRIPTORS
from tests import servers, webhook_client
from tests.hostile_http import head
from tests.servers import Service
from tests.webhook_client import event

NOW = 100.0


@dataclass(eq=False)
class Held:
    """A connection: it rests since ``rests``, or has sent ``received`` of its body in ``waits``."""

    address: str
    rests: float = NOW
    waits: float | None = None
    received: int = 0
    busy: bool = False

    def waited(self, now: float) -> tuple[float, int] | None:
        assert now == NOW
        return None if self.waits is None else (self.waits, self.received)


def rests(address: str, since: float) -> Held:
    return Held(address, rests=since)


def sends(address: str, seconds: float, received: int = 0) -> Held:
    return Held(address, waits=seconds, received=received, busy=True)


def works(address: str) -> Held:
    return Held(address, busy=True)


FAST = BYTES_PER_SECOND
ROWS: dict[str, tuple[list[Held], str, int | None]] = {
    "whoever has the most, the longest at rest": (
        [rests("a", 90), rests("a", 80), rests("b", 1)],
        "c",
        1,
    ),
    "himself, too": ([rests("a", 90), rests("a", 80), rests("b", 1)], "a", 1),
    "rest before slow bodies": ([sends("a", 9), rests("a", 99), sends("a", 50)], "b", 1),
    "the slowest body": ([sends("a", 5, 100), sends("a", 5, 10), sends("a", 5, 1000)], "b", 1),
    "however fresh, for others": ([sends("a", 0.1), sends("a", 0.2, 5000)], "b", 0),
    "not for himself": ([sends("a", 0.1), sends("a", 0.2, 5000)], "a", None),
    "a slow one for himself": ([sends("a", 5, 5 * FAST), sends("a", 5, 10)], "a", 1),
    "none that comes, for himself": ([sends("a", 5, 5 * FAST), sends("a", 0.5)], "a", None),
    "not one that we work for": ([works("a"), works("a"), rests("b", 10)], "c", 2),
    "nobody else, for himself": ([works("a"), sends("a", 0.1), rests("b", 10)], "a", None),
    "all work": ([works("a"), works("a"), works("b")], "c", None),
    "a lonely body stays": ([sends("a", 5, 0), sends("b", 9, 0), sends("b", 9, 1)], "c", 1),
}


@pytest.mark.parametrize("row", ROWS)
def test_who_gives_way(row: str) -> None:
    present, newcomer, goes = ROWS[row]
    new = Held(newcomer)
    expected = new if goes is None else present[goes]
    assert gives_way([*present, new], new, NOW) is expected


def with_descriptors(count: int, command: list[str]) -> list[str]:
    """Return the command with no more than so many open files."""
    return ["sh", "-c", f'ulimit -n {count} && exec "$@"', "sh", *command]


@pytest.fixture
def narrow(tmp_path: Path, mongo_uri: str, database_name: str) -> Iterator[Service]:
    """A receiver that may open few files: some twenty connections fit."""
    allowed = 10 + 8 + SPARE_DESCRIPTORS + 20
    service = servers.receiver(tmp_path, mongo_uri, database_name, MONGO_POOL="8")
    service.command = with_descriptors(allowed, service.command)
    with servers.running(service):
        yield service


@pytest.mark.parametrize("addresses", [1, 4])
async def test_slow_bodies_keep_nobody_out(narrow: Service, addresses: int) -> None:
    port = narrow.env["RECEIVER_PORT"]

    slow = [
        await asyncio.open_connection(
            "127.0.0.1", int(port), local_addr=(f"127.0.1.{1 + number % addresses}", 0)
        )
        for number in range(60)
    ]
    for _, writer in slow:
        writer.write(head(1000))

    async def drip() -> None:
        while True:
            for _, writer in slow:
                writer.write(b"0")
            await asyncio.sleep(0.1)

    dripping = asyncio.create_task(drip())
    await asyncio.sleep(0.3)
    for number in range(5):  # each over a connection of its own
        async with webhook_client.connected(port) as client:
            assert (await client.post(event(message_id=f"{number}@a.ru")))[0] == 201
    dripping.cancel()
    for _, writer in slow:
        writer.transport.abort()
    await asyncio.gather(*(writer.wait_closed() for _, writer in slow), return_exceptions=True)
    log = narrow.log.read_text()
    assert "Traceback" not in log
    assert len(log.splitlines()) < 30


async def test_near_the_limit_of_descriptors_the_longest_idle_is_closed(narrow: Service) -> None:
    port = narrow.env["RECEIVER_PORT"]
    idle = [await asyncio.open_connection("127.0.0.1", int(port)) for _ in range(150)]
    async with webhook_client.connected(port) as client:
        for number in range(20):
            assert (await client.post(event(message_id=f"{number}@a.ru")))[0] == 201
            assert await client.get("/readyz") == 200
    first, last = idle[0][0], idle[-1][0]
    assert await asyncio.wait_for(first.read(), 5) == b""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(last.read(), 0.2)
    await asyncio.sleep(1.2)
    for _, writer in idle:
        writer.close()
    lines = narrow.log.read_text().splitlines()
    [told_limit] = [line for line in lines if "at most" in line]
    assert 16 <= int(told_limit.split()[-2]) <= 30
    assert len([line for line in lines if "closed to make room" in line]) == 1
    assert len(lines) < 30 + 20


def test_too_few_descriptors_end_the_start(tmp_path: Path, mongo_uri: str) -> None:
    service = servers.receiver(tmp_path, mongo_uri, "unused", MONGO_POOL="50")
    service.command = with_descriptors(64, service.command)
    with pytest.raises(ChildProcessError, match="may open 64 files, and needs"):
        service.start()
    assert "Traceback" not in service.log.read_text()
