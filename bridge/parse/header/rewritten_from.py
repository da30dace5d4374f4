"""The author whom a list replaced in From by its own address (RFC 7960 4.1.3)."""

import re
from collections.abc import Sequence

from contract.event import Address

_VIA = re.compile(r"(.{1,200}?)\s+\(?(?:via|через)\s", re.IGNORECASE)
# The address within the group's: ``ivan=40example.org@dmarc.ietf.org``, ``ivan=example.org@list``.
_WITHIN = re.compile(r"([\w.+-]{1,64})=(?:40)?([\w-]{1,63}(?:\.[\w-]{1,63}){1,5})", re.ASCII)
_FOR_DMARC = re.compile(r".*=40[^@]+@|.*@dmarc\.", re.IGNORECASE)


def rewritten_from(
    sender: Address, named: Sequence[Address], written_above: Sequence[Address]
) -> Address | None:
    """Return the author on whose behalf a list stands in From, None if From is the author.

    ``named`` is X-Original-From, which exists only then. ``written_above`` is X-Original-Sender,
    which Google Groups put on every letter, so that From must also show the rewriting.
    """
    if told := [one for one in named if "@" in one.address]:
        return told[0]
    via = _VIA.match(sender.name)
    if not via and not _FOR_DMARC.match(sender.address):
        return None
    name = via[1].strip(" '\"") if via else sender.name
    if told := [one for one in written_above if "@" in one.address]:
        if told[0].address.casefold() == sender.address.casefold():
            return None
        return (
            told[0]
            if told[0].name
            else Address(address=told[0].address, name=_unlike(name, told[0].address))
        )
    inside = _WITHIN.fullmatch(sender.address.rpartition("@")[0])
    if inside is None:
        return None
    address = f"{inside[1]}@{inside[2]}"
    return Address(address=address, name=_unlike(name, address))


def _unlike(name: str, address: str) -> str:
    return "" if name.casefold() == address.casefold() else name
