"""Print what the index of words costs, and how long searches take.

``python -m tests.measure.search --letters 10000 --words 150``. The letters are written straight
into an embedded database, so that only the index is counted: milliseconds of processor time a
letter, of the database and of this process, which stands for the receiver; bytes a letter. Then
each query is asked again and again: its first page and, where there are more, the tenth. Exit
status 1 if a search finds other letters than a look through the oldest 1,000 of them.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from receiver.search.indexing import FULL, Indexing
from receiver.search.query import read
from receiver.search.searched import Searched, matches
from receiver.search.searching import Searching
from receiver.store import schema
from receiver.store.mongo import Database, connected
from tests import servers
from tests.measure.growth.__main__ import process_of, processor_ms
from tests.measure.search.letters import MAILBOX, RAREST, Writer, dialog_of

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
TIMES = 9
PAGE = 50
CHECKED = 1000


async def fill(database: Database, writer: Writer, count: int) -> list[dict[str, Any]]:
    """Write letters and dialogs; return some of the letters."""
    some: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    for letter in writer.letters(count, BEFORE):
        batch.append(letter)
        if len(batch) == 1000:
            await _write(database, batch)
            batch = []
        if len(some) < CHECKED:
            some.append(letter)
    await _write(database, batch)
    return some


async def _write(database: Database, letters: Sequence[dict[str, Any]]) -> None:
    if letters:
        await database.letters.insert_many(letters, ordered=False)
        await database.dialogs.insert_many([dialog_of(each) for each in letters], ordered=False)


async def index(database: Database, pid: int, count: int) -> None:
    """Index the letters and print what that costs."""
    before, began = processor_ms(pid), time.process_time()
    done = await Indexing(database).follow_mailbox(MAILBOX)
    own = (time.process_time() - began) * 1000
    sizes = [len(each["content"]) async for each in database.search_pieces.find({}, {"content": 1})]
    manifest = await database.search.find_one({"_id": MAILBOX}) or {"segments": []}
    assert done == count, (done, count)
    print(f"indexed {done} letters, {FULL} at once, into {len(manifest['segments'])} segments")
    print(
        f"a letter: {(processor_ms(pid) - before) / count:.2f} ms of the database,"
        f" {own / count:.2f} ms of the receiver, {sum(sizes) / count:.0f} bytes in"
        f" {len(sizes) / count:.2f} pieces"
    )


def queries(writer: Writer) -> dict[str, str]:
    """Return what is asked, by what it shows."""
    common, second, third = writer.vocabulary[:3]
    return {
        "the rarest word": RAREST,
        "the commonest word": common,
        "the two commonest": f"{common} {second}",
        "three, one of them rare": f"{common} {third} {writer.vocabulary[-1]}",
        "common, not common": f"{common} -{second}",
        "a phrase of common words": f'"{common} {second}"',
        "a sender": "from:user77@example27.ru",
        "a file": "file:договор_500.pdf",
        "what waits, a common word": f"is:waiting {common}",
        "a word before a date": f"{common} before:2020-02",
        "what is nowhere": "нигденет",
    }


async def ask(database: Database, pid: int, line: str) -> str:
    """Ask and return the figures: letters found, milliseconds of time and of processor time."""
    searching = Searching(database)
    walls: list[float] = []
    began, before = time.process_time(), processor_ms(pid)
    first, count, pages = None, 0, 0
    for _ in range(TIMES):
        start = time.perf_counter()
        first = await searching.search([MAILBOX], line, None, PAGE)
        walls.append((time.perf_counter() - start) * 1000)
    own, other = (time.process_time() - began) * 1000, processor_ms(pid) - before
    later, cursor = 0.0, first.next if first else None
    count = len(first.letters) if first else 0
    while cursor and pages < 9:
        start = time.perf_counter()
        page = await searching.search([MAILBOX], line, cursor, PAGE)
        later, cursor, pages = (time.perf_counter() - start) * 1000, page.next, pages + 1
        count += len(page.letters)
    more = "+" if cursor else " "
    p95 = quantiles(walls, n=20)[-1]
    return (
        f"{count:>6}{more} {median(walls):>7.0f} {p95:>6.0f} {own / TIMES:>9.1f}"
        f" {other / TIMES:>9.1f} {later or float('nan'):>9.0f}"
    )


async def differing(database: Database, writer: Writer, some: Sequence[dict[str, Any]]) -> int:
    """Return for how many queries a search finds other letters among the oldest ones."""
    searching, wrong = Searching(database), 0
    last = max(each["message"]["created"] for each in some) + timedelta(days=1)
    looked_through = {each["key"] for each in some}
    for line in queries(writer).values():
        bounded = f"{line} before:{last:%Y-%m-%d}"
        found: set[str] = set()
        cursor = None
        while True:
            page = await searching.search([MAILBOX], bounded, cursor, 200)
            found |= {each.key for each in page.letters}
            if (cursor := page.next) is None:
                break
        wrong += found & looked_through != scanned(bounded, some)
    return wrong


def scanned(line: str, letters: Sequence[dict[str, Any]]) -> set[str]:
    """Return the keys of the letters that are asked for, by a look through all of these."""
    asked = read(line)
    return {
        each["key"]
        for each in letters
        if matches(asked, Searched(MAILBOX, each["message"]))
        and asked.waiting in (None, dialog_of(each)["waiting"] == "us")
    }


async def main(count: int, words: int, vocabulary: int) -> int:
    """Measure and print; return the exit status."""
    writer = Writer(vocabulary, words)
    with TemporaryDirectory(prefix="search-") as place, servers.mongo(Path(place)) as uri:
        pid = process_of(uri)
        async with connected(uri, "search", timeout=600) as database:
            await schema.ensure(database)
            some = await fill(database, writer, count)
            await index(database, pid, count)
            heads = ("letters", "median", "p95", "receiver", "database", "10th page")
            widths = (7, 7, 6, 9, 9, 9)
            print(
                f"{'milliseconds':28}", *(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True))
            )
            for name, line in queries(writer).items():
                print(f"{name:28}", await ask(database, pid, line))
            wrong = await differing(database, writer, some)
    same = f"the same letters as a look through the oldest {len(some)}"
    print(f"{wrong} queries DIFFER" if wrong else same)
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=150, help="of a letter, on average")
    parser.add_argument("--vocabulary", type=int, default=50_000)
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.letters, given.words, given.vocabulary)))
