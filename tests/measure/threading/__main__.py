"""``make threading CORPUS=DIR ORDERS=20 ARGS="--seed …"``: conversations against other engines.

Exits 1 if the threads that all engines agree on are joined with less precision or recall than
promised, or if two orders, or one receiver and three, do not give the same dialogs.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from receiver.why.reasons import explained
from tests import servers
from tests.measure.threading.corpus import Agreement, ThreadSet, agreement, load, sets
from tests.measure.threading.runs import Fingerprint, Order, RunOutcome, receivers
from tests.real_mail import CORPUS

PRECISION, RECALL = 0.999, 0.995
BY_IDS = {"JOIN_POLICY": "anyone", "MATCH_BY_SUBJECT": "false"}
WITH_SUBJECTS = {"JOIN_POLICY": "anyone", "MATCH_BY_SUBJECT": "true"}
SHOWN = 10


def main() -> int:
    """Run every set and print the tables."""
    options = _options()
    if not (options.corpus / "threads").is_dir():
        print(f"no conversations at {options.corpus}: nothing measured")
        return 0
    # By default SIGTERM ends us at once, and leaves the database and the receivers running.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    seeds = [options.seed + number for number in range(options.orders)]
    found = [load(options.corpus, name) for name in sets(options.corpus)]
    with tempfile.TemporaryDirectory() as name, servers.mongo(Path(name)) as uri:
        good = [asyncio.run(measure(each, uri, Path(name), seeds)) for each in found]
    return 0 if all(good) else 1


async def measure(letters: ThreadSet, uri: str, directory: Path, seeds: Sequence[int]) -> bool:
    """Print what the receivers make of one set; tell whether it is as promised."""
    print(f"\n{letters.name}: {len(letters.events)} letters")
    orders = [Order("as filed"), Order("reversed"), *(Order(f"seed {s}", s) for s in seeds)]
    first: RunOutcome | None = None
    runs: dict[str, Fingerprint] = {}
    for count in (1, 3):
        async with receivers(uri, directory, count, **BY_IDS) as running:
            for order in orders:
                outcome = await running.run(order.of(letters.events))
                first = first or outcome
                runs[f"{order.name}, {count} receiver{'s' * (count > 1)}"] = outcome.fingerprint
    assert first
    async with receivers(uri, directory, 1, **WITH_SUBJECTS) as running:
        guessed = await running.run(letters.events)
    same = _print_orders(runs, first)
    good = _print_engines(letters, first, guessed)
    _print_guesses(guessed)
    return same and good


def _print_orders(runs: dict[str, Fingerprint], first: RunOutcome) -> bool:
    expected = first.fingerprint
    other = {name: _difference(found, expected) for name, found in runs.items()}
    print(f"  {len(runs)} runs ({'; '.join(runs)})")
    stored = sum(len(dialog["messages"]) for dialog in first.dialogs)
    print(f"  {stored} letters stored in {len(expected)} dialogs")
    for name, difference in other.items():
        if difference:
            print(f"  {name}: {difference}")
    print(f"  runs that gave other dialogs or messages: {sum(map(bool, other.values()))}")
    return not any(other.values())


def _difference(found: Fingerprint, expected: Fingerprint) -> str:
    if found == expected:
        return ""
    together = {letters for letters, _ in found}
    if len(found) != len(expected) or together != {letters for letters, _ in expected}:
        return f"{len(together - {letters for letters, _ in expected})} other dialogs"
    changed = len(set(found) - set(expected))
    return f"the same letters together, but {changed} dialogs say other things"


def _print_engines(letters: ThreadSet, first: RunOutcome, guessed: RunOutcome) -> bool:
    print(f"  {'':22}{'precision':>10}{'recall':>10}{'pairs':>8}   with subjects")
    engines = {"agreed by all": letters.agreed, **letters.engines}
    good = True
    for name, threads in engines.items():
        ours = agreement(first.partition, threads)
        theirs = agreement(guessed.partition, threads)
        line = f"  {name:22}{ours.precision:10.3%}{ours.recall:10.3%}{ours.theirs:8}"
        print(f"{line}   {theirs.precision:.3%} {theirs.recall:.3%}")
        _print_differing(ours, first)
        if name == "agreed by all":
            good = ours.precision >= PRECISION and ours.recall >= RECALL
    if not good:
        print(f"  not as promised: precision {PRECISION:.1%}, recall {RECALL:.1%}")
    return good


def _print_differing(ours: Agreement, outcome: RunOutcome) -> None:
    """Show the largest threads that an engine sees otherwise, and why ours are as they are."""
    told = {
        message["message_id"]: message
        for dialog in outcome.dialogs
        for message in explained(dialog, dialog["messages"], {}, {})["messages"]
    }
    largest = sorted(ours.differing, key=lambda each: -len(each[0]))
    for theirs, parts in largest[:SHOWN]:
        here = " + ".join(str(len(part)) for part in parts)
        print(f"    one thread of {len(theirs)} there, here {here}")
        for part in sorted(parts, key=len)[:2]:
            message = _telling(part, theirs, told)
            print(f"      <{message['message_id']}>: {message['why']}")
    if len(largest) > SHOWN:
        print(f"    and {len(largest) - SHOWN} more")


def _telling(
    part: frozenset[str], theirs: frozenset[str], told: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return the letter of a dialog that joined it to what lies outside of their thread.

    Where ours is the smaller one, that is the letter which opened it.
    """
    in_order = sorted((told[one] for one in part), key=lambda message: message["created"])
    for message in in_order if part - theirs else ():
        named = message["matched_id"]
        if named and (message["message_id"] in theirs) != (named in theirs):
            return message
    return in_order[0]


def _print_guesses(guessed: RunOutcome) -> None:
    print(f"  joined by subject alone: {len(guessed.guesses)}")
    for message_id, evidence in guessed.guesses:
        print(f"    <{message_id}> by “{evidence}”")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make threading", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    orders = int(os.environ.get("ORDERS") or 20)
    parser.add_argument("--orders", type=int, default=orders, help="shuffled orders")
    seed = random.randrange(10**6)
    parser.add_argument("--seed", type=int, default=seed, help="of the first shuffled order")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
