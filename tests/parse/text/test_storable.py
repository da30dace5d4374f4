"""Text that is fit to store: one kind of line end, no control signs, within a bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.text.storable import clean_line, clean_text, cut_text

SIGNS = st.text(
    st.sampled_from("aя \t\r\n\x00\x0b\x0c\x1b\x1f\x7f\x85\u2028\u2029\xa0\u3000\ud800€")
)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb\nc\rd", "a\nb\nc\nd"),
        ("a\r\r\nb", "a\nb"),
        ("a\r\r\r\nb", "a\nb"),
        ("a\r\r\r\r\nb", "a\n\nb"),
        ("a\r\rb", "a\n\nb"),
        ("a\r\n\r\nb", "a\n\nb"),
        ("a\x0cb\x85c\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a\r\x0c\nb\x00", "a\n\n\nb"),
        ("a\tb\x00\x0b\x1b\x7f\ud800c", "a\tbc"),
    ],
)
def test_one_kind_of_line_end_and_no_control_signs(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@given(SIGNS)
def test_any_text_can_be_stored_and_cleaning_it_twice_changes_nothing(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert clean.encode("utf-8").decode() == clean
    assert set(clean) <= set("aя \t\n\xa0\u3000€")
    assert [sign for sign in clean if sign in "aя€"] == [sign for sign in text if sign in "aя€"]


@given(SIGNS, st.integers(1, 20))
def test_any_text_becomes_one_line_within_a_bound(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert set(line) <= set("aя €")
    assert "  " not in line
    assert not line.startswith(" ")
    assert len(cut_text(clean_text(text), limit).encode()) <= limit
