"""The index against a look through all letters, on a database: whatever is kept, moved, erased."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from receiver.letters.arrival import arrival_of
from receiver.letters.letter import Letter
from receiver.search import indexing, segment
from receiver.search.index import Index
from receiver.search.indexing import Indexing
from receiver.search.kept import KeptLetters
from receiver.search.searching import CursorWrong, Searching
from receiver.search.writing import IndexWriting
from receiver.store import schema
from receiver.store.mongo import Database, Document, connected
from tests.measure.threading.corpus import event_of
from tests.receiver.written import MAILBOX, written
from tests.search.world import found, keep, scanned, terms

WORLD = "test_search_world"
WORDS = (
    *("возврат", "возвратили", "заказ", "заказов", "ёлка", "елки", "договор", "12345"),
    *("invoice", "from", "re"),
)


class Clock:
    """The database's time, as the index has it: it stands until somebody moves it on."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)

    async def now(self) -> datetime:
        return self.time

    def later(self, time: timedelta = indexing.HOT + timedelta(seconds=2)) -> None:
        """Move on, if nothing else is said so far that what was kept is put into the index."""
        self.time += time


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(KeptLetters, "now", clock.now)
    return clock


async def put_in(
    database: Database, clock: Clock, some: Iterable[Letter], mailbox: str = MAILBOX, **head: Any
) -> list[ObjectId]:
    """Keep letters and put them into the index; return their ids."""
    ids = await keep(database, some, clock.time, **head)
    clock.later()
    await Indexing(database).follow_mailbox(mailbox, wait=False)
    return ids


def letters(count: int, first: int = 0, seed: int = 1) -> list[Letter]:
    """Return letters of few words, several of one date, not in order."""
    chance = random.Random(seed)
    return [
        written(
            str(first + number),
            chance.choice(["ivan", "olga", "eve@mail.example.com"]),
            subject=" ".join(chance.choices(WORDS, k=2)),
            text=" ".join(chance.choices([*WORDS, *WORDS, str(number)], k=6)),
            days=chance.randrange(40) - (first + number) / 86400,
            kind=chance.choice(["letter", "letter", "auto-reply"]),
        )
        for number in range(count)
    ]


async def rows(database: Database) -> list[bytes]:
    """Return the ids of all letters in the index of the mailbox, as often as they are there."""
    manifest = await Index(database).manifest(MAILBOX)
    found = []
    for each in manifest.segments:
        names = [segment.table_name(each.name, number) for number in range(each.tables)]
        for content in (await Index(database).pieces(names)).values():
            found += [row.id for row in segment.Table(content).rows()]
    return found


async def nothing_is_left_over(database: Database) -> None:
    manifest = await Index(database).manifest(MAILBOX)
    listed = {name for each in manifest.segments for name in each.pieces}
    await Index(database).take_away(manifest.dropped)
    there = {each["_id"] async for each in database.search_pieces.find({}, {"_id": 1})}
    assert there == listed


@pytest.fixture(scope="module")
def world_uri(mongo_uri: str) -> str:
    """Letters that came little by little: segments of all sizes, and some not in the index."""

    async def fill() -> None:
        async with connected(mongo_uri, WORLD) as database:
            await database.client.drop_database(WORLD)
            await schema.ensure(database)
            at, clock = 0, Clock()
            clock.later(-timedelta(days=1))
            patched.setattr(KeptLetters, "now", clock.now)
            for size in (100, *([7] * 8), 70, 3, 3):
                waiting = {"waiting": "us"} if size == 7 else {}
                await put_in(database, clock, letters(size, at, seed=at), **waiting)
                at += size
            await keep(database, letters(20, at, seed=at), clock.time)

    with pytest.MonkeyPatch.context() as patched:
        asyncio.run(fill())
    return mongo_uri


@pytest.fixture
async def world(world_uri: str) -> AsyncIterator[Database]:
    """That world."""
    async with connected(world_uri, WORLD) as database:
        yield database


