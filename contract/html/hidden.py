"""Words that a page's writer made invisible.

Hidden ones are left out by sanitising. Others (tiny, of the ground's colour, off the screen) are
shown once the page has lost its style. A newsletter has its line for the list of letters so, and a
swindler what either a filter or a reader shall not see.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from contract.html.colours import Figures, figures_of
from contract.html.looks import NOTHING, Classes, Looks, classes_of, is_alike, looks_of
from contract.html.sanitise import TAGS

_TAG = re.compile(
    r"<!--.*?(?:--!?>|\Z)|<(/?)([A-Za-z][A-Za-z0-9:-]*)((?:[^<>\"']++|\"[^\"]*\"|'[^']*'|[\"'])*+)>?",
    re.DOTALL,
)
# In small letters; a page without any of these hides nothing, but by a colour.
_MAY_HIDE = re.compile(
    r"[\s\"';]hidden\b|display\s*:\s*none|visibility\s*:|mso-hide|opacity\s*:\s*0"
    r"|(?:size|font|height|width)\s*:\s*(?:0?\.\d|[01](?![\d.]))|:\s*-\d{3}|transparent|rgba\("
    r"|\bclip|scale\(0|\\|/\*"
)
_COLOURED = re.compile(r"(?<![-\w])color\s*[:=]\s*[\"']?([^;\"'<>!]+)")
_GROUNDED = re.compile(r"(?:background(?:-color)?|bgcolor)\s*[:=]\s*[\"']?([^;\"'<>!]+)")
_WORDS = re.compile(r"\w\w")
_ALONE = frozenset({"br", "img", "hr", "input", "meta", "link", "col", "area", "base", "wbr"})
_MAX_OPENED = 60
_RAW = frozenset({"style", "script", "title"})
_WHITE: Figures = (255, 255, 255)
_BLACK: Figures = (0, 0, 0)
_OF_LINKS: Figures = (0, 0, 238)


class Hidden(NamedTuple):
    """How many passages of a page are left out, and how many are shown that were invisible."""

    left_out: int
    shown: int


class _Place(NamedTuple):
    """How words look within elements; a passage is the number of the tag at which it begins."""

    left_out: int = 0
    sunk: int = 0
    faint: int = 0
    tiny: bool = False
    colour: Figures = _BLACK
    ground: Figures | None = _WHITE

    @property
    def is_unseen(self) -> bool:
        """Tell whether nobody sees words here."""
        return bool(self.left_out or self.sunk or self.faint)


def hidden_in(page: str) -> Hidden:
    """Return how many passages with words a page hides; what comments hold is none of them."""
    small = page.replace("\u0130", "I").lower()  # the only one that becomes longer
    if not _may_hide(small):
        return Hidden(0, 0)
    left_out, shown = set[int](), set[int]()
    for place, text in _unseen(page, small):
        passage = place.left_out or place.sunk or place.faint
        found = left_out if place.left_out else shown
        if passage not in found and _WORDS.search(unescape(text)):
            found.add(passage)
    return Hidden(len(left_out), len(shown))


def _may_hide(small: str) -> bool:
    if _MAY_HIDE.search(small):
        return True
    grounds = {figures_of(each) for each in set(_GROUNDED.findall(small))} | {_WHITE}
    colours = {figures_of(each) for each in set(_COLOURED.findall(small))}
    return any(is_alike(one, other) for one in colours for other in grounds)


def _unseen(page: str, small: str) -> Iterator[tuple[_Place, str]]:
    """Yield each text that nobody sees, and where it stands."""
    walk, at, raw_to = _Walk(classes_of(small)), 0, 0
    for number, tag in enumerate(_TAG.finditer(page), 1):
        if tag.start() < raw_to:
            continue
        if at < tag.start() and walk.place.is_unseen:
            yield walk.place, page[at : tag.start()]
        at, name = tag.end(), (tag[2] or "").lower()
        if name in _RAW and not tag[1]:
            at = raw_to = small.find(f"</{name}", at)
            if at < 0:
                return
        elif name and tag[1]:
            walk.end(name)
        elif name:
            walk.start(name, tag[3], number)
    if walk.place.is_unseen:
        yield walk.place, page[at:]


class _Walk:
    """Goes from tag to tag with the elements that look otherwise than what they stand in."""

    def __init__(self, classes: Classes) -> None:
        self.place = _Place()
        self._classes = classes
        self._opened: list[tuple[str, _Place]] = []
        self._alike: list[int] = []  # how many of the same name are open in each

    def start(self, name: str, said: str, number: int) -> None:
        """Go into an element."""
        place = self.place
        looks = NOTHING
        if not (place.left_out or place.sunk):
            looks = looks_of(said, self._classes) if said else NOTHING
            if name == "a" and place.faint and looks.colour is None:
                looks = looks._replace(colour=_OF_LINKS)
        if name in _ALONE:
            return
        if looks == NOTHING or len(self._opened) == _MAX_OPENED:
            self._count(name, 1)
            return
        self._opened.append((name, place))
        self._alike.append(1)
        self.place = _placed(place, looks, name, number)

    def end(self, name: str) -> None:
        """Leave an element, and what was not closed in it."""
        depth = self._count(name, -1)
        if depth >= 0 and not self._alike[depth]:
            self.place = self._opened[depth][1]
            del self._opened[depth:], self._alike[depth:]

    def _count(self, name: str, by: int) -> int:
        for depth in range(len(self._opened) - 1, -1, -1):
            if self._opened[depth][0] == name:
                self._alike[depth] += by
                return depth
        return -1


def _placed(place: _Place, looks: Looks, name: str, number: int) -> _Place:
    hides = looks.hides and name in TAGS  # other tags are dropped, and not what they hold
    sinks = looks.sinks or (looks.hides and not hides)
    tiny = place.tiny if looks.tiny is None else looks.tiny
    colour = looks.colour or place.colour
    ground = looks.ground or (None if looks.no_ground else place.ground)
    is_faint = tiny or is_alike(colour, ground)
    return _Place(
        place.left_out or hides * number,
        place.sunk or sinks * number,
        (place.faint or number) if is_faint else 0,
        tiny,
        colour,
        ground,
    )
