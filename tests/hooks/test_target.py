"""What a hook's target may do with a call, and where calls never go."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from receiver.hooks.calling.answer import REASON_BYTES
from receiver.hooks.calling.target import Target
from receiver.store.mongo import Database
from tests.hooks.conftest import Teller
from tests.hooks.listening import Listening, saying
from tests.receiver.written import file, filing, written

SECRET = "whsec_" + "A" * 32
OK, NONE = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 204 No Content\r\n"
LONG = b"Content-Length: 1000000000\r\n\r\n"
RUSSIAN = "принято".encode()  # 7 letters, 14 bytes
# What a target sends, then it holds still or hangs up; the status that is noted.
STRANGE = {
    "no body comes": (OK + LONG, True, 200),
    "hung up in the body": (b"HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n", False, 204),
    "a body without end": (OK + LONG + b"x" * 10**6, True, 200),
    "no content, with a body": (NONE + b"Content-Length: 2\r\n\r\nok", True, 204),
    "no content, and a body until the end": (NONE + b"Connection: close\r\n\r\nok", False, 204),
    "no content in chunks": (NONE + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", True, 204),
    "a length in letters": (OK + b"Content-Length: 7\r\n\r\n" + RUSSIAN, True, 200),
    "a wrong chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nok", True, 200),
    "a long field": (OK + b"X: " + b"x" * 9000 + b"\r\nContent-Length: 2\r\n\r\nok", True, 200),
    "a field without end": (OK + b"X: " + b"x" * 10**6, True, 200),
    "two lengths": (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", True, 200),
    "a length that is none": (OK + b"Content-Length: -\r\n\r\nok", True, 200),
    "a wrong name of a field": (OK + b"X Bad: 1\r\n: 2\r\n\r\nok", True, 200),
    "a field without a colon": (OK + b"Bad\r\n\r\nok", True, 200),
    "compressed, and is not": (OK + b"Content-Encoding: gzip\r\n\r\nok", False, 200),
    "hung up in the head": (OK + b"X-", False, 200),
    "no reason": (b"HTTP/1.1 200\r\n\r\n", False, 200),
    "a reason in Russian": (b"HTTP/1.1 200 " + RUSSIAN + b"\r\n\r\n", False, 200),
    "of an old version": (b"HTTP/1.0 202 Accepted\n\nok", False, 202),
    "hints before": (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + NONE, False, 204),
    "two answers": (NONE + b"\r\n" + b"HTTP/1.1 500 No\r\n\r\n", True, 204),
    "gone, and no body comes": (b"HTTP/1.1 410 Gone\r\n" + LONG, True, 410),
    "refused, and no body comes": (b"HTTP/1.1 500 No\r\n" + LONG, True, 500),
    "refused, and the rest is odd": (b"HTTP/1.1 404 No\r\nBad\r\n\r\n" + OK, True, 404),
    "elsewhere": (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", True, 302),
    "another protocol": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + OK, True, 101),
    "hints without end": (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5000, True, 0),
    "hung up before it answers": (b"", False, 0),
    "hung up in the first line": (b"HTTP/1.1 200 O", False, 0),
    "no HTTP": (b"220 mx ESMTP\r\n", True, 0),
    "no HTTP, and no line": (b"\0\1\2", True, 0),
    "a first line without end": (b"HTTP/1.1 200 " + b"x" * 10**6, True, 0),
    "no number": (b"HTTP/1.1 2xx OK\r\n\r\n", True, 0),
}  # fmt: skip


@dataclass
class Odd:
    """A target that answers with certain bytes: where it is, and how often it was asked."""

    url: str
    asked: int = 0


@asynccontextmanager
async def sending(
    said: bytes, *, holds: bool, encrypted: ssl.SSLContext | None = None
) -> AsyncIterator[Odd]:
    """Run a target that answers with these bytes, and then holds the line or hangs up."""
    ended = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        found.asked += 1
        writer.write(said)
        if holds:
            await ended.wait()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=encrypted)
    scheme = "https" if encrypted else "http"
    found = Odd(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    try:
        yield found
    finally:
        ended.set()
        server.close()


async def test_a_handshake_without_end_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("receiver.hooks.calling.target.CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system accepts, nobody reads
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        told = await Target(private=True).call(url, SECRET, "id", b"{}", 1.0)
    assert told.reason == "no connection or TLS handshake within 1 s"


async def test_a_target_that_says_nothing_has_not_taken_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("receiver.hooks.calling.target.SECONDS", 1.0)
    async with sending(b"", holds=True) as odd:
        told = await Target(private=True).call(odd.url, SECRET, "id", b"{}", 1.0)
    assert (told.status, told.reason) == (0, "no answer within 1 s")


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that this machine believes."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize("encrypted", [False, True])
async def test_the_status_counts_whatever_becomes_of_the_rest(
    encrypted: bool, certified: ssl.SSLContext
) -> None:
    """Otherwise an accepted event would be repeated for five days, and the hook then disabled."""
    target = Target(private=True)

    async def called(name: str) -> tuple[int, int, int]:
        said, holds, _ = STRANGE[name]
        async with sending(said, holds=holds, encrypted=certified if encrypted else None) as odd:
            told = await target.call(odd.url, SECRET, "id", b"{}", 1.0)
        return told.status, odd.asked, len(told.reason)

    found = await asyncio.gather(*map(called, STRANGE))
    assert {name: status for name, (status, _, _) in zip(STRANGE, found, strict=True)} == {
        name: status for name, (_, _, status) in STRANGE.items()
    }
    assert {asked for _, asked, _ in found} == {1}
    assert max(length for _, _, length in found) <= len("200 ") + REASON_BYTES


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with sending(OK + b"\r\n", holds=False, encrypted=context) as odd:
        told = await Target(private=True).call(odd.url, SECRET, "id", b"{}", 1.0)
    assert (told.status, odd.asked) == (0, 0)
    assert "CERTIFICATE_VERIFY_FAILED" in told.reason


async def test_what_one_answer_leaves_is_not_the_next_ones(
    database: Database, teller: Teller
) -> None:
    """With two hooks of one host, bytes behind one answer were taken for the next answer."""
    async with sending(NONE + b"Content-Length: 2\r\n\r\nok", holds=True) as odd:
        hooks = [await teller.make(odd.url, kinds=["letter.stored"]) for _ in range(2)]
        for number in ("1", "2"):
            await file(filing(database), written(number))
        for hook in hooks * 2:
            await teller.round(hook)
        for hook in hooks:
            document = await teller.document(hook)
            assert [each["status"] for each in document["deliveries"]] == [204, 204]
            assert document["late"] == []


WORDS = {
    "a length": (b"Content-Length: 3\r\n\r\nno.and more", "500 no."),
    "a chunk": (b"Transfer-Encoding: chunked\r\n\r\n3;x=1\r\nno.\r\n0\r\n\r\n", "500 no."),
    "until the end": (b"\r\nno.\r\n\x1b[1mnever", "500 no.   [1mnever"),
}


@pytest.mark.parametrize(("rest", "reason"), WORDS.values(), ids=WORDS)
async def test_how_a_body_begins_is_kept_for_people(rest: bytes, reason: str) -> None:
    said = b"HTTP/1.1 500 Oh\r\nRetry-After: 7\r\n" + rest
    async with sending(said, holds=False) as odd:
        told = await Target(private=True).call(odd.url, SECRET, "id", b"{}", 1.0)
    assert (told.reason, told.pause) == (reason, 7.0)


REPEATED = {
    "in its body": b"HTTP/1.1 500 No\r\nContent-Length: 8\r\n\r\nthe text",
    "as its reason": b"HTTP/1.1 500 the text\r\nContent-Length: 0\r\n\r\n",
    "instead of a head": b"the text\r\n\r\n",
    "instead of a field": b"HTTP/1.1 200 OK\r\nthe text\r\n\r\n",
    "in a head that does not end": b"HTTP/1.1 200 OK\r\nX: the text\r\n",
}


@pytest.mark.parametrize("said", REPEATED.values(), ids=REPEATED)
async def test_what_a_target_repeats_of_a_letter_is_not_kept(said: bytes) -> None:
    async with sending(said, holds=False) as odd:
        told = await Target(private=True).call(
            odd.url, SECRET, "id", b"{}", 1.0, private_words=True
        )
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
    careful = Target(private=False)
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"):
        told = await careful.call(f"https://{host}:{port}/", SECRET, "id", b"{}", 1.0)
        assert told.status == 0, host
        assert any(word in told.reason for word in ("public", "canonical", "written")), told
    assert target.heard == []