WORD = st.sampled_from([*WORDS, "ivan@example.ru", "нет", "5"])
ATOM = st.one_of(
    WORD,
    st.tuples(WORD, WORD).map(lambda both: f'"{both[0]} {both[1]}"'),
    WORD.map("subject:{}".format),
    st.sampled_from(["from:ivan", "от:eve@mail.example.com", "kind:letter", "is:waiting"]),
    st.sampled_from(["has:attachment", "to:support"]),
)
SPAN = st.sampled_from(["after:2026-12", "before:2026-12-10"])
BOTH = {"is:waiting", "-is:waiting"}  # which is refused
LINE = (
    st.lists(st.one_of(ATOM, ATOM.map("-{}".format), SPAN), min_size=1, max_size=3)
    .filter(lambda words: not set(words) >= BOTH)
    .map(" ".join)
)


@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(line=LINE, limit=st.sampled_from([23, 50, 200]))
async def test_a_search_finds_what_a_look_through_all_letters_finds(
    world: Database, line: str, limit: int
) -> None:
    assert await found(world, line, limit) == await scanned(world, line)


async def test_the_index_has_each_letter_once_and_few_segments(world: Database) -> None:
    manifest = await Index(world).manifest(MAILBOX)
    assert len(await rows(world)) == len(set(await rows(world)))
    assert len(manifest.segments) < segment.MERGED
    await nothing_is_left_over(world)


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


async def test_what_is_removed_or_rewritten_leaves_no_word(
    database: Database, clock: Clock
) -> None:
    await schema.ensure(database)
    gone = written("gone", text="тайное слово", subject="секрет")
    changed = written("changed", text="было прежнее", subject="заказ")
    for some in (letters(20), [gone, changed], letters(20, 20)):
        await put_in(database, clock, some)
    assert {"тайн", "секрет", "прежн"} <= await terms(database)
    index = IndexWriting(database)
    async with index.changing(MAILBOX, {gone.key, changed.key}):
        await database.letters.delete_one({"key": gone.key})
        await database.letters.update_one(
            {"key": changed.key}, {"$set": {"message.body": "стало новое"}}
        )
    assert not {"тайн", "секрет", "прежн"} & await terms(database)
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


async def test_the_index_is_made_anew(database: Database, clock: Clock) -> None:
    await schema.ensure(database)
    await put_in(database, clock, letters(30))
    await database.search_pieces.delete_many({})
    assert await Indexing(database).rebuild(MAILBOX) == 30
    assert await found(database, "заказ") == await scanned(database, "заказ") != []
    await nothing_is_left_over(database)


async def test_several_mailboxes_are_searched_together_and_no_other(
    database: Database, clock: Clock
) -> None:
    await schema.ensure(database)
    names = [MAILBOX, "sales@yandex.ru", "other@yandex.ru"]
    for number, name in enumerate(names):
        some = [
            written(str(number + 3 * each), mailbox=name, text="заказ", days=each % 5)
            for each in range(12)
        ]
        await put_in(database, clock, some, name)
    both = names[:2]
    assert await found(database, "заказ", 5, both) == await scanned(database, "заказ", both)
    assert await found(database, "заказ", 5, None) == await scanned(database, "заказ", names)
    assert await found(database, "заказ", 5, []) == []


async def test_a_cursor_of_something_else(database: Database) -> None:
    for cursor in ("", "x", "1-2", f"{'9' * 20}-{ObjectId()}", f"1-{ObjectId()}\n"):
        with pytest.raises(CursorWrong):
            await Searching(database).search([MAILBOX], "заказ", cursor, 5)


def real_letters(corpus: Path, count: int) -> Iterator[Letter]:
    """Yield letters from all over the corpus that are not very long."""
    paths = [path for path in sorted(corpus.rglob("*.eml")) if path.stat().st_size < 20_000]
    for path in paths[:: max(len(paths) // count, 1)]:
        yield arrival_of("event", event_of(path.read_bytes())[1].data, datetime.now(UTC)).letter


async def test_letters_of_real_people(database: Database, clock: Clock, corpus: Path) -> None:
    await schema.ensure(database)
    real = {each.key: each for each in real_letters(corpus, 60)}
    await put_in(database, clock, real.values())
    chance = random.Random(1)
    lines = ["the", "re", "и", "has:attachment", "kind:bounce"]
    for letter in chance.sample([real[key] for key in sorted(real)], 8):
        words = letter.message["body"].replace('"', " ").split()
        at = chance.randrange(max(len(words) - 3, 1))
        lines += [f'"{" ".join(words[at : at + 3])[:90]}"', letter.message["from"]["address"]]
    for line in lines:
        if any(map(str.isalnum, line)):
            assert await found(database, line) == await scanned(database, line), line
