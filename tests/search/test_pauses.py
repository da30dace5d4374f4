"""Long letters and hostile queries do not hold up other requests."""

import asyncio
from datetime import timedelta
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.search import searching
from receiver.search.fresh import FreshLetters
from receiver.search.index import Index
from receiver.search.letters import KeptLetters
from receiver.search.query import read
from receiver.search.searched import MAX_TEXT, Searched
from receiver.search.searching import asked_for
from receiver.search.terms import places
from receiver.store.mongo import Database
from tests.receiver.written import MAILBOX, written
from tests.search.world import Clock, found, keep, scanned


class Word(frozenset[str]):
    """A word that counts how often a term is looked for in it, or taken out of it."""

    looks = 0

    def __contains__(self, term: object) -> bool:
        Word.looks += 1
        return super().__contains__(term)

    def __iter__(self) -> Any:
        Word.looks += len(self)
        return super().__iter__()


def test_a_phrase_that_nearly_stands_everywhere_costs_one_look_a_word() -> None:
    phrase = (*([Word(["а"])] * 200), Word(["б"]))
    Word.looks = 0
    assert list(places(phrase, [*(["а"] * 5000), "б"])) == [4800]
    assert Word.looks <= 5000 + len(phrase)


@given(
    phrase=st.lists(st.frozensets(st.sampled_from("абв"), min_size=1), min_size=1, max_size=4),
    terms=st.lists(st.sampled_from("абвг"), max_size=12),
)
def test_a_phrase_is_where_its_words_follow_each_other(
    phrase: list[frozenset[str]], terms: list[str]
) -> None:
    right = [
        at
        for at in range(len(terms) - len(phrase) + 1)
        if all(terms[at + step] in word for step, word in enumerate(phrase))
    ]
    assert list(places(phrase, terms)) == right


async def turns_of(work: Any) -> int:
    """Return how often others had their turn while something was computed."""
    working, count = asyncio.ensure_future(work), 0
    while not working.done():
        await asyncio.sleep(0)
        count += 1
    return count


async def test_others_have_their_turn_between_long_letters() -> None:
    message = written("1", text="б " + "слово " * (MAX_TEXT // 6)).message
    letters = [{"mailbox": MAILBOX, "message": message | {"reply": ""}} for _ in range(40)]
    assert await turns_of(asked_for(read('"слово слово б"'), letters)) > 10


def test_of_a_subject_without_end_the_beginning_is_searched() -> None:
    message = written("1", subject="a " * MAX_TEXT).message
    assert len(Searched(MAILBOX, message).fields["subject"][0]) <= MAX_TEXT


@pytest.mark.usefixtures("clock")
async def test_long_letters_that_wait_are_found_and_take_little_memory(
    database: Database, clock: Clock
) -> None:
    many = " ".join(f"слово{number}" for number in range(10_000))
    some = [written(f"{one}", text=f"{many} {one}00000") for one in range(40)]
    await keep(database, some, clock.time)
    for line in ("слово77", "500000", "нет"):
        assert await found(database, line) == await scanned(database, line)
    reading = FreshLetters(KeptLetters(database))
    manifest = await Index(database).manifest(MAILBOX)
    named = await reading.rows(manifest, [frozenset(["нет"])], inf)
    assert len(named) == 40  # whose words are not kept: each is read to be judged


@pytest.mark.usefixtures("clock")
async def test_of_many_letters_that_wait_no_more_are_read_than_are_looked_through(
    database: Database, clock: Clock
) -> None:
    """An import may have added many letters that are not in the index yet."""
    some = [written(str(one)) for one in range(9)]
    ids = await keep(database, some, clock.time)
    letters, end = KeptLetters(database), clock.time + timedelta(seconds=1)
    whole = await letters.between(MAILBOX, clock.time, end)
    assert await letters.between(MAILBOX, clock.time, end, 4) == whole[-4:]
    assert [one for _, one in whole] == sorted(each.binary for each in ids)


async def test_a_search_that_has_no_time_to_read_finds_all_and_the_next_reads_on(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters full of numbers take long: with a thousand of them every search would end in 503."""
    some = [written(str(one), text=f"слово {one}00000") for one in range(40)]
    await keep(database, some, clock.time)
    reading = FreshLetters(KeptLetters(database))
    manifest, wanted = await Index(database).manifest(MAILBOX), [frozenset(["700000"])]
    left = [len(await reading.rows(manifest, wanted, 0.0)) for _ in range(41)]
    assert (left[0], left[-1], left) == (39, 1, sorted(left, reverse=True))
    monkeypatch.setattr(searching, "SECONDS", 0.0)
    for line in ("слово", "700000", "нет"):
        assert await found(database, line) == await scanned(database, line)
