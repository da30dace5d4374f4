"""Print what the first and the 500th page of each tab cost among 100,000 dialogs.

``python -m tests.measure.pages``. The mailbox is filled in bulk, which takes minutes; then the
page is served to a client that is signed in, each address a few times. Printed are milliseconds: of
wall time until the whole page is there (median and worst), and of processor time of the database
and of this process, which is receiver and client. What a receiver does beside requests is left out:
letters that came in bulk would have to be indexed first. Then, how many documents each page reads,
of a receiver that has just started and the next time: most by one query, all, and how many queries.
Both tables are as docs/performance.md has them; how long each step took is said on standard error.
The database is an embedded one, or that
of ``MONGO_URI``, where ``--filled`` says that it was filled before. Exit status 1 if a median is
above 200 ms, or a query reads more than 1,000.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from aiohttp import ClientSession, CookieJar

from contract.keyring import Keyring
from receiver.app import build
from receiver.page.lists.tabs import PAGE, TABS, Lists
from receiver.page.signing.link import new_link
from receiver.page.signing.sign_ins import SignIns
from receiver.settings import ReceiverSettings
from receiver.store import schema
from receiver.store.mongo import Database, Document, connected
from receiver.web.server import listening
from receiver.web.v1.cursor import milliseconds, packed
from receiver.wiring import ReceiverParts
from tests import servers
from tests.measure.growth.__main__ import process_of, processor_ms
from tests.measure.pages.counted import CountedRows
from tests.measure.pages.filled import LISTED_BY, fill
from tests.receiver.written import MAILBOX

NAME = "pages"
CALLED = {
    "us": "waiting for us",
    "them": "waiting for them",
    "all": "all",
    "noticed": "noticed",
}
ENOUGH = 200.0
LATER = 500
MOST_READ = 1000


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long a step took."""
    began = time.monotonic()
    yield
    print(f"{what} in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


async def filled_before(database: Database) -> list[Document]:
    """Return what lists go by of each dialog that is there."""
    found = database.dialogs.find({"mailbox": MAILBOX}, dict.fromkeys(LISTED_BY, 1))
    return await found.to_list(None)


def cursors(known: list[Document], number: int) -> dict[str, str]:
    """Return for each tab the cursor of page ``number``, or of its last one."""
    heads = sorted(known, key=lambda each: (each["updated"], each["_id"]))
    rows = {
        "us": [each for each in heads if each["waiting"] == "us"],
        "them": [each for each in heads if each["waiting"] == "them"][::-1],
        "all": heads[::-1],
    }
    others = [each for each in heads[::-1] if each["noticed"] == 1 or each["related"]]
    first = sum(each["noticed"] == 2 for each in heads)
    at = (number - 1) * PAGE - 1
    last = {tab: each[min(at, len(each) - PAGE)] for tab, each in rows.items()}
    last["noticed"] = others[min(at - first, len(others) - PAGE)]
    return {
        tab: packed([tab, int(tab == "noticed"), milliseconds(each["updated"]), str(each["_id"])])
        for tab, each in last.items()
    }


async def shown(session: ClientSession, address: str, pids: list[int], times: int) -> list[float]:
    """Return what a page costs: wall time as median and worst, processor time, and kilobytes."""
    took = []
    before = [processor_ms(each) for each in pids]
    for _ in range(times):
        began = time.perf_counter()
        async with session.get(address) as answer:
            text = await answer.text()
            assert answer.status == 200, text[:500]
            assert text.count('<li class="row') > PAGE // 2
        took.append((time.perf_counter() - began) * 1000)
    used = [(processor_ms(each) - was) / times for each, was in zip(pids, before, strict=True)]
    return [median(took), max(took), *used, len(text.encode()) / 1024]


async def documents_read(database: Database, at: dict[str, str]) -> int:
    """Print a row for each page, and return the most that one query read."""
    most = 0
    print("\n| | by one | all | queries | again: by one | all | queries |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for tab in TABS:
        for name, cursor in (("first", ""), (f"{LATER}th", at[tab])):
            rows, figures = CountedRows(database), []
            for _ in range(2):
                rows.read = []
                await Lists(rows).page(MAILBOX, tab, cursor)
                figures += [max(rows.read), sum(rows.read), len(rows.read)]
                most = max(most, *rows.read)
            print(f"| {CALLED[tab]}, {name} | {' | '.join(map(str, figures))} |", flush=True)
    return most


async def measure(uri: str, directory: Path, count: int, times: int, *, filled: bool) -> bool:
    """Print a row for each page, and return whether all are good enough."""
    worst = 0.0
    async with connected(uri, NAME, timeout=900.0) as database:
        await schema.ensure(database)
        with timed("filled"):
            known = await (filled_before(database) if filled else fill(database, count))
        at = cursors(known, LATER)
        settings = ReceiverSettings(
            mongo_uri=uri,
            mongo_database=NAME,
            data_dir=directory,
            webhook_secrets=servers.SECRET,
            receiver_port=servers.free_port(),
        )
        parts = ReceiverParts.of(settings, Keyring(settings), database)
        parts.readiness.schema_in_place = True
        pids = [process_of(uri), os.getpid()]
        async with listening(build(parts), settings):
            base = f"http://127.0.0.1:{settings.receiver_port}"
            async with ClientSession(base, cookie_jar=CookieJar(unsafe=True)) as session:
                link = await new_link(SignIns(database), base, "measure")
                said = {"link": link.partition("link=")[2]}
                await session.post("/sign-in", data=said, headers={"Origin": base})
                for tab in TABS:
                    for name, cursor in (("first", ""), (f"{LATER}th", at[tab])):
                        asked = {"mailbox": MAILBOX, "tab": tab, "after": cursor}
                        await shown(session, f"/?{urlencode(asked)}", pids, 1)
                        figures = await shown(session, f"/?{urlencode(asked)}", pids, times)
                        cells = "".join(f"{each:10.0f}" for each in figures)
                        print(f"{tab:10}{name:10}{cells}", flush=True)
                        worst = max(worst, figures[0])
        return await documents_read(database, at) <= MOST_READ and worst <= ENOUGH


def main(arguments: argparse.Namespace) -> int:
    """Measure, and print a table."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pages-")))
        uri = os.environ.get("MONGO_URI") or stack.enter_context(servers.mongo(directory))
        print(f"{arguments.dialogs} dialogs; milliseconds of {arguments.times} times each")
        heads = ("median", "worst", "database", "receiver", "KB")
        print(" " * 20 + "".join(f"{each:>10}" for each in heads), flush=True)
        found = measure(uri, directory, arguments.dialogs, arguments.times, filled=arguments.filled)
        return int(not asyncio.run(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dialogs", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--filled", action="store_true")
    sys.exit(main(parser.parse_args()))
