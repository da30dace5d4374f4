"""Print what one more letter costs: after thousands that know one id, and in a long dialog.

``python -m tests.measure.growth --letters 5000``. Each row is the median of some letters, filed one
by one through the receiver's own filing on an embedded database: milliseconds of processor time of
the database, and of this process, which stands for the receiver; and whether the dialogs are those
that the rule makes of all letters. Exit status 1 if they are not.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from receiver.filing.filing import Filing
from receiver.letters.letter import Letter
from receiver.store import schema
from receiver.store.mongo import Database, connected
from receiver.threads.partition import partition
from tests import servers
from tests.measure.bench.processes import own_cpu_seconds
from tests.receiver.hubs import HUBS, Build
from tests.receiver.written import dialogs, file, filing, written

MEASURED = 9
SHAPES = HUBS | {
    "a dialog, each answers the last": (
        lambda n: written(f"{n}", answers=f"{n - 1}"),
        lambda n: written("0"),
    ),
}


def processor_ms(pid: int) -> float:
    """Return the processor time that a process has used, in milliseconds."""
    return own_cpu_seconds(pid) * 1000


async def measure(
    database: Database, pid: int, shape: tuple[Build, Build], sizes: list[int]
) -> tuple[list[str], bool]:
    """Return a row of figures for each size, and whether the dialogs are right."""
    another, first = shape
    files = filing(database)
    letters = [first(0)]
    await file(files, letters[0])
    rows = []
    for size in sizes:
        more = [another(n) for n in range(len(letters), size)]
        letters += more
        for at in range(0, len(more), 64):
            await file(files, *more[at : at + 64])
        rows.append(await _costs(files, pid, letters, another))
    groups = partition(letters, "participants")
    rule = sorted(" ".join(sorted(each.message["body"] for each in one.letters)) for one in groups)
    return rows, await dialogs(database) == rule


async def _costs(files: Filing, pid: int, letters: list[Letter], another: Build) -> str:
    of_database, own = [], []
    for _ in range(MEASURED):
        some = [another(len(letters) + n) for n in range(5)]
        letters += some
        before, began = processor_ms(pid), time.process_time()
        for letter in some:
            await file(files, letter)
        own.append((time.process_time() - began) * 1000 / len(some))
        of_database.append((processor_ms(pid) - before) / len(some))
    return f"{median(of_database):5.1f} / {median(own):4.1f}"


async def main(sizes: list[int], row: str) -> int:
    """Measure every shape whose name has ``row`` and print a table."""
    with TemporaryDirectory(prefix="growth-") as place, servers.mongo(Path(place)) as uri:
        pid = process_of(uri)
        print("ms of processor time a letter: database / receiver")
        print(f"{'letters':36}", *(f"{size:>12}" for size in sizes))
        wrong = 0
        shapes = {name: shape for name, shape in SHAPES.items() if row in name}
        for number, (name, shape) in enumerate(shapes.items()):
            async with connected(uri, f"growth-{number}", timeout=60) as database:
                await schema.ensure(database)
                rows, right = await measure(database, pid, shape, sizes)
            wrong += not right
            told = (f"{row:>12}" for row in rows)
            print(f"{name:36}", *told, "" if right else "WRONG", flush=True)
    return 1 if wrong else 0


def process_of(uri: str) -> int:
    """Return the process of an embedded database."""
    port = uri.rpartition(":")[2]
    [pid] = [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and f"--port\0{port}\0" in _command(path)
    ]
    return pid


def _command(path: Path) -> str:
    try:
        return (path / "cmdline").read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument("--row", default="", help="only rows whose name has this")
    asked = parser.parse_args()
    sizes = [each for each in (10, 256, 1000) if each < asked.letters] + [asked.letters]
    sys.exit(asyncio.run(main(sizes, asked.row)))
