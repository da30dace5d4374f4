"""``make bench``: ours and a Node peer, turn by turn, on one database server.

Each row is letters that hang together otherwise: threads in order, threads whose letters arrive in
any order, letters that open a dialog each, and such letters with files of up to 5 MB, which the
peer throws away. *Committed* means that a letter stands in ``dialogs``
under the right dialog. Accepted and committed per second come from letters sent as fast as they are
taken: from the first MAIL FROM to the last 250, and until all of them are committed; the database
is asked only when a side has no letter left that waits. The latency to the commit comes from
letters sent at an even rate, each looked for in the database every few milliseconds. Processor time
is that of all processes of a side while it is saturated, without and with the database server; the
memory peak is the sum of theirs, where pages that they share count for each; in what they take once
they are idle again such a page counts once. Database calls are counted by a proxy in a round of
their own.

``BENCH_AGAINST=DIR`` has the service of another checkout take part as *before*, and ours a second
time as *again*, which shows how much is chance.
Exits non-zero if a letter was lost, stored twice, put into a wrong dialog or left in the spool.
"""

import asyncio
import os
import platform
import sys

from tests.measure.bench.database import NotCountable, Server, database_server, describe
from tests.measure.bench.load import Row
from tests.measure.bench.plan import Plan
from tests.measure.bench.processes import PROC
from tests.measure.bench.report import calls_line, heading, line, summary
from tests.measure.bench.rounds import Incorrect, RoundFigures, count_calls, measure
from tests.measure.bench.sides import Describe, checkout, install_peer, node_version, ours, peer

Sides = dict[str, Describe]


def main() -> None:
    """Run the whole comparison and print it as it comes."""
    if not (PROC / "self" / "stat").exists():
        sys.exit("make bench reads processor time and memory from /proc, which Linux has")
    plan = Plan()
    sides: Sides = {"ours": ours}
    if reason := install_peer():
        print(f"Without the peer: {reason}")
    else:
        sides["peer"] = peer
    if plan.against:
        if not (plan.against / "receiver" / "__main__.py").exists():
            sys.exit(f"BENCH_AGAINST={plan.against} is no checkout of the service")
        sides |= {"before": checkout(plan.against.absolute()), "again": ours}
    try:
        with database_server() as server:
            introduce(plan, server, sides)
            asyncio.run(compare(plan, sides, server))
    except (Incorrect, TimeoutError) as error:
        sys.exit(f"FAILED: {error}")


def introduce(plan: Plan, server: Server, sides: Sides) -> None:
    """Say what is measured, and on what."""
    node = f", Node {node_version()}" if "peer" in sides else ""
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}{node}")
    print(f"one {describe(server)}")
    print(
        f"a round: {plan.warmup_letters} letters to warm up,"
        f" {plan.letters} over {plan.connections} connections as fast as they are taken,"
        f" {plan.paced_letters} at {plan.rate:g}/s"
    )
    if plan.against:
        print(f"before: {plan.against}; again: ours once more")


async def compare(plan: Plan, sides: Sides, server: Server) -> None:
    """Measure the sides turn by turn, another one first in each round."""
    rounds: dict[Row, list[dict[str, RoundFigures]]] = {row: [] for row in plan.rows}
    for number in range(plan.rounds):
        print(f"\nround {number + 1}, seed {plan.seed + number}", flush=True)
        for row, of_row in rounds.items():
            print(heading(row), flush=True)
            found = {}
            for name in _from(list(sides), number):
                seed = plan.seed + number
                found[name] = await measure(sides[name], server, plan, row, seed)
                print(line(name, found[name].columns), flush=True)
            of_row.append({name: found[name] for name in sides})
    print(f"\nmedians, rounds: {plan.rounds}")
    for row, of_row in rounds.items():
        print(*summary(row, of_row), sep="\n")
    await count(plan, sides, server)
    print("\nevery letter accepted is in exactly one dialog, once; nothing is left in the spool")


async def count(plan: Plan, sides: Sides, server: Server) -> None:
    """Count the database calls of each side but the repeated one."""
    seed = plan.seed + plan.rounds
    print(f"\ndatabase calls a letter, in a round of their own, seed {seed}", flush=True)
    try:
        for row in plan.rows:
            for name in [each for each in sides if each != "again"]:
                calls = await count_calls(sides[name], server, plan, row, seed)
                print(calls_line(f"{name}, {row}", calls), flush=True)
    except NotCountable as reason:
        print(f"  not counted: {reason}")


def _from(names: list[str], number: int) -> list[str]:
    start = number % len(names)
    return names[start:] + names[:start]


if __name__ == "__main__":
    main()
