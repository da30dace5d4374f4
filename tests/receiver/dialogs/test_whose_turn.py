"""Whose turn it is in a dialog, and since when, by tables of its letters."""

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from receiver.threads.projection import GROWS, summary_after, summary_of
from receiver.threads.whose_turn import turn_after
from tests.receiver.written import MAILBOX, file, filing, sent, written


def letters(words: str) -> list[Letter]:
    """Return letters by their words: ``in`` and ``out``, and what does not count."""
    made = {
        "in": lambda n: written(n, names="1"),
        "out": lambda n: sent(n, "ivan", "1"),
        "away": lambda n: written(n, names="1", kind="auto-reply"),
        "bounce": lambda n: written(n, names="1", kind="bounce", bounce={"message_id": "1@a.ru"}),
        "list": lambda n: written(n, names="1", kind="list"),
        "confirmation": lambda n: written(n, kind="confirmation"),
        "our away": lambda n: sent(n, "ivan", "1", kind="auto-reply"),
        "as us": lambda n: written(n, "mailbox", names="1"),
        "cc": lambda n: written(n, to="boss", names="1"),
        "to boss": lambda n: sent(n, "boss", "1"),
        "from boss": lambda n: written(n, "boss", to="ivan", names="1"),
        "from boss to us": lambda n: written(n, "boss", names="1"),
        "cc boss": lambda n: sent(n, "ivan boss", "1"),
        "out olga": lambda n: sent(n, "olga", "1"),
        "from olga": lambda n: written(n, "olga", names="1"),
        "out nobody": lambda n: sent(n, "", "1"),
        "to us": lambda n: sent(n, "mailbox", "1"),
    }
    return [made[word](str(n)) for n, word in enumerate(words.split(", "), 1)]


TABLE: dict[str, tuple[str, int | None]] = {
    "in": ("us", 1),
    "in, in": ("us", 1),
    "in, out": ("them", 2),
    "in, out, out": ("them", 2),
    "in, out, in": ("us", 3),
    "out": ("them", 1),
    "in, out, away": ("them", 2),
    "in, out, bounce": ("them", 2),
    "in, our away": ("us", 1),
    "in, out, list": ("them", 2),
    "confirmation": ("nobody", None),
    "list, away, bounce": ("nobody", None),
    "in, out, as us": ("them", 2),
    "in, to us": ("us", 1),
    "cc, out, out": ("them", 2),
    "out nobody": ("them", 1),
    "in, out nobody": ("them", 2),
    "in, out, away, bounce, in, in": ("us", 5),
}

ASIDE: dict[str, tuple[str, int | None]] = {
    # A colleague is asked, and answers: the user still waits.
    "in, to boss": ("us", 1),
    "in, to boss, from boss to us": ("us", 1),
    "in, to boss, from boss": ("us", 1),
    "in, to boss, from boss to us, to boss": ("us", 1),
    "in, to boss, from boss to us, out": ("them", 4),
    "in, to boss, in, to boss": ("us", 1),
    "in, to boss, out, from boss to us": ("us", 4),
    "in, to boss, out, from boss to us, to boss": ("them", 5),
    "in, out, to boss": ("them", 2),
    "in, out, to boss, in, to boss": ("us", 4),
    # He is told of an answer, and then asked.
    "in, cc boss": ("them", 2),
    "in, cc boss, in, to boss": ("us", 3),
    # Whom the user names is of the user's side, and so is who writes unasked.
    "cc, to boss": ("them", 2),
    "in, to boss, cc, to boss": ("them", 4),
    "in, from olga": ("us", 1),
    "in, from olga, out olga": ("them", 3),
    "in, out olga, from olga, out olga": ("us", 1),
    # To whom we write first is the other side.
    "to boss, from boss to us": ("us", 2),
    "cc boss": ("them", 1),
    "cc boss, in, to boss": ("them", 3),
    "list, to boss": ("them", 2),
}


