"""``POST /webhook/email`` and ``PUT /webhook/blobs/{sha256}``.

Outcomes of the first: 201 a dialog was opened; 200 the letter joined one or was there already;
400 not JSON; 401 signature; 413 too large; 415 not plain JSON; 422 a field is wrong; 503 the
store does not answer. The second: 201 stored; 200 was there; 401, 413, 415, 422, 503 likewise.
"""

import asyncio
import hashlib
import logging
import re
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import Any, TypeVar

from aiohttp import web
from pydantic import ValidationError

from contract.event import MAX_TEXT_BYTES, Email, EmailReceived
from contract.faults import reach
from contract.html_bounds import MAX_PAGE
from contract.keyring import Keyring
from contract.sanitise import sanitise_within
from contract.signature import NotVerified, verify
from receiver import metrics
from receiver.errors import Problem
from receiver.filing.filing import Filing
from receiver.letters.letter import letter_of
from receiver.settings import ReceiverSettings
from receiver.store.blobs import Blobs

log = logging.getLogger(__name__)
T = TypeVar("T")

IN_MEMORY_BYTES = 512 * 1024
BLOBS_AT_ONCE = 2  # each takes some 10 MB while it goes to the database
BODY_SECONDS = 120.0
LARGE_PAGE = 64 * 1024  # signs; a smaller one is read in a few milliseconds
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Webhook:
    """The two handlers and what they need."""

    def __init__(
        self, settings: ReceiverSettings, keyring: Keyring, filing: Filing, blobs: Blobs
    ) -> None:
        self._settings = settings
        self._keyring = keyring
        self._filing = filing
        self._blobs = blobs
        self._storing = asyncio.Semaphore(BLOBS_AT_ONCE)

    async def post_email(self, request: web.Request) -> web.Response:
        """Verify, validate, file, answer."""
        _refuse_encoded(request)
        if request.content_type != "application/json":
            raise Problem(415, "Content-Type must be application/json")
        _refuse_large(request, self._settings.max_event_bytes)
        body = await _in_time(request.read())
        event_id = self._verified(request, body)
        email = await harmless(read_event(body).data)
        letter = letter_of(event_id, email, datetime.now(UTC))
        reach("receiver.verified")
        with metrics.SECONDS.time():
            async with asyncio.timeout(self._settings.mongo_timeout):
                answer = await self._filing.file(letter)
        reach("receiver.filed")
        metrics.LETTERS.labels(answer.outcome).inc()
        log.info("event %s: dialog %s %s", event_id, answer.dialog, answer.outcome)
        status = 201 if answer.outcome == "created" else 200
        return web.json_response(text=answer.model_dump_json(), status=status)

    async def put_blob(self, request: web.Request) -> web.Response:
        """Check the bytes against their digest, then store them; the digest is what is signed."""
        sha256 = request.match_info["sha256"]
        if not _SHA256.fullmatch(sha256):
            raise Problem(422, "the blob's name is not a SHA-256 in lower-case hex")
        _refuse_encoded(request)
        _refuse_large(request, self._settings.max_blob_bytes)
        self._verified(request, sha256.encode())
        with SpooledTemporaryFile(IN_MEMORY_BYTES) as content:
            size = await _in_time(self._receive(request, sha256, content))
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
        async for piece in request.content.iter_chunked(64 * 1024):
            if content.tell() + len(piece) > self._settings.max_blob_bytes:
                raise Problem(413, "the blob is too large")
            digest.update(piece)
            content.write(piece)
        if digest.hexdigest() != sha256:
            raise Problem(422, "the bytes do not have the digest that their name says")
        size = content.tell()
        content.seek(0)
        return size

    def _verified(self, request: web.Request, content: bytes) -> str:
        try:
            return verify(self._keyring.current(), request.headers, content, time.time())
        except NotVerified as error:
            raise Problem(401, str(error)) from None


def read_event(body: bytes) -> EmailReceived:
    """Return the event of a request's body; raises Problem 400 or 422 with the paths at fault."""
    try:
        return EmailReceived.model_validate_json(body)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_context=False, include_input=False)
    if mistakes[0]["type"] == "json_invalid":
        raise Problem(400, "the body is not JSON")
    raise Problem(
        422,
        "the event has wrong fields",
        tuple(
            {"path": ".".join(map(str, mistake["loc"])), "message": mistake["msg"]}
            for mistake in mistakes[:100]
        ),
    )


async def harmless(email: Email) -> Email:
    """Return the letter with its HTML sanitised, whoever sent it; a large page in a thread."""
    page = email.html
    if len(page) > LARGE_PAGE:
        clean = await asyncio.to_thread(sanitise_within, page, MAX_TEXT_BYTES)
    else:
        clean = sanitise_within(page, MAX_TEXT_BYTES)
    if clean == page:
        return email
    defects = email.defects
    if len(page) > MAX_PAGE:
        defects = [*defects[:99], "HTML too long, cut"]
    return email.model_copy(update={"html": clean, "defects": defects})


async def _in_time(reading: Coroutine[Any, Any, T]) -> T:
    """Wait for a body, but not for ever: 408 for a client that sends too slowly."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await reading
    except TimeoutError:
        raise Problem(408, "the body came too slowly") from None


def _refuse_encoded(request: web.Request) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "Content-Encoding is not taken")


def _refuse_large(request: web.Request, limit: int) -> None:
    if request.content_length is not None and request.content_length > limit:
        raise Problem(413, f"the body is larger than {limit} bytes")
