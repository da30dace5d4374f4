"""What MAIL and RCPT say in brackets, and around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingress.smtp.path import PathTooLong, read_path
from contract.event import MAX_PATH_BYTES


@pytest.mark.parametrize(
    ("argument", "read"),
    [
        ("<ivan@example.ru>", ("ivan@example.ru", "")),
        (" <ivan@example.ru>  BODY=8BITMIME SIZE=1 ", ("ivan@example.ru", "BODY=8BITMIME SIZE=1")),
        ("<>", ("<>", "")),
        ("< >", ("<>", "")),
        ("<@relay.example:ivan@example.ru>", ("ivan@example.ru", "")),
        ('<"a>b"@example.ru>', ('"a>b"@example.ru', "")),
        ('<"a\\"b"@example.ru> X', ('"a\\"b"@example.ru', "X")),
        ("<Ivan Petrov@@example>", ("Ivan Petrov@@example", "")),
        ("ivan@example.ru SIZE=1", ("ivan@example.ru", "SIZE=1")),
        ('"Ivan Petrov"@example.ru SIZE=1', ('"Ivan Petrov"@example.ru', "SIZE=1")),
        ("<ivan@example.ru", None),
        ("ivan@example.ru>", None),
        ('<"ivan@example.ru>', None),
        ("", ("", "")),
    ],
)
def test_what_is_read(argument: str, read: tuple[str, str] | None) -> None:
    assert read_path(argument) == read


@given(st.text(st.characters(exclude_characters='<>"', exclude_categories=["Cs"])))
def test_whatever_stands_in_brackets_is_whole_or_too_long(address: str) -> None:
    try:
        read = read_path(f"<{address}>")
    except PathTooLong:
        assert len(address.encode()) > MAX_PATH_BYTES
    else:
        assert read is not None
        assert read[0] == address.strip(" \t") or address.strip(" \t")[:1] in ("", "@")
        assert len(address.encode()) <= MAX_PATH_BYTES


@given(st.text())
def test_any_argument_is_read_or_refused(argument: str) -> None:
    try:
        assert read_path(argument) is None or len(read_path(argument) or ()) == 2
    except PathTooLong:
        assert len(argument) > MAX_PATH_BYTES / 4
