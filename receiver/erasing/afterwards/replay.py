"""After a restore: what was erased since the backup was made is erased again.

A backup holds its own tombstones; later ones are in later backups and in the files of erasures.
Dialogs or facts read before an erasure that ran during the backup may mention what it removed; no
letter does.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Set
from datetime import datetime
from pathlib import Path

from bson import ObjectId

from contract.process import CannotStart
from contract.reading.written import addresses_in
from receiver.erasing.afterwards.quoting import Quoting
from receiver.erasing.afterwards.remembered import people_and_ids
from receiver.erasing.carrying import clean_reasons
from receiver.erasing.erased import Erased
from receiver.erasing.order import Erasure, Order
from receiver.erasing.record import Buried
from receiver.erasing.searched_bytes import addresses_stored, in_groups
from receiver.erasing.survey import Held, held
from receiver.filing.collections import Store
from receiver.letters.belonging import EVERYWHERE, digest_of_key, digest_of_person
from receiver.retaining.holds import Holds

CarriesOut = Callable[[Held, Order, ObjectId], Awaitable[Erasure]]
"""What erases what is held of a person in a mailbox, and does not note it."""

REPLAYED = ObjectId("0" * 24)
ANOTHERS = "the erasures of {place} are of another database: name its own with --erasures"


async def bury(store: Store, found: Iterable[Buried], place: Path) -> None:
    """Write tombstones that a restored database lacks; raises CannotStart."""
    for each in found:
        if await store.tombstones.adopt_key(each.key) != each.key:
            raise CannotStart(ANOTHERS.format(place=place))
        await store.tombstones.for_letters(REPLAYED, each.letters)
        for until in sorted(set(each.people.values())):
            dated = [one for one, when in each.people.items() if when == until]
            await store.tombstones.for_person(REPLAYED, dated, until)


async def replay(
    store: Store, holds: Holds, carry_out: CarriesOut, *, heeds_holds: bool = False
) -> tuple[int, set[str]]:
    """Erase what has a tombstone but is present; return how many letters went.

    An erased person is known only by a digest, so every address in the database is checked. With
    ``heeds_holds`` mailboxes in which a dialog of his is on hold are left alone: they are the
    second value returned.
    """
    key = await store.tombstones.key()
    if key is None:
        return 0, set()
    gone, quoting = 0, Quoting(store)
    on_hold: set[str] = set()
    with_letters = await store.mailboxes.every()
    mailboxes = sorted({*with_letters, *await store.dialogs.mailboxes(with_letters)})
    erased: dict[tuple[str, datetime], set[str]] = {}
    telling: dict[str, set[str]] = {}
    for mailbox in mailboxes:
        people, telling[mailbox] = await _told(store, key, mailbox)
        for person, until in (await _erased(store, key, mailbox, people, holds)).items():
            erased.setdefault((person, until), set()).add(mailbox)
    for (person, until), where in erased.items():
        found = await held(store, sorted(where), person, until)
        order = Order(REPLAYED, "restore", "restore", until)
        async with holds.leaving({each.mailbox: each.touched_dialogs for each in found}) as held_up:
            kept = held_up if heeds_holds else set()
            on_hold |= {each.mailbox for each in found if not kept.isdisjoint(each.touched_dialogs)}
            found = [each for each in found if each.mailbox not in on_hold]
            for each in found:
                gone += len(each.own)
                await carry_out(each, order, REPLAYED)
        await clean_reasons(store, holds, found)
    for mailbox in (each for each in mailboxes if each not in on_hold):
        gone += await _one_by_one(store, key, mailbox, quoting, telling[mailbox])
    return gone, on_hold


async def _one_by_one(
    store: Store, key: bytes, mailbox: str, quoting: Quoting, telling: Set[str]
) -> int:
    """Remove letters that have tombstones of their own, and clean those that mention the erased."""
    letters = [each async for each in store.letters.of_mailbox(mailbox)]
    left = await Erased(store).kept(each.letter for each in letters)
    left |= await _only_named(store, key, mailbox, {each.letter.key for each in letters})
    await Erased(store).take_away(mailbox, left)
    said = telling - left
    await quoting.kept(mailbox, (each for each in letters if each.letter.key in said))
    return len(left)


async def _only_named(store: Store, key: bytes, mailbox: str, kept: Set[str]) -> set[str]:
    """Return erased letters that are not stored but still named by dialogs or facts."""
    named: set[str] = set()
    for dialog in (await store.dialogs.outlines(mailbox)).values():
        named |= {each["key"] for each in dialog.messages}
    for fact in await store.facts.of_mailbox(mailbox):
        named |= fact.keys | fact.rest | fact.joins
        named |= {fact.undoes} if isinstance(fact.undoes, str) else set()
    digests = {digest_of_key(key, mailbox, one): one for one in named - kept}
    return {digests[each] for each in await store.tombstones.standing(digests)}


async def _told(store: Store, key: bytes, mailbox: str) -> tuple[dict[str, str], set[str]]:
    """Return, by digest, the people whom letters mention and who were erased; and those letters."""
    people: dict[str, str] = {}
    telling: set[str] = set()
    async for some in in_groups(store.leaving.whole(mailbox)):
        told = {}
        for each in some:
            stored = await addresses_stored(store.blobs, each)
            told[each["key"]] = await asyncio.to_thread(people_and_ids, key, each, stored)
        asked = {one for said in told.values() for one in said.digests}
        standing = await store.tombstones.standing(asked)
        for one, said in told.items():
            telling |= {one} if not said.digests.isdisjoint(standing) else set()
            people |= {digest: said.people[digest] for digest in standing.keys() & said.people}
    return people, telling


async def _erased(
    store: Store, key: bytes, mailbox: str, people: dict[str, str], holds: Holds
) -> dict[str, datetime]:
    """Return which of the mentioned people were erased in a mailbox, and until when."""
    texts = [*await holds.reasons(), *await store.tombstones.reasons()]
    texts += await store.bridges.texts()
    said = {each for text in texts for each in addresses_in(text)}
    places = (mailbox, EVERYWHERE)
    known = people | {digest_of_person(key, place, each): each for each in said for place in places}
    found: dict[str, datetime] = {}
    for digest, until in (await store.tombstones.standing(known)).items():
        if until is not None:
            found[known[digest]] = max(until, found.get(known[digest], until))
    return found
