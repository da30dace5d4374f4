"""Whose a domain is: the part of it that somebody registered."""

from functools import cache

from publicsuffixlist import PublicSuffixList

from contract.reading.domains import in_ascii


def organisational_domain(domain: str) -> str:
    """Return the registrable part of ``domain`` in ASCII, '' if it has none (RFC 7489 3.2).

    By the public suffix list with its private section: two customers of one hosting domain are two
    organisations.
    """
    name = as_in_dns(domain)
    if not name or len(name) > 253 or name.replace(".", "").isdigit():
        return ""
    return _suffixes().privatesuffix(name) or ""


def of_one_organisation(domain: str, other: str) -> bool:
    """Tell whether two domains belong to one organisation; the empty domain belongs to none.

    A name belongs with itself even if others may register under it (``msk.ru``).
    """
    name = as_in_dns(domain)
    if "." in name and name == as_in_dns(other):
        return True
    organisation = organisational_domain(domain)
    return bool(organisation) and organisational_domain(other) == organisation


def is_registered_name(domain: str) -> bool:
    """Tell whether a domain may be registered, under a suffix that there is."""
    return bool(_suffixes().privatesuffix(as_in_dns(domain) or ".", accept_unknown=False))


def as_in_dns(domain: str) -> str:
    """Return ``domain`` as DNS has it: lower case, no outer dots, IDNA for other letters.

    Empty if it has no such form.
    """
    try:
        return in_ascii(domain.strip().strip(".")[:300])
    except ValueError:
        return ""


@cache
def _suffixes() -> PublicSuffixList:
    """Load the public suffix list from the package, never from the network."""
    return PublicSuffixList()
