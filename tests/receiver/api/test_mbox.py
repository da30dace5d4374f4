"""An mbox that loses nothing, whatever letters say: rules as functions."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.web.v1.exported import mbox
from receiver.web.v1.exported.fields import header_of

WHEN = datetime(2026, 1, 5, 9, 8, 7, tzinfo=UTC)
_BEGINS = re.compile(rb"From [!-~]+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n")
PIECES = st.sampled_from([b"From ", b">", b"\r", b"\n", b"\r\n", b"from ", b" ", b"x", b"\xff\x00"])
TEXT = st.text(max_size=30).map(lambda text: text.encode(errors="replace").decode())
ADDRESS = st.text('ab.@+, -_"<>()\\;:ф', min_size=1, max_size=12)


async def _pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def entry_of(original: AsyncIterator[bytes], sender: str = "a@b.ru") -> bytes:
    async def whole() -> bytes:
        return b"".join([each async for each in mbox.entry(original, sender, WHEN)])

    return asyncio.run(whole())


def read_back(entry: bytes) -> bytes:
    """Return the letter of an entry, as a reader of mboxrd has it."""
    begins = _BEGINS.match(entry)
    assert begins
    assert entry.endswith(b"\n\n")
    return re.sub(rb"(?m)^>(>*From )", rb"\1", entry[begins.end() : -1])


@given(st.lists(PIECES, max_size=12).map(b"".join), st.integers(1, 7))
def test_a_letter_comes_back_from_an_mbox(original: bytes, size: int) -> None:
    entry = entry_of(_pieces(original, size))
    lines = original.replace(b"\r\n", b"\n")
    assert read_back(entry) == lines + (b"" if lines.endswith(b"\n") or not lines else b"\n")
    assert not re.search(rb"(?m)^From ", entry[1:])


def test_the_day_of_a_from_line_is_as_ctime_has_it() -> None:
    assert entry_of(_pieces(b"x\n", 9)).startswith(b"From a@b.ru Mon Jan  5 09:08:07 2026\n")
    assert entry_of(_pieces(b"x\n", 9), "\r\n ф").startswith(b"From MAILER-DAEMON ")


PERSON = st.fixed_dictionaries({"name": TEXT, "address": ADDRESS})
PEOPLE = st.lists(PERSON, max_size=2)


@given(
    st.fixed_dictionaries(
        {
            "from": PERSON,
            **dict.fromkeys(("to", "cc", "bcc", "reply_to"), PEOPLE),
            **dict.fromkeys(("subject", "message_id"), TEXT),
            **dict.fromkeys(("in_reply_to", "references"), st.lists(ADDRESS, max_size=2)),
            "created": st.datetimes(timezones=st.just(UTC)),
        }
    ),
    st.lists(st.tuples(TEXT | st.sampled_from(["Date", "X-Long", "Content-Type"]), TEXT)),
    st.integers(0, 1500),
)
def test_whatever_is_kept_of_a_letter_a_header_is_made_of_it(
    message: dict[str, Any], kept: list[tuple[str, str]], much: int
) -> None:
    kept += [("X-Long", "a" * much), ("X-Long", "ф " * much), ("X-Long", "ab " * much)]
    header = header_of(message, [list(each) for each in kept], "why")
    assert header.startswith(b"X-Email-Listener: why\nDate: ")
    assert max(map(len, header.split(b"\n"))) <= 998
    read = message_from_bytes(header + b"\nbody")
    assert (read.get_payload(), read.defects) == ("body", [])
    assert not {"content-type", "x-email-listener"} & {name.lower() for name in read.keys()[1:]}
    assert [str(make_header(decode_header(each))).split() for each in read.get_all("X-Long", [])][
        -3:
    ] == [["a" * much] if much else [], ["ф"] * much, ["ab"] * much]


WRITTEN = {
    "an address alone": ("", "ivan@a.ru", "ivan@a.ru"),
    "a name": ("Ivan Petrov", "ivan@a.ru", "Ivan Petrov <ivan@a.ru>"),
    "a name with signs": ('Petrov, I. "x"', "ivan@a.ru", '"Petrov, I. \\"x\\"" <ivan@a.ru>'),
    "a name in letters": ("Иван", "ivan@a.ru", "=?utf-8?b?0JjQstCw0L0=?= <ivan@a.ru>"),
    "a name that looks encoded": ("=?x?=", "i@a.ru", "=?utf-8?b?PT94Pz0=?= <i@a.ru>"),
    "an address in letters": ("", "иван@почта.рф", "иван@почта.рф"),
    "no address": ("", ".,", '".,":;'),
    "no address, with a name": ("Иван", "a@b@c", "=?utf-8?b?0JjQstCw0L0gPGFAYkBjPg==?=:;"),
}


@pytest.mark.parametrize(("name", "address", "written"), WRITTEN.values(), ids=WRITTEN.keys())
def test_people_are_written_as_a_letter_has_them(name: str, address: str, written: str) -> None:
    person = {"name": name, "address": address}
    message = {"from": person, "to": [person, person], "subject": "x", "message_id": "1@a"}
    ids: dict[str, Any] = {"in_reply_to": [], "references": [], "created": WHEN}
    header = header_of(message | ids, [], "why").decode()
    assert f"\nFrom: {written}\nTo: {written},\n {written}\nSubject: x\n" in header


@pytest.mark.parametrize(
    ("kept", "date"),
    [
        ("Mon, 5 Jan 2026 12:08:07 +0300", "Mon, 5 Jan 2026 12:08:07 +0300"),
        ("Mon, 5 Jan 2001 12:08:07 +0300", "Mon, 05 Jan 2026 09:08:07 +0000"),
        ("yesterday", "Mon, 05 Jan 2026 09:08:07 +0000"),
        ("Mon, 5 Jan 99999 99:08:07 +9999", "Mon, 05 Jan 2026 09:08:07 +0000"),
    ],
)
def test_a_date_stands_as_it_came_if_it_is_the_one_that_counts(kept: str, date: str) -> None:
    said: dict[str, Any] = {"from": {"address": "a@b.ru"}, "subject": "", "message_id": ""}
    said |= {"in_reply_to": [], "references": [], "created": WHEN}
    assert f"\nDate: {date}\n".encode() in header_of(said, [["Date", kept]], "why")
