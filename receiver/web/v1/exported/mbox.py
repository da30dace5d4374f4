"""Letters as an mbox (RFC 4155) that loses nothing: every From_ line is quoted (mboxrd)."""

import re
from collections.abc import AsyncIterator
from datetime import datetime

MEDIA = "application/mbox"
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


async def entry(
    original: AsyncIterator[bytes], sender: str, when: datetime
) -> AsyncIterator[bytes]:
    """Yield one letter of an mbox, line ends as LF; ``sender`` is of its envelope.

    The time is UTC, as ctime() has it.
    """
    address = re.sub(r"[^!-~]", "", sender) or "MAILER-DAEMON"
    yield f"From {address} {when.ctime()}\n".encode()
    rest = b""
    async for piece in original:
        lines, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield _quoted(lines + newline)
    if rest:
        yield _quoted(rest) + b"\n"
    yield b"\n"


def _quoted(lines: bytes) -> bytes:
    return _FROM.sub(rb">\1", lines.replace(b"\r\n", b"\n"))
