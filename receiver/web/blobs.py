"""``PUT /webhook/blobs/{sha256}``: the bytes that events refer to; their digest is what is signed.

Outcomes: 201 stored; 200 was there; 401 signature; 408 too slow; 413 too large; 422 the name is no
digest, or that of other bytes; 503 the store or the disk. A blob is verified by its head, so its
body is trusted before it comes, and goes to a file rather than into memory.

Small ones, and most are, go to the database together where they come together.
"""

import asyncio
import hashlib
import re
from collections import deque
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile

from aiohttp import web

from contract.faults import reach
from receiver import metrics
from receiver.errors import Problem
from receiver.store.blobs import Blobs
from receiver.web.requests import Requests, Route, finished, go_on, pieces_of, too_large

IN_MEMORY_BYTES = 512 * 1024
STORED_AT_ONCE = 2  # each takes some 10 MB while it is written to the database
SMALL_BYTES, SMALL_AT_ONCE = 64 * 1024, 32
UPLOAD_SECONDS = 120.0
WRONG_NAME = ({"path": "sha256", "message": "must be the SHA-256 of the bytes"},)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class SmallBlobs:
    """Stores small blobs in rounds: those that come during one form the next."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._waiting: deque[tuple[str, bytes, asyncio.Future[bool]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def store(self, digest: str, content: bytes) -> bool:
        """Store verified content; False if it was there. Raises StoreUnavailable."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((digest, content, stored))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        return await stored

    async def store_all(self, contents: Mapping[str, bytes]) -> dict[str, Exception]:
        """Store verified contents by their digests; return why some failed."""
        stored = await asyncio.gather(
            *(self.store(*each) for each in contents.items()), return_exceptions=True
        )
        told = dict(zip(contents, stored, strict=True))
        metrics.BLOBS.inc(sum(each is True for each in stored))
        return {digest: each for digest, each in told.items() if isinstance(each, Exception)}

    async def _run(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), SMALL_AT_ONCE)
            some = [self._waiting.popleft() for _ in range(count)]
            contents = {digest: content for digest, content, _ in some}
            try:
                told = await self._blobs.store_small(contents)
            except Exception as error:
                told = dict.fromkeys(contents, error)
            for digest, _, stored in some:
                found = told[digest]
                if stored.done():  # the task that asked was cancelled meanwhile
                    continue
                if isinstance(found, Exception):
                    stored.set_exception(found)
                else:
                    stored.set_result(found)
                    told[digest] = False


class BlobUploads:
    """Takes blobs of at most ``limit`` bytes."""

    def __init__(self, requests: Requests, blobs: Blobs, small: SmallBlobs, limit: int) -> None:
        self._requests = requests
        self._blobs = blobs
        self._limit = limit
        self._storing = asyncio.Semaphore(STORED_AT_ONCE)
        self._small = small

    def routes(self) -> list[Route]:
        """Return the routes of this file."""
        return [Route("PUT", "/webhook/blobs/{sha256}", self.put_blob)]

    async def put_blob(self, request: web.Request) -> web.Response:
        """Check the bytes against their digest, then store them."""
        sha256 = request.match_info["sha256"]
        if not _SHA256.fullmatch(sha256):
            raise Problem(422, "the blob's name is not a SHA-256 in lower-case hex", WRONG_NAME)
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
            if size <= SMALL_BYTES:
                new = await self._small.store(sha256, content.read())
            else:
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
        async for piece in pieces_of(request):
            if content.tell() + len(piece) > self._limit:
                raise too_large(self._limit)
            digest.update(piece)
            content.write(piece)
        if digest.hexdigest() != sha256:
            raise Problem(422, "the bytes do not have the digest that their name says", WRONG_NAME)
        size = content.tell()
        content.seek(0)
        return size
