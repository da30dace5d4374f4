"""What a broken page would swallow, given back: words behind markup that has no end.

A parser takes all that follows an unclosed comment, style or title for a part of it, as browsers
do, and then a letter seems to end there. Its reader is better served by words with a rest of
markup between them. Nothing here makes a page harmless: that is done afterwards.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from contract.html.angle_brackets import ELEMENTS, OF_OFFICE, words_kept

_FLAGS = re.IGNORECASE | re.ASCII
_VERBATIM = ("xmp", "listing", "plaintext")
_HIDING = (
    *_VERBATIM,
    "style",
    "script",
    "title",
    "textarea",
    "noembed",
    "xml",
    "select",
    "datalist",
)
_OPENS = re.compile(rf"<(?:(!--)|({'|'.join(_HIDING)}|option)(?=[\s/>]|\Z)[^<>]*>?)", _FLAGS)
_ONCE = (*_VERBATIM, "script")  # that it begins once more inside means nothing
_REST_OF_TAG = re.compile(r"[^<>]*>?")
_CONDITION = re.compile(r"\s*\[if\b[^\[\]<>]*\]>", _FLAGS)
# Of an unclosed style sheet or script, what is surely none of the letter's words.
_SHEET = re.compile(r"[^<]*\}|\s*@(?:import|charset)[^<;]*;", _FLAGS)
_SCRIPT = re.compile(r"[^<]*[;})](?=\s*(?:\n|<|\Z))", _FLAGS)
_RUBBISH = {"style": _SHEET, "script": _SCRIPT, "!--": _CONDITION}
_NOTHING = re.compile("")
# What looks like a declaration, an instruction or an end tag, but is none, or does not end.
_NO_MARKUP = re.compile(
    r"<(?=(?!!--)[!?][^<>]*(?:<|\Z)|[!?](?![-\[a-z])|/(?![a-z>])[^<>]*(?:<|\Z))", _FLAGS
)
# A value whose quotation mark has no partner in its tag: it would end at one in the words.
_MAY_BE_HALF = re.compile(r"=\s*+(?:\"[^\"<>]*+>|'[^'<>]*+>)")
_HALF_QUOTED = re.compile(
    r"(<[a-z][a-z0-9:-]*(?=[\s/])(?:[^<>\"'=]|=\s*+(?:\"[^\"<>]*\"|'[^'<>]*'|(?![\"'])))*+)"
    r"=\s*+(?:\"[^\"<>]*+>(?=[^\"<]*+(?:<|\Z|\"[^\s/>]))"
    r"|'[^'<>]*+>(?=[^'<]*+(?:<|\Z|'[^\s/>])))",
    _FLAGS,
)
_SCRIPTLESS = re.compile(r"<(/?)noscript(?=[\s/>])[^<>]*>?", _FLAGS)


# Never shown; an end tag inside them has no effect.
UNWANTED = frozenset({
    "object", "applet", "marquee", "svg", "math", "template", "select", "button", "iframe",
    "frameset", "frame", "noframes",
})  # fmt: skip


def _tags(names: Iterable[str]) -> frozenset[str]:
    """Return the names of start and end tags, and that of a doctype."""
    return frozenset(f"{sign}{name}" for name in names for sign in ("", "/")) | {""}


_ORDINARY = _tags(ELEMENTS.difference(_HIDING, UNWANTED, ("option", "noscript")))
_KNOWN = _tags(ELEMENTS)
# Of a page in small letters: a tag with an end that says nothing, or something with ``=``.
_NAME = re.compile(
    r"<(?:(/?[a-z][a-z0-9:-]*+)(?:(?=[\s/])[^<>=]*+=[^<>]*+|\s*+/?)|!doctype[^<>]*+)>"
)


class Whole(NamedTuple):
    """A page that loses no words; ``tags`` are their names if each is as a tag should be."""

    page: str
    tags: Sequence[str] | None


@lru_cache(maxsize=1)  # a page is made harmless, and then what it loses is counted
def nothing_swallowed(page: str) -> Whole:
    """Return a page that loses no words to markup without an end, nor in angle brackets.

    What browsers show as source becomes such text, and so does what is for those without scripts.
    """
    small = page.lower()
    names = _NAME.findall(small)
    tags = small.count("<")
    is_half = _MAY_BE_HALF.search(page) is not None
    if len(names) == tags and not is_half and _ORDINARY.issuperset(names):
        return Whole(page, names)
    others = small.count("<!") - names.count("") + small.count("<?")
    is_regular = len(names) + others == tags
    if "<![cdata[" in small:
        page = page.replace("<![CDATA[", "").replace("]]>", "")
    if others or not is_regular:
        page = _NO_MARKUP.sub("&lt;", page)
    if is_half:
        page = _HALF_QUOTED.sub(r"\1>", page)
    if "noscript" in small:
        page = _SCRIPTLESS.sub(r"<\1div>", page)
    page = _Walk(page).through()
    if not is_regular or not all(map(OF_OFFICE.match, set(names).difference(_KNOWN))):
        page = words_kept(page)
    return Whole(page, names if is_regular and not is_half else None)


class _Walk:
    """Goes through a page from one element that hides its content to the next, in linear time."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._small = page.replace("\u0130", "I").lower()  # the only one that becomes longer
        self._next: dict[str, int] = {}
        self._behind_ends: dict[str, int] = {}

    def through(self) -> str:
        """Return the page without start tags that have no end."""
        pieces, kept, at = list[str](), 0, 0
        while found := _OPENS.search(self._page, at):
            name = (found[1] or found[2]).lower()
            end = self._end_of(name, found)
            if name in _VERBATIM:
                text = self._page[found.end() : end if end >= 0 else len(self._page)]
                text = text.replace("<", "&lt;").replace(">", "&gt;")
                pieces += [self._page[kept : found.start()], "<pre>", text, "</pre>"]
                kept = at = self._behind(end)
            elif end >= 0:
                at = self._behind(end)
            else:
                pieces += [self._page[kept : found.start()], " "]
                rubbish = _RUBBISH.get(name, _NOTHING).match(self._page, found.end())
                kept = at = rubbish.end() if rubbish else found.end()
        return "".join([*pieces, self._page[kept:]])

    def _behind(self, end: int) -> int:
        found = _REST_OF_TAG.match(self._page, end + 1) if end >= 0 else None
        return found.end() if found else len(self._page)

    def _end_of(self, name: str, opened: re.Match[str]) -> int:
        """Return where the end tag of an element begins, -1 if there is none of its own.

        An element that begins once more before it ends has lost its end.
        """
        if name == "option":  # outside of a list it is nothing but words
            return -1
        if name == "!--":
            return self._end_of_comment(opened)
        end = self._seek(f"</{name}", opened.end())
        again = -1 if name in _ONCE else self._seek(f"<{name}", opened.end())
        return -1 if -1 < again < end else end

    def _end_of_comment(self, opened: re.Match[str]) -> int:
        """Return where a comment ends, -1 if the end that follows is of another one inside.

        A condition for Outlook may be ended by a comment; and where comments stand around others,
        there are as many ends.
        """
        ends = [self._seek(each, opened.start() + 2) for each in ("-->", "--!>")]
        end = min((each for each in ends if each >= 0), default=-1)
        inner = self._page.find("<!--", opened.end(), max(end, 0))
        if inner < 0 or inner + 2 >= end or _CONDITION.match(self._page, opened.end()):
            return end
        further, begun = self._later("-->", end + 3), self._later("<!--", end + 3)
        is_around = further >= 0 and not -1 < begun < further
        return end if is_around else -1

    def _seek(self, what: str, at: int) -> int:
        """Return where a tag stands next from a place on: nothing is looked through twice."""
        place = self._next.get(what)
        if place is None or -1 < place < at:
            place = self._small.find(what, at)
            while place >= 0 and what[0] == "<" and self._goes_on(place + len(what)):
                place = self._small.find(what, place + 1)
            self._next[what] = place
        return place

    def _later(self, what: str, at: int) -> int:
        """Return where a sign stands next behind the end of a comment, or -1."""
        place = self._behind_ends.get(what, 0)
        if -1 < place < at:
            place = self._behind_ends[what] = self._page.find(what, at)
        return place

    def _goes_on(self, place: int) -> bool:
        sign = self._small[place : place + 1]
        return sign.isalnum() or sign in ("-", ":", "_")
