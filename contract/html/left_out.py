"""What sanitising removes from a page, counted, so that people can be told.

A picture counts as a tracker if nobody could see it: at most one pixel in either direction, or
hidden. Other pictures may count openings, too; that cannot be seen.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urlsplit

from contract.bounds import MAX_HOSTS
from contract.event import LeftOut
from contract.html.bounds import MAX_PAGE
from contract.html.hidden import hidden_in
from contract.html.unclosed import nothing_swallowed

# An unclosed comment reaches to the end, as in a browser (HTML, 13.2.5.43).
_TAG = re.compile(
    r"<!--(?:-?>|.*?--!?>|.*)|<(/?)([A-Za-z][A-Za-z0-9]*)\b((?:[^>\"']++|\"[^\"]*\"|'[^']*')*+)",
    re.DOTALL,
)
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_ATTRIBUTE = re.compile(r"([^\s=\"'/>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]*)))?")
_REMOTE = re.compile(
    r"[\x00-\x20]*(?:https?:[/\\]*|[/\\]{2,})([^\s\"'>/\\][^\s\"'>]*)", re.IGNORECASE
)
_PASSED_OVER = re.compile("[\t\n\r]")  # wherever they stand in an address (URL, 4.4)
_IN_SET = re.compile(r",\s+")
_STYLED = re.compile(r"url\(\s*[\"']?([^\"')]*)", re.IGNORECASE)
_IMPORT = re.compile(r"@import\s*(?:url\(\s*)?[\"']?([^\"');{}]*)[^;{}]*", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE)  # CSS Syntax, 4.3.7
_FONT = re.compile(r"@font-face\s*\{([^{}]*)", re.IGNORECASE)
_TABLE = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "body")
_SOURCES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("img", "image"), ("src", "srcset", "href", "xlink:href")),
    **dict.fromkeys(("source", "input"), ("src", "srcset")),
    "video": ("poster",),
    **dict.fromkeys(_TABLE, ("background",)),
}
_PLAYED = {"video": "src", "audio": "src", "bgsound": "src", "track": "src", "source": "src"}
_COUNTED = {
    **{"script": "scripts", "form": "forms", "svg": "drawings"},
    **dict.fromkeys(("iframe", "frame", "object", "embed"), "frames"),
}
_HINTS = frozenset(
    {"prefetch", "preload", "modulepreload", "prerender", "preconnect", "dns-prefetch"}
)
_LEADS = re.compile(r"[\x00-\x20]*(?!(?:https?|mailto|tel):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HANDLER = re.compile(r"(?:^|[\s\"'/])on[a-z]{3,40}\s*=", re.IGNORECASE)
# A page that may have such a link or handler is looked at tag by tag. To be sought in lower case,
# from their first letters on, which is the quickest.
_MAY_LEAD = re.compile(
    r"href\s*=[\s\x00-\x1f\"']*+(?!(?:https?|mailto|tel):)[a-z][a-z0-9+.\t\n\r-]{0,40}:"
)
_MAY_HANDLE = re.compile(r"on(?<=[\s\"'/]on)[a-z]{3,40}\s*=")
# Text, and tags that lose nothing: most are, so they are skipped in one go. A tag with ``&``, a
# backslash or a bracket may name a picture; irregular ones are examined.
_DULL = """(?:[^<]++|<(?!/?picture\\b|(?:{})\\b)/?[A-Za-z][A-Za-z0-9]*+\\b
    (?:[^>"'&\\\\(]++|"[^"&\\\\(]*"|'[^'&\\\\(]*')*+(?=>)|<(?![!/A-Za-z]))*+"""
_LOSING = "|".join(dict.fromkeys((*_SOURCES, *_PLAYED, *_COUNTED, "style", "link", "meta")))
_IN_TABLES = re.compile(_DULL.format(_LOSING), re.IGNORECASE | re.VERBOSE)
_OUTSIDE_TABLES = re.compile(
    _DULL.format("|".join(name for name in _LOSING.split("|") if name not in _TABLE)),
    re.IGNORECASE | re.VERBOSE,
)
_PIXEL = re.compile(r"[01](?:\.0*)?(?:px)?|0[a-z%]+", re.IGNORECASE)
_SIZES = frozenset({"width", "height", "max-width", "max-height"})
_HIDES = frozenset({("display", "none"), ("visibility", "hidden"), ("opacity", "0")})


def left_out_of(page: str) -> LeftOut | None:
    """Return what a page loses, None if nobody would miss anything."""
    counts: Counter[str] = Counter()
    hosts: dict[str, None] = {}
    within = _Within()
    page = nothing_swallowed(page[:MAX_PAGE]).page
    counts["hidden"], counts["revealed"] = hidden_in(page)
    for name, said, raw in _tags(page):
        within.step(name)
        for what, address in _lost(name, said, raw, within):
            counts[what] += within.counts(what, name)
            hosts |= dict.fromkeys(_host(address))
    if not any(counts.values()):
        return None
    return LeftOut(**counts, hosts=list(hosts)[:MAX_HOSTS])


class _Within:
    """Which element has several sources for one thing, of which one is loaded, and is counted."""

    def __init__(self) -> None:
        self.what = ""
        self._is_counted = False

    def step(self, name: str) -> None:
        """Go on to the next tag."""
        element = name.removeprefix("/")
        if element in ("picture", "video", "audio"):
            self.what = "" if name[0] == "/" else "pictures" if element == "picture" else "media"
            self._is_counted = False

    def counts(self, what: str, name: str) -> int:
        """Tell whether what a tag of this name loses is one more."""
        if what != self.what or name == "style":
            return 1
        was, self._is_counted = self._is_counted, True
        return int(not was)


def _tags(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield each tag: its name, with a slash if it closes; its attributes; the text of a style.

    Comments, styles and scripts contain no tags.
    """
    dull: re.Pattern[str] | None = _OUTSIDE_TABLES
    lower = page.lower()
    if "background" in lower:
        dull = _IN_TABLES
    if _MAY_LEAD.search(lower) or _MAY_HANDLE.search(lower):
        dull = None
    at = 0
    while found := _TAG.search(page, _end_of(dull, page, at) if dull else at):
        at, raw = found.end(), ""
        if found[2] is None:
            continue
        name = f"{found[1]}{found[2].lower()}"
        if name in _RAW:
            end = _RAW[name].search(page, at)
            raw = page[at : end.start() if end else len(page)].removeprefix(">")
            at = end.start() if end else len(page)
        yield name, found[3][:8192], raw


def _end_of(dull: re.Pattern[str], page: str, at: int) -> int:
    found = dull.match(page, at)
    return found.end() if found else at


def _lost(name: str, said: str, raw: str, within: _Within) -> Iterator[tuple[str, str]]:
    """Yield what a tag loses, by the fields of LeftOut, and the remote address, if any."""
    if name in _COUNTED:
        yield _COUNTED[name], ""
    if name == "style":
        yield from _of_sheet(raw)
    elif name in ("link", "meta"):
        yield from _of_head(name, _attributes(said))
    elif name[0] != "/":
        yield from _of_element(name, said, within)


def _of_head(name: str, said: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what a tag of a page's head would load, or where it would lead by itself."""
    if name == "meta":
        if said.get("http-equiv", "").strip().lower() == "refresh":
            address = said.get("content", "").partition("=")[2].strip(" '\"")
            yield "redirects", _elsewhere(address)
        return
    kinds = said.get("rel", "").lower().split()
    if remote := _elsewhere(said.get("href", "")):
        if "stylesheet" in kinds:
            yield "sheets", remote
        elif _HINTS.intersection(kinds):
            yield "hints", remote


def _of_element(name: str, said: str, within: _Within) -> Iterator[tuple[str, str]]:
    lower = said.lower()
    if "on" in lower and name not in _COUNTED and _HANDLER.search(said):
        yield "scripts", ""
    if name not in _SOURCES and name not in _PLAYED and not _may_be_styled(lower):
        if "href" in lower and _leads_astray(_attributes(said)):
            yield "links", ""
        return
    attributes = _attributes(said)
    if _leads_astray(attributes):
        yield "links", ""
    if name in _PLAYED and within.what != "pictures":
        if remote := _elsewhere(attributes.get(_PLAYED[name], "")):
            yield "media", remote
        if name == "source":
            return
    if remote := next(_remote(name, attributes), ""):
        yield "pictures", remote
        if name == "img" and _is_unseen(attributes):
            yield "trackers", ""


def _leads_astray(attributes: dict[str, str]) -> bool:
    """Tell whether a link has a scheme that leads to no page, letter or telephone."""
    found = (attributes.get(each, "") for each in ("href", "xlink:href"))
    return any(each and _LEADS.match(_PASSED_OVER.sub("", each)) for each in found)


def _may_be_styled(said: str) -> bool:
    """Tell whether attributes may name a picture in a style, perhaps with escapes."""
    return "style" in said and any(each in said for each in ("url(", "\\", "&"))


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes of a tag; of two with one name the first counts, as in HTML."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


def _remote(name: str, attributes: dict[str, str]) -> Iterator[str]:
    """Yield remote addresses from which an element has its picture."""
    for source in _SOURCES.get(name, ()):
        said = attributes.get(source, "")
        for each in _IN_SET.split(said) if source == "srcset" else [said]:
            if found := _elsewhere(each):
                yield found
    for each in _STYLED.findall(_unescaped(attributes.get("style", ""))):
        if found := _elsewhere(each):
            yield found


def _elsewhere(said: str) -> str:
    """Return another host's address as a browser reads it, nothing for any other (URL, 4.4)."""
    found = _REMOTE.match(_PASSED_OVER.sub("", said))
    return f"//{found[1]}" if found else ""


def _unescaped(style: str) -> str:
    r"""Return a style without escapes, ``\2f`` as ``/``."""
    if "\\" not in style:
        return style
    return _ESCAPED.sub(lambda found: found[2] or _sign(int(found[1], 16)), style)


def _sign(number: int) -> str:
    is_one = 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF
    return chr(number) if is_one else "\ufffd"


def _of_sheet(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield the remote content of a ``<style>``, each address once.

    Only one of a font's files is loaded: the first counts.
    """
    sheet = _unescaped(sheet)
    fonts = (map(_elsewhere, _STYLED.findall(each)) for each in _FONT.findall(sheet))
    pictures = _STYLED.findall(_FONT.sub("", _IMPORT.sub("", sheet)))
    for what, addresses in (
        ("sheets", map(_elsewhere, _IMPORT.findall(sheet))),
        ("fonts", [next(filter(None, each), "") for each in fonts]),
        ("pictures", map(_elsewhere, pictures)),
    ):
        for address in dict.fromkeys(filter(None, addresses)):
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
