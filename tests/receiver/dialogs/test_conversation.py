"""Whoever reads a dialog reads an answer behind its question, whatever their dates and keys say."""

import io
import random
from contextlib import redirect_stdout
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.commands.dialogs.show import _tell
from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from receiver.threads.conversation import in_conversation
from tests.letters import START
from tests.receiver.written import file, filing, sent, written


def numbers(letters: list[Letter]) -> str:
    """Return the numbers of letters in the order in which they are read."""
    names = {each.key: each.message_id.strip("<").partition("@")[0] for each in letters}
    read = in_conversation([one.message for one in letters])
    return " ".join(names[each["key"]] for each in read)


def in_one_second(count: int = 6) -> list[Letter]:
    """Return letters of one second, each answering the one before."""
    return [
        written(str(each), names=str(each - 1) if each > 1 else "", date=START)
        for each in range(1, count + 1)
    ]


def test_of_one_second_the_answer_comes_behind_the_question() -> None:
    letters = in_one_second()
    by_key = sorted(letters, key=lambda each: each.order)
    assert by_key != letters, "the keys happen to be in order: the test shows nothing"
    for each in ([*reversed(letters)], by_key, letters):
        assert numbers(each) == "1 2 3 4 5 6"


@pytest.mark.parametrize(
    ("letters", "read"),
    [
        pytest.param(
            [written("1"), sent("2", "ivan", "1", days=-0.001), written("3", names="2")],
            "1 2 3",
            id="a clock that is behind",
        ),
        pytest.param(
            [written("1"), sent("2", "ivan", "1", days=-9000), written("3", days=1)],
            "1 2 3",
            id="a date of years ago",
        ),
        pytest.param(
            [written("1"), written("2"), sent("3", "ivan", "1", days=5), written("4", names="3")],
            "1 2 3 4",
            id="a date in the future: what answers it comes behind it",
        ),
        pytest.param(
            [written("1", names="2"), written("2", names="1"), written("3", names="2", days=-1)],
            "3 1 2",
            id="a circle goes by dates, and so does what hangs on it",
        ),
        pytest.param(
            [written("1", names="2"), written("2", names="1"), written("3", days=1)],
            "1 2 3",
            id="what is later than a circle comes behind it",
        ),
        pytest.param(
            [
                written("1"),
                sent("2", "ivan", "1", days=1),
                written("1", days=2, text="the same id once more"),
            ],
            "1 2 1",
            id="an id that is used once more moves no answer",
        ),
        pytest.param([written("1", names="1"), written("2")], "1 2", id="it names itself"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_letters_are_read_in_this_order(letters: list[Letter], read: str) -> None:
    for some in permutations(letters):
        assert numbers([*some]) == read


@given(
    st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(0, 11), max_size=3)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_any_letters_are_read_once_and_in_one_order(
    drawn: list[tuple[int, list[int]]], rng: random.Random
) -> None:
    """Where nothing goes in a circle, each is behind all that it names."""
    letters = [
        written(str(number), names=" ".join(map(str, named)), days=day)
        for number, (day, named) in enumerate(drawn)
    ]
    messages = [each.message for each in letters]
    read = in_conversation(messages)
    assert sorted(each["key"] for each in read) == sorted(each["key"] for each in messages)
    rng.shuffle(messages)
    assert in_conversation(messages) == read
    if any(max(named, default=-1) >= number for number, (_, named) in enumerate(drawn)):
        return
    places = {each["message_id"]: place for place, each in enumerate(read)}
    for place, each in enumerate(read):
        assert all(places.get(one, -1) < place for one in each["references"])


async def test_every_way_to_read_has_this_order(database: Database) -> None:
    """Filed in any order: the whole dialog, letter by letter, and on the command line."""
    letters = in_one_second()
    files, store = filing(database), Store.of(database, full_letters=2)
    for each in reversed(letters):
        await file(files, each)
    head: dict[str, Any] = await database.dialogs.find_one({"part_of": None}) or {}
    dialog = (await store.dialogs.whole([head["_id"]]))[head["_id"]]
    expected = [each.key for each in letters]
    assert [each["key"] for each in dialog.conversation] == expected
    assert [each["key"] async for each in store.dialogs.one_by_one(head)] == expected
    printed = io.StringIO()
    with redirect_stdout(printed):
        _tell(dialog)
    texts = [line.strip() for line in printed.getvalue().splitlines() if line.startswith("  ")]
    assert [each for each in texts if each.isdigit()] == [*"123456"]
