"""Print what late indexing costs beside filing: processor time of receiver and database.

``python -m tests.measure.search.late --letters 2000``. The letters of ``make bench`` are posted to
a receiver, two at once; then this process puts the same letters into the index, as the receiver
would have done a while later. Both are counted in one run, so the share says more than the figures.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from receiver.search.indexing import HOT, Indexing
from receiver.store.mongo import connected
from tests import servers
from tests.measure.bench.load import Row, conversations
from tests.measure.growth.__main__ import process_of, processor_ms
from tests.measure.threading.corpus import MAILBOX, event_of
from tests.webhook_client import connected as connected_client

ROW: Row = "in order"
DATABASE = "late"


def events(count: int) -> list[tuple[str, bytes]]:
    """Return the events of the bench's letters, each with its id."""
    raw = [each.content for thread in conversations(ROW, 1, count) for each in thread]
    found = (event_of(each) for each in raw)
    return [
        (name, json.dumps(event.model_dump(mode="json", by_alias=True)).encode())
        for name, event in found
    ]


async def post(port: str, some: list[tuple[str, bytes]]) -> None:
    """Post events, two at once."""
    async with connected_client(port) as client:

        async def work(mine: list[tuple[str, bytes]]) -> None:
            for name, body in mine:
                status, answer = await client.post(body, event_id=name)
                assert status in (200, 201), answer

        await asyncio.gather(*(work(some[start::2]) for start in range(2)))


async def index(uri: str, count: int) -> float:
    """Put the letters into the index; return the processor time of this process."""
    async with connected(uri, DATABASE, timeout=600) as database:
        await asyncio.sleep(HOT.total_seconds() + 2)
        began, done = time.process_time(), 0
        while done < count and (
            new := await Indexing(database).follow_mailbox(MAILBOX, wait=False)
        ):
            done += new
        assert done == count, (done, count)
        return (time.process_time() - began) * 1000


def main(count: int) -> int:
    """Measure and print; exit status 1 if indexing costs more than a tenth of filing."""
    directory = Path(tempfile.mkdtemp(prefix="late-"))
    some = events(count)
    with servers.mongo(directory) as uri:
        database = process_of(uri)
        service = servers.receiver(directory, uri, DATABASE)
        with servers.running(service):
            assert service.process is not None
            receiver = service.process.pid
            asyncio.run(post(service.env["RECEIVER_PORT"], some[:100]))
            before = processor_ms(receiver), processor_ms(database)
            asyncio.run(post(service.env["RECEIVER_PORT"], some[100:]))
            after = processor_ms(receiver), processor_ms(database)
        measured = len(some) - 100
        filing = [(b - a) / measured for a, b in zip(before, after, strict=True)]
        began = processor_ms(database)
        own = asyncio.run(index(uri, len(some)))
        late = [own / len(some), (processor_ms(database) - began) / len(some)]
    print(f"{len(some)} letters of the bench, {ROW}; milliseconds of processor time a letter")
    print(f"{'':9} receiver  database")
    for name, (ours, its) in {"filing": filing, "indexing": late}.items():
        print(f"{name:9} {ours:8.2f} {its:9.2f}")
    share = sum(late) / sum(filing)
    print(f"indexing adds {share:.1%} to what receiver and database do for a letter")
    return 1 if share > 0.1 else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=2000)
    sys.exit(main(parser.parse_args().letters))
