"""What DNS says about a letter's sender: DKIM keys, and whether the peer is a host of Yandex.

Asked before the letter is parsed, all questions at once, within a time limit. A name server that
does not answer costs one letter that time, and is then not asked for a while.
"""

import asyncio
import ipaddress
import time
from dataclasses import dataclass, field
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver
import dns.reversename

from bridge.parse.sender.dkim_check import signatures_of
from bridge.spool.envelope import Delivery
from contract.yandex import may_hand_over

ASK_SECONDS: Final = 5.0
REST_SECONDS: Final = 60.0
AT_ONCE: Final = 64  # each takes a socket

_NO_RECORD = (
    dns.resolver.NXDOMAIN,
    dns.resolver.NoAnswer,
    dns.name.LabelTooLong,
    dns.name.EmptyLabel,
)


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """DNS answers about a sender.

    ``dkim_keys`` maps a key's name to None if it does not exist; a name without an answer is
    missing. ``from_yandex``: a host of Yandex handed the letter over; only then do the topmost
    headers count as Yandex's own.
    """

    dkim_keys: dict[str, bytes | None] = field(default_factory=dict)
    from_yandex: bool = False


class SenderDns:
    """Asks one resolver: the system's, unless another is given."""

    def __init__(
        self, resolver: dns.asyncresolver.Resolver | None = None, seconds: float = ASK_SECONDS
    ) -> None:
        self._resolver = resolver or dns.asyncresolver.Resolver()
        self._seconds = seconds
        self._rests_until = 0.0
        self._room = asyncio.Semaphore(AT_ONCE)

    async def facts(self, delivery: Delivery, raw: bytes) -> SenderFacts:
        """Return what can be found out within the time limit; never raises."""
        names = sorted({signature.key_name for signature in signatures_of(raw)})
        records, from_yandex = await asyncio.gather(
            asyncio.gather(*(self._ask(name, "TXT") for name in names)),
            self._is_yandex(delivery),
        )
        answered = zip(names, records, strict=True)
        keys = {name: next(iter(texts), None) for name, texts in answered if texts is not None}
        return SenderFacts(keys, from_yandex)

    async def _is_yandex(self, delivery: Delivery) -> bool:
        """Tell whether the peer's name is Yandex's and resolves back to it (RFC 8601 2.7.3)."""
        if delivery.via == "imap":
            return True  # read from the mailbox itself
        try:
            peer = ipaddress.ip_address(delivery.peer)
        except ValueError:
            return False
        if not peer.is_global:
            return False
        pointer = dns.reversename.from_address(str(peer)).to_text()
        for host in (await self._ask(pointer, "PTR") or [])[:3]:
            name = host.decode().lower()
            if may_hand_over(name):
                kind = "A" if peer.version == 4 else "AAAA"
                found = await self._ask(name, kind) or []
                if any(ipaddress.ip_address(each.decode()) == peer for each in found):
                    return True
        return False

    async def _ask(self, name: str, kind: str) -> list[bytes] | None:
        """Return the records: none if there are none, None if DNS does not answer."""
        async with self._room:
            return await self._answer(name, kind)

    async def _answer(self, name: str, kind: str) -> list[bytes] | None:
        if time.monotonic() < self._rests_until:
            return None
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._resolver.resolve(
                    name, kind, lifetime=self._seconds, search=False
                )
        except _NO_RECORD:
            return []
        except (TimeoutError, dns.exception.Timeout):
            self._rests_until = time.monotonic() + REST_SECONDS
            return None
        except (OSError, dns.exception.DNSException, ValueError):
            return None
        if kind == "TXT":  # several strings are one (RFC 6376 3.6.2.2)
            return [b"".join(record.strings) for record in answer]
        return [record.to_text().encode() for record in answer]
