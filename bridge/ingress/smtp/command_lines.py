"""Commands as lines; a line that is too long is answered according to its command."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

COMMAND_BYTES = 4096  # without the line end
AHEAD_BYTES = 8 * 1024  # twice as much is read before it is answered
RECV_BYTES = 32 * 1024
_LINE_FEED = b"\n"
_WITH_PATHS = (b"MAIL ", b"RCPT ")


def read_as_commands(reader: asyncio.StreamReader, hear: Callable[[bytes], None]) -> None:
    """Make the reader give bounded lines, so that MAIL and RCPT can say what is too long.

    ``hear`` is called with each line before it is answered.

    aiosmtpd checks a line's length before its command and answers only 500. Little is read before
    it is answered: with asyncio's limits, 200 clients that do not wait for answers took 70 MB.
    """
    set_line_limit(reader, AHEAD_BYTES)
    reader.readuntil = partial(_until, reader, hear)  # type: ignore[method-assign]


def set_line_limit(reader: asyncio.StreamReader, limit: int) -> None:
    """Make the reader give lines of at most ``limit`` bytes and buffer twice as many."""
    reader._limit = limit  # type: ignore[attr-defined]


def unread_bytes(reader: asyncio.StreamReader) -> bytearray:
    """Return the unread bytes in the buffer, to look at: they are the reader's own."""
    waiting: bytearray = reader._buffer  # type: ignore[attr-defined]
    return waiting


def limit_reads(transport: asyncio.BaseTransport | None) -> None:
    """Read little by one recv: asyncio's 256 KiB would be 50 MB for 200 connections."""
    if transport is not None and hasattr(transport, "max_size"):  # a TLS transport has none
        transport.max_size = RECV_BYTES


@contextmanager
def as_connection_reset() -> Iterator[None]:
    """Turn every end of a connection into ConnectionResetError: aiosmtpd knows no other.

    A connection may end within a line or a letter, with any network error.
    """
    try:
        yield
    except (OSError, EOFError) as error:
        raise ConnectionResetError from error


async def _until(
    reader: asyncio.StreamReader, hear: Callable[[bytes], None], separator: bytes = _LINE_FEED
) -> bytes:
    """Return what comes up to the separator; of a longer line the beginning, reading all of it."""
    if separator != _LINE_FEED:
        return await asyncio.StreamReader.readuntil(reader, separator)
    if unread_bytes(reader):  # a client that does not wait for answers lets others go first
        await asyncio.sleep(0)
    begun = b""
    while True:
        try:
            with as_connection_reset():
                line = begun + await asyncio.StreamReader.readuntil(reader, separator)
        except asyncio.LimitOverrunError as overrun:
            begun = (begun + await reader.read(overrun.consumed))[: COMMAND_BYTES + 1]
            continue
        hear(within := _within(line))
        return within


def _within(line: bytes) -> bytes:
    """Return a line that aiosmtpd accepts if it has a path, else one that it calls too long."""
    if len(line.rstrip(b"\r\n")) <= COMMAND_BYTES:
        return line
    with_path = line[:5].upper() in _WITH_PATHS
    return line[: COMMAND_BYTES if with_path else COMMAND_BYTES + 1] + b"\r\n"
