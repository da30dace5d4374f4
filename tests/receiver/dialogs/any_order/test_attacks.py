"""Strangers who want into a user's dialog: hundreds of letters, in many orders; none gets in."""

import os
import random
from collections.abc import Iterator
from itertools import count, product
from typing import Any

import pytest

from receiver.letters.letter import Letter
from receiver.store.mongo import Database
from tests.receiver.written import filed, parted, sent, written

# The user's conversation: 2 and 6 are the specialist's and never seen, 4 is, 8 comes at last.
HONEST = [
    written("1", "ivan", subject="Где мой заказ?"),
    written("3", "ivan", names="2 1", subject="Re: Где мой заказ?"),
    sent("4", "ivan", "3 2 1", subject="Re: Где мой заказ?"),
    written("5", "ivan", names="4 3 2 1", subject="Re: Где мой заказ?"),
    written("7", "ivan", names="6 5 4 3 2 1", subject="Re: Где мой заказ?"),
    written("8", "ivan", names="7 6 5 4 3 2 1", subject="Re: Где мой заказ?"),
]
SEEN_BY_ALL = "8 7 6 5 4 3 2 1"
SENDERS = ("mallory", "mailbox", "ivan@evil.example")
PEOPLE: dict[str, dict[str, Any]] = {
    "nobody": {},
    "the user in Cc": {"cc": [{"address": "ivan@example.ru"}]},
    "the user in To": {"to": "ivan"},
    "himself in Cc": {"cc": [{"address": "mallory@example.ru"}]},
}
TARGETS = ("1", "2", "4", "6", "8")


def attacks() -> Iterator[Letter]:
    """Yield letters of strangers: each names something of the user's, in some way."""
    numbers = (f"evil{number}" for number in count())
    for sender, people, target in product(SENDERS, PEOPLE.values(), TARGETS):
        subject = f"Re: Где мой заказ? [#{target}]"
        yield written(next(numbers), sender, answers=target, subject=subject, **people)
        yield written(next(numbers), sender, names=target, subject=subject, **people)
        yield written(target, sender, text=next(numbers), subject=subject, **people)
        yield written(target, sender, names=SEEN_BY_ALL, text=next(numbers), **people)
    many = " ".join(f"guessed{number}" for number in range(90))
    for sender, people in product(SENDERS, PEOPLE.values()):
        yield written(next(numbers), sender, names=f"{many} {SEEN_BY_ALL}", **people)
        yield written("self", sender, names="self 2", text=next(numbers), **people)
        yield written("one", sender, names="other 2", text=next(numbers), **people)
        yield written("other", sender, names="one 6", text=next(numbers), **people)
        yield written(next(numbers), sender, names="1 1 2 2", answers="1", **people)
        yield written(next(numbers), sender, subject="Re: Где мой заказ?", **people)
        index: dict[str, Any] = {"thread_index": "AdqC9wABAgMEBQYHCAkKCwwNDg8QERITFBU="}
        yield written(next(numbers), sender, subject="Где мой заказ?", **people, **index)
    bounce: dict[str, Any] = {
        "message_id": "5@example.ru",
        "failures": [{"recipient": "ivan@example.ru"}],
    }
    yield written(next(numbers), "mailer-daemon", kind="bounce", bounce=bounce)
    bounce = {"message_id": "4@example.ru", "failures": [{"recipient": "mallory@example.ru"}]}
    yield written(next(numbers), "mailer-daemon", kind="bounce", bounce=bounce)


ATTACKS = list(attacks())
# Through the database go some of each kind: what decides is one rule, and it sees them all.
SHARE = 9


def test_the_set_is_large() -> None:
    assert len(ATTACKS) >= 200
    assert len({letter.key for letter in ATTACKS}) == len(ATTACKS)


def among(letters: list[Letter], others: list[Letter], seed: int) -> list[Letter]:
    """Return all in a random order that keeps that of the ``letters``."""
    chosen = random.Random(seed)
    mixed = [*others]
    chosen.shuffle(mixed)
    places = sorted(chosen.choices(range(len(mixed) + 1), k=len(letters)), reverse=True)
    for place, each in zip(places, reversed(letters), strict=True):
        mixed.insert(place, each)
    return mixed


@pytest.mark.parametrize("seed", range(4))
def test_the_rule_lets_no_stranger_in(seed: int) -> None:
    found = parted(among(HONEST, ATTACKS, seed))
    own = {letter.message["body"] for letter in HONEST}
    assert [texts for texts in found if own & {*texts.split()}] == ["1 3 4 5 7 8"]


@pytest.mark.parametrize("seed", range(int(os.environ.get("ATTACK_ORDERS", "1"))))
async def test_no_stranger_gets_into_the_users_dialog(seed: int, database: Database) -> None:
    letters = among(HONEST, ATTACKS[seed % SHARE :: SHARE], seed)
    found = await filed(database, letters, subjects=seed % 2 == 0)
    own = {letter.message["body"] for letter in HONEST}
    assert [texts for texts in found if own & {*texts.split()}] == ["1 3 4 5 7 8"]
    assert sum(len(texts.split()) for texts in found) == len(letters)


@pytest.mark.parametrize("first", [True, False], ids=["strangers first", "strangers last"])
async def test_nor_if_all_come_before_or_after_it(first: bool, database: Database) -> None:
    some = ATTACKS[3 if first else 6 :: SHARE]
    letters = [*some, *HONEST] if first else [*HONEST, *some]
    assert "1 3 4 5 7 8" in await filed(database, letters)
