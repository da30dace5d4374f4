"""``python -m tests.measure.bench.ceilings``: the cost of single parts, with bench's letters.

No service made of them can be faster: bare aiosmtpd, mail-parser, the disk, the database's writes,
each alone and one after the other; ours beside it if there is one.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import mailparser
from aiosmtpd.smtp import SMTP, Envelope, Session
from pymongo import MongoClient, WriteConcern

from bridge.courier.parsing.reading import read
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.rounds import Rounds
from bridge.spool.spool import Spool, new_id
from tests import servers
from tests.letters import SUPPORT
from tests.measure.bench.database import database_server
from tests.measure.bench.load import conversations
from tests.measure.bench.processes import cpu_seconds

LETTERS = 400
TURNS = 5
GROUP = 32


class _Taken:
    """Takes every letter and throws it away."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        return "250 OK"


def main() -> None:
    """Measure one part after the other and print what it takes."""
    letters = [each.content for each in chain.from_iterable(conversations("unrelated", 1, LETTERS))]
    print(
        "least of several turns; ms of processor time a letter, and letters a second by the clock"
    )
    asyncio.run(_bare_door())
    _tell("mail-parser alone", *_least(lambda: [_by_mail_parser(each) for each in letters]))
    _tell("ours, all of it", *_least(lambda: [read_letter(each) for each in letters]))
    with TemporaryDirectory(prefix="data-bench-", dir=servers.ROOT) as directory:
        spool = Spool(Path(directory) / "spool").prepare()
        _tell("to the disk, one by one", *_least(lambda: _spooled(spool, letters, 1)))
        _tell(f"to the disk, {GROUP} together", *_least(lambda: _spooled(spool, letters, GROUP)))
        _put(spool, letters, GROUP)
        files = sorted(spool.new.iterdir())
        _tell("ours, from file to event", *_least(lambda: _events(files, spool.root / "parts")))
    _database(letters)


def _tell(name: str, cpu: float, wall: float) -> None:
    print(f"  {name:<32}{cpu * 1e3 / LETTERS:8.3f} ms{LETTERS / wall:10.0f}/s", flush=True)


def _least(
    work: Callable[[], object], used: Callable[[], float] = time.process_time
) -> tuple[float, float]:
    """Return the least seconds of processor time and of the clock that the work took."""
    cpu, wall = [], []
    for _ in range(TURNS):
        began, before = time.perf_counter(), used()
        work()
        cpu.append(used() - before)
        wall.append(time.perf_counter() - began)
    return min(cpu), min(wall)


async def _bare_door() -> None:
    """Have the bench's client send to aiosmtpd alone, over eight connections."""
    async with _listening() as port:
        before = time.process_time()
        command = [sys.executable, "-m", "tests.measure.bench.load", str(port), str(LETTERS), "8"]
        client = await asyncio.create_subprocess_exec(*command, cwd=servers.ROOT, stdout=-1)
        said, _ = await client.communicate()
        cpu = (time.process_time() - before) * 1e3 / LETTERS
    print(f"  {'bare aiosmtpd':<32}{cpu:8.3f} ms   its client: {said.decode().strip()}", flush=True)


@asynccontextmanager
async def _listening() -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(_Taken(), loop=loop), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _by_mail_parser(content: bytes) -> object:
    mail = mailparser.parse_from_bytes(content)
    return mail.from_, mail.to, mail.subject, mail.date, mail.message_id, mail.body


def _spooled(spool: Spool, letters: Sequence[bytes], at_once: int) -> None:
    _put(spool, letters, at_once)
    for path in spool.new.iterdir():
        path.unlink()


def _put(spool: Spool, letters: Sequence[bytes], at_once: int) -> None:
    rounds = Rounds(spool)
    for start in range(0, len(letters), at_once):
        copies = [_copy() for _ in letters[start : start + at_once]]
        some = zip(copies, letters[start:], strict=False)
        for told in [rounds.put([copy], each, lambda _due: None) for copy, each in some]:
            told.result()


def _copy() -> tuple[str, bytes]:
    """Return an id, and the lines that the spool writes above a letter."""
    delivery = Delivery(new_id(), SUPPORT, datetime.now(UTC), rcpt_to=(SUPPORT,), protocol="ESMTP")
    return delivery.id, trace_block(delivery, "ceilings.example")


def _events(files: Sequence[Path], parts: Path) -> None:
    """Do all that a parsing process does for each letter, but for its pipes."""
    for path in files:
        read(path, parts, "whole", {}, from_yandex=False)


def _database(letters: Sequence[bytes]) -> None:
    with database_server() as server, MongoClient[dict[str, object]](server.uri) as client:
        written = client["ceilings"].get_collection(
            "letters", write_concern=WriteConcern("majority", j=True)
        )

        def write(at_once: int) -> None:
            for start in range(0, len(letters), at_once):
                written.insert_many([{"raw": each} for each in letters[start : start + at_once]])

        def used() -> float:
            return cpu_seconds([server.pid]) if server.pid else 0.0

        _tell("database, insert one by one", *_least(lambda: write(1), used))
        _tell(f"database, insert {GROUP} together", *_least(lambda: write(GROUP), used))
        client.drop_database("ceilings")


if __name__ == "__main__":
    main()
