"""Addresses of pages, as links have them: pure."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from receiver.web.v1.cursor import milliseconds

SHORT = 20  # characters of a letter's key in URLs, which a page repeats often
PLACES = {"bridges": "bridges", "corrections": "corrected-title"}  # the parameter for a place
_PLACED = re.compile(rf"[?&]({'|'.join(PLACES)})=")
OVERLAP = timedelta(seconds=2)  # writes may become visible later than their time


def list_address(mailbox: str, tab: str, after: str | None = None) -> str:
    """Return the URL of a page of a tab."""
    said = {"mailbox": mailbox, "tab": tab} | ({"after": after} if after else {})
    return f"/?{urlencode(said)}"


def live_address(mailbox: str, now: datetime) -> str:
    """Return the URL of changes since a page was made; ``now`` is the database's."""
    return f"/live?{urlencode({'mailbox': mailbox, 'since': milliseconds(now - OVERLAP)})}"


def letter_address(dialog: object, key: str) -> str:
    """Return the URL of a letter in its dialog, on whichever page."""
    return f"/d/{dialog}?letter={key[:SHORT]}#letter-{key[:SHORT]}"


def path_of(mailbox: str, key: str) -> str:
    """Return the URL prefix of a letter's own pages."""
    return f"/letters/{quote(mailbox, safe='@')}/{key[:SHORT]}"


def with_place(path: str) -> str:
    """Return one of our URLs with its fragment, which browsers do not send.

    What follows ``#`` never leaves a browser, so a redirect in two steps has it as a parameter. The
    letter in ``letter`` gets the focus without it.
    """
    found = _PLACED.search(path)
    return f"{path}#{PLACES[found[1]]}" if found and "#" not in path else path
