"""When two addresses are one person's: the canonical form that participants are compared by."""

import idna

from contract.yandex import CANONICAL_DOMAIN, PERSONAL_DOMAINS


def canonical(address: str) -> str:
    """Return the form in which equal addresses are equal text.

    Case does not count, an IDN domain is written in ASCII, and at Yandex's personal domains the
    domain and a dot for a hyphen do not count either. Anything after a plus sign does.
    """
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at:
        return domain
    domain = domain.rstrip(".")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            return f"{local}@{domain}"
    if domain in PERSONAL_DOMAINS:
        return f"{local.replace('.', '-')}@{CANONICAL_DOMAIN}"
    return f"{local}@{domain}"
