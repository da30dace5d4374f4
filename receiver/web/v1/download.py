"""Bytes for download. They are a sender's, so a browser must never show them as our page.

RFC 9110 14 (Range, one span), 13.1 (conditions); RFC 6266 (the file's name).
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from receiver.errors import Problem
from receiver.store.mongo import StoreUnavailable
from receiver.web.door.slow_readers import write_slowly
from receiver.web.v1.responses import demand_match, is_known

log = logging.getLogger(__name__)

Read = Callable[[int, int], AsyncIterator[bytes]]

SANDBOX = "sandbox; default-src 'none'"
MAX_RANGE = 200  # signs
MAX_NAME = 200  # signs of a file's name
_UNIT = re.compile(r"\s*bytes\s*=", re.IGNORECASE)
_SPAN = re.compile(r"(\d*)\s*-\s*(\d*)", re.ASCII)
_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_NOT_PLAIN = re.compile(r"[^\w.,() -]", re.ASCII)


@dataclass(frozen=True)
class Download:
    """Bytes that never change: ``tag`` is their digest, ``read`` returns those of a span."""

    name: str
    media: str
    size: int
    tag: str
    read: Read


async def download(request: web.Request, file: Download) -> web.StreamResponse:
    """Send the bytes, or the requested span; 304, 412, 416."""
    tag = f'"{file.tag}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": disposition(file.name),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }
    demand_match(request, tag)
    if is_known(request, tag):
        return web.Response(status=304, headers=headers)
    start, stop, status = 0, file.size, 200
    span = ",".join(request.headers.getall("Range", ()))
    condition = request.headers.get("If-Range")
    if span and (condition is None or condition == tag) and request.method == "GET":
        found = span_of(span, file.size)
        if found == (0, 0):
            bound = (("Content-Range", f"bytes */{file.size}"),)
            raise Problem(416, "there is nothing in that range", headers=bound)
        if found:
            (start, stop), status = found, 206
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    headers["Content-Type"] = plain_type(file.media)
    headers["Content-Length"] = str(stop - start)
    response = web.StreamResponse(status=status, headers=headers)
    return await stream(request, response, file.read(start, stop))


class Streamed(web.StreamResponse):
    """A response whose head is known, and whose body is read while it is sent."""

    def __init__(self, pieces: AsyncIterator[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        self.pieces = pieces


async def in_time(pieces: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    """Yield pieces, each within the store's time limit; raises TimeoutError."""
    while True:
        async with asyncio.timeout(seconds):
            try:
                piece = await anext(pieces)
            except StopAsyncIteration:
                return
        yield piece


async def stream(
    request: web.Request, response: web.StreamResponse, pieces: AsyncIterator[bytes]
) -> web.StreamResponse:
    """Send a response piece by piece; one that cannot be finished is cut off, which clients notice.

    Once the head is sent, no problem can be reported in any other way.
    """
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        async for piece in pieces:
            await write_slowly(response, piece)
    except ConnectionError:
        raise  # the client left
    except Exception as error:
        known = isinstance(error, StoreUnavailable | TimeoutError)
        path = request.rel_url.raw_path
        log.log(
            logging.WARNING if known else logging.ERROR,
            "an answer to %s is cut off: %s",
            path,
            error,
            exc_info=None if known else error,
        )
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


def span_of(field: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the end of the span that a Range requests (RFC 9110 14.1).

    ``(0, 0)`` if it is empty, None for what is not supported: several spans, other units. The case
    of the unit does not matter, nor do commas and blanks without a span (5.6.1).
    """
    unit = _UNIT.match(field)
    if unit is None or len(field) > MAX_RANGE:
        return None
    spans = [one for each in field[unit.end() :].split(",") if (one := each.strip())]
    found = _SPAN.fullmatch(spans[0]) if len(spans) == 1 else None
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        last = min(int(found[2]), size)
        return (size - last, size) if last else (0, 0)
    start, stop = int(found[1]), int(found[2]) + 1 if found[2] else size
    if found[2] and stop <= start:
        return None
    return (start, min(stop, size)) if start < size else (0, 0)


def plain_type(media: str) -> str:
    """Return the media type that a sender gave, without parameters, if it is valid."""
    return media if _TYPE.fullmatch(media) else "application/octet-stream"


def disposition(name: str) -> str:
    """Return the header that makes a browser save a file under its name.

    The name contains no folder, line break or sign that reorders its letters. If it is too long,
    its end is kept, which shows the type.
    """
    safe = "".join(each if each.isprintable() and each not in "/\\" else "_" for each in name)
    whole = safe if len(safe) <= MAX_NAME else safe[: MAX_NAME - 20] + safe[-20:]
    shown = whole if safe.strip(" .") else "file"
    plain = _NOT_PLAIN.sub("_", shown)
    encoded = quote(shown.encode(errors="replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
