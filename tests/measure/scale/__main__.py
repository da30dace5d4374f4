"""``make scale``: two receivers with a database each against one with one.

Mailboxes are spread over the pairs by a map, as they would be over shards: what belongs together
lies in one mailbox, so no pair asks another. Events are made beforehand and posted in requests of
several, as the courier posts them. First each process is held to a share of a core, so that the
machine is not what bounds them; then nobody is held. Of each process, and of the one that posts,
its share of a core is printed, and for how much of a second its threads were ready to run and had
none: so a machine that is too small, or busy, is told from pairs that wait for each other.
Exits 1 if a letter is not stored, or two pairs take less than 1.5 times the letters of one while
they are held.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from statistics import median

from pymongo import MongoClient

from bridge.courier.event import body_with_original, email_received
from bridge.courier.outcome import Outcome
from bridge.courier.receiver_client import ReceiverClient, connected
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.event import Blob
from contract.signature import Key
from receiver.store.mongo import Document
from tests import servers
from tests.measure.bench.load import threads
from tests.measure.bench.processes import own_cpu_seconds, waited_seconds
from tests.measure.growth.__main__ import process_of
from tests.measure.scale.held import held

DATABASE = "scale"
TOGETHER = 16
SECONDS = 60.0
ENOUGH = 1.5
Event = tuple[str, bytes]


class NotStored(Exception):
    """A letter was refused, or is not there in the end."""


@dataclass
class Pair:
    """A receiver with its database, and the mailboxes that the map gives it."""

    receiver: servers.Service
    uri: str
    mailboxes: list[str] = field(default_factory=list)

    @property
    def pids(self) -> dict[str, int]:
        """The two processes by their names."""
        assert self.receiver.process is not None
        return {"receiver": self.receiver.process.pid, "database": process_of(self.uri)}

    def stored(self) -> int:
        """Return how many letters stand in dialogs."""
        with MongoClient[Document](self.uri) as client:
            found = client[DATABASE].dialogs.aggregate(
                [{"$group": {"_id": None, "all": {"$sum": "$held"}}}]
            )
            return sum(each["all"] for each in found)


@dataclass(frozen=True, slots=True)
class Figures:
    """Letters a second of all pairs; what share of a core a process of each kind had, or lacked."""

    rate: float
    shares: dict[str, float]
    waits: dict[str, float]


def events(mailbox: str, seed: int, count: int) -> list[Event]:
    """Return the events of about so many letters of one mailbox, in threads of four."""
    came = datetime.now(UTC)
    found = []
    for number, letter in enumerate(chain.from_iterable(threads(seed, count // 4))):
        delivery = Delivery(f"{mailbox.partition('@')[0]}-{seed}-{number}", mailbox, came)
        digest = sha256(letter.content).hexdigest()
        raw = Blob(sha256=digest, size=len(letter.content), content=letter.content)
        body, _ = body_with_original(email_received(delivery, read_letter(letter.content), raw))
        found.append((delivery.id, body))
    return found


async def measure(count: int, letters: int, mailboxes: int, share: float, seed: int) -> Figures:
    """Run so many pairs and post the letters of all mailboxes to them; raises NotStored."""
    names = [f"m{number}@scale.example" for number in range(mailboxes)]
    ready = {name: events(name, seed + at, letters // mailboxes) for at, name in enumerate(names)}
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scale-")))
        pairs = []
        for number in range(count):
            place = directory / f"{number}"
            place.mkdir()
            uri = stack.enter_context(servers.mongo(place))
            receiver = servers.receiver(place, uri, DATABASE)
            stack.enter_context(servers.running(receiver))
            pairs.append(Pair(receiver, uri, names[number::count]))
        pids = [pid for pair in pairs for pid in pair.pids.values()]
        kinds = {name: [pair.pids[name] for pair in pairs] for name in ("receiver", "database")}
        kinds["posting"] = [os.getpid()]
        used, waited = _of_each(own_cpu_seconds, kinds), _of_each(waited_seconds, kinds)
        async with held(pids, share):
            began = time.monotonic()
            await asyncio.gather(
                *(_post(pair, [ready[name] for name in pair.mailboxes]) for pair in pairs)
            )
            took = time.monotonic() - began
        after = _of_each(own_cpu_seconds, kinds), _of_each(waited_seconds, kinds)
        shares = {name: (after[0][name] - used[name]) / took for name in kinds}
        waits = {name: (after[1][name] - waited[name]) / took for name in kinds}
        sent = sum(map(len, ready.values()))
        if (stored := sum(pair.stored() for pair in pairs)) != sent:
            raise NotStored(f"of {sent} letters {stored} are stored")
        return Figures(sent / took, shares, waits)


def _of_each(count: Callable[[int], float], kinds: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Return what a process of each kind has, on average."""
    return {name: sum(map(count, pids)) / len(pids) for name, pids in kinds.items()}


