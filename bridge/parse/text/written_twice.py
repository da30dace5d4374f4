"""Text that a program encoded once more than it says.

UTF-8 that was taken for a Western code page and written as UTF-8 again («Ð¡Ñ‡Ñ‘Ñ‚» for «Счёт»), and
letters as numbers of HTML where there is no HTML (``&#1057;``). Nobody writes either by hand, and
only a text that is whole under the second reading is read so.
"""

import re
from html import unescape

# A letter that begins a sequence of UTF-8 under a Western reading, and one that goes on in it.
_GOES_ON = (
    "\x80-\xbf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018"
    "\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
)
_SEQUENCE = re.compile(f"[\u00c2-\u00df][{_GOES_ON}]")
_FEWEST = 2
TWICE = "text written as UTF-8 twice"
_AS_BYTES = {
    ord(bytes((byte,)).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_NUMBER = re.compile(r"&#(?:\d{3,6}|[xX][0-9A-Fa-f]{2,5});")
MAX_SAMPLE = 2_000


def read_once(text: str) -> str:
    """Return a text that was read as Western and written again as it was before, or as it is."""
    if len(_SEQUENCE.findall(text[:MAX_SAMPLE])) < _FEWEST:
        return text
    try:
        return text.translate(_AS_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def without_numbers(text: str) -> str:
    """Return ``text`` with letters for numbers of HTML, if there are two of letters above ASCII."""
    if "&#" not in text:
        return text
    numbers = _NUMBER.findall(text)
    if len(numbers) < _FEWEST or any(unescape(number) < "\x80" for number in numbers):
        return text
    return _NUMBER.sub(lambda found: unescape(found.group()), text)
