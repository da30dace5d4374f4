"""Colours that a writer chose to be noticed: red, green or blue words, a yellow background.

Outlook writes a colour beside nearly every word, mostly black, grey or its own dim blue; people
mark their answers in vivid colours. Links have their own blue.
"""

import re
from functools import lru_cache

Figures = tuple[int, int, int]

COLOUR_MARK = "color:#c00"
GROUND_MARK = "background:#ff0"
_LONGEST = 2_000
_SET = re.compile(
    r"(?:^|[;\"'\s])(color|background(?:-color)?|mso-highlight)\s*:\s*"
    r"(#[0-9a-f]{3}(?:[0-9a-f]{3})?|rgb\(\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\)|[a-z]+)",
    re.IGNORECASE,
)
_NAMED = frozenset({
    "red", "crimson", "firebrick", "darkred", "green", "lime", "limegreen", "forestgreen", "blue",
    "mediumblue", "dodgerblue", "magenta", "fuchsia", "purple", "orange", "orangered", "yellow",
    "aqua", "cyan", "gold",
})  # fmt: skip
_GREYS = {
    **{"white": "#fff", "snow": "#fffafa", "ghostwhite": "#f8f8ff", "ivory": "#fffff0"},
    **{"whitesmoke": "#f5f5f5", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080"},
    "black": "#000",
}
_OF_LINKS = frozenset({(0x05, 0x63, 0xC1), (0x11, 0x55, 0xCC), (0x00, 0x78, 0xD4), (0, 0, 0xEE)})
_VIVID = 0x70
"""How far the strongest of red, green and blue must be from the weakest."""


@lru_cache(maxsize=1024)  # nearly all styles of one page are the same few
def mark_of_style(style: str) -> str | None:
    """Return a mark for a vivid colour of text or background in a style, or None."""
    for what, colour in _SET.findall(style[:_LONGEST]):
        if is_vivid(colour):
            return COLOUR_MARK if what.lower() == "color" else GROUND_MARK
    return None


def is_vivid(colour: str) -> bool:
    """Whether a colour, by name or in numbers, is one that a reader must notice."""
    if colour.strip().lower() in _NAMED:
        return True
    figures = figures_of(colour)
    if figures is None or figures in _OF_LINKS:
        return False
    return max(figures) - min(figures) >= _VIVID


@lru_cache(maxsize=1024)
def figures_of(colour: str) -> Figures | None:
    """Return red, green and blue of a colour in numbers, or of a plain name, or None."""
    shown = colour.strip().lower()
    if shown in _GREYS:
        shown = _GREYS[shown]
    if shown.startswith("rgb("):
        found = [min(int(figure), 255) for figure in re.findall(r"\d{1,3}", shown)[:3]]
        return (found[0], found[1], found[2]) if len(found) == 3 else None
    digits = shown.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        return None
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
