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
    **dict.fromkeys(("source", "input", "audio"), ("src", "srcset")),
    "video": ("poster", "src"),
    **dict.fromkeys(_TABLE, ("background",)),
}
_COUNTED = {
    **{"script": "scripts", "form": "forms"},
    **dict.fromkeys(("iframe", "frame", "object", "embed"), "frames"),
}
# Text, and tags that lose nothing: most are, so they are skipped in one go. A tag with ``&``, a
# backslash or a bracket may name a picture; irregular ones are examined.
_DULL = """(?:[^<]++|<(?!/?picture\\b|(?:{})\\b)/?[A-Za-z][A-Za-z0-9]*+\\b
    (?:[^>"'&\\\\(]++|"[^"&\\\\(]*"|'[^'&\\\\(]*')*+(?=>)|<(?![!/A-Za-z]))*+"""
_LOSING = "|".join(dict.fromkeys((*_SOURCES, *_COUNTED, "style", "link")))
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
    in_picture: bool | None = None  # one picture with several sources: whether it was counted
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
    """Yield each tag: its name, with a slash if it closes; its attributes; the text of a style.

    Comments, styles and scripts contain no tags.
    """
    dull = _IN_TABLES if "background" in page.lower() else _OUTSIDE_TABLES
    at = 0
    while found := _TAG.search(page, _end_of(dull, page, at)):
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


def _lost(name: str, said: str, raw: str) -> Iterator[tuple[str, str]]:
    """Yield what a tag loses, by the fields of LeftOut, and the remote address, if any."""
    if name in _COUNTED:
        yield _COUNTED[name], ""
    elif name == "style":
        yield from _of_sheet(raw)
    elif name == "link":
        attributes = _attributes(said)
        remote = _elsewhere(attributes.get("href", ""))
        if remote and "stylesheet" in attributes.get("rel", "").lower().split():
            yield "sheets", remote
    elif name in _SOURCES or (name[0] != "/" and _may_be_styled(said.lower())):
        attributes = _attributes(said)
        if remote_here := next(_remote(name, attributes), None):
            yield "pictures", remote_here
            if name == "img" and _is_unseen(attributes):
                yield "trackers", ""


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
