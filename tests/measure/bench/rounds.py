"""One side in one round: started afresh, warmed up, saturated, paced, checked, stopped."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from tests import servers
from tests.measure.bench.commits import Commits, Document, faults
from tests.measure.bench.database import behind
from tests.measure.bench.figures import percentile
from tests.measure.bench.load import (
    TURNS,
    Accepted,
    LoadLetter,
    accepted_per_second,
    send,
    spread,
    threads,
)
from tests.measure.bench.plan import Plan
from tests.measure.bench.processes import cpu_seconds, peak_mebibytes
from tests.measure.bench.sides import Side
from tests.measure.bench.wire import counting

SETTLE_SECONDS = 0.02
Describe = Callable[[Path, str, str], Side]


class Incorrect(Exception):
    """Letters were lost, stored twice, put into a wrong dialog or left in the spool."""


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """What one round says of one side."""

    accepted_per_second: float
    committed_per_second: float
    commit_p50_ms: float
    commit_p99_ms: float
    cpu_ms_per_letter: float
    peak_mib: float


@dataclass
class Run:
    """One side that runs, its database, and the letters it was sent so far."""

    side: Side
    dialogs: AsyncCollection[Document]
    plan: Plan
    seed: int
    sent: list[LoadLetter] = field(default_factory=list)

    async def send(self, count: int, commits: Commits, rate: float = 0.0) -> list[Accepted]:
        """Send about ``count`` new letters, in whole threads; return when each was accepted."""
        first = len(self.sent) // TURNS
        conversations = threads(self.seed, count // TURNS, first)
        self.sent += chain.from_iterable(conversations)
        shuffle = self.seed if self.plan.shuffle else None
        queues = spread(conversations, self.plan.connections, shuffle)
        return await send(self.side.smtp_port, queues, rate, commits.expect)

    def commits(self) -> Commits:
        """Return a watch on this side's dialogs."""
        return Commits(self.dialogs, self.side.scope)

    async def settle(self) -> None:
        """Return once nothing is left to do; raises TimeoutError."""
        deadline = time.monotonic() + self.plan.timeout
        while left := self.side.left_in_spool():
            if time.monotonic() > deadline:
                raise TimeoutError(f"left in the spool: {left[:10]}")
            await asyncio.sleep(SETTLE_SECONDS)

    async def check(self) -> None:
        """Raise Incorrect unless every letter is stored exactly once, in its thread's dialog."""
        wrong = faults(self.sent, await self.dialogs.find().to_list())
        wrong += [f"left in the spool: {name}" for name in self.side.left_in_spool()]
        if wrong:
            raise Incorrect(f"{self.side.name}: {len(wrong)} faults, such as {wrong[:10]}")


async def measure(describe: Describe, mongo_uri: str, plan: Plan, seed: int) -> RoundFigures:
    """Measure one side for one round; raises Incorrect, or TimeoutError."""
    async with running(describe, mongo_uri, mongo_uri, plan, seed) as run:
        pids = run.side.pids()
        used = cpu_seconds(pids)
        accepted_rate, committed_rate = await saturate(run, plan.letters)
        used = cpu_seconds(pids) - used
        waits = await pace(run)
        return RoundFigures(
            accepted_per_second=accepted_rate,
            committed_per_second=committed_rate,
            commit_p50_ms=percentile(waits, 50) * 1e3,
            commit_p99_ms=percentile(waits, 99) * 1e3,
            cpu_ms_per_letter=used * 1e3 / (plan.letters // TURNS * TURNS),
            peak_mib=peak_mebibytes(pids),
        )


async def count_calls(
    describe: Describe, mongo_uri: str, plan: Plan, seed: int
) -> dict[str, float]:
    """Return the database calls a letter by command, from a run through a counting proxy."""
    async with counting(*behind(mongo_uri)) as (port, commands):
        proxied = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        async with running(describe, mongo_uri, proxied, plan, seed) as run:
            before = Counter(commands)
            await saturate(run, plan.letters)
            calls = commands - before
    letters = plan.letters // TURNS * TURNS
    return {name: count / letters for name, count in calls.most_common()}


async def saturate(run: Run, count: int) -> tuple[float, float]:
    """Send as fast as is taken; return letters accepted and committed per second.

    The database is asked only once all are accepted, so that asking slows down neither side.
    """
    commits = run.commits()
    accepted = await run.send(count, commits)
    async with commits.watching():
        await commits.all_seen(run.plan.timeout)
    await run.settle()
    begun = min(each.begun for each in accepted)
    seen = max(commits.seen.values())
    return accepted_per_second(accepted), len(accepted) / (seen - begun)


async def pace(run: Run) -> list[float]:
    """Send at an even rate; return the seconds from each MAIL FROM until the letter is seen."""
    commits = run.commits()
    async with commits.watching():
        await run.send(run.plan.paced_letters, commits, run.plan.rate)
        await commits.all_seen(run.plan.timeout)
    await run.settle()
    return [seen - commits.begun[message_id] for message_id, seen in commits.seen.items()]


@asynccontextmanager
async def running(
    describe: Describe, mongo_uri: str, their_uri: str, plan: Plan, seed: int
) -> AsyncIterator[Run]:
    """Run a side, warmed up, on a fresh database that it reaches at ``their_uri``.

    What it stored is checked at the end of the block.
    """
    async with AsyncExitStack() as stack:
        directory = TemporaryDirectory(prefix="data-bench-", dir=servers.ROOT)
        client = await stack.enter_async_context(AsyncMongoClient[Document](mongo_uri))
        database = client[f"bench_{seed}_{describe.__name__}"]
        stack.push_async_callback(client.drop_database, database)
        side = describe(Path(stack.enter_context(directory)), their_uri, database.name)
        # In a thread, as the side may have to be served by this loop's proxy to be ready.
        await asyncio.to_thread(stack.enter_context, servers.running(*side.services))
        run = Run(side, database["dialogs"], plan, seed)
        await saturate(run, plan.warmup_letters)
        yield run
        await run.check()
