"""Addresses of pages, as links have them: pure."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from receiver.web.v1.cursor import milliseconds

SHORT = 20  # signs of a letter's key in addresses, which stand on a page many times
PLACES = {"bridges": "bridges", "corrections": "corrected-title"}  # a parameter's own place
_PLACED = re.compile(rf"[?&]({'|'.join(PLACES)})=")
OVERLAP = timedelta(seconds=2)  # writes may become visible later than their time


def list_address(mailbox: str, tab: str, after: str | None = None) -> str:
    """Return the address of a page of a tab."""
    said = {"mailbox": mailbox, "tab": tab} | ({"after": after} if after else {})
    return f"/?{urlencode(said)}"


def live_address(mailbox: str, now: datetime) -> str:
    """Return where a page hears of what changed since it was made; ``now`` is the database's."""
    return f"/live?{urlencode({'mailbox': mailbox, 'since': milliseconds(now - OVERLAP)})}"


def letter_address(dialog: object, key: str) -> str:
    """Return where a letter stands in its dialog, on whatever page."""
    return f"/d/{dialog}?letter={key[:SHORT]}#letter-{key[:SHORT]}"


def path_of(mailbox: str, key: str) -> str:
    """Return the address under which a letter's own pages are."""
    return f"/letters/{quote(mailbox, safe='@')}/{key[:SHORT]}"


def with_place(path: str) -> str:
    """Return an address of ours with the place that it is about, which a browser told nobody.

    What stands behind ``#`` never leaves a browser, so that who is led there in two steps needs it
    from the parameters. The letter that ``letter`` names has the focus without that.
    """
    found = _PLACED.search(path)
    return f"{path}#{PLACES[found[1]]}" if found and "#" not in path else path
