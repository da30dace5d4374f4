"""The framing of a chunked body is bounded: sizes, extensions, trailers (RFC 9112 7.1)."""

import asyncio
import time
from contextlib import suppress

import pytest

from contract.signature import parse_keys, sign
from tests.hostile_http import chunked_head
from tests.servers import SECRET, Service
from tests.webhook_client import event

FRAMES = {
    "chunks of a byte": (b"", b"1\r\na\r\n" * 1000),
    "extensions": (b"", b"1;" + b"x" * 4000 + b"\r\na\r\n"),
    "trailers": (b"1\r\na\r\n0\r\n", b"X: " + b"x" * 4000 + b"\r\n"),
    "a trailer without an end": (b"1\r\na\r\n0\r\nX: ", b"x" * 4000),
}


@pytest.mark.parametrize(("first", "again"), FRAMES.values(), ids=FRAMES.keys())
@pytest.mark.parametrize("path", [b"/webhook/email", b"/nowhere"])
async def test_a_body_that_is_mostly_frames_is_cut_off(
    port: int, caplog: pytest.LogCaptureFixture, path: bytes, first: bytes, again: bytes
) -> None:
    """Also if no route wants it, and it is read only so that the client gets its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        writer.write(chunked_head().replace(b"/webhook/email", path) + first)
        for _ in range(50):
            writer.write(again)
            await writer.drain()
        await asyncio.wait_for(reader.read(), 20)
    writer.transport.abort()
    assert "a body in too small pieces" in caplog.text


async def test_small_chunks_are_taken_and_a_trailer_too(receiver: Service) -> None:
    body = event(text="word " * 5000)
    signed = sign(parse_keys(SECRET), "small-chunks", int(time.time()), body)
    fields = "".join(f"{name}: {value}\r\n" for name, value in signed.items()).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(receiver.env["RECEIVER_PORT"]))
    writer.write(b"POST /webhook/email HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
    writer.write(fields + b"Transfer-Encoding: chunked\r\n\r\n")
    for piece in (body[at : at + 10] for at in range(0, len(body), 10)):
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()
    writer.write(b"0\r\nX-Sum: 1\r\n\r\n")
    status = await asyncio.wait_for(reader.readline(), 20)
    writer.close()
    assert status.split()[1] == b"201"
