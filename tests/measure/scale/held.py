"""Processes held to a share of a core each, as a small machine would hold them."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from tests.measure.bench.processes import own_cpu_seconds

LOOK_SECONDS = 0.01


@asynccontextmanager
async def held(pids: Sequence[int], share: float) -> AsyncIterator[None]:
    """Stop each process whenever it has used more than its share of the time so far.

    What it does not use it may use within the next tenth of a second and not later; a share of 1
    or more holds nobody.
    """
    if share >= 1:
        yield
        return
    task = asyncio.create_task(_hold(pids, share))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def _hold(pids: Sequence[int], share: float) -> None:
    looked = time.monotonic()
    room = dict.fromkeys(pids, 0.0)
    used = {pid: own_cpu_seconds(pid) for pid in pids}
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = time.monotonic()
        for pid in pids:
            spent = own_cpu_seconds(pid) - used[pid]
            used[pid] += spent
            room[pid] = min(room[pid] + share * (now - looked), share / 10) - spent
            os.kill(pid, signal.SIGCONT if room[pid] > 0 else signal.SIGSTOP)
        looked = now
