"""Mailboxes that somebody names and that never had a letter, with the one that was meant. Pure."""

from collections.abc import Iterable
from difflib import get_close_matches

from contract.reading.domains import address_in_ascii


def never_had(named: Iterable[str], mailboxes: Iterable[str]) -> dict[str, str]:
    """Return the named mailboxes that are none of those with letters, each with the nearest.

    The nearest is empty if none is like it. A domain may be written in letters or in ASCII.
    """
    every = {address_in_ascii(each): each for each in mailboxes}
    found = {}
    for name in named:
        same = address_in_ascii(name.strip().casefold())
        if same not in every:
            near = get_close_matches(same, every, 1)
            found[name] = every[near[0]] if near else ""
    return found
