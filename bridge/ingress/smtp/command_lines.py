"""Commands as lines, of which those that are too long are answered for what they are."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

COMMAND_BYTES = 4096  # without the line end
AHEAD_BYTES = 8 * 1024  # twice as much may come ahead of what we answer, then we cease to read
RECV_BYTES = 32 * 1024
_LINE_FEED = b"\n"
_WITH_PATHS = (b"MAIL ", b"RCPT ")


def read_as_commands(reader: asyncio.StreamReader, hear: Callable[[bytes], None]) -> None:
    """Have the reader give lines within bounds, so that MAIL and RCPT can say what is too long.

    ``hear`` is told of each line, before it is answered.

    aiosmtpd looks at a line's length before it looks at the command, and has only 500 for it. Few
    bytes are taken ahead of an answer: with asyncio's limits 200 clients who wait for none had
    70 MB of ours.
    """
    expect(reader, AHEAD_BYTES)
    reader.readuntil = partial(_until, reader, hear)  # type: ignore[method-assign]


def expect(reader: asyncio.StreamReader, limit: int) -> None:
    """Have the reader give lines of ``limit`` bytes at most, and hold twice as many."""
    reader._limit = limit  # type: ignore[attr-defined]


def waiting_in(reader: asyncio.StreamReader) -> int:
    """Return how many bytes have come that nobody has read yet."""
    return len(reader._buffer)  # type: ignore[attr-defined]


def read_little(transport: asyncio.BaseTransport | None) -> None:
    """Take few bytes by one recv: asyncio's 256 KiB would be 50 MB for 200 connections."""
    if transport is not None and hasattr(transport, "max_size"):  # TLS has none
        transport.max_size = RECV_BYTES


@contextmanager
def of_the_connection() -> Iterator[None]:
    """Have all that ends a connection be ConnectionResetError: aiosmtpd takes no other for it.

    The end may come within a line or a letter, with any error of the network's.
    """
    try:
        yield
    except (OSError, EOFError) as error:
        raise ConnectionResetError from error


async def _until(
    reader: asyncio.StreamReader, hear: Callable[[bytes], None], separator: bytes = _LINE_FEED
) -> bytes:
    """Return what comes up to the separator; of a long line its beginning, and its end is read."""
    if separator != _LINE_FEED:
        return await asyncio.StreamReader.readuntil(reader, separator)
    if waiting_in(reader):  # of who does not wait for answers, one at a time: others are there
        await asyncio.sleep(0)
    begun = b""
    while True:
        try:
            with of_the_connection():
                line = begun + await asyncio.StreamReader.readuntil(reader, separator)
        except asyncio.LimitOverrunError as overrun:
            begun = (begun + await reader.read(overrun.consumed))[: COMMAND_BYTES + 1]
            continue
        hear(within := _within(line))
        return within


def _within(line: bytes) -> bytes:
    """Return a line that aiosmtpd takes if it has a path, else one that it calls too long."""
    if len(line.rstrip(b"\r\n")) <= COMMAND_BYTES:
        return line
    with_path = line[:5].upper() in _WITH_PATHS
    return line[: COMMAND_BYTES if with_path else COMMAND_BYTES + 1] + b"\r\n"
