"""The letter as it comes after DATA: to its end, and to the byte."""

from asyncio import LimitOverrunError, StreamReader
from collections.abc import AsyncIterator

READ_BYTES = 128 * 1024


async def chunks(reader: StreamReader) -> AsyncIterator[bytes]:
    """Yield the letter in pieces of some ``READ_BYTES``, up to ``<CRLF>.<CRLF>``.

    The reader's limit bounds a piece. Raises IncompleteReadError where the client leaves before.
    """
    batch, size = list[bytes](), 0
    async for piece in _pieces(reader):
        batch.append(piece)
        size += len(piece)
        if size >= READ_BYTES:
            yield b"".join(batch)
            batch, size = [], 0
    yield b"".join(batch)


async def _pieces(reader: StreamReader) -> AsyncIterator[bytes]:
    """Yield lines, or pieces of long ones, dots unstuffed.

    Nothing but ``<CRLF>.<CRLF>`` ends the letter: RFC 5321 4.1.1.4, and what SMTP smuggling relies
    on.
    """
    at_start = True
    while True:
        try:
            piece = await reader.readuntil(b"\r\n")
            complete = True
        except LimitOverrunError as overrun:
            piece = await reader.read(overrun.consumed)
            complete = False
        if at_start:
            if piece == b".\r\n":
                return
            piece = piece.removeprefix(b".")
        yield piece
        at_start = complete