async def _post(pair: Pair, mailboxes: Sequence[Sequence[Event]]) -> None:
    url = f"http://127.0.0.1:{pair.receiver.env['RECEIVER_PORT']}/webhook/email"
    async with connected(url, lambda: [Key(servers.SECRET)], SECONDS) as receiver:
        await asyncio.gather(*(_post_in_turn(receiver, each) for each in mailboxes))


async def _post_in_turn(receiver: ReceiverClient, waiting: Sequence[Event]) -> None:
    for at in range(0, len(waiting), TOGETHER):
        some = waiting[at : at + TOGETHER]
        while some:
            told = await receiver.post_several(some)
            each = told.each or (told.whole,) * len(some)
            if any(one.outcome is Outcome.REFUSED for one in each):
                raise NotStored(each[0].reason[:200])
            some = [
                event
                for event, one in zip(some, each, strict=True)
                if one.outcome is not Outcome.DONE
            ]


async def main(letters: int, mailboxes: int, share: float, rounds: int) -> int:
    """Measure one pair and two, turn by turn, held and not, and print a table."""
    print(
        f"{letters} letters of {mailboxes} mailboxes, {TOGETHER} in a request; medians of {rounds}"
    )
    print(f"{'':34}{'letters/s':>10}{'receiver':>12}{'database':>12}{'posting':>12}   of a core:")
    print(f"{'':44}{'had / lacked, each':>36}")
    gained = {}
    for limit, words in ((share, f"held to {share:g} of a core"), (1.0, "not held")):
        of = letters if limit >= 1 else max(letters // 4, 4 * mailboxes)
        found: dict[int, list[Figures]] = {1: [], 2: []}
        for number in range(rounds):
            for count, of_count in found.items():
                of_count.append(await measure(count, of, mailboxes, limit, 100 * number))
        for count, of_count in found.items():
            rate = median(each.rate for each in of_count)
            cells = [
                f"{median(each.shares[name] for each in of_count):.2f} /"
                f" {median(each.waits[name] for each in of_count):.2f}"
                for name in of_count[0].shares
            ]
            print(
                f"{f'{count} × {count}, {words}':34}{rate:10.0f}"
                + "".join(f"{cell:>12}" for cell in cells),
                flush=True,
            )
        pairs = zip(found[1], found[2], strict=True)
        ratios = [two.rate / one.rate for one, two in pairs]
        gained[words] = median(ratios)
        print(f"{'  2 × 2 to 1 × 1':34}{gained[words]:10.2f}   {min(ratios):.2f}–{max(ratios):.2f}")
    return int(next(iter(gained.values())) < ENOUGH)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__)
    parser.add_argument("--letters", type=int, default=4000)
    parser.add_argument("--mailboxes", type=int, default=8)
    parser.add_argument("--share", type=float, default=0.15)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    try:
        sys.exit(asyncio.run(main(asked.letters, asked.mailboxes, asked.share, asked.rounds)))
    except NotStored as error:
        sys.exit(f"FAILED: {error}")
