"""Print what a letter costs among ever more dialogs: one that opens a dialog, one that answers.

``python -m tests.measure.growth.among --dialogs 1000 100000``. The dialogs are filled in: copies of
one that filing made, with names of the same length. Each figure is the median of some letters,
filed one by one on an embedded database: milliseconds of processor time of the database, and of
this process, which stands for the receiver. Beside it stand the keys and documents that all queries
of one letter examine among letters and dialogs. Exit status 1 if these are not the same among all
numbers of dialogs, or a letter did not come where it belongs.
"""

import argparse
import asyncio
import sys
import time
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bson import ObjectId, encode
from bson.raw_bson import RawBSONDocument
from pymongo.monitoring import CommandListener, CommandStartedEvent, register

from receiver.filing.filing import Filing
from receiver.letters.letter import Letter
from receiver.store import schema
from receiver.store.mongo import Database, connected
from tests import servers
from tests.measure.growth.__main__ import MEASURED, process_of, processor_ms
from tests.receiver.written import file, filing, written

AT_ONCE = 500
OURS = ("letters", "dialogs", "redirects")
OUTCOMES = {"opens": "created", "answers": "appended"}


class Finds(CommandListener):
    """The collections and filters of all queries, while it listens."""

    def __init__(self) -> None:
        self.listening = False
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Note a query."""
        asked = event.command.get("find")
        if self.listening and asked in OURS:
            self.seen.append((asked, event.command["filter"]))

    def succeeded(self, event: object) -> None:
        """Note nothing."""

    def failed(self, event: object) -> None:
        """Note nothing."""


def named(number: int) -> str:
    """Return the name of a dialog's letter and of its sender, always as long."""
    return f"n{number:09d}"


async def fill(database: Database, first: int, behind: int) -> None:
    """Fill in dialogs of one letter each, copies of that with the number 0."""
    [letter], [dialog] = [
        await database[name].find({f"{path}message_id": f"{named(0)}@example.ru"}).to_list(None)
        for name, path in (("letters", "message."), ("dialogs", "messages."))
    ]
    for start in range(first, behind, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, behind))
        fresh = [{letter["_id"]: ObjectId(), dialog["_id"]: ObjectId()} for _ in numbers]
        for name, document in (("letters", letter), ("dialogs", dialog)):
            content = encode(document)
            copies = [
                RawBSONDocument(_copy(content, letter["key"], *pair))
                for pair in zip(numbers, fresh, strict=True)
            ]
            await database[name].insert_many(copies)


def _copy(content: bytes, key: str, number: int, fresh: dict[ObjectId, ObjectId]) -> bytes:
    content = content.replace(named(0).encode(), named(number).encode())
    content = content.replace(key.encode(), sha256(named(number).encode()).hexdigest().encode())
    for old, new in fresh.items():
        content = content.replace(old.binary, new.binary)
    return content


async def cost(files: Filing, pid: int, letters: list[Letter]) -> str:
    """Return the milliseconds of the database and of this process for each letter."""
    of_database, own = [], []
    for at in range(0, len(letters), 5):
        before, began = processor_ms(pid), time.process_time()
        for letter in letters[at : at + 5]:
            await file(files, letter)
        own.append((time.process_time() - began) * 1000 / 5)
        of_database.append((processor_ms(pid) - before) / 5)
    return f"{median(of_database):.1f} / {median(own):.1f}"


async def examined(database: Database, finds: Finds, files: Filing, letter: Letter) -> str:
    """Return what became of a letter, and how many keys and documents its queries examine."""
    finds.seen.clear()
    finds.listening = True
    [answer] = await file(files, letter)
    finds.listening = False
    keys = documents = 0
    for collection, query in finds.seen:
        told = (await database[collection].find(query).explain())["executionStats"]
        keys += told["totalKeysExamined"]
        documents += told["totalDocsExamined"]
    return f"{answer.outcome}: {keys} keys, {documents} documents, {len(finds.seen)} queries"


async def main(sizes: list[int]) -> int:
    """Fill in, measure, fill in more; print a row for each number of dialogs and kind of letter."""
    finds = Finds()
    register(finds)
    with TemporaryDirectory(prefix="growth-") as place, servers.mongo(Path(place)) as uri:
        pid = process_of(uri)
        print("ms of processor time a letter: database / receiver; examined")
        told: dict[str, set[str]] = {kind: set() for kind in OUTCOMES}
        async with connected(uri, "growth", timeout=60) as database:
            await schema.ensure(database)
            files, filled, fresh = filing(database), 1, iter(range(10**8, 10**9))
            await file(files, written(named(0), named(0)))
            for size in sizes:
                await fill(database, filled, size)
                filled = max(filled, size)
                for kind, seen in told.items():
                    answered = iter(range(size - 5 * MEASURED - 1, size))
                    some = [
                        written(
                            f"{next(fresh)}",
                            named(number) if kind == "answers" else f"{number}{size}",
                            answers=named(number) if kind == "answers" else "",
                            days=1,
                        )
                        for number in answered
                    ]
                    read = await examined(database, finds, files, some.pop())
                    seen.add(read)
                    took = await cost(files, pid, some)
                    print(f"{size:>9} dialogs, a letter that {kind:8} {took:>12}  {read}")
    right = all(each.startswith(OUTCOMES[kind]) for kind, seen in told.items() for each in seen)
    return 0 if right and all(len(seen) == 1 for seen in told.values()) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dialogs", type=int, nargs="+", default=[1000, 100_000])
    sys.exit(asyncio.run(main(sorted(parser.parse_args().dialogs))))
