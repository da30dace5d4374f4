"""What a tag and the sheets of its page say of how words look: whether anybody can see them."""

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from contract.html.colours import Figures, figures_of
from contract.html.sanitise import HIDES

_ATTRIBUTE = re.compile(r"([^\s=\"'/>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]*)))?")
_MAY_LOOK = re.compile(r"style|class|hidden|bgcolor|background|color|text", re.IGNORECASE)
_STYLE_SHEET = re.compile(r"<style\b[^<>]*+>")
_OF_STYLE = re.compile(r"/\*.*?(?:\*/|\Z)|\\([0-9a-f]{1,6})\s?|\\", re.IGNORECASE | re.DOTALL)
_MEDIA = re.compile(r"@[a-z-]++[^{};@]*+\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}", re.IGNORECASE)
_CLASS = re.compile(r"(?:^|,)\s*[a-z0-9]*\.([\w-]+)\s*(?=,|$)", re.IGNORECASE)
_SIZE = re.compile(r"(-?\d*\.?\d+)\s*(em|rem|%)?")
_CLEAR = re.compile(r"transparent|rgba\([^()]*,\s*0(?:\.0+)?\s*\)")
_FAR = -300.0
_ALIKE = 8
"""By how much red, green or blue of two colours may differ that nobody tells apart."""


class Looks(NamedTuple):
    """What an element says of its words, None where nothing; ``no_ground`` is one nobody knows."""

    hides: bool = False
    sinks: bool = False
    tiny: bool | None = None
    colour: Figures | None = None
    ground: Figures | None = None
    no_ground: bool = False


class Classes(NamedTuple):
    """Classes whose words a sheet makes invisible, and whether it gives anything a ground."""

    sinking: frozenset[str]
    tiny: frozenset[str]
    with_ground: bool


NOTHING = Looks()
NO_CLASSES = Classes(frozenset(), frozenset(), with_ground=False)


def classes_of(small: str) -> Classes:
    """Return what a page's sheets say of classes outside ``@media``."""
    sheets, end = list[str](), 0
    while found := _STYLE_SHEET.search(small, end):
        end = small.find("</style", found.end())
        if end < 0:
            break
        sheets.append(small[found.end() : end])
    sheet = _MEDIA.sub("", _plain("\n".join(sheets)))
    sinking, tiny = set[str](), set[str]()
    for rule in sheet.split("}"):
        selectors, _, style = rule.rpartition("{")
        looks = _of_style(style)
        if looks.hides or looks.sinks:
            sinking.update(_CLASS.findall(selectors))
        if looks.tiny:
            tiny.update(_CLASS.findall(selectors))
    return Classes(frozenset(sinking), frozenset(tiny), "background" in sheet)


@lru_cache(maxsize=1024)  # most tags of a page say one of a few things
def looks_of(said: str, classes: Classes) -> Looks:
    """Return what a tag's attributes say."""
    if not _MAY_LOOK.search(said):
        return NOTHING
    values: dict[str, str] = {}
    for name, *found in _ATTRIBUTE.findall(said):
        values.setdefault(name.lower(), unescape("".join(found)))
    looks = _of_style(values["style"]) if "style" in values else NOTHING
    for each in values.get("class", "").lower().split():
        if each in classes.sinking or each in classes.tiny:
            sinks, tiny = each in classes.sinking, each in classes.tiny
            looks = looks._replace(sinks=looks.sinks or sinks, tiny=looks.tiny or tiny)
    if classes.with_ground and "class" in values and looks.ground is None:
        looks = looks._replace(no_ground=True)
    if ground := looks.ground or figures_of(values.get("bgcolor", "")):
        looks = looks._replace(ground=ground, no_ground=False)
    if values.get("background"):
        looks = looks._replace(ground=None, no_ground=True)
    colour = looks.colour or figures_of(values.get("color") or values.get("text", ""))
    return looks._replace(hides=looks.hides or "hidden" in values, colour=colour)


def _of_style(style: str) -> Looks:
    """Return what a style says; what hides only as a browser reads it is not left out."""
    hides = HIDES.search(style[:2000]) is not None
    style = _plain(style).lower()
    said = dict[str, str]()
    for each in style.split(";"):
        name, _, value = each.partition(":")
        said[name.strip()] = value.partition("!")[0].strip()
    ground = said.get("background-color") or said.get("background", "")
    has_picture = "url(" in style or "gradient" in style
    figures = None if has_picture else figures_of(ground)
    return Looks(
        hides,
        sinks=not hides and (HIDES.search(style) is not None or _sinks(said)),
        tiny=_is_tiny(said),
        colour=figures_of(said.get("color", "")),
        ground=figures,
        no_ground=figures is None and (bool(ground) or has_picture) and ground != "none",
    )


def _sinks(said: dict[str, str]) -> bool:
    """Tell whether an element has no room, or stands off the screen, or lets all shine through."""
    if _CLEAR.match(said.get("color", "")) or said.get("visibility") == "collapse":
        return True
    if "hidden" in said.get("overflow", "") and any(
        _size(said.get(name, "")) == 0 for name in ("height", "max-height", "width", "max-width")
    ):
        return True
    sizes = ("text-indent", "left", "top", "right", "bottom", "margin-left", "margin-top")
    if any((_size(said.get(name, "")) or 0) <= _FAR for name in sizes):
        return True
    clip = said.get("clip", "").replace(" ", ",").replace("px", "")
    return (
        clip in ("rect(0,0,0,0)", "rect(1,1,1,1)")
        or "inset(50%" in said.get("clip-path", "")
        or "inset(100%" in said.get("clip-path", "")
        or "scale(0)" in said.get("transform", "")
        or (_size(said.get("opacity", "")) or 1) < 0.1
    )


def _is_tiny(said: dict[str, str]) -> bool | None:
    """Tell whether nobody could read a font; None if its size is not said."""
    size = said.get("font-size") or said.get("font", "").partition("/")[0].rpartition(" ")[2]
    found = _SIZE.match(size)
    if not found:
        return None
    least = {"em": 0.1, "rem": 0.1, "%": 10.0}.get(found[2] or "", 1.0)
    return float(found[1]) <= least


def _size(value: str) -> float | None:
    found = _SIZE.match(value)
    return float(found[1]) if found else None


def _plain(style: str) -> str:
    r"""Return a style without comments and escapes: CSS Syntax, 4.3.2 and 4.3.7."""
    if "\\" not in style and "/*" not in style:
        return style
    return _OF_STYLE.sub(lambda found: _sign(found[1]) if found[1] else "", style)


def _sign(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "\ufffd"


def is_alike(one: Figures | None, other: Figures | None) -> bool:
    """Tell whether nobody tells two colours apart."""
    if one is None or other is None:
        return False
    return all(abs(a - b) <= _ALIKE for a, b in zip(one, other, strict=True))
