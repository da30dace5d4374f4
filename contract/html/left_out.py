"""What a page loses on its way to being harmless: counted, so that a person can be told.

A picture looks like a tracker if nobody could see it: one pixel at most in either direction, or
hidden. Others may count openings, too; that cannot be told by looking.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urlsplit

from contract.bounds import MAX_HOSTS
from contract.event import LeftOut
from contract.html.bounds import MAX_PAGE

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([^\s=\"'/>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]*)))?")
_REMOTE = re.compile(r"\s*((?:https?:)?//[^\s\"'>]+)", re.IGNORECASE)
_IN_SET = re.compile(r",\s+")
_STYLED = re.compile(r"url\(\s*[\"']?\s*((?:https?:)?//[^\s\"')]+)", re.IGNORECASE)
_SHEET = re.compile(r"(?:[^<]+|<(?!/style))*", re.IGNORECASE)
_NO_PICTURES = re.compile(r"@import\b[^;{}]*|@font-face\s*\{[^{}]*", re.IGNORECASE)
_TABLE = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "body")
_SOURCES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("img", "image"), ("src", "srcset", "href", "xlink:href")),
    **dict.fromkeys(("source", "input", "audio"), ("src", "srcset")),
    "video": ("poster", "src"),
    **dict.fromkeys(_TABLE, ("background",)),
}
_FRAMES = frozenset({"iframe", "frame", "object", "embed"})
_PIXEL = re.compile(r"[01](?:\.0*)?(?:px)?|0[a-z%]+", re.IGNORECASE)
_SIZES = frozenset({"width", "height", "max-width", "max-height"})
_HIDES = frozenset({("display", "none"), ("visibility", "hidden"), ("opacity", "0")})


def left_out_of(page: str) -> LeftOut | None:
    """Return what a page loses, None where that is nothing a person would miss."""
    page = page[:MAX_PAGE]
    counts = {"pictures": 0, "trackers": 0, "scripts": 0, "forms": 0, "frames": 0}
    hosts: dict[str, None] = {}
    behind = 0  # where the last sheet ends, whose text has no tags
    in_picture: bool | None = None  # which has several sources for one: whether it was counted
    for found in _TAG.finditer(page):
        name, text = found[2].lower(), found[3][:8192]
        if found.start() < behind:
            continue
        if name == "picture":
            in_picture = None if found[1] else False
        elif found[1]:
            continue
        elif name in ("script", "form"):
            counts[f"{name}s"] += 1
        elif name in _FRAMES:
            counts["frames"] += 1
        elif name == "style":
            sheet = _SHEET.match(page, found.end())
            behind = sheet.end() if sheet else behind
            remote = _of_sheet(sheet[0] if sheet else "")
            counts["pictures"] += len(remote)
            hosts |= dict.fromkeys(host for each in remote for host in _host(each))
        elif name in _SOURCES or "url(" in text.lower():
            attributes = _attributes(text)
            if remote_here := next(_remote(name, attributes), None):
                counts["pictures"] += not in_picture
                counts["trackers"] += name == "img" and _is_unseen(attributes)
                hosts |= dict.fromkeys(_host(remote_here))
                in_picture = in_picture if in_picture is None else True
    if not any(counts.values()):
        return None
    return LeftOut(**counts, hosts=list(hosts)[:MAX_HOSTS])


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes of a tag; of two with one name the first counts, as in HTML."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


def _remote(name: str, attributes: dict[str, str]) -> Iterator[str]:
    """Yield addresses elsewhere from which an element has its picture."""
    for source in _SOURCES.get(name, ()):
        said = attributes.get(source, "")
        for each in _IN_SET.split(said) if source == "srcset" else [said]:
            if found := _REMOTE.match(each):
                yield found[1]
    if found := _STYLED.search(attributes.get("style", "")):
        yield found[1]


def _of_sheet(sheet: str) -> list[str]:
    """Return the pictures elsewhere, each once, that a ``<style>`` names; no fonts, no sheets."""
    return list(dict.fromkeys(_STYLED.findall(_NO_PICTURES.sub("", sheet))))


def _is_unseen(attributes: dict[str, str]) -> bool:
    """Tell whether nobody could see a picture: it is hidden, or one pixel at most."""
    if "hidden" in attributes:
        return True
    sizes = (attributes.get(name, "").strip() for name in ("width", "height"))
    if any(_PIXEL.fullmatch(size) for size in sizes):
        return True
    for each in attributes.get("style", "").lower().split(";"):
        name, _, value = each.partition(":")
        name, value = name.strip(), value.partition("!")[0].strip()
        if (name, value) in _HIDES or (name in _SIZES and _PIXEL.fullmatch(value)):
            return True
    return False


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
