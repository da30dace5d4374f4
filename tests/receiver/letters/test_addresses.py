"""When two addresses are one person's."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.erasing.remembered import erased_among, known, remember
from contract.reading.addresses import canonical, former, forms
from receiver.letters.belonging import digest_of_person, owned_before
from tests.receiver.written import MAILBOX, written

HERE = "ivan@straße.de"

SAME = [
    ("Ivan@Example.RU", "ivan@example.ru"),
    (" ivan@example.ru ", "ivan@example.ru"),
    ("ivan.petrov@yandex.ru", "ivan-petrov@ya.ru"),
    ("ivan@yandex.com", "ivan@narod.ru"),
    ("ivan@почта.рф", "ivan@xn--80a1acny.xn--p1ai"),
    ("ivan@ПОЧТА.РФ.", "ivan@почта.рф"),
    ("иван@почта.рф", "ИВАН@почта.рф"),
    ("ivan@Straße.DE", "ivan@xn--strae-oqa.de"),
    ("Strauß@post.de", "strauss@post.de"),
]
DIFFERENT = [
    ("ivan.petrov@company.ru", "ivan-petrov@company.ru"),
    ("ivan@gmail.com", "ivan@yandex.ru"),
    ("ivan+shop@yandex.ru", "ivan@yandex.ru"),
    ("ivan@mail.yandex.ru", "ivan@yandex.ru"),
    ("ivan@straße.de", "ivan@strasse.de"),
    ("ivan@ναός.gr", "ivan@ναόσ.gr"),
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


@given(st.emails() | st.text())
def test_whatever_was_kept_under_the_form_of_before_is_found(address: str) -> None:
    assert former(address) == former(former(address))
    assert canonical(address) in forms(canonical(address))


def test_who_was_erased_under_the_form_of_before_stays_erased() -> None:
    """Both by the receiver's digests and by the bridge's."""
    of_letter = {digest for digest, _ in owned_before(b"key", MAILBOX, written("1", HERE).message)}
    assert digest_of_person(b"key", MAILBOX, former(HERE)) in of_letter
    assert digest_of_person(b"key", MAILBOX, canonical(HERE)) in of_letter


def test_a_bridge_knows_whom_it_erased_under_the_form_of_before(tmp_path: Path) -> None:
    remember(tmp_path, [former(HERE)], 10.0)
    assert erased_among({canonical(HERE)}, 5.0, known(tmp_path)) == {canonical(HERE)}


@pytest.mark.parametrize("address", ["ivan@straße.de", "ivan@ναός.gr", "ivan@почта.рф", "a@b.ru"])
def test_a_person_is_known_by_the_form_of_before(address: str) -> None:
    assert former(address) in forms(canonical(address))
