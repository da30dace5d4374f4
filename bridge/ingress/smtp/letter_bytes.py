"""A letter's bytes after DATA: up to ``<CRLF>.<CRLF>``, dots unstuffed, in few reads.

Nothing else ends the letter: RFC 5321 4.1.1.4, and what SMTP smuggling relies on.

A client may send commands right behind the letter, and what is read cannot be given back; so no
read may go beyond the end. Mostly nothing of the end has been seen, and all is read up to its first
appearance. Where its beginning has been seen, fewer bytes are read than its rest has, or as many:
one, which mostly is none of it; behind a CR all four, so that a letter of CRs is not read by ones.
The line end that belongs to DATA's own line counts as seen.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

END: Final = b"\r\n.\r\n"
_LINE: Final = b"\r\n"
READS_AT_ONCE: Final = 16  # of what has come already; then it is the turn of other clients


async def letter_bytes(reader: asyncio.StreamReader, at_once: int) -> AsyncIterator[bytes]:
    """Yield the letter in pieces of about ``at_once`` bytes; raises EOFError if its end is missing.

    ``at_once`` is the reader's limit.
    """
    held, skip = _LINE, len(_LINE)
    batch, size, reads = list[bytes](), 0, 0
    while held != END:
        reads += 1
        if not reads % READS_AT_ONCE:
            await asyncio.sleep(0)
        held += await _more(reader, held, at_once)
        seen = _seen(held)
        passed, held = held[: len(held) - seen], held[len(held) - seen :]
        if held == END:
            passed += _LINE  # the end of the last line
        if passed:
            batch.append(passed.replace(b"\r\n.", _LINE)[skip:])
            size += len(batch[-1])
            skip = 0
        if size >= at_once:
            yield b"".join(batch)
            batch, size = [], 0
    yield b"".join(batch)


async def _more(reader: asyncio.StreamReader, held: bytes, at_once: int) -> bytes:
    """Return bytes that follow, none behind the end, of which ``held`` is the beginning."""
    if held:
        return await reader.readexactly(4 if len(held) == 1 else 1)
    try:
        return await reader.readuntil(END)
    except asyncio.LimitOverrunError as overrun:
        return await reader.read(min(overrun.consumed, at_once))


def _seen(content: bytes) -> int:
    """Return how many bytes of the end's beginning the content ends with."""
    return next(size for size in range(len(END), -1, -1) if content.endswith(END[:size]))
