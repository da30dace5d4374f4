"""After a restore: what was erased since that backup was made is erased again.

A backup holds its own tombstones; later ones are in later backups and in the files of erasures.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from bson import ObjectId, decode

from contract.process import CannotStart
from receiver.backup.layout import Backup, Manifest
from receiver.erasing.erase import Erasing
from receiver.erasing.erased import Erased
from receiver.erasing.order import Order
from receiver.erasing.record import Buried
from receiver.erasing.survey import held
from receiver.erasing.tombstones import KEY
from receiver.filing.collections import Store
from receiver.letters.belonging import EVERYWHERE, digest_of_person, named_in
from receiver.threads.group import Policy

REPLAYED = ObjectId("0" * 24)
ANOTHERS = "the erasures of {place} are of another database: name its own with --erasures"


def in_backup(backup: Backup) -> Iterator[Buried]:
    """Yield what a backup knows of erasures; raises Damaged."""
    manifest = Manifest.read(backup)
    if not {"meta", "tombstones"} <= manifest.collections.keys():
        return
    meta = (decode(each) for each in backup.documents_in("meta"))
    key = next((bytes(each["key"]) for each in meta if each["_id"] == KEY), None)
    if key is None:
        return
    letters: list[str] = []
    people: dict[str, datetime] = {}
    for each in map(decode, backup.documents_in("tombstones")):
        if until := each.get("until"):
            people[each["_id"]] = until
        else:
            letters.append(each["_id"])
    yield Buried(key, letters, people)


async def bury(store: Store, found: Iterable[Buried], place: Path) -> None:
    """Write tombstones that a restored database lacks; raises CannotStart."""
    for each in found:
        if await store.tombstones.adopt_key(each.key) != each.key:
            raise CannotStart(ANOTHERS.format(place=place))
        await store.tombstones.for_letters(REPLAYED, each.letters)
        for until in sorted(set(each.people.values())):
            dated = [one for one, when in each.people.items() if when == until]
            await store.tombstones.for_person(REPLAYED, dated, until)


async def replay(store: Store, policy: Policy) -> int:
    """Erase what has a tombstone and is there all the same; return how many letters went."""
    key = await store.tombstones.key()
    if key is None:
        return 0
    gone = 0
    for mailbox in await store.letters.mailboxes():
        people = {
            person
            async for each in store.letters.of_mailbox(mailbox)
            for person in named_in(mailbox, each.letter.message)
        }
        digests = {
            digest_of_person(key, place, person): person
            for person in people
            for place in (mailbox, EVERYWHERE)
        }
        erased: dict[str, datetime] = {}
        for digest, until in (await store.tombstones.standing(digests)).items():
            if until is not None:
                person = digests[digest]
                erased[person] = max(until, erased.get(person, until))
        for person, until in erased.items():
            found = await held(store, mailbox, person, until)
            order = Order(REPLAYED, "restore", "restore", until)
            gone += len(found.own)
            await Erasing(store, policy).carry_out(found, order, REPLAYED)
        letters = [each.letter async for each in store.letters.of_mailbox(mailbox)]
        left = await Erased(store).kept(letters)
        await Erased(store).take_away(mailbox, left)
        gone += len(left)
    return gone
