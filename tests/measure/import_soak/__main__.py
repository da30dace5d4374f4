"""``make import-soak LETTERS=…``: exits 1 if an import's memory grows with the letters."""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pymongo import MongoClient

from receiver.store.mongo import Document
from tests import servers
from tests.importing.process import Import, counts, memory, stored_in_mbox
from tests.letters import letter
from tests.measure.bench.processes import children_cpu_seconds, cpu_seconds, own_cpu_seconds
from tests.measure.growth.__main__ import process_of

WARM_SHARE = 0.2
MAX_GROWTH = 16 * 1024 * 1024
MIB = 1024 * 1024
DATABASE = "import_soak"
NOBODY: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ImportFigures:
    """What an import took: ``early`` and ``late`` are bytes of memory, ``workers`` of one child.

    ``costs`` is processor time by process, in seconds, that of starting included.
    """

    counts: tuple[int, int, int]
    seconds: float
    early: int
    late: int
    workers: int
    costs: dict[str, float] = field(default_factory=dict)

    @property
    def flat(self) -> bool:
        """Whether the last letters took no more memory than the first ones."""
        return self.late - self.early < MAX_GROWTH

    def line(self) -> str:
        """Return the figures for a person."""
        new, duplicate, failed = self.counts
        return (
            f"{new} new, {duplicate} duplicate, {failed} failed in {self.seconds:.1f} s"
            f" ({sum(self.counts) / self.seconds:.0f}/s); most memory in the first fifth"
            f" {self.early / MIB:.1f} MiB, after it {self.late / MIB:.1f} MiB;"
            f" a parsing process {self.workers / MIB:.1f} MiB; CPU ms/letter: {self._costs()}"
        )

    def _costs(self) -> str:
        all_of_them = max(sum(self.counts), 1)
        return ", ".join(f"{name} {1e3 * s / all_of_them:.2f}" for name, s in self.costs.items())


def mbox(path: Path, count: int, size: int) -> Path:
    """Write an mbox of letters with attachments of ``size`` bytes."""
    luck = random.Random(1)
    with path.open("wb") as file:
        for content in letters(count, size, luck):
            file.write(stored_in_mbox(content))
    return path


def folder(path: Path, count: int, size: int) -> Path:
    """Write as many letters into a folder of .eml files."""
    path.mkdir()
    for number, content in enumerate(letters(count, size, random.Random(2))):
        (path / f"{number}.eml").write_bytes(content)
    return path


def letters(count: int, size: int, luck: random.Random) -> Iterator[bytes]:
    """Yield letters, each of a dialog of its own."""
    for number in range(count):
        yield letter(
            f"{number}.{luck.randrange(10**12)}@example.ru",
            subject=f"Письмо {number}",
            minute=number,
            attachments={"файл.bin": luck.randbytes(size)},
        )


def measured(service: Import, count: int, others: Mapping[str, int] = NOBODY) -> ImportFigures:
    """Run the import and watch its memory; ``others`` are processes to count."""
    early = late = workers = 0
    costs: dict[str, float] = {}
    before = {name: cpu_seconds([pid]) for name, pid in others.items()}
    began = time.monotonic()
    with service.running() as process:
        while process.poll() is None:
            found = memory(process.pid)
            own = found.pop(process.pid, 0)
            if service.settled() < WARM_SHARE * count and not late:
                early = max(early, own)
            else:
                late = max(late, own)
            workers = max([workers, *found.values()])
            costs["import"] = max(costs.get("import", 0.0), own_cpu_seconds(process.pid))
            every = children_cpu_seconds(process.pid)
            costs["its children"] = max(costs.get("its children", 0.0), every)
            time.sleep(0.1)
        said = service.log.read_text()
    took = time.monotonic() - began
    costs |= {name: cpu_seconds([pid]) - before[name] for name, pid in others.items()}
    return ImportFigures(counts(said), took, early, late, workers, costs)


KINDS: dict[str, Callable[[Path, int, int], Path]] = {"mbox": mbox, "folder": folder}


def main() -> int:
    """Read the command line, import from an mbox and from a folder, and print the cost."""
    parser = argparse.ArgumentParser(prog="make import-soak", description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=4000, help="of each letter's attachment")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="import-soak-"))
    good = True
    for kind, write in KINDS.items():
        work = directory / kind
        (work / "mongo").mkdir(parents=True)
        with servers.mongo(work / "mongo") as uri:
            receiver = servers.receiver(work, uri, DATABASE)
            source = write(work / "source", arguments.letters, arguments.bytes)
            with servers.running(receiver):
                port = receiver.env["RECEIVER_PORT"]
                service = Import(work / "bridge", port, str(source), PARSE_WORKERS="2")
                assert receiver.process is not None
                others = {"receiver": receiver.process.pid, "database": process_of(uri)}
                figures = measured(service, arguments.letters, others)
            with MongoClient[Document](uri) as client:
                stored = client[DATABASE].dialogs.count_documents({})
        print(f"{kind}: {figures.line()}", flush=True)
        all_there = figures.counts == (arguments.letters, 0, 0) and stored == arguments.letters
        good = good and figures.flat and all_there
        shutil.rmtree(work)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
