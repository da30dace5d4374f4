"""What DNS says of a sender, asked of a real name server on the loopback interface."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast

import dns.asyncresolver
import dns.message
import dns.rcode
import dns.rrset
import pytest

from bridge.courier.sender_dns import SenderDns
from bridge.spool.envelope import Delivery, Via
from tests.parse.sender.dkim_keys import PUBLIC_KEY

RECORD = b"v=DKIM1; k=rsa; p=" + PUBLIC_KEY
KEY = "s1._domainkey.example.ru."
SIGNED = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.ru; s=s1; h=from; bh=x; b=x\r\n"
YANDEX, FORGER, OTHER, NAMELESS = "178.154.239.1", "198.41.0.4", "8.8.8.8", "9.9.9.9"
ZONE = {
    (KEY, "TXT"): f'"{RECORD[:200].decode()}" "{RECORD[200:].decode()}"',
    ("1.239.154.178.in-addr.arpa.", "PTR"): "forward501a.mail.yandex.net.",
    ("forward501a.mail.yandex.net.", "A"): YANDEX,
    ("4.0.41.198.in-addr.arpa.", "PTR"): "forward501a.mail.yandex.net.",
    ("8.8.8.8.in-addr.arpa.", "PTR"): "mail.yandex.net.example.com.",
}


class NameServer(asyncio.DatagramProtocol):
    """Answers from ``ZONE``; names that begin with ``mute`` get no answer."""

    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self.asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text().lower()
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        if name.startswith("mute"):
            return
        response = dns.message.make_response(query)
        if (name, kind) in ZONE:
            response.answer.append(dns.rrset.from_text(name, 60, "IN", kind, ZONE[name, kind]))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(response.to_wire(), addr)


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    """A running name server."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    yield protocol
    transport.close()


@pytest.fixture
def sender_dns(server: NameServer) -> SenderDns:
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = server.transport.get_extra_info("sockname")[1]
    return SenderDns(resolver, seconds=0.5)


def delivery(peer: str, via: Via = "smtp") -> Delivery:
    return Delivery("1-a", "support@yandex.ru", datetime.now(UTC), peer=peer, via=via)


async def test_a_key_that_is_there_and_one_that_is_not(sender_dns: SenderDns) -> None:
    other = SIGNED.replace(b"example.ru", b"nokey.ru")
    facts = await sender_dns.facts(delivery("127.0.0.1"), SIGNED + other)
    assert facts.dkim_keys == {KEY: RECORD, "s1._domainkey.nokey.ru.": None}


async def test_a_mute_name_server_costs_one_letter_its_time(
    sender_dns: SenderDns, server: NameServer
) -> None:
    mute = SIGNED.replace(b"s=s1", b"s=mute")
    assert (await sender_dns.facts(delivery("127.0.0.1"), mute)).dkim_keys == {}
    asked, started = server.asked, time.monotonic()
    for _ in range(10):
        assert (await sender_dns.facts(delivery(YANDEX), mute)).dkim_keys == {}
    assert time.monotonic() - started < 0.4
    assert server.asked == asked


@pytest.mark.parametrize(
    ("peer", "via", "is_yandex"),
    [
        (YANDEX, "smtp", True),
        (FORGER, "smtp", False),
        (OTHER, "smtp", False),
        (NAMELESS, "smtp", False),
        ("127.0.0.1", "smtp", False),
        ("10.0.0.1", "smtp", False),
        ("", "smtp", False),
        ("", "imap", True),
        (YANDEX, "import", True),
    ],
)
async def test_who_is_yandex(sender_dns: SenderDns, peer: str, via: Via, is_yandex: bool) -> None:
    assert (await sender_dns.facts(delivery(peer, via), b"")).from_yandex is is_yandex


async def test_an_unsigned_letter_from_nearby_asks_nothing(
    sender_dns: SenderDns, server: NameServer
) -> None:
    await sender_dns.facts(delivery("127.0.0.1"), b"From: a@b.ru\r\n\r\n")
    assert server.asked == 0
