"""When two addresses are one person's: the canonical form that participants are compared by."""

from collections.abc import Iterable
from functools import lru_cache

import idna

from contract.reading.domains import in_ascii
from contract.yandex import CANONICAL_DOMAIN, PERSONAL_DOMAINS

GMAIL = frozenset(["gmail.com", "googlemail.com"])


@lru_cache(maxsize=4096)
def canonical(address: str) -> str:
    """Return the form in which equal addresses are equal text.

    Case does not count, an IDN domain is written in ASCII: straße.de is another one than
    strasse.de (``domains``). At Yandex's personal domains the domain
    and a dot for a hyphen do not count either, at Gmail's two neither the domain nor any dot
    (support.google.com/mail/answer/7436150). Anything after a plus sign counts.
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


def without_tag(address: str) -> str:
    """Return a canonical address without what follows a plus in its local part (RFC 5233 1)."""
    local, _, domain = address.rpartition("@")
    name = local.partition("+")[0]
    return f"{name}@{domain}" if name else address


def with_untagged(addresses: Iterable[str]) -> set[str]:
    """Return canonical addresses, and each that has a tag without it, too."""
    return {one for each in addresses for one in (each, without_tag(each))}


def is_his(address: str, person: str) -> bool:
    """Tell whether a canonical address is a person's: his very own, or that with a tag.

    Gmail, Yandex, Outlook, iCloud, Fastmail and Postfix deliver ``ivan+shop@`` to ``ivan@``. The
    other way round nothing follows: of ``reply+1234@`` whoever has ``reply@`` may be many.
    """
    return person in (address, without_tag(address))


def former(address: str) -> str:
    """Return the canonical form of before, in which straße.de was strasse.de: letters' keys stay.

    The same for every copy of a letter, as what counts is how the address is written in it.
    """
    return canonical(address.strip().casefold())


def forms(person: str) -> frozenset[str]:
    """Return a canonical address with the form of before, under which it may be kept."""
    local, _, domain = person.rpartition("@")
    if "xn--" not in domain:
        return frozenset([person])
    try:
        seen = idna.decode(domain)
    except ValueError:
        return frozenset([person])
    return frozenset([person, former(f"{local}@{seen}")])
