"""What a page loses on its way to being harmless: counted, so that a person can be told.

A picture looks like a tracker if nobody could see it: one pixel at most in either direction, or
hidden. Others may count openings, too; that cannot be told by looking.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urlsplit

from contract.bounds import MAX_HOSTS
from contract.event import LeftOut
from contract.html.bounds import MAX_PAGE

# A comment that nobody ends reaches to the end, as in a browser (HTML, 13.2.5.43).
_TAG = re.compile(
    r"<!--(?:-?>|.*?--!?>|.*)|<(/?)([A-Za-z][A-Za-z0-9]*)\b((?:[^>\"']++|\"[^\"]*\"|'[^']*')*+)",
    re.DOTALL,
)
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_ATTRIBUTE = re.compile(r"([^\s=\"'/>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]*)))?")
_REMOTE = re.compile(r"\s*((?:https?:)?[/\\]{2}[^\s\"'>]+)", re.IGNORECASE)
_IN_SET = re.compile(r",\s+")
_STYLED = re.compile(r"url\(\s*[\"']?\s*((?:https?:)?//[^\s\"')]+)", re.IGNORECASE)
_IMPORT = re.compile(
    r"@import\s+(?:url\(\s*)?[\"']?\s*((?:https?:)?//[^\s\"')]+)[^;{}]*", re.IGNORECASE
)
_FONT = re.compile(r"@font-face\s*\{([^{}]*)", re.IGNORECASE)
_TABLE = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "body")
_SOURCES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("img", "image"), ("src", "srcset", "href", "xlink:href")),
    **dict.fromkeys(("source", "input", "audio"), ("src", "srcset")),
    "video": ("poster", "src"),
    **dict.fromkeys(_TABLE, ("background",)),
}
_COUNTED = {
    **{"script": "scripts", "form": "forms"},
    **dict.fromkeys(("iframe", "frame", "object", "embed"), "frames"),
}
_PIXEL = re.compile(r"[01](?:\.0*)?(?:px)?|0[a-z%]+", re.IGNORECASE)
_SIZES = frozenset({"width", "height", "max-width", "max-height"})
_HIDES = frozenset({("display", "none"), ("visibility", "hidden"), ("opacity", "0")})


def left_out_of(page: str) -> LeftOut | None:
    """Return what a page loses, None where that is nothing a person would miss."""
    counts: Counter[str] = Counter()
    hosts: dict[str, None] = {}
    in_picture: bool | None = None  # which has several sources for one: whether it was counted
    for name, said, raw in _tags(page[:MAX_PAGE]):
        if name.endswith("picture"):
            in_picture = False if name == "picture" else None
            continue
        for what, address in _lost(name, said, raw):
            is_picture = what == "pictures" and name != "style"
            counts[what] += not (is_picture and in_picture)
            in_picture = in_picture if in_picture is None else in_picture or is_picture
            hosts |= dict.fromkeys(_host(address))
    if not any(counts.values()):
        return None
    return LeftOut(**counts, hosts=list(hosts)[:MAX_HOSTS])


def _tags(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield each tag: its name, with a slash if it closes; its attributes; a style's own text.

    What stands in comments, in styles and in scripts is no tag.
    """
    at = 0
    while found := _TAG.search(page, at):
        at, raw = found.end(), ""
        if found[2] is None:
            continue
        name = f"{found[1]}{found[2].lower()}"
        if name in _RAW:
            end = _RAW[name].search(page, at)
            raw = page[at : end.start() if end else len(page)].removeprefix(">")
            at = end.start() if end else len(page)
        yield name, found[3][:8192], raw


def _lost(name: str, said: str, raw: str) -> Iterator[tuple[str, str]]:
    """Yield what a tag loses, by the names of LeftOut, and from where it would come, if that."""
    if name in _COUNTED:
        yield _COUNTED[name], ""
    elif name == "style":
        yield from _of_sheet(raw)
    elif name == "link":
        attributes = _attributes(said)
        remote = _REMOTE.match(attributes.get("href", ""))
        if remote and "stylesheet" in attributes.get("rel", "").lower().split():
            yield "sheets", remote[1]
    elif name in _SOURCES or (name[0] != "/" and "url(" in said.lower()):
        attributes = _attributes(said)
        if remote_here := next(_remote(name, attributes), None):
            yield "pictures", remote_here
            if name == "img" and _is_unseen(attributes):
                yield "trackers", ""


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


def _of_sheet(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield what a ``<style>`` would load from elsewhere, each address once.

    A font has several files of which one is loaded: it is named by its first.
    """
    fonts = (_STYLED.search(each) for each in _FONT.findall(sheet))
    pictures = _STYLED.findall(_FONT.sub("", _IMPORT.sub("", sheet)))
    for what, addresses in (
        ("sheets", _IMPORT.findall(sheet)),
        ("fonts", [each[1] for each in fonts if each]),
        ("pictures", pictures),
    ):
        for address in dict.fromkeys(addresses):
            yield what, address


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
    names = LeftOut.model_fields.keys() - {"hosts"}
    return LeftOut(
        **{name: sum(getattr(each, name) for each in parts) for name in names}, hosts=hosts
    )


def _host(address: str) -> list[str]:
    try:
        name = urlsplit(address.replace("\\", "/")).hostname  # as browsers read it (URL, 4.4)
    except ValueError:
        return []
    return [name[:200]] if name else []
