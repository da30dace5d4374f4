"""Addresses of pages, as links have them: pure."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from receiver.web.v1.cursor import milliseconds

OVERLAP = timedelta(seconds=2)  # writes may become visible later than their time


def list_address(mailbox: str, tab: str, after: str | None = None) -> str:
    """Return the address of a page of a tab."""
    said = {"mailbox": mailbox, "tab": tab} | ({"after": after} if after else {})
    return f"/?{urlencode(said)}"


def live_address(mailbox: str, now: datetime) -> str:
    """Return where a page hears of what changed since it was made; ``now`` is the database's."""
    return f"/live?{urlencode({'mailbox': mailbox, 'since': milliseconds(now - OVERLAP)})}"
