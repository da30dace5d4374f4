"""A letter after DATA: read to its end and no byte further, whatever pieces it comes in."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.ingress.smtp.command_lines import unread_bytes
from bridge.ingress.smtp.data.letter_bytes import letter_bytes

LIMITS = st.sampled_from([8, 64, 128 * 1024])
# What ends and what nearly ends a letter, drawn often.
NEARLY = st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"\r\n.\r", b"..", b"a", b"\0"])
CONTENTS = st.lists(NEARLY | st.binary(max_size=9), max_size=40).map(b"".join)


def line_by_line(stream: bytes) -> tuple[bytes, bytes] | None:
    """Return a letter read as in RFC 5321 4.5.2, and what follows; None if it has no end."""
    letter = b""
    while True:
        line, ending, stream = stream.partition(b"\r\n")
        if not ending:
            return None
        if line == b".":
            return letter, stream
        letter += line.removeprefix(b".") + ending


async def read(pieces: list[bytes], limit: int) -> tuple[bytes, bytes] | None:
    """Return what is read of a stream that comes in these pieces, and what is left in it."""
    reader = asyncio.StreamReader(limit=limit)

    async def feed() -> None:
        for piece in pieces:
            reader.feed_data(piece)
            await asyncio.sleep(0)
        reader.feed_eof()

    feeding = asyncio.create_task(feed())
    try:
        found = [chunk async for chunk in letter_bytes(reader, limit)]
    except EOFError:
        return None
    finally:
        await feeding
    assert all(len(chunk) >= limit for chunk in found[:-1])
    return b"".join(found), await reader.read()


@given(CONTENTS, CONTENTS, LIMITS, st.data())
@example(b".\r\n", b"", 8, None)
@example(b"\r\n.\r\n", b"QUIT\r\n", 8, None)
@example(b"x" * 5 + b"\r\n.\r\n", b".\r\n", 8, None)
def test_it_is_read_as_line_by_line(
    content: bytes, behind: bytes, limit: int, data: st.DataObject | None
) -> None:
    stream = content + behind
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=8)) if data else []
    edges = [0, *sorted(cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    assert asyncio.run(read(pieces, limit)) == line_by_line(stream)


@given(CONTENTS, CONTENTS, LIMITS)
def test_what_follows_the_end_is_left(content: bytes, behind: bytes, limit: int) -> None:
    expected = line_by_line(content + b"\r\n.\r\n" + behind)
    assert expected is not None
    assert asyncio.run(read([content + b"\r\n.\r\n" + behind], limit)) == expected


@pytest.mark.parametrize("content", [b"", b"a", b"\r\n", b".\r", b"a\r\n."])
async def test_a_letter_without_an_end_is_none(content: bytes) -> None:
    assert await read([content], 64) is None


class CountingReader(asyncio.StreamReader):
    """Counts how often it is read."""

    reads = 0

    async def readexactly(self, n: int) -> bytes:
        self.reads += 1
        return await super().readexactly(n)

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        self.reads += 1
        return await super().readuntil(separator)


@pytest.mark.parametrize("content", [b"\r", b"\r\n", b"\r\n.x", b"\rx", b"\r\r\n", b"a"])
async def test_a_letter_of_almost_ends_is_read_like_any_other(content: bytes) -> None:
    """Read by one to four bytes, two hundred such letters would keep the door busy for seconds."""
    limit = 64 * 1024
    reader, times = CountingReader(limit=limit), 8 * limit // len(content)
    reader.feed_data(content * times + b"x\r\n.\r\nQUIT\r\n")
    letter = b"".join([chunk async for chunk in letter_bytes(reader, limit)])
    assert letter == (content * times + b"x\r\n").replace(b"\r\n.", b"\r\n")
    assert reader.reads <= 2 * 8 + 2
    assert bytes(unread_bytes(reader)) == b"QUIT\r\n"
