"""Searches compared with a scan of all letters, on a database."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from receiver.letters.arrival import arrival_of
from receiver.letters.letter import Letter
from receiver.search import segment
from receiver.search.index import Index
from receiver.search.letters import KeptLetters
from receiver.search.searching import CursorWrong, Searching
from receiver.store import schema
from receiver.store.mongo import Database, connected
from tests.measure.threading.corpus import event_of
from tests.receiver.written import MAILBOX, written
from tests.search.world import (
    WORDS,
    Clock,
    found,
    keep,
    letters,
    nothing_is_left_over,
    put_in,
    rows,
    scanned,
)

WORLD = "test_search_world"
pytestmark = pytest.mark.usefixtures("clock")


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
