"""When two addresses are one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reading.addresses import canonical

SAME = [
    ("Ivan@Example.RU", "ivan@example.ru"),
    (" ivan@example.ru ", "ivan@example.ru"),
    ("ivan.petrov@yandex.ru", "ivan-petrov@ya.ru"),
    ("ivan@yandex.com", "ivan@narod.ru"),
    ("ivan@почта.рф", "ivan@xn--80a1acny.xn--p1ai"),
    ("ivan@ПОЧТА.РФ.", "ivan@почта.рф"),
    ("иван@почта.рф", "ИВАН@почта.рф"),
]
DIFFERENT = [
    ("ivan.petrov@company.ru", "ivan-petrov@company.ru"),
    ("ivan@gmail.com", "ivan@yandex.ru"),
    ("ivan+shop@yandex.ru", "ivan@yandex.ru"),
    ("ivan@mail.yandex.ru", "ivan@yandex.ru"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_person(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_people(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@given(st.text())
def test_any_text_has_one_stable_form(text: str) -> None:
    once = canonical(text)
    assert canonical(text) == once
