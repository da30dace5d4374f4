"""DKIM verified by us: letters signed here, keys by a name server on the loopback interface."""

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import cast

import dkim
import dns.asyncresolver
import dns.exception
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.dkim_check import MAX_SIGNATURES, fetch_keys, judge, signatures_of, txt_record, verify
from tests.bridge.dkim_keys import PRIVATE_KEY, PUBLIC_KEY, SHORT_PRIVATE_KEY, SHORT_PUBLIC_KEY

SENDER = "ivan@example.ru"
NAME = "s1._domainkey.example.ru."
RECORD = b"v=DKIM1; k=rsa; p=" + PUBLIC_KEY
LETTER = (
    "From: =?utf-8?B?0JjQstCw0L0=?= <ivan@example.ru>\r\nTo: info@example.com\r\n"
    "Subject: =?utf-8?B?0JLQvtC/0YDQvtGB?=\r\nMessage-ID: <1@example.ru>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nЗдравствуйте!  \r\n\r\n   Вопрос.\r\n\r\n"
).encode()

Lookup = Callable[[str], Awaitable[bytes | None]]


def signed(
    letter: bytes = LETTER,
    domain: bytes = b"example.ru",
    canon: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    length: bool = False,
    key: bytes = PRIVATE_KEY,
) -> bytes:
    signature: bytes = dkim.DKIM(letter, minkey=512).sign(
        b"s1", domain, key, canonicalize=canon, length=length
    )
    return signature + letter


def zone(records: dict[str, bytes]) -> Lookup:
    async def lookup(name: str) -> bytes | None:
        return records.get(name)

    return lookup


KNOWN = zone(
    {
        NAME: RECORD,
        "s1._domainkey.news.example.ru.": RECORD,
        "s1._domainkey.mailer.com.": RECORD,
    }
)

LETTERS = {
    "signed by the sender's domain": (signed(), "pass", True),
    "simple": (signed(canon=(b"simple", b"simple")), "pass", True),
    "simple body": (signed(canon=(b"relaxed", b"simple")), "pass", True),
    "with line ends of Unix": (signed().replace(b"\r\n", b"\n"), "pass", True),
    "blanks changed on the way, relaxed": (signed().replace(b"!  \r", b"! \t \r"), "pass", True),
    "blanks changed on the way, simple": (
        signed(canon=(b"simple", b"simple")).replace(b"!  \r", b"! \r"),
        "fail",
        False,
    ),
    "signed by a subdomain of the sender's": (signed(domain=b"news.example.ru"), "pass", True),
    "signed by a mailer": (signed(domain=b"mailer.com"), "pass", False),
    "the mailer's and the sender's": (signed(signed(), domain=b"mailer.com"), "pass", True),
    "a good one under one without a key": (signed(signed(), b"nokey.ru"), "pass", True),
    "unsigned": (LETTER, "none", False),
    "the text changed": (signed().replace(b"\r\n   \xd0", b"\r\n  (1) \xd0"), "fail", False),
    "the subject changed": (signed().replace(b"Subject: =", b"Subject: Re: ="), "fail", False),
    "a second From added": (b"From: boss@bank.example\r\n" + signed(), "fail", False),
    "only the beginning signed": (signed(length=True), "policy", False),
    "text added after the part that is signed": (
        signed(length=True) + b"Send money.\r\n",
        "policy",
        False,
    ),
    "no such key": (signed(domain=b"nokey.ru"), "permerror", False),
    "a field without a domain": (
        b"DKIM-Signature: v=1; a=rsa-sha256\r\n" + LETTER,
        "permerror",
        False,
    ),
    "an empty field": (b"DKIM-Signature:\r\n" + LETTER, "permerror", False),
    "a domain that is no name": (signed(domain=b"exa mple.ru"), "permerror", False),
    "no letter": (b"", "none", False),
}


@pytest.mark.parametrize(
    ("raw", "result", "is_aligned"), [pytest.param(*row, id=name) for name, row in LETTERS.items()]
)
async def test_verify(raw: bytes, result: str, is_aligned: bool) -> None:
    verdict = await verify(raw, SENDER, KNOWN)
    assert (verdict.source, verdict.spf) == ("bridge", "none")
    assert (verdict.dkim, verdict.aligned) == (result, is_aligned)


KEYS = {
    "withdrawn": b"v=DKIM1; p=",
    "no base64": b"v=DKIM1; p=\xff\xfe!",
    "of another version": b"v=DKIM2; p=" + PUBLIC_KEY,
    "of another kind": b"v=DKIM1; k=dsa; p=" + PUBLIC_KEY,
    "nothing that is a key": b"hello",
    "huge": b"v=DKIM1; p=" + b64encode(b"\x30" * 40_000),
}


@pytest.mark.parametrize("record", KEYS.values(), ids=KEYS.keys())
async def test_a_bad_key_never_passes(record: bytes) -> None:
    verdict = await verify(signed(), SENDER, zone({NAME: record}))
    assert verdict.dkim in {"permerror", "fail", "neutral"}
    assert not verdict.aligned


