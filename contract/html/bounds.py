"""HTML cut to a size and depth that every library handles in linear time.

Both html5ever (nh3) and lexbor take tens of seconds for a hundred thousand nested elements, so
every page is cut here first.
"""

import re
from collections.abc import Sequence

from contract.html.unclosed import UNWANTED, Whole, nothing_swallowed

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
_ROOTS = ("svg", "math")
# Names of SVG and MathML, which nh3 takes out with all that they hold where there is no such root.
# Self-closed they hold the rest of the page, and so does "vector<int>" that nobody escaped.
_FOREIGN = frozenset(
    """
    abs and animate annotation annotation-xml apply approx arg bind bvar card cartesianproduct
    cbytes ceiling cerror ci circle cn codomain complexes compose condition conjugate cos cs
    csymbol curl declare defs degree desc determinant diff discard divergence divide domain
    domainofapplication ellipse emptyset eq equivalent eulergamma exists exp exponentiale
    factorial factorof false filter floor forall g gcd geq grad gt ident imaginary imaginaryi
    implies in infinity int integers intersect interval inverse lambda laplacian lcm leq limit
    line list ln log lowlimit lt maction maligngroup malignmark marker mask matrix matrixrow max
    mean median menclose merror metadata mfenced mfrac mglyph mi min minus mlabeledtr mlongdiv
    mmultiscripts mn mo mode moment momentabout mover mpadded mpath mphantom mprescripts mroot
    mrow ms mscarries mscarry msgroup msline mspace msqrt msrow mstack mstyle msub msubsup msup
    mtable mtd mtext mtr munder munderover naturalnumbers neq none not notanumber notin
    notprsubset notsubset or otherwise outerproduct partialdiff path pattern pi piece piecewise
    plus polygon polyline power primes product prsubset quotient rationals real reals rect rem
    root scalarproduct sdev selector semantics sep set setdiff share sin stop subset sum switch
    symbol tan tendsto text times transpose true tspan union uplimit use variance vector
    vectorproduct view xor
    """.split()  # noqa: SIM905 - a list would take a line for each
)
# Of a drawing or formula, what nobody sees of it.
_UNSEEN = frozenset(
    {"desc", "metadata", "annotation", "annotation-xml", "title", "style", "script"}
)
_LISTS = ("select", "datalist")
_GATED = frozenset(
    f"{sign}{name}" for name in (*_FOREIGN, *UNWANTED, *_LISTS, *_ROOTS) for sign in ("", "/")
)
_FLAT = _VOID | _CLOSED_BY_ITSELF | {""}  # of start tags
_XML_ALONE = re.compile(r"<xml\b[^<>]*/>", re.IGNORECASE)
_LONG = re.compile(rf"<[^<>]{{{MAX_TAG - 1}}}")


def bounded(page: str) -> str:
    """Return at most ``MAX_PAGE`` characters of ``page``, nested at most ``MAX_DEPTH`` deep.

    What broken markup would take with it is left.
    """
    if "data:" in page.lower():
        page = _DATA_URI.sub("", page)
    whole = nothing_swallowed(page[:MAX_PAGE])
    return whole.page if _is_tame(whole) else _TAG.sub(_Gate().keep, whole.page)


def _is_tame(whole: Whole) -> bool:
    """Tell whether the gate would let a page through as it is: most people's letters are such.

    It has too few start tags to nest too deep, no long one, and nothing unwanted.
    """
    if whole.tags is None or not _GATED.isdisjoint(whole.tags):
        return False
    if len(whole.page) > MAX_TAG and _LONG.search(whole.page):
        return False
    if "xml" in whole.tags and _XML_ALONE.search(whole.page):
        return False
    flat = sum(map(_FLAT.__contains__, whole.tags))
    return len(whole.tags) - flat <= MAX_DEPTH or _starts(whole.tags) - flat <= MAX_DEPTH


def _starts(tags: Sequence[str]) -> int:
    return sum(1 for tag in tags if tag[:1] != "/")


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
        self.root = ""
        self.next: dict[str, int] = {}

    def keep(self, tag: re.Match[str]) -> str:
        """Return what replaces ``tag`` in the bounded page."""
        name, text = tag.group(2).lower(), tag.group()
        if name in _ROOTS:
            self.root = "" if tag.group(1) or text.endswith("/>") else name
        if name in _LISTS and tag.group(1):  # the last of its options need not be closed
            return "</option> "
        if name in UNWANTED:
            return " "
        if self._is_foreign(tag, name, text):
            return ""
        if not text.endswith(">"):
            self.unfinished += 1
            if self.unfinished > MAX_UNFINISHED or len(text) > MAX_TAG:
                return ""
        elif len(text) > MAX_TAG:  # the parser compares every attribute with every other
            text = f"<{tag.group(1)}{name}>"
        if name in _VOID or name in _CLOSED_BY_ITSELF:
            return text
        return self._end(name, text) if tag.group(1) else self._start(name, text)

    def _is_foreign(self, tag: re.Match[str], name: str, text: str) -> bool:
        """Tell whether a tag is of a drawing or formula, and would take more with it."""
        if not self.root or name not in _UNSEEN:
            return name in _FOREIGN or (name == "xml" and text.endswith("/>"))
        if tag.group(1) or text.endswith("/>"):
            return not tag.group(1)
        end, of_root = self._next(f"</{name}", tag), self._next(f"</{self.root}", tag)
        return end < 0 or -1 < of_root < end

    def _next(self, what: str, tag: re.Match[str]) -> int:
        """Return where a text stands next behind a tag, in small or in capital letters, or -1."""
        for each in (what, what.upper()):
            if -1 < self.next.get(each, 0) < tag.end():  # so that nothing is looked through twice
                self.next[each] = tag.string.find(each, tag.end())
        found = self.next[what], self.next[what.upper()]
        return max(found) if -1 in found else min(found)

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
