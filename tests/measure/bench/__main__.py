"""``make bench``: ours and a Node peer, turn by turn, on one database server.

Accepted and committed per second come from letters sent as fast as they are taken: from the first
MAIL FROM to the last 250, and until the last letter is seen in the database. The latency to the
commit comes from letters sent at an even rate, each looked for in the database every few
milliseconds. Processor time is that of all processes of a side while it is saturated, the memory
peak the sum of theirs. Database calls are counted by a proxy in a round of their own.
Exits non-zero if a letter was lost, stored twice, put into a wrong dialog or left in the spool.
"""

import asyncio
import os
import platform
import sys
from dataclasses import astuple

from tests.measure.bench.database import NotCountable, database_server, describe
from tests.measure.bench.plan import Plan
from tests.measure.bench.processes import PROC
from tests.measure.bench.report import calls_line, heading, line, summary
from tests.measure.bench.rounds import Describe, Incorrect, RoundFigures, count_calls, measure
from tests.measure.bench.sides import install_peer, node_version, ours, peer


def main() -> None:
    """Run the whole comparison and print it as it comes."""
    if not (PROC / "self" / "stat").exists():
        sys.exit("make bench reads processor time and memory from /proc, which Linux has")
    plan = Plan()
    sides: list[Describe] = [ours]
    if reason := install_peer():
        print(f"Ours alone, without the peer: {reason}")
    else:
        sides.append(peer)
    try:
        with database_server() as mongo_uri:
            introduce(plan, mongo_uri, with_peer=len(sides) > 1)
            asyncio.run(compare(plan, sides, mongo_uri))
    except (Incorrect, TimeoutError) as error:
        sys.exit(f"FAILED: {error}")


def introduce(plan: Plan, mongo_uri: str, *, with_peer: bool) -> None:
    """Say what is measured, and on what."""
    node = f", Node {node_version()}" if with_peer else ""
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}{node}")
    print(f"one {describe(mongo_uri)}")
    print(
        f"a round: {plan.warmup_letters} letters to warm up,"
        f" {plan.letters} over {plan.connections} connections as fast as they are taken,"
        f" {plan.paced_letters} at {plan.rate:g}/s"
        f"{', threads out of order' if plan.shuffle else ''}"
    )


async def compare(plan: Plan, sides: list[Describe], mongo_uri: str) -> None:
    """Measure the sides turn by turn."""
    rounds: list[dict[str, RoundFigures]] = []
    for number in range(plan.rounds):
        seed = plan.seed + number
        print(f"\nround {number + 1}, seed {seed}\n{heading()}", flush=True)
        rounds.append({})
        for side in sides:
            figures = await measure(side, mongo_uri, plan, seed)
            rounds[-1][side.__name__] = figures
            print(line(side.__name__, astuple(figures)), flush=True)
    print("", *summary(rounds), sep="\n")
    seed = plan.seed + plan.rounds
    print(f"\ndatabase calls a letter, in a round of their own, seed {seed}", flush=True)
    try:
        for side in sides:
            calls = await count_calls(side, mongo_uri, plan, seed)
            print(calls_line(side.__name__, calls), flush=True)
    except NotCountable as reason:
        print(f"  not counted: {reason}")
    print("\nevery letter accepted is in exactly one dialog, once; nothing is left in the spool")


if __name__ == "__main__":
    main()
