"""Whether an authenticated domain aligns with the author's (RFC 7489 3.1, relaxed)."""

from contract.reading.organisations import of_one_organisation


def aligned(authenticated: str, sender: str) -> bool:
    """Tell whether both domains belong to one organisation; the empty domain aligns with none."""
    return of_one_organisation(sender.rpartition("@")[2], authenticated)