async def test_a_short_key_never_passes() -> None:
    record = b"v=DKIM1; k=rsa; p=" + SHORT_PUBLIC_KEY
    verdict = await verify(signed(key=SHORT_PRIVATE_KEY), SENDER, zone({NAME: record}))
    assert verdict.dkim == "permerror"


async def test_a_slow_name_server_is_a_temporary_error() -> None:
    async def lookup(name: str) -> bytes | None:
        await asyncio.sleep(60)
        return RECORD

    started = time.monotonic()
    verdict = await verify(signed(), SENDER, lookup, lookup_seconds=0.05)
    assert verdict.dkim == "temperror"
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("error", [OSError, dns.exception.DNSException, ValueError])
async def test_a_failing_name_server_is_a_temporary_error(error: type[Exception]) -> None:
    async def lookup(name: str) -> bytes | None:
        raise error

    assert (await verify(signed(), SENDER, lookup)).dkim == "temperror"


async def test_no_more_than_five_signatures_are_looked_at() -> None:
    asked: list[str] = []

    async def lookup(name: str) -> bytes | None:
        asked.append(name)
        return None

    letter = signed()
    for number in range(20):
        letter = f"DKIM-Signature: d=d{number}.example; s=s; h=from; b=; bh=\r\n".encode() + letter
    verdict = await verify(letter, SENDER, lookup)
    assert len(asked) == MAX_SIGNATURES
    assert verdict.dkim == "permerror"


class Broken(Executor):
    """A pool of workers that is gone."""

    def submit(self, *args: object, **kwargs: object) -> Future[object]:  # type: ignore[override]
        raise RuntimeError("the pool is closed")


async def test_a_broken_worker_is_a_temporary_error() -> None:
    assert (await verify(signed(), SENDER, KNOWN, executor=Broken())).dkim == "temperror"


async def test_a_slow_worker_is_not_waited_for() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.5)
        started = time.monotonic()
        verdict = await verify(signed(), SENDER, KNOWN, executor=pool, check_seconds=0.05)
        assert time.monotonic() - started < 0.4
    assert verdict.dkim == "temperror"


HOSTILE = {
    "a run of blanks in the body": LETTER + b" " * 2_000_000 + b"x",
    "runs of blanks in the body": LETTER + (b" " * 3000 + b"x") * 300,
    "empty lines": LETTER + b"\r\n" * 500_000,
    "a run of blanks in a field": b"X-A: " + b" " * 60_000 + b"x\r\n" + LETTER,
}


@pytest.mark.parametrize("letter", [pytest.param(raw, id=name) for name, raw in HOSTILE.items()])
def test_a_hostile_letter_takes_no_time(letter: bytes) -> None:
    header = signed()[: -len(LETTER)]
    started = time.process_time()
    judge(header + letter, SENDER, {NAME: RECORD})
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "field",
    [
        b"d=example.ru; s=s1; h=from" + b" " * 7000 + b":to; b=" + b" " * 5000,
        b"d=example.ru; s=s1; h=" + b":".join(b"x%d" % n for n in range(900)),
        b"d=example.ru; s=s1; b=" + b"A" * 100_000,
    ],
)
def test_a_signature_beyond_measure_is_not_read(field: bytes) -> None:
    assert signatures_of(b"DKIM-Signature: v=1; a=rsa-sha256; " + field + b"\r\n" + LETTER) == []


PIECES = st.sampled_from(
    [
        signed(),
        LETTER,
        b"DKIM-Signature: ",
        b"d=example.ru; s=s1; ",
        b"h=from; ",
        b"\r\n",
        b"\r\n\r\n",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=100)), max_size=6))
def test_any_bytes_have_a_verdict(pieces: list[bytes]) -> None:
    verdict = judge(b"".join(pieces), SENDER, {NAME: RECORD})
    assert verdict.dkim in {"none", "pass", "policy", "temperror", "fail", "neutral", "permerror"}


class Zone(asyncio.DatagramProtocol):
    """A name server for one TXT record; ``mute`` names get no answer."""

    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text()
        if name.startswith("mute."):
            return
        response = dns.message.make_response(query)
        if name == NAME:
            halves = f'"{RECORD[:200].decode()}" "{RECORD[200:].decode()}"'
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", halves))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(response.to_wire(), addr)


@pytest.fixture
async def name_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Zone, local_addr=("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
    yield
    transport.close()


@pytest.mark.usefixtures("name_server")
async def test_the_key_is_fetched_from_dns() -> None:
    verdict = await verify(signed(), SENDER)
    assert (verdict.dkim, verdict.aligned) == ("pass", True)


@pytest.mark.usefixtures("name_server")
async def test_dns_answers_no_and_dns_does_not_answer() -> None:
    names = {NAME, "nokey.example.", "mute.example."}
    keys = await fetch_keys(names, txt_record, seconds=0.3)
    assert keys == {NAME: RECORD, "nokey.example.": None}
