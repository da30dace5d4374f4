"""Outlook's Thread-Index: what a conversation's letters share, and what is not valid."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.letters.thread_index import HEADER_BYTES, prefix

HEADER = bytes([1, *range(21)])
FIRST = b64encode(HEADER).decode()
ANSWER = b64encode(HEADER + b"five!").decode()
SECOND_ANSWER = b64encode(HEADER + b"five!again").decode()


@pytest.mark.parametrize(
    "field",
    [
        ANSWER,
        SECOND_ANSWER,
        f" {ANSWER}\t",
        f"{ANSWER[:12]}\r\n {ANSWER[12:]}",  # folded
        ANSWER[:32],  # cut off
        ANSWER[:38],  # cut off amid a group of four
        FIRST.rstrip("=") + "AA",
    ],
)
def test_letters_of_one_conversation_have_one_prefix(field: str) -> None:
    assert prefix(field) == prefix(FIRST) == HEADER.hex()


@pytest.mark.parametrize(
    "field", ["", "=", "AAAA", ANSWER[:28], "не base64", "A" * 31 + "!", FIRST[:-1]]
)
def test_what_is_too_short_or_no_base64_has_none(field: str) -> None:
    assert prefix(field) == ""


@given(st.binary(min_size=HEADER_BYTES, max_size=HEADER_BYTES), st.binary(), st.binary())
def test_what_follows_the_header_does_not_count(header: bytes, one: bytes, other: bytes) -> None:
    for tail in (one, other):
        assert prefix(b64encode(header + tail).decode()) == header.hex()


@given(st.text() | st.binary().map(lambda given: b64encode(given).decode()))
def test_any_text_has_a_prefix_or_none(field: str) -> None:
    assert len(prefix(field)) in (0, 2 * HEADER_BYTES)
