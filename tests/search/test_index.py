"""How letters come into the index: each once, late ones too, by several receivers."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest

from receiver.search import indexing
from receiver.search.index import Index
from receiver.search.indexing import Indexing
from receiver.search.letters import KeptLetters
from receiver.search.searching import Searching
from receiver.store import schema
from receiver.store.mongo import Database, Document
from tests.receiver.written import MAILBOX, written
from tests.search.world import (
    Clock,
    found,
    keep,
    letters,
    nothing_is_left_over,
    put_in,
    rows,
    scanned,
)

pytestmark = pytest.mark.usefixtures("clock")


async def test_several_receivers_put_each_letter_in_once(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    ids = []
    for number in range(10):
        ids += await keep(database, letters(9, 9 * number), clock.time)
        clock.later()
        await asyncio.gather(
            *(Indexing(database).follow_mailbox(MAILBOX, wait=False) for _ in range(3))
        )
    for _ in range(3):
        await Indexing(database).follow_mailbox(MAILBOX, wait=False)
    assert sorted(await rows(database)) == sorted(one.binary for one in ids)
    await nothing_is_left_over(database)


async def test_what_becomes_visible_late_is_read_too(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    await put_in(database, clock, letters(5))
    early = clock.time
    await keep(database, letters(5, 5), clock.time)
    clock.later(indexing.HOT - timedelta(seconds=1))
    assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 0
    [late] = await keep(database, [written("late", text="позднее")], early)
    assert await found(database, "позднее") == await scanned(database, "позднее") != []
    clock.later(timedelta(seconds=2))
    assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 6
    assert late.binary in await rows(database)
    assert len(await rows(database)) == 11


async def test_of_a_flood_some_are_put_in_at_a_time(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schema.ensure(database)
    monkeypatch.setattr(indexing, "FULL", 10)
    monkeypatch.setattr(indexing, "MOST", 15)
    ids = await keep(database, letters(40), clock.time)  # of one moment: not to be cut
    for number in range(40):
        moment = clock.time + timedelta(milliseconds=number // 3 + 1)
        ids += await keep(database, letters(1, 40 + number), moment)
    clock.later()
    assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 80
    assert sorted(await rows(database)) == sorted(one.binary for one in ids)
    sizes = [each.letters for each in (await Index(database).manifest(MAILBOX)).segments]
    assert sizes == [40, 15, 15, 10]


async def test_little_waits_until_it_is_much_or_old(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    following = Indexing(database)
    await keep(database, letters(10), clock.time)
    clock.later()
    assert await following.follow() == 0
    assert await found(database, "заказ") == await scanned(database, "заказ") != []
    await keep(database, letters(60, 10), clock.time)
    clock.later()
    assert await following.follow_mailbox(MAILBOX) == 70
    assert await following.follow_mailbox(MAILBOX) == 0


async def test_a_letter_alone_waits_ten_minutes(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    await keep(database, letters(1), clock.time)
    clock.later(indexing.LONG_WAITING - timedelta(seconds=1))
    assert await Indexing(database).follow() == 0
    clock.later(timedelta(seconds=1))
    assert await Indexing(database).follow() == 1


async def test_of_those_that_wait_each_is_read_once(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schema.ensure(database)
    await keep(database, letters(30), clock.time)
    searching, read = Searching(database), list[bytes]()
    documents = KeptLetters.documents

    async def noted(kept: KeptLetters, ids: Iterable[bytes]) -> dict[bytes, Document]:
        listed = list(ids)
        read.extend(listed)
        return await documents(kept, listed)

    monkeypatch.setattr(KeptLetters, "documents", noted)
    for _ in range(3):
        page = await searching.search([MAILBOX], "нигденет", None, 50)
        assert (page.letters, len(read)) == ([], 30)
    [other] = await keep(database, letters(1, 30), clock.time)
    await searching.search([MAILBOX], "нигденет", None, 50)
    assert read[30:] == [other.binary]


async def test_an_index_of_another_rule_of_words_is_made_anew(
    database: Database, clock: Clock
) -> None:
    await schema.ensure(database)
    await put_in(database, clock, letters(30))
    old = await Index(database).manifest(MAILBOX)
    await database.search.update_one({"_id": MAILBOX}, {"$unset": {"rule": ""}})
    assert await found(database, "заказ") == await scanned(database, "заказ") != []
    assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 30
    new = await Index(database).manifest(MAILBOX)
    assert not {each.name for each in old.segments} & {each.name for each in new.segments}
    assert len(await rows(database)) == 30
    await nothing_is_left_over(database)
    assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 0


async def test_the_index_is_made_anew(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    await put_in(database, clock, letters(30))
    await database.search_pieces.delete_many({})
    assert await Indexing(database).rebuild(MAILBOX) == 30
    assert await found(database, "заказ") == await scanned(database, "заказ") != []
    await nothing_is_left_over(database)
