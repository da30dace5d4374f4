"""Erased and rewritten letters leave the index: nothing of them stays in any piece."""

from datetime import timedelta

import pytest

from receiver.search import indexing
from receiver.search.index import Index
from receiver.search.indexing import Indexing
from receiver.search.terms import terms_of
from receiver.search.writing import IndexWriting
from receiver.store import schema
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX, written
from tests.search.world import (
    Clock,
    found,
    keep,
    letters,
    nothing_is_left_over,
    put_in,
    rows,
    terms,
)

pytestmark = pytest.mark.usefixtures("clock")


async def test_what_is_removed_or_rewritten_leaves_no_word(
    database: Database, clock: Clock
) -> None:
    await schema.ensure(database)
    gone = written("gone", text="тайное слово", subject="секрет")
    changed = written("changed", text="было прежнее", subject="заказ")
    for some in (letters(20), [gone, changed], letters(20, 20)):
        await put_in(database, clock, some)
    secret = set(terms_of("тайное секрет прежнее"))
    assert secret <= await terms(database)
    index = IndexWriting(database)
    async with index.changing(MAILBOX, {gone.key, changed.key}):
        await database.letters.delete_one({"key": gone.key})
        await database.letters.update_one(
            {"key": changed.key}, {"$set": {"message.body": "стало новое"}}
        )
    assert not secret & await terms(database)
    assert await found(database, "прежнее") == await found(database, "тайное") == []
    assert await found(database, "новое") == [changed.key]
    assert len(await rows(database)) == 41
    await nothing_is_left_over(database)


async def test_what_changes_together_leaves_together(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    some = [written(str(number), text=f"тайна{number}") for number in range(5)]
    await put_in(database, clock, [*some, *letters(9, 9)])
    index = IndexWriting(database)
    async with index.together(MAILBOX):
        for each in some:
            async with index.changing(MAILBOX, {each.key}):
                await database.letters.delete_one({"key": each.key})
            assert "тайн" in await terms(database)
    assert "тайн" not in await terms(database)
    assert len(await rows(database)) == 9
    assert (await Index(database).manifest(MAILBOX)).again == {}


async def test_nobody_forgets_for_another_who_is_not_done(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    one, other = written("1", text="первая"), written("2", text="вторая")
    await put_in(database, clock, [one, other])
    async with IndexWriting(database).changing(MAILBOX, {one.key}):
        async with IndexWriting(database).changing(MAILBOX, {other.key}):
            await database.letters.delete_one({"key": other.key})
        assert await found(database, "первая") == [one.key]
        await database.letters.delete_one({"key": one.key})
    assert {"перв", "втор"} & await terms(database) == set()


async def test_an_erasure_that_was_cut_short_is_finished_later(
    database: Database, clock: Clock
) -> None:
    await schema.ensure(database)
    gone = written("gone", text="тайное слово")
    await put_in(database, clock, [gone, *letters(5)])
    cut_short = IndexWriting(database).changing(MAILBOX, {gone.key})
    await cut_short.__aenter__()
    await database.letters.delete_one({"key": gone.key})
    assert "тайн" in await terms(database)
    await Indexing(database).follow_mailbox(MAILBOX)
    assert "тайн" in await terms(database)  # it may be under way
    clock.later(indexing.LEFT_BEHIND + timedelta(seconds=1))
    await Indexing(database).follow_mailbox(MAILBOX)
    assert "тайн" not in await terms(database)


async def test_a_writer_who_died_leaves_nothing(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schema.ensure(database)
    await keep(database, letters(9), clock.time)
    clock.later()
    with monkeypatch.context() as dying:
        dying.setattr(IndexWriting, "commit", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await Indexing(database).follow_mailbox(MAILBOX, wait=False)
    assert await terms(database)
    assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 0  # somebody is at work
    clock.later(indexing.LEFT_BEHIND + timedelta(seconds=1))
    assert await Indexing(database).follow_mailbox(MAILBOX, wait=False) == 9
    await nothing_is_left_over(database)
