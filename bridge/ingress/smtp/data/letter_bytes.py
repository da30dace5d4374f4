"""A letter's bytes after DATA: up to ``<CRLF>.<CRLF>``, dots unstuffed, in few reads.

Nothing else ends the letter (RFC 5321 4.1.1.4), which prevents SMTP smuggling.

A client may send commands right behind the letter, and bytes that are read cannot be given back, so
no read may go beyond the end mark. While no byte of the mark has been seen, everything is read up
to the mark. When its beginning has been seen, the unread bytes that have come are searched for the
rest, and read up to there: a letter of nothing but CRs costs little more than another. If none have
come, a read takes at most as many bytes as the rest of the mark has: mostly one, which usually is
not part of it; after a CR all four. The line end of the DATA command counts as seen.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from bridge.ingress.smtp.command_lines import unread_bytes

END: Final = b"\r\n.\r\n"
_LINE: Final = b"\r\n"


async def letter_bytes(reader: asyncio.StreamReader, at_once: int) -> AsyncIterator[bytes]:
    """Yield the letter in pieces of about ``at_once`` bytes; raises EOFError if its end is missing.

    ``at_once`` is the reader's limit.
    """
    held, skip = _LINE, len(_LINE)
    batch, size = list[bytes](), 0
    while held != END:
        held += await _more(reader, held, at_once)
        seen = _seen(held)
        passed, held = held[: len(held) - seen], held[len(held) - seen :]
        if held == END:
            passed += _LINE  # the mark's first CRLF ends the last line
        if passed:
            batch.append(passed.replace(b"\r\n.", _LINE)[skip:])
            size += len(batch[-1])
            skip = 0
        if size >= at_once:
            yield b"".join(batch)
            batch, size = [], 0
    yield b"".join(batch)


async def _more(reader: asyncio.StreamReader, held: bytes, at_once: int) -> bytes:
    """Return the next bytes, none beyond the end mark; ``held`` is the mark's beginning so far."""
    if held and (waiting := unread_bytes(reader)):
        ahead = held + bytes(waiting[:at_once])
        end = ahead.find(END)
        return await reader.readexactly((end + len(END) if end >= 0 else len(ahead)) - len(held))
    if held:
        return await reader.readexactly(4 if len(held) == 1 else 1)
    try:
        return await reader.readuntil(END)
    except asyncio.LimitOverrunError as overrun:
        return await reader.read(min(overrun.consumed, at_once))


def _seen(content: bytes) -> int:
    """Return how many bytes of the end mark the content ends with."""
    return next(size for size in range(len(END), -1, -1) if content.endswith(END[:size]))
