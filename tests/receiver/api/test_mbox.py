"""An mbox that loses nothing, whatever letters say: rules as functions."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from receiver.web.v1 import mbox

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


@given(
    st.fixed_dictionaries(
        {
            "from": st.fixed_dictionaries({"address": ADDRESS}),
            "to": st.lists(st.fixed_dictionaries({"address": ADDRESS}), max_size=2),
            "cc": st.lists(st.fixed_dictionaries({"address": ADDRESS}), max_size=2),
            **dict.fromkeys(("subject", "message_id", "body"), TEXT),
            "created": st.datetimes(timezones=st.just(UTC)),
        }
    )
)
def test_any_letter_without_its_original_is_made_again(message: dict[str, Any]) -> None:
    content = read_back(entry_of(mbox.rebuilt({"message": message})))
    assert content.startswith(b"X-Email-Listener: ")


def test_what_is_no_address_stands_in_a_field_that_nobody_reads_as_one() -> None:
    said: dict[str, Any] = {
        **{"from": {"address": "ivan@a.ru"}, "to": [{"address": ".,"}], "cc": []},
        **{"subject": "x", "message_id": "1@a", "body": "x", "created": WHEN},
    }
    content = entry_of(mbox.rebuilt({"message": said}))
    assert b"\nFrom: ivan@a.ru\n" in content
    assert b"\nX-To: .,\n" in content
