"""A letter's bytes from the client to memory or disk, and what may refuse them on the way."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from bridge.ingress.smtp import command_lines, replies
from bridge.ingress.smtp.data.letter_bytes import letter_bytes
from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.limits import patience
from bridge.spool.capacity import NO_ROOM
from bridge.spool.intake import Incoming
from contract.process import where

log = logging.getLogger(__name__)

READ_BYTES = 64 * 1024


class Filling:
    """Takes one letter's bytes as they come; ``taken`` counts them, of a refused letter too.

    ``began`` is when the client was told to send it, by the loop's clock.
    """

    def __init__(
        self, door: Door, letter: Incoming, reader: asyncio.StreamReader, began: float
    ) -> None:
        self._door, self._letter, self._reader, self._began = door, letter, reader, began
        self.taken = 0

    async def to_the_end(self, wait: Callable[[float], None]) -> str:
        """Take the letter, a large one to disk; return the refusal, or an empty text.

        The letter is read to its end in any case: after the final dot commands follow. The bytes of
        a refused letter are discarded at once, to free their room for the next. ``wait`` is called
        with the seconds that its next bytes may take. Raises ConnectionResetError.
        """
        refusal, timeout = "", self._door.settings.smtp_timeout
        clock = asyncio.get_running_loop().time
        async for chunk in self._chunks():
            self.taken += len(chunk)
            wait(patience(timeout, self.taken, clock() - self._began))
            if not refusal and (refusal := await self._refusal(chunk)):
                await asyncio.to_thread(self._letter.discard)
        return refusal

    async def _chunks(self) -> AsyncIterator[bytes]:
        with command_lines.as_connection_reset():
            async for chunk in letter_bytes(self._reader, READ_BYTES):
                yield chunk

    async def _refusal(self, chunk: bytes) -> str:
        """Take the next bytes; return the refusal, or an empty text."""
        if self.taken > self._door.settings.smtp_max_size:
            return replies.TOO_BIG
        if await self._door.lacks_room(0):
            return NO_ROOM
        if not self._letter.hold(chunk):
            try:
                await asyncio.to_thread(self._letter.write, chunk)
            except OSError as error:
                log.error("a letter that comes by SMTP cannot be written: %s", where(error))
                return replies.FAULT
        return ""
