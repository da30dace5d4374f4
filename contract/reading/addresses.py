"""When two addresses are one person's: the canonical form for comparing participants."""

import re
from collections.abc import Iterable
from functools import lru_cache

import idna

from contract.reading.domains import in_ascii
from contract.yandex import CANONICAL_DOMAIN, PERSONAL_DOMAINS

_ALONE = re.compile(r'(?:"[^"]*"|[^\s<>,;:"@]+)@[^\s<>,;:"@]+')
GMAIL = frozenset(["gmail.com", "googlemail.com"])


@lru_cache(maxsize=4096)
def canonical(address: str) -> str:
    """Return the canonical form: equal for addresses of one person.

    Case does not count. An IDN domain is written in ASCII: straße.de differs from strasse.de
    (``domains``). At Yandex's personal domains the domain does not count, and a dot equals a
    hyphen; at Gmail's two neither the domain nor any dot counts
    (support.google.com/mail/answer/7436150). Text after a plus sign counts.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at:
        return domain.casefold()
    local, domain = local.casefold(), domain.rstrip(".")
    try:
        domain = in_ascii(domain)
    except ValueError:
        return f"{local}@{domain.casefold()}"
    if domain in PERSONAL_DOMAINS:
        return f"{local.replace('.', '-')}@{CANONICAL_DOMAIN}"
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def stands_alone(address: str) -> bool:
    """Tell whether a text is an address and nothing else: no name, ``mailto:``, comma or other."""
    return _ALONE.fullmatch(address) is not None


def without_tag(address: str) -> str:
    """Return a canonical address without the tag after a plus in its local part (RFC 5233 1)."""
    local, _, domain = address.rpartition("@")
    name = local.partition("+")[0]
    return f"{name}@{domain}" if name else address


def with_untagged(addresses: Iterable[str]) -> set[str]:
    """Return canonical addresses, and the tagged ones also without tag."""
    return {one for each in addresses for one in (each, without_tag(each))}


def is_his(address: str, person: str) -> bool:
    """Tell whether a canonical address is a person's: equal to it, or to it with a tag.

    Gmail, Yandex, Outlook, iCloud, Fastmail and Postfix deliver ``ivan+shop@`` to ``ivan@``. The
    reverse does not follow: ``reply+1234@`` may be one of many people behind ``reply@``.
    """
    return person in (address, without_tag(address))


def former(address: str) -> str:
    """Return the former canonical form, with strasse.de for straße.de: letters keep their keys.

    It is the same for every copy of a letter, as it depends on how the letter writes the address.
    """
    return canonical(address.strip().casefold())


def forms(person: str) -> frozenset[str]:
    """Return a canonical address with its former form, under which it may be stored."""
    local, _, domain = person.rpartition("@")
    if "xn--" not in domain:
        return frozenset([person])
    try:
        seen = idna.decode(domain)
    except ValueError:
        return frozenset([person])
    return frozenset([person, former(f"{local}@{seen}")])
