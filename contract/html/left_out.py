"""What a page loses on its way to being harmless: counted, so that a person can be told.

A picture looks like a tracker if nobody could see it: one pixel at most in either direction, or
hidden. Others may count openings, too; that cannot be told by looking.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from contract.bounds import MAX_HOSTS
from contract.event import LeftOut
from contract.html.bounds import MAX_PAGE

_TAG = re.compile(
    r"<(img|script|form|iframe|frame|object|embed|image|video|audio|source|table|td|body|div|input)"
    r"\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"\b(?:src|srcset|background|poster|data)\s*=\s*[\"']?\s*((?:https?:)?//[^\s\"'>]+)",
    re.IGNORECASE,
)
_STYLED = re.compile(r"url\(\s*[\"']?\s*((?:https?:)?//[^\s\"')]+)", re.IGNORECASE)
_TINY = re.compile(
    r"\b(?:width|height)\s*[=:]\s*[\"']?\s*[01](?:px)?\s*(?:[\"';\s/>]|$)|display\s*:\s*none"
    r"|visibility\s*:\s*hidden|\bhidden\b",
    re.IGNORECASE,
)
_FRAMES = frozenset({"iframe", "frame", "object", "embed"})


def left_out_of(page: str) -> LeftOut | None:
    """Return what a page loses, None where that is nothing a person would miss."""
    counts = {"pictures": 0, "trackers": 0, "scripts": 0, "forms": 0, "frames": 0}
    hosts: dict[str, None] = {}
    for found in _TAG.finditer(page[:MAX_PAGE]):
        name, attributes = found[1].lower(), found[2][:8192]
        if name in ("script", "form"):
            counts[f"{name}s"] += 1
        elif name in _FRAMES:
            counts["frames"] += 1
        elif remote := _SOURCE.search(attributes) or _STYLED.search(attributes):
            counts["pictures"] += 1
            counts["trackers"] += bool(name == "img" and _TINY.search(attributes))
            hosts |= dict.fromkeys(_host(remote[1]))
    if not any(counts.values()):
        return None
    return LeftOut(**counts, hosts=list(hosts)[:MAX_HOSTS])


def together(found: Iterable[LeftOut | None]) -> LeftOut | None:
    """Return what several pages of one letter lose."""
    parts = [each for each in found if each is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    hosts = list(dict.fromkeys(host for each in parts for host in each.hosts))[:MAX_HOSTS]
    names = ("pictures", "trackers", "scripts", "forms", "frames")
    return LeftOut(
        **{name: sum(getattr(each, name) for each in parts) for name in names}, hosts=hosts
    )


def _host(address: str) -> list[str]:
    try:
        name = urlsplit(address).hostname
    except ValueError:
        return []
    return [name[:200]] if name else []
