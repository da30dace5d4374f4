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
from contract.html.looks import NO_CLASSES, NOTHING, Classes, Looks, classes_of, is_alike, looks_of
from contract.html.sanitise import TAGS

_TAG = re.compile(
    r"<!--.*?(?:--!?>|\Z)|<(/?)([A-Za-z][A-Za-z0-9:-]*)((?:[^<>\"']++|\"[^\"]*\"|'[^']*'|[\"'])*+)>?",
    re.DOTALL,
)
# Of a page in small letters; one without any of these hides nothing, but by a colour.
_SIGNS = ("transparent", "rgba(", "scale(0", "mso-hide")
_FIGURES = re.compile(
    r":(?:(?<=size:|font:)|(?<=x-height:)|(?<=x-width:)|(?<=[\s;\"']width:)|(?<=[\s;\"']height:))"
    r"\s*+(?:0?\.\d|[01](?![\d.]))|:\s*+-\d{3}"  # of a size or a place
)
_SURE = {
    "display": re.compile(r"display\s*+:\s*+none"),
    "visib": re.compile(r"visibility\s*+:\s*+(?:hidden|collapse)"),
    "opacity": re.compile(r"opacity\s*+:\s*+0"),
    "hidden": re.compile(r"hidden(?<=[\s\"']hidden)[\s=/>]"),
    "clip": re.compile(r"clip(?<=[;\s\"']clip)"),
    " :": re.compile(r"(?:size|font|height|width) +:"),
    "\\": re.compile(r"<[^<>\\]*+\\"),
    "/*": re.compile(r"<[^<>*]*+\*"),
}
_COLOURED = re.compile(r"color(?<![-\w]color)\s*[:=]\s*[\"']?([^;\"'<>!]+)")
_GROUNDED = re.compile(r"b(?:ackground(?:-color)?|gcolor)\s*[:=]\s*[\"']?([^;\"'<>!]+)")
_SHEETS = re.compile(r"<style\b[^<>]*+>.*?</style", re.DOTALL)
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
    body, classes = small, NO_CLASSES
    if "<style" in small:
        last = small.rfind("</style") + len("</style")  # behind it each sheet would be sought for
        body, classes = _SHEETS.sub("", small[:last]) + small[last:], classes_of(small)
    if not (classes.sinking or classes.tiny or _may_hide(body)):
        return Hidden(0, 0)
    left_out, shown = set[int](), set[int]()
    for place, text in _unseen(page, small, classes):
        passage = place.left_out or place.sunk or place.faint
        found = left_out if place.left_out else shown
        if passage not in found and _WORDS.search(unescape(text)):
            found.add(passage)
    return Hidden(len(left_out), len(shown))


def _may_hide(small: str) -> bool:
    if any(each in small for each in _SIGNS) or _FIGURES.search(small):
        return True
    if any(sign in small and sure.search(small) for sign, sure in _SURE.items()):
        return True
    if "color" not in small:
        return False
    grounds = {figures_of(each) for each in set(_GROUNDED.findall(small))} | {_WHITE}
    colours = {figures_of(each) for each in set(_COLOURED.findall(small))}
    return any(is_alike(one, other) for one in colours for other in grounds)


def _unseen(page: str, small: str, classes: Classes) -> Iterator[tuple[_Place, str]]:
    """Yield each text that nobody sees, and where it stands."""
    walk, at, raw_to = _Walk(classes), 0, 0
    for number, tag in enumerate(_TAG.finditer(page), 1):
        closing, name, said = tag.groups()
        if not walk.is_within and not said and name and name.lower() not in _RAW:
            continue  # most tags say nothing
        if tag.start() < raw_to:
            continue
        if walk.place.is_unseen and at < tag.start():
            yield walk.place, page[at : tag.start()]
        at, name = tag.end(), (name or "").lower()
        if name in _RAW and not closing:
            at = raw_to = small.find(f"</{name}", at)
            if at < 0:
                return
        elif name and closing:
            walk.end(name)
        elif name:
            walk.start(name, said, number)
    if walk.place.is_unseen:
        yield walk.place, page[at:]


class _Walk:
    """Goes from tag to tag with the elements that look otherwise than what they stand in."""

    def __init__(self, classes: Classes) -> None:
        self.place = _Place()
        self._classes = classes
        self._opened: list[tuple[str, _Place]] = []
        self._alike: list[int] = []  # how many of the same name are open in each

    @property
    def is_within(self) -> bool:
        """Tell whether an element is open that looks otherwise."""
        return bool(self._opened)

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