@pytest.mark.parametrize(("words", "expected"), (TABLE | ASIDE).items(), ids=TABLE | ASIDE)
def test_whose_turn_it_is(words: str, expected: tuple[str, int | None]) -> None:
    made = letters(words)
    turn = turn_after(made)
    side, number = expected
    assert (turn.waiting, turn.since) == (side, number and made[number - 1].created)


HOUR = 1 / 24


@pytest.mark.parametrize(
    ("letters", "side", "since"),
    [
        # The user's clock is two days behind: his answer comes after ours, and waits since then.
        ([written("1"), sent("2", "ivan", "1"), written("3", names="2 1", days=-2)], "us", 2),
        # ... and what he adds to that answer, and our answer to it.
        (
            [
                written("1"),
                sent("2", "ivan", "1"),
                written("3", answers="2", days=-2),
                written("4", answers="3", days=-3),
                sent("5", "ivan", "4", days=-4),
            ],
            "them",
            2,
        ),
        # It is ahead by eight hours: our answer comes after his letter all the same.
        ([written("1", days=8 * HOUR), sent("2", "ivan", answers="1")], "them", 1),
        ([written("1", days=8 * HOUR), sent("2", "ivan", "1"), written("3", names="2")], "us", 1),
        # Letters that name each other, as none can have been written, go by their dates.
        ([written("1", names="2"), sent("2", "ivan", "1", days=1)], "them", 2),
    ],
)
def test_a_letter_comes_after_those_that_it_names(
    letters: list[Letter], side: str, since: int
) -> None:
    for order in permutations(letters):
        turn = turn_after(order)
        assert (turn.waiting, turn.since) == (side, letters[since - 1].created)


async def test_an_answer_with_an_early_date_is_one_when_what_it_answers_comes_later(
    database: Database,
) -> None:
    made = [written("1"), sent("2", "ivan", "1"), written("3", names="2 1", days=-2)]
    for order in permutations(made):
        await database.dialogs.delete_many({})
        await database.letters.delete_many({})
        for each in order:
            await file(filing(database), each)
        [dialog] = await database.dialogs.find({"mailbox": MAILBOX}).to_list(None)
        assert (dialog["waiting"], dialog["waiting_since"]) == ("us", made[1].created)


KINDS = ["in", "out", "away", "as us", "to boss", "from boss to us", "cc", "cc boss", "from olga"]
WORDS = st.lists(st.sampled_from(KINDS), min_size=1, max_size=8)


@given(WORDS, st.integers(), st.integers(0, 8))
def test_the_order_of_arrival_and_the_number_of_steps_do_not_matter(
    words: list[str], seed: int, cut: int
) -> None:
    made = letters(", ".join(words))
    mixed = random.Random(seed).sample(made, len(made))
    if 0 < cut < len(made):
        assert summary_after(made[cut:], summary_of(made[:cut])) == summary_after(mixed, {})
    assert summary_after(mixed, {}) == summary_after(made, {})
    assert summary_after(made, {}).keys() == {*GROWS}


async def test_it_stands_in_the_dialog_however_its_letters_came(database: Database) -> None:
    file_of = {"filename": "a.pdf", "content_type": "application/pdf", "size": 1}
    attachment: dict[str, Any] = file_of | {"sha256": "0" * 64}
    made = [
        written("1", attachments=[attachment]),
        sent("2", "ivan", "1"),
        written("3", names="2 1", kind="auto-reply", defects=["cut"]),
    ]
    for order in (made, made[::-1]):
        await database.dialogs.delete_many({})
        await database.letters.delete_many({})
        for each in order:
            await file(filing(database), each)
        [dialog] = await database.dialogs.find({"mailbox": MAILBOX}).to_list(None)
        assert (dialog["waiting"], dialog["waiting_since"]) == ("them", made[1].created)
        assert dialog["kinds"] == ["auto-reply", "letter"]
        assert dialog["has"] == ["attachment", "defect"]
