"""``make http-load``: what 200 hostile connections do to the receiver; exits 1 beyond a limit.

For each kind of unsigned load, from one address and from forty: how much the receiver's memory
grows, the longest time /healthz took, and how many letters arrived meanwhile from elsewhere.
"""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession

from tests import servers, webhook_client
from tests.hostile_http import KINDS
from tests.measure.memory.processes import MB, Peak

GROWTH_LIMIT = 64 * MB
HEALTH_SECONDS = 1.0
TRIES = 5
ROW = "{:28} {:>9} {:>8} {:>10} {:>8}  {}"


def main() -> int:
    """Read the command line, attack, print, and compare with the limits."""
    parser = argparse.ArgumentParser(prog="make http-load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--kind", choices=KINDS)
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="http-load-"))
    print(ROW.format("kind", "addresses", "grown MB", "healthz s", "letters", "answers"))
    kinds = [arguments.kind] if arguments.kind else list(KINDS)
    good = True
    with servers.mongo(directory) as uri:
        for kind, addresses in itertools.product(kinds, (1, 40)):
            receiver = servers.receiver(directory, uri, "http_load")
            with servers.running(receiver):
                found = asyncio.run(
                    attacked(receiver, [kind], arguments.connections, addresses, arguments.seconds)
                )
            print(found.row(kind, addresses), flush=True)
            good &= found.good
    return 0 if good else 1


@dataclass
class Found:
    """What one kind of load did to the receiver."""

    grown: int
    slowest: float
    arrived: int
    tried: int
    answers: dict[str, dict[str, int]]

    @property
    def good(self) -> bool:
        """Whether all limits were kept."""
        return self.grown < GROWTH_LIMIT and self.slowest < HEALTH_SECONDS and self.arrived > 0

    def row(self, kind: str, addresses: int) -> str:
        """Return the line of the table."""
        answers = " ".join(f"{status}:{n}" for status, n in sorted(self.answers[kind].items()))
        grown, slowest = f"{self.grown / MB:.1f}", f"{self.slowest:.2f}"
        letters = f"{self.arrived}/{self.tried}"
        return ROW.format(kind, addresses, grown, slowest, letters, answers)


async def attacked(
    receiver: servers.Service,
    kinds: Sequence[str],
    connections: int,
    addresses: int,
    seconds: float,
) -> Found:
    """Attack for so long with each kind; letters are posted and health is asked for meanwhile."""
    assert receiver.process is not None
    port = receiver.env["RECEIVER_PORT"]
    found = Found(0, 0.0, 0, 0, {})
    async with webhook_client.connected(port) as client:
        await client.post(webhook_client.event(message_id="warm@a.ru"), event_id="warm")
        peak = Peak(receiver.process.pid)
        attack = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.hostile_http", port, ",".join(kinds)),
            *map(str, (connections, addresses, seconds)),
            cwd=servers.ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        while attack.returncode is None:
            found.slowest = max(found.slowest, await seconds_of_health(port))
            found.tried += 1
            body = webhook_client.event(message_id=f"{addresses}-{found.tried}@a.ru")
            found.arrived += await arrives(client, body, f"e{found.tried}")
            await asyncio.sleep(0.05)
        peak.stop()
        assert attack.stdout is not None
        found.answers = json.loads(await attack.stdout.read())
    found.grown = peak.main - peak.start_bytes
    return found


async def arrives(client: webhook_client.Client, body: bytes, event_id: str) -> bool:
    """Post a letter as a courier does, again after 503: a starved machine's database is slow."""
    for _ in range(TRIES):
        status, _ = await client.post(body, event_id=event_id)
        if status != 503:
            return status in (200, 201)
    return False


async def seconds_of_health(port: str) -> float:
    """Return how long /healthz takes on a connection of its own."""
    began = time.monotonic()
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as got:
        await got.read()
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
