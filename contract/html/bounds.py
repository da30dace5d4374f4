"""HTML cut to a size and depth that every library handles in linear time.

Both html5ever (nh3) and lexbor take tens of seconds for a hundred thousand nested elements, so
every page is cut here first.
"""

import re

MAX_PAGE = 768 * 1024
MAX_DEPTH = 200
MAX_TAG = 8 * 1024
MAX_UNFINISHED = 200

_DATA_URI = re.compile(r"data:[^\s\"'<>)]{200,}", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>?")
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
})  # fmt: skip
# The parser closes these by itself; they nest only through a table or list, which is counted.
_CLOSED_BY_ITSELF = frozenset({
    "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "html", "head",
    "body", "colgroup",
})  # fmt: skip
# Never shown; an end tag inside them has no effect, which would hide depth from the count.
_UNWANTED = frozenset({
    "object", "applet", "marquee", "svg", "math", "template", "select", "button", "iframe",
    "frameset", "frame", "noframes",
})  # fmt: skip

# For searching in lower case.
_ANY_UNWANTED = re.compile(f"</?(?:{'|'.join(sorted(_UNWANTED))})")


def bounded(page: str) -> str:
    """Return at most ``MAX_PAGE`` characters of ``page``, nested at most ``MAX_DEPTH`` deep."""
    if _is_simple(page):
        return page
    return _TAG.sub(_Gate().keep, _DATA_URI.sub("", page)[:MAX_PAGE])


def _is_simple(page: str) -> bool:
    """Tell whether a page is within the bounds whatever its tags: most people's letters are.

    It has no room for a long tag, too few start tags to nest too deep, and nothing unwanted.
    """
    if len(page) > MAX_TAG or page.count("<") - page.count("</") > MAX_DEPTH:
        return False
    lower = page.lower()
    return "data:" not in lower and not _ANY_UNWANTED.search(lower)


class _Gate:
    """Lets tags through as long as they cannot nest too deep.

    An end tag counts only if the parser heeds it: after its start tag, and not from inside a table
    opened since (https://html.spec.whatwg.org/#has-an-element-in-scope).
    """

    def __init__(self) -> None:
        self.open: dict[str, list[int]] = {}
        self.depth = 0
        self.position = 0
        self.unfinished = 0

    def keep(self, tag: re.Match[str]) -> str:
        """Return what replaces ``tag`` in the bounded page."""
        name, text = tag.group(2).lower(), tag.group()
        if name in _UNWANTED:
            return " "
        if not text.endswith(">"):
            self.unfinished += 1
            if self.unfinished > MAX_UNFINISHED or len(text) > MAX_TAG:
                return ""
        elif len(text) > MAX_TAG:  # the parser compares every attribute with every other
            text = f"<{tag.group(1)}{name}>"
        if name in _VOID or name in _CLOSED_BY_ITSELF:
            return text
        return self._end(name, text) if tag.group(1) else self._start(name, text)

    def _start(self, name: str, text: str) -> str:
        if self.depth >= MAX_DEPTH:
            return ""
        self.position += 1
        self.depth += 1
        self.open.setdefault(name, []).append(self.position)
        return text

    def _end(self, name: str, text: str) -> str:
        starts, tables = self.open.get(name), self.open.get("table")
        if not starts or (tables and starts[-1] < tables[-1]):
            return ""
        starts.pop()
        self.depth -= 1
        return text
