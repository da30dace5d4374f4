"""Which colours of a text a writer chose to be seen: red, green or blue words, a yellow ground.

Outlook writes a colour beside nearly every word, mostly black, grey or a dim blue of its own; what
somebody marks his answers with is vivid. Links have their own blue.
"""

import re
from functools import lru_cache

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
_OF_LINKS = frozenset({(0x05, 0x63, 0xC1), (0x11, 0x55, 0xCC), (0x00, 0x78, 0xD4), (0, 0, 0xEE)})
_VIVID = 0x70
"""How far the strongest of red, green and blue must be from the weakest."""


@lru_cache(maxsize=1024)  # of one page nearly all styles are the same few
def mark_of_style(style: str) -> str | None:
    """The mark for a vivid colour of the text or its ground that a style sets, or None."""
    for what, colour in _SET.findall(style[:_LONGEST]):
        if is_vivid(colour):
            return COLOUR_MARK if what.lower() == "color" else GROUND_MARK
    return None


def is_vivid(colour: str) -> bool:
    """Whether a colour, by name or in figures, is one that a reader must notice in a text."""
    shown = colour.strip().lower()
    if shown in _NAMED:
        return True
    if shown.startswith("rgb("):
        figures = tuple(min(int(figure), 255) for figure in re.findall(r"\d{1,3}", shown)[:3])
    else:
        digits = shown.removeprefix("#")
        if len(digits) == 3:
            digits = "".join(2 * digit for digit in digits)
        if not re.fullmatch(r"[0-9a-f]{6}", digits):
            return False
        figures = tuple(bytes.fromhex(digits))
    if len(figures) != 3 or figures in _OF_LINKS:
        return False
    return max(figures) - min(figures) >= _VIVID
