"""Print what it costs to erase somebody in a mailbox of so many letters.

``python -m tests.measure.erasing --letters 1000 10000``. Seconds of processor time, of this
process, which stands for the receiver, and of the embedded database: the first look, as after a
start; the same asked once more; a look for somebody else; another after a hundred letters more;
and the erasure itself. Exit status 1 if a look finds anything but what was written.
"""

import argparse
import asyncio
import sys
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from bson import ObjectId

from contract.event import Email
from receiver.erasing.erase import Erasing
from receiver.erasing.order import Order
from receiver.erasing.survey import Held, held
from receiver.filing.collections import Store
from receiver.letters.arrival import arrival_of
from receiver.store import schema
from receiver.store.mongo import Database, connected
from tests import servers
from tests.measure.erasing.letters import made, of_person
from tests.measure.growth.__main__ import process_of, processor_ms
from tests.receiver.written import MAILBOX, filing

LEAVING = [f"leaving{number}@shop1.example" for number in range(3)]
OWN, TOUCHED = 2, 2
TOGETHER = 64
MORE = 100


class Measured:
    """Seconds of processor time of this process and of the database."""

    def __init__(self, database: int) -> None:
        self._database = database

    def begin(self) -> None:
        """Count from here."""
        self._since = time.process_time(), processor_ms(self._database)

    def told(self, what: str) -> str:
        """Return what was used since."""
        own, database = self._since
        used = time.process_time() - own, (processor_ms(self._database) - database) / 1000
        return f"  {what:32}{used[0]:8.2f} /{used[1]:6.2f}"


async def fill(database: Database, first: int, count: int) -> None:
    """File so many letters."""
    for start in range(first, first + count, TOGETHER):
        numbers = range(start, min(start + TOGETHER, first + count))
        await _file(database, [made(each) for each in numbers])


async def measure(database: Database, letters: int, measured: Measured) -> bool:
    """Fill a database, look and erase, and tell whether what was found is right."""
    await fill(database, 0, letters)
    for number, address in enumerate(LEAVING):
        await _file(database, list(of_person(address, 1_000_000 + 10 * number + 1)))
    store, right = Store.of(database), True
    looks = {
        "first look": LEAVING[0],
        "the same again": LEAVING[0],
        "somebody else": LEAVING[1],
        f"another, {MORE} letters later": LEAVING[2],
    }
    for what, address in looks.items():
        if address == LEAVING[2]:
            await fill(database, 500_000, MORE)
        measured.begin()
        [found] = await held(store, [MAILBOX], address)
        print(measured.told(what), flush=True)
        right &= _is_right(found)
    measured.begin()
    [found] = await held(store, [MAILBOX], LEAVING[0])
    order = Order(ObjectId(), "anna", "asked", datetime.now(UTC))
    await Erasing(store, "participants").erase(found, order)
    print(measured.told("look and erasure"), flush=True)
    [left] = await held(store, [MAILBOX], LEAVING[0])
    return right and left.is_nothing


def _is_right(found: Held) -> bool:
    return (len(found.own), len(found.touched)) == (OWN, TOUCHED)


async def _file(database: Database, some: list[tuple[Email, bytes]]) -> None:
    for email, original in some:
        if original and email.raw:
            await Store.of(database).blobs.store(email.raw.sha256, len(original), BytesIO(original))
    now = datetime.now(UTC)
    await filing(database).file([arrival_of(f"event {id(each)}", each, now) for each, _ in some])


async def main(sizes: list[int]) -> int:
    """Measure each size in a database of its own."""
    wrong = 0
    print("seconds of processor time: receiver / database")
    with TemporaryDirectory(prefix="erasing-") as place, servers.mongo(Path(place)) as uri:
        measured = Measured(process_of(uri))
        for size in sizes:
            print(f"{size} letters")
            async with connected(uri, f"erasing{size}") as database:
                await schema.ensure(database)
                wrong += not await measure(database, size, measured)
                await database.client.drop_database(database.name)
    print("what was found is wrong" if wrong else "each look found what was written, no more")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, nargs="+", default=[1000, 10_000])
    sys.exit(asyncio.run(main(parser.parse_args().letters)))
