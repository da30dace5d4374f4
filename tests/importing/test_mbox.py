"""Reading mbox: where a letter begins, what it is, and how an interrupted reading goes on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingress.importer.mbox import is_mbox, read_mbox

ASCTIME = b"From a@b.ru Thu Jan  1 10:00:00 2026\n"
FILES: dict[str, tuple[bytes, list[bytes]]] = {
    "two letters": (
        ASCTIME + b"Subject: 1\n\none\n\n" + ASCTIME + b"Subject: 2\n\ntwo\n",
        [b"Subject: 1\n\none\n", b"Subject: 2\n\ntwo\n"],
    ),
    "a quoted From": (
        ASCTIME + b"Subject: 1\n\n>From here\n>>From there\n",
        [b"Subject: 1\n\nFrom here\n>From there\n"],
    ),
    "From in the text": (
        ASCTIME + b"Subject: 1\n\nSo.\n\nFrom my point of view\n",
        [b"Subject: 1\n\nSo.\n\nFrom my point of view\n"],
    ),
    "a date in a sentence": (
        ASCTIME + b"Subject: 1\n\nseen\nFrom Ivan Thu Jan  1 10:00:00 2026\nhe left\n",
        [b"Subject: 1\n\nseen\nFrom Ivan Thu Jan  1 10:00:00 2026\nhe left\n"],
    ),
    "no empty line between": (
        ASCTIME + b"Subject: 1\n\none\n" + ASCTIME + b"Subject: 2\n\ntwo\n",
        [b"Subject: 1\n\none\n", b"Subject: 2\n\ntwo\n"],
    ),
    "CRLF": (
        (ASCTIME + b"Subject: 1\n\none\n\n" + ASCTIME + b"Subject: 2\n\ntwo\n").replace(
            b"\n", b"\r\n"
        ),
        [b"Subject: 1\r\n\r\none\r\n", b"Subject: 2\r\n\r\ntwo\r\n"],
    ),
    "Thunderbird": (
        b"From - Mon Nov 23 10:00:00 2026\nSubject: 1\n\none\n",
        [b"Subject: 1\n\none\n"],
    ),
    "Gmail": (
        b"From 17@xxx Mon Nov 23 10:00:00 +0000 2026\nSubject: 1\n\none\n",
        [b"Subject: 1\n\none\n"],
    ),
    "a note of the mail server's own": (
        b"From MAILER-DAEMON Thu Jan  1 10:00:00 2026\n"
        b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\nx\n\n"
        + ASCTIME
        + b"Subject: 1\n\none\n",
        [b"Subject: 1\n\none\n"],
    ),
    "a letter about such a note": (
        ASCTIME + b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nWhat is it?\n",
        [b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nWhat is it?\n"],
    ),
    "CRLF, and a header of many lines": (
        (ASCTIME + b"X: y\n" * 200 + b"\none\n").replace(b"\n", b"\r\n"),
        [b"X: y\r\n" * 200 + b"\r\none\r\n"],
    ),
    "no line end at the end": (ASCTIME + b"Subject: 1\n\none", [b"Subject: 1\n\none"]),
}


@pytest.mark.parametrize(("content", "letters"), FILES.values(), ids=FILES.keys())
def test_letters_are_told_apart(tmp_path: Path, content: bytes, letters: list[bytes]) -> None:
    path = tmp_path / "mbox"
    path.write_bytes(content)
    assert is_mbox(path)
    found = list(read_mbox(path, 0, 10_000))
    assert [each.content for each in found] == letters
    for number, each in enumerate(found):
        again = [rest.content for rest in read_mbox(path, each.end, 10_000)]
        assert again == letters[number + 1 :]


DATES = {
    b"Thu Jan  1 10:00:00 2026": datetime(2026, 1, 1, 10, tzinfo=UTC),
    b"Thu Jan  1 10:00:00 +0300 2026": datetime(2026, 1, 1, 7, tzinfo=UTC),
    b"Thu, 1 Jan 2026 10:00:00 +0000": datetime(2026, 1, 1, 10, tzinfo=UTC),
    b"Thu Xxx 99 10:00:00 2026": None,
    b"Thu Jan  9999999999999999999 10:00:00 2026": None,
    b"Thu Jan  1 10:00:00 +9999999999999999999 2026": None,
    b"Thu, 1 Jan 99999999999999999999 10:00:00 +0000": None,
}


@pytest.mark.parametrize(("written", "came"), DATES.items())
def test_the_separator_says_when_the_letter_came(
    tmp_path: Path, written: bytes, came: datetime | None
) -> None:
    path = tmp_path / "mbox"
    path.write_bytes(b"From a@b.ru " + written + b"\nSubject: 1\n\n")
    [found] = read_mbox(path, 0, 1000)
    assert found.came == came


def test_a_letter_that_is_too_large_is_named_and_not_held(tmp_path: Path) -> None:
    path = tmp_path / "mbox"
    path.write_bytes(ASCTIME + b"x" * 3_000_000 + b"\n\n" + ASCTIME + b"Subject: 2\n\ntwo\n")
    found = list(read_mbox(path, 0, 1000))
    assert [each.content for each in found] == [None, b"Subject: 2\n\ntwo\n"]


BODY = st.lists(
    st.sampled_from(
        [b"", b"From here", b">From", b"From a@b.ru Thu Jan  1 10:00:00 2026", b"text"]
    ),
    max_size=8,
)


@given(bodies=st.lists(BODY, min_size=1, max_size=4))
def test_what_is_written_as_mboxrd_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[list[bytes]]
) -> None:
    letters = [b"\n".join([b"Subject: x", b"", *body]) + b"\n" for body in bodies]
    written = b""
    for letter in letters:
        lines = letter.split(b"\n")
        quoted = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
        written += ASCTIME + b"\n".join(quoted) + b"\n"
    path = tmp_path_factory.mktemp("mbox") / "mbox"
    path.write_bytes(written)
    assert [each.content for each in read_mbox(path, 0, 100_000)] == letters


@given(content=st.binary(max_size=300))
def test_any_bytes_can_be_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("mbox") / "mbox"
    path.write_bytes(ASCTIME + content)
    found = list(read_mbox(path, 0, 100))
    assert not found or found[-1].end == len(ASCTIME) + len(content)
    assert found or not content.strip(b"\r\n") or content.startswith(b"From ")
