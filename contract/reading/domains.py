"""Domains as DNS has them: the only place that converts other scripts to ASCII.

By IDNA 2008 with the mapping of UTS 46, as browsers and registries do: straße.de is a domain of its
own. Python's ``idna`` codec, which ``socket`` and ``ssl`` use by themselves, follows IDNA 2003 and
goes to strasse.de, which is somebody else's.
"""

import idna


def in_ascii(domain: str) -> str:
    """Return a domain in lower case and in ASCII; raises ValueError if it has no such form."""
    return domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()


def address_in_ascii(address: str) -> str:
    """Return an address with its domain in ASCII; unchanged if that has no such form."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{in_ascii(domain)}"
    except ValueError:
        return address


def label_in_letters(label: str) -> str:
    """Return the letters of an ``xn--`` label; raises ValueError if it is invalid."""
    return idna.ulabel(label)
