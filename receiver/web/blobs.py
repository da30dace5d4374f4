"""``PUT /webhook/blobs/{sha256}``: the bytes that events refer to; their digest is what is signed.

Outcomes: 201 stored; 200 was there; 401 signature; 408 too slow; 413 too large; 422 the name is no
digest, or that of other bytes; 503 the store or the disk. A blob is verified by its head, so its
body is trusted before it comes, and goes to a file rather than into memory.
"""

import asyncio
import hashlib
import re
from tempfile import SpooledTemporaryFile

from aiohttp import web

from contract.faults import reach
from receiver import metrics
from receiver.errors import Problem
from receiver.store.blobs import Blobs
from receiver.web.requests import Requests, Route, finished, go_on, too_large

IN_MEMORY_BYTES = 512 * 1024
STORED_AT_ONCE = 2  # each takes some 10 MB while it goes to the database
UPLOAD_SECONDS = 120.0
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BlobUploads:
    """Takes blobs of at most ``limit`` bytes."""

    def __init__(self, requests: Requests, blobs: Blobs, limit: int) -> None:
        self._requests = requests
        self._blobs = blobs
        self._limit = limit
        self._storing = asyncio.Semaphore(STORED_AT_ONCE)

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [Route("PUT", "/webhook/blobs/{sha256}", self.put_blob)]

    async def put_blob(self, request: web.Request) -> web.Response:
        """Check the bytes against their digest, then store them."""
        sha256 = request.match_info["sha256"]
        if not _SHA256.fullmatch(sha256):
            raise Problem(422, "the blob's name is not a SHA-256 in lower-case hex")
        check = self._requests.signed(request, self._limit)
        check.update(sha256.encode())
        finished(check)
        await go_on(request)
        with SpooledTemporaryFile(IN_MEMORY_BYTES) as content:
            try:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    size = await self._receive(request, sha256, content)
            except TimeoutError:
                raise Problem(408, "the blob came too slowly") from None
            async with self._storing:
                new = await self._blobs.store(sha256, size, content)  # type: ignore[arg-type]
        reach("receiver.blob-stored")
        metrics.BLOBS.inc(new)
        return web.json_response({"sha256": sha256, "size": size}, status=201 if new else 200)

    async def _receive(
        self, request: web.Request, sha256: str, content: SpooledTemporaryFile[bytes]
    ) -> int:
        """Take the body to ``content``, rewind it, and return its size."""
        digest = hashlib.sha256()
        async for piece in request.content.iter_any():
            if content.tell() + len(piece) > self._limit:
                raise too_large(self._limit)
            digest.update(piece)
            content.write(piece)
        if digest.hexdigest() != sha256:
            raise Problem(422, "the bytes do not have the digest that their name says")
        size = content.tell()
        content.seek(0)
        return size
