"""``make chaos SECONDS=… SEED=…``: exits 1 if a letter was lost, doubled, changed or misplaced."""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from pymongo import MongoClient

from receiver.threads.group import Policy
from tests.measure.chaos.clients import ChaosClient
from tests.measure.chaos.correcting import Correcting
from tests.measure.chaos.follower import Follower, give_token
from tests.measure.chaos.hook import HookTarget
from tests.measure.chaos.leaving import Leaving
from tests.measure.chaos.ledger import MAILBOXES, Ledger
from tests.measure.chaos.monkey import Monkey
from tests.measure.chaos.processes import Stack
from tests.measure.chaos.proxy import Proxies
from tests.measure.chaos.verdict import WRONGS, ChaosVerdict, reach_verdict
from tests.servers import is_ready, listens, wait_until

CLIENTS = 4
STILL_SECONDS = 180.0
REST_SECONDS = 90.0


def main() -> int:
    """Read the command line, run, and print the result."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--policy", choices=get_args(Policy), help="JOIN_POLICY; else by the seed")
    parser.add_argument("--keep", action="store_true", help="leave spool, database and logs there")
    arguments = parser.parse_args()
    policy = arguments.policy or random.Random(arguments.seed).choice(get_args(Policy))
    seconds = f"{arguments.seconds:.0f} s"
    print(f"chaos for {seconds}, SEED={arguments.seed}, JOIN_POLICY={policy}", flush=True)
    directory = Path(tempfile.mkdtemp(prefix="chaos-"))
    good = run(directory, arguments.seconds, arguments.seed, policy)
    if good and not arguments.keep:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"logs, spool and database: {directory}")
    return 0 if good else 1


def run(directory: Path, seconds: float, seed: int, policy: Policy) -> bool:
    """Run everything in ``directory``, print the report, and tell whether the books balance."""
    stack, proxies, target = Stack(directory, policy), Proxies(), HookTarget(seed)
    try:
        ports = stack.ports
        doors = {
            "client to bridge": proxies.start(ports["smtp_proxy"], [ports["smtp"]]),
            "bridge to receiver": proxies.start(ports["receiver_proxy"], [ports["a"], ports["b"]]),
            "receiver to database": proxies.start(ports["mongo_proxy"], [ports["mongo"]]),
        }
        wait_until(lambda: all(is_ready(ports[name]) for name in ("a", "b")))
        wait_until(lambda: listens(ports["smtp"]))
        ledger = Ledger(random.Random(seed))
        monkey = Monkey(stack, proxies, doors, seed + 1)
        clients = [
            ChaosClient(ledger, ports["smtp_proxy"], seed + 2 + number, monkey.faults)
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        followers = followers_of(stack, target)
        names = (ports["a"], ports["b"])
        there = MongoClient[dict[str, Any]]("127.0.0.1", ports["mongo"])
        leaving = Leaving(there["chaos"], ports["smtp_proxy"], names, seed + 99, stack.retain)
        leaving.start()
        correcting = Correcting(there["chaos"], ports["smtp_proxy"], names, seed + 98)
        correcting.start()
        # However slow the machine is: a run in which nothing was promised would prove nothing.
        wait_until(lambda: any(sent.promised for sent in list(ledger.letters.values())), 60)
        monkey.run(seconds)
        target.calm = True
        leaving.stop()
        correcting.stop()
        for each in followers:
            each.stop()
        for client in clients:
            client.stop()
        for client in clients:
            client.join(60)
        left = drain(stack)
        leaving.settle()
        print(leaving.words())
        print(f"a person corrected, and was answered: {dict(sorted(correcting.answers.items()))}")
        with MongoClient[dict[str, Any]]("127.0.0.1", ports["mongo"]) as database:

            def judge() -> ChaosVerdict:
                found = reach_verdict(ledger, database, stack.spool, policy, leaving)
                found.lost += correcting.lost()
                watching: list[Follower | HookTarget] = [*followers, target]
                found.untold = [each for one in watching for each in one.wrong(database["chaos"])]
                return found

            verdict = at_rest(judge)
        refused = sum((client.refused for client in clients), Counter[str]())
        asked = [(each.answers, each.refusals) for each in followers]
        print(f"who follows the changes was answered, and was not: {asked};")
        print(f"  a hook was told {target.taken} events, {target.again} of them again")
        return report(ledger, monkey, refused, verdict, left, stack)
    finally:
        stack.end()
        proxies.stop()
        target.stop()


def followers_of(stack: Stack, target: HookTarget) -> list[Follower]:
    """Start to follow the changes of each mailbox, and have a hook told."""
    ports = [stack.ports["a"], stack.ports["b"]]
    with MongoClient[dict[str, Any]]("127.0.0.1", stack.ports["mongo"]) as client:
        token = give_token(client["chaos"], list(MAILBOXES))
        target.hook(client["chaos"])
    followers = [Follower(ports, token, mailbox) for mailbox in MAILBOXES]
    for each in followers:
        each.start()
    return followers


def drain(stack: Stack) -> int:
    """Have everything that waits tried until nothing is left; return what cannot be delivered."""
    wait_until(lambda: listens(stack.ports["smtp"]) and listens(stack.ports["mongo"]))
    fewest, deadline = waiting(stack), time.monotonic() + STILL_SECONDS
    while (left := waiting(stack)) and time.monotonic() < deadline:
        if left < fewest:
            fewest, deadline = left, time.monotonic() + STILL_SECONDS
        stack.command("spool", "retry", "--all")
        for _ in range(40):
            if not waiting(stack):
                break
            time.sleep(0.1)
    return left


def at_rest(judge: Callable[[], ChaosVerdict]) -> ChaosVerdict:
    """Return the verdict once it is good; receivers get time to settle what was cut short."""
    deadline = time.monotonic() + REST_SECONDS
    while not (verdict := judge()).balanced and time.monotonic() < deadline:
        time.sleep(2.0)
    return verdict


def waiting(stack: Stack) -> int:
    """Return how many letters wait in the spool."""
    return sum(1 for name in ("new", "cur") for _ in (stack.spool / name).glob("*.eml"))


def report(
    ledger: Ledger,
    monkey: Monkey,
    refused: Counter[str],
    verdict: ChaosVerdict,
    left: int,
    stack: Stack,
) -> bool:
    """Print the counts and tell whether all is well."""
    letters = ledger.letters.values()
    strange = {process.name: dict(process.strange) for process in stack.all if process.strange}
    faults = monkey.faults
    for kind, count in sorted(faults.items()):
        print(f"{count:6}  {kind}")
    print(
        f"{faults.total():6}  faults of {len(faults)} kinds, at {len(monkey.points)} named points:"
    )
    print("  " + ", ".join(f"{point} {count}" for point, count in sorted(monkey.points.items())))
    print(
        f"letters: {len(letters)} written, {sum(each.promised for each in letters)} answered 250,"
    )
    attempts = sum(each.attempts for each in letters)
    print(f"  {attempts} attempts, not taken: {dict(sorted(refused.items()))}")
    print(
        f"stored: {verdict.stored} messages in {verdict.dialogs} dialogs, {verdict.failed} failed,"
    )
    print(f"  {verdict.merged} dialogs of several threads, {verdict.unparsed} unparsed,")
    print(f"  {left} letters still wait")
    for name in WRONGS:
        wrong: list[str] = getattr(verdict, name)
        print(f"{name}: {len(wrong)} {wrong[:5] if wrong else ''}")
    if strange:
        print(f"ended by themselves: {strange}")
    return verdict.balanced and verdict.stored > 0 and not left and not strange


if __name__ == "__main__":
    sys.exit(main())
