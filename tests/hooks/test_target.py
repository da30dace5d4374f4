"""What a hook's target may do with a call, and where calls never go."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from receiver.hooks.target import REASON_BYTES, calling_targets
from receiver.store.mongo import Database
from tests.hooks.conftest import Teller
from tests.hooks.listening import Listening, saying
from tests.receiver.written import file, filing, written

SECRET = "whsec_" + "A" * 32
LONG = b"Content-Length: 1000000000\r\n\r\n"
# What a target sends, then it holds still or hangs up; the status that is noted.
STRANGE = {
    "taken, and no body comes": (b"HTTP/1.1 200 OK\r\n" + LONG, True, 200),
    "taken, and hung up in the body": (b"HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n", False, 204),
    "taken, with a body without end": (b"HTTP/1.1 200 OK\r\n" + LONG + b"x" * 10**6, True, 200),
    "gone, and no body comes": (b"HTTP/1.1 410 Gone\r\n" + LONG, True, 410),
    "refused, and no body comes": (b"HTTP/1.1 500 No\r\n" + LONG, True, 500),
    "hung up before it answers": (b"", False, 0),
    "hung up in the head": (b"HTTP/1.1 200 OK\r\nX-", False, 0),
    "no HTTP": (b"220 mx ESMTP\r\n", False, 0),
}  # fmt: skip


@asynccontextmanager
async def sending(said: bytes, *, holds: bool) -> AsyncIterator[str]:
    """Run a target that answers with these bytes, and then holds the line or hangs up."""
    ended = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(said)
        if holds:
            await ended.wait()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        ended.set()
        server.close()


async def test_a_handshake_without_end_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("receiver.hooks.target.CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system accepts, nobody reads
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        async with calling_targets(private=True) as target:
            told = await target.call(url, SECRET, "id", b"{}", 1.0)
    assert told.reason == "no connection or TLS handshake within 1 s"


async def test_the_status_counts_whatever_becomes_of_the_rest() -> None:
    """Else an event that was taken comes again for five days, and then the hook is disabled."""

    async def called(name: str) -> tuple[int, int]:
        said, holds, _ = STRANGE[name]
        async with sending(said, holds=holds) as url, calling_targets(private=True) as target:
            told = await target.call(url, SECRET, "id", b"{}", 1.0)
        return told.status, len(told.reason)

    found = await asyncio.gather(*map(called, STRANGE))
    assert {name: status for name, (status, _) in zip(STRANGE, found, strict=True)} == {
        name: status for name, (_, _, status) in STRANGE.items()
    }
    assert max(length for _, length in found) <= len("200 ") + REASON_BYTES


REPEATED = {
    "in its body": b"HTTP/1.1 500 No\r\nContent-Length: 8\r\n\r\nthe text",
    "as its reason": b"HTTP/1.1 500 the text\r\nContent-Length: 0\r\n\r\n",
    "instead of a head": b"the text\r\n\r\n",
    "instead of a field": b"HTTP/1.1 200 OK\r\nthe text\r\n\r\n",
    "in a head that does not end": b"HTTP/1.1 200 OK\r\nX: the text\r\n",
}


@pytest.mark.parametrize("said", REPEATED.values(), ids=REPEATED)
async def test_what_a_target_repeats_of_a_letter_is_not_kept(said: bytes) -> None:
    async with sending(said, holds=False) as url, calling_targets(private=True) as target:
        told = await target.call(url, SECRET, "id", b"{}", 1.0, private_words=True)
    assert told.reason
    assert "the text" not in told.reason


async def test_redirects_are_not_followed(
    database: Database, teller: Teller, target: Listening
) -> None:
    hook = await teller.make(target.url, kinds=["letter.stored"])
    target.answer = saying(307, Location=f"{target.url}/elsewhere")
    await file(filing(database), written("1"))
    await teller.round(hook)
    assert len(target.heard) == 1
    assert (await teller.document(hook))["deliveries"][-1]["status"] == 307


async def test_a_private_address_is_not_called_whatever_leads_there(target: Listening) -> None:
    port = target.url.partition("1:")[2].partition("/")[0]
    async with calling_targets(private=False) as careful:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"):
            told = await careful.call(f"https://{host}:{port}/", SECRET, "id", b"{}", 1.0)
            assert told.status == 0, host
            assert any(word in told.reason for word in ("public", "canonical", "written")), told
    assert target.heard == []
