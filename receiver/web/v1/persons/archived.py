"""The archive of a person's data, as an answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from aiohttp import web

from receiver.web.v1.download import disposition, stream

IN_MEMORY = 1024 * 1024
PIECE = 256 * 1024


async def send_archive(
    request: web.Request, write: Callable[[BinaryIO], Awaitable[None]]
) -> web.StreamResponse:
    """Send the zip that is written to a file."""
    with SpooledTemporaryFile(IN_MEMORY) as file:
        await write(file)  # type: ignore[arg-type]
        file.seek(0)
        headers = {
            "Content-Type": "application/zip",
            "Content-Disposition": disposition("person.zip"),
        }
        answer = web.StreamResponse(headers=headers)
        return await stream(request, answer, _pieces(file))  # type: ignore[arg-type]


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
