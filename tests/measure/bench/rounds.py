"""One side in one round: started afresh, warmed up, saturated, paced, checked, stopped."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from tests import servers
from tests.measure.bench.commits import FIELDS, Commits, Document, faults
from tests.measure.bench.database import Server, behind
from tests.measure.bench.figures import percentile
from tests.measure.bench.load import (
    Accepted,
    LoadLetter,
    Row,
    accepted_per_second,
    conversations,
    send,
    spread,
)
from tests.measure.bench.plan import Plan
from tests.measure.bench.processes import (
    children_cpu_seconds,
    cpu_seconds,
    family,
    mebibytes,
    own_cpu_seconds,
    peak_mebibytes,
)
from tests.measure.bench.sides import Describe, Side
from tests.measure.bench.wire import counting

SETTLE_SECONDS = 0.005


class Incorrect(Exception):
    """Letters were lost, stored twice, put into a wrong dialog or left in the spool."""


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """The figures of one side in one round; ``by_process`` is also processor time a letter.

    ``memory`` is what each process holds once it is idle again, in MiB.
    """

    accepted_per_second: float
    committed_per_second: float
    commit_p50_ms: float
    commit_p99_ms: float
    cpu_ms_per_letter: float
    cpu_ms_with_database: float
    peak_mib: float
    by_process: Mapping[str, float] = field(default_factory=dict)
    memory: Mapping[str, float] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[float, ...]:
        """The figures of the table, in its order."""
        return (
            self.accepted_per_second,
            self.committed_per_second,
            self.commit_p50_ms,
            self.commit_p99_ms,
            self.cpu_ms_per_letter,
            self.cpu_ms_with_database,
            self.peak_mib,
        )


@dataclass
class Run:
    """One running side, its database, and the letters sent to it so far."""

    side: Side
    dialogs: AsyncCollection[Document]
    plan: Plan
    row: Row
    seed: int
    sent: list[LoadLetter] = field(default_factory=list)
    threads: int = 0

    async def send(
        self, count: int, commits: Commits | None = None, rate: float = 0.0
    ) -> list[Accepted]:
        """Send about ``count`` new letters, in whole threads; return when each was accepted."""
        threads = conversations(self.row, self.seed, count, self.threads)
        self.threads += len(threads)
        self.sent += chain.from_iterable(threads)
        shuffle = self.seed if self.row == "shuffled" else None
        queues = spread(threads, self.plan.connections, shuffle)
        if commits is None:
            return await send(self.side.smtp_port, queues, rate)
        return await send(self.side.smtp_port, queues, rate, commits.expect)

    async def settled(self) -> float:
        """Return since when every letter stands in its thread's dialog, once; raises Incorrect.

        The database is asked only when no letter waits, so that asking slows down neither side;
        what it then holds it held when it was asked.
        """
        deadline = time.monotonic() + self.plan.timeout
        wrong = ["letters wait in the spool"]
        while time.monotonic() < deadline:
            if not self.side.waits():
                asked = time.perf_counter()
                wrong = faults(self.sent, await self.dialogs.find({}, FIELDS).to_list())
                wrong += [f"left in the spool: {name}" for name in self.side.left_in_spool()]
                if not wrong:
                    return asked
            await asyncio.sleep(SETTLE_SECONDS)
        raise Incorrect(f"{self.side.name}: {len(wrong)} faults, such as {wrong[:10]}")


async def measure(
    describe: Describe, server: Server, plan: Plan, row: Row, seed: int
) -> RoundFigures:
    """Measure one side for one round; raises Incorrect, or TimeoutError."""
    async with running(describe, server.uri, server.uri, plan, row, seed) as run:
        before = cpu_by_process(run.side, server)
        accepted_rate, committed_rate, count = await saturate(run, plan.letters)
        after = cpu_by_process(run.side, server)
        used = {name: (after[name] - before[name]) * 1e3 / count for name in after}
        waits = await pace(run)
        of_side = sum(cost for name, cost in used.items() if name != "database")
        return RoundFigures(
            accepted_per_second=accepted_rate,
            committed_per_second=committed_rate,
            commit_p50_ms=percentile(waits, 50) * 1e3,
            commit_p99_ms=percentile(waits, 99) * 1e3,
            cpu_ms_per_letter=of_side,
            cpu_ms_with_database=of_side + used.get("database", nan),
            peak_mib=peak_mebibytes(run.side.pids.values()),
            by_process=used,
            memory=memory_by_process(run.side),
        )


def memory_by_process(side: Side) -> dict[str, float]:
    """Return the MiB that each service takes, and its children."""
    used = {}
    for name, pid in side.pids.items():
        used[name] = mebibytes([pid])
        used[f"{name}'s children"] = mebibytes(family([pid]) - {pid})
    return used


def cpu_by_process(side: Side, server: Server) -> dict[str, float]:
    """Return the processor seconds used so far: each service, its children, the database."""
    used = {}
    for name, pid in side.pids.items():
        used[name] = own_cpu_seconds(pid)
        used[f"{name}'s children"] = children_cpu_seconds(pid)
    if server.pid:
        used["database"] = cpu_seconds([server.pid])
    return used


async def count_calls(
    describe: Describe, server: Server, plan: Plan, row: Row, seed: int
) -> dict[str, float]:
    """Return the database calls a letter by command, from a run through a counting proxy."""
    async with counting(*behind(server.uri)) as (port, commands):
        proxied = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        async with running(describe, server.uri, proxied, plan, row, seed) as run:
            before = Counter(commands)
            _, _, letters = await saturate(run, plan.letters)
            calls = commands - before
    return {name: count / letters for name, count in calls.most_common()}


async def saturate(run: Run, count: int) -> tuple[float, float, int]:
    """Send as fast as possible; return letters accepted and committed per second, and how many."""
    accepted = await run.send(count)
    settled = await run.settled()
    begun = min(each.begun for each in accepted)
    return accepted_per_second(accepted), len(accepted) / (settled - begun), len(accepted)


async def pace(run: Run) -> list[float]:
    """Send at an even rate; return the seconds from each MAIL FROM until the letter is seen."""
    commits = Commits(run.dialogs)
    async with commits.watching():
        await run.send(run.plan.paced_letters, commits, run.plan.rate)
        await commits.all_seen(run.plan.timeout)
    await run.settled()
    return [seen - commits.begun[message_id] for message_id, seen in commits.seen.items()]


@asynccontextmanager
async def running(
    describe: Describe, mongo_uri: str, their_uri: str, plan: Plan, row: Row, seed: int
) -> AsyncIterator[Run]:
    """Run a side, warmed up, on a fresh database that it reaches at ``their_uri``."""
    async with AsyncExitStack() as stack:
        directory = TemporaryDirectory(prefix="data-bench-", dir=servers.ROOT)
        client = await stack.enter_async_context(AsyncMongoClient[Document](mongo_uri))
        database = client[f"bench_{seed}"]
        await client.drop_database(database)
        stack.push_async_callback(client.drop_database, database)
        side = describe(Path(stack.enter_context(directory)), their_uri, database.name)
        # In a thread, as the side may have to be served by this loop's proxy to be ready.
        await asyncio.to_thread(stack.enter_context, servers.running(*side.services.values()))
        run = Run(side, database["dialogs"], plan, row, seed)
        await saturate(run, plan.warmup_letters)
        yield run
