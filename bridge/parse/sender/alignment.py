"""Whether an authenticated domain aligns with the author's (RFC 7489 3.1, relaxed)."""

from functools import cache

from publicsuffixlist import PublicSuffixList

from contract.reading.domains import in_ascii


def organisational_domain(domain: str) -> str:
    """Return the registrable part of ``domain`` in ASCII, '' if it has none (RFC 7489 3.2).

    By the public suffix list with its private section: two customers of one hosting domain are two
    organisations.
    """
    name = _ascii(domain)
    if not name or len(name) > 253 or name.replace(".", "").isdigit():
        return ""
    return _suffixes().privatesuffix(name) or ""


def aligned(authenticated: str, sender: str) -> bool:
    """Tell whether both domains belong to one organisation; the empty domain aligns with none.

    A name aligns with itself even if others may register under it (``msk.ru``).
    """
    domain = _ascii(sender.rpartition("@")[2])
    if "." in domain and domain == _ascii(authenticated):
        return True
    organisation = organisational_domain(domain)
    return bool(organisation) and organisational_domain(authenticated) == organisation


def _ascii(domain: str) -> str:
    """Return ``domain`` as DNS has it: lower case, no outer dots, IDNA for other letters."""
    try:
        return in_ascii(domain.strip().strip(".")[:300])
    except ValueError:
        return ""


@cache
def _suffixes() -> PublicSuffixList:
    """Load the public suffix list from the package, never from the network."""
    return PublicSuffixList()
