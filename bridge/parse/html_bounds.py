"""HTML cut to a size and depth that every library takes in linear time.

Both html5ever (nh3) and lexbor take tens of seconds for a hundred thousand nested elements, so
nothing sees a page before it has gone through here.
"""

import re

MAX_PAGE = 1024 * 1024
MAX_DEPTH = 200

_DATA_URI = re.compile(r"data:[^\s\"'<>)]{200,}", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>?")
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# The parser closes these by itself, they nest only through a table or list, which is counted.
_CLOSED_BY_ITSELF = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "dt",
        "dd",
        "option",
        "html",
        "head",
        "body",
        "colgroup",
    ]
)
# Never shown, and an end tag cannot reach out of them, which would hide depth from the count.
_UNWANTED = frozenset(
    [
        "object",
        "applet",
        "marquee",
        "svg",
        "math",
        "template",
        "select",
        "button",
        "iframe",
        "frameset",
        "frame",
        "noframes",
    ]
)


def bounded(page: str) -> str:
    """Return ``page`` of at most ``MAX_PAGE`` signs, elements nested ``MAX_DEPTH`` deep at most."""
    page = _DATA_URI.sub("", page)[:MAX_PAGE]
    open_tags: dict[str, int] = {}
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        name = tag.group(2).lower()
        if name in _UNWANTED:
            return " "
        if name in _VOID or name in _CLOSED_BY_ITSELF:
            return tag.group()
        if tag.group(1):
            if not open_tags.get(name):
                return ""
            open_tags[name] -= 1
            depth -= 1
            return tag.group()
        if depth >= MAX_DEPTH:
            return ""
        open_tags[name] = open_tags.get(name, 0) + 1
        depth += 1
        return tag.group()

    return _TAG.sub(keep, page)
