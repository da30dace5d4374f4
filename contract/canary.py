"""The mark of a canary: our own letter that goes the whole way and is not stored as a letter.

``X-Email-Listener-Canary: v1 <Unix time> <name> <HMAC-SHA256>``, with the webhook's secret, which
only the two sides have. Without the secret, or too late, it is an ordinary letter. A mark made with
a secret that has been taken out since is still good: it may have waited for the receiver, and all
that it can do is not become a letter.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract.signature import Key

FIELD = "X-Email-Listener-Canary"
OLDEST_SECONDS = 6 * 24 * 3600  # a courier tries for five days
CLOCKS_DIFFER = 300
_SHAPE = re.compile(r"v1 ([0-9]{1,12}) ([0-9a-f]{16,64}) ([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True)
class CanaryMark:
    """A canary's name, and when it was sent (Unix time)."""

    name: str
    sent: int


def mark(keys: Sequence[Key], mailbox: str, name: str, now: int) -> str:
    """Return the field's value, signed with the first key; ``name`` is 16 to 64 hex digits."""
    return f"v1 {now} {name} {keys[0].digest(_content(mailbox, name, now)).hex()}"


def mark_in(
    keys: Iterable[Key], mailbox: str, headers: Iterable[Sequence[str]], now: float
) -> CanaryMark | None:
    """Return the mark among header fields; None if there is none, or it is forged or old."""
    values = [value for name, value in headers if name.casefold() == FIELD.casefold()]
    found = _SHAPE.fullmatch(values[0].strip()) if len(values) == 1 else None
    if found is None:
        return None
    sent, name, given = int(found[1]), found[2], bytes.fromhex(found[3])
    ours = [key.digest(_content(mailbox, name, sent)) for key in keys]
    in_time = -CLOCKS_DIFFER <= now - sent <= OLDEST_SECONDS
    right = any(hmac.compare_digest(each, given) for each in ours)
    return CanaryMark(name, sent) if right and in_time else None


def _content(mailbox: str, name: str, sent: int) -> bytes:
    return f"canary\n{mailbox.strip().casefold()}\n{name}\n{sent}".encode()
