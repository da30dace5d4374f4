"""Large answers for slow readers: only a little of each waits at a time."""

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

PIECE_BYTES = 16 * 1024


class InPieces(Payload):
    """A body that is handed on as the client reads it.

    Otherwise all that a client leaves unread is copied to its connection: 200 clients that ask for
    a page and do not read would hold it 200 times.
    """

    def __init__(self, whole: bytes, content_type: str) -> None:
        super().__init__(whole, content_type=content_type)
        self._size = len(whole)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return it as text."""
        return str(self._value, encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write the next piece once the client has read some of the one before it."""
        whole = memoryview(self._value)
        for start in range(0, len(whole), PIECE_BYTES):
            await writer.write(whole[start : start + PIECE_BYTES])
            await writer.drain()


def in_pieces(response: web.StreamResponse) -> None:
    """Make a large answer be written in pieces."""
    body = response.body if isinstance(response, web.Response) else None
    if isinstance(body, bytes) and len(body) > PIECE_BYTES:
        response.body = InPieces(body, response.content_type)  # type: ignore[attr-defined]


async def write_slowly(response: web.StreamResponse, some: bytes) -> None:
    """Write a part of a streamed answer in pieces; a part may be large."""
    whole = memoryview(some)
    for start in range(0, len(whole), PIECE_BYTES):
        await response.write(whole[start : start + PIECE_BYTES])
