"""A few words in a Central European language without a label: recognised by their spelling.

A text that is not UTF-8 and reads as Western is Western, unless a letter stands where no Western
language has it («Dìkuji», «Øím») and all of it is spelt like one other language. One letter may be
enough, so this is used only if nothing else says what the text is.
"""

import re
from collections.abc import Mapping
from functools import cache

from bridge.parse.text.alphabets import spellings

MAX_SAMPLE = 2_000
MOST_TO_A_BREAK = 8  # letters above ASCII; of a long Western text one or two may be unheard of

_LANGUAGES = (
    (spellings.CZECH_AND_SLOVAK, ("cp1250", "iso8859-2")),
    (spellings.POLISH, ("cp1250", "iso8859-2")),
    (spellings.HUNGARIAN, ("cp1250",)),
    (spellings.CROATIAN_AND_SLOVENE, ("cp1250", "iso8859-2")),
    (spellings.TURKISH, ("cp1254",)),
    (spellings.ROMANIAN, ("cp1250",)),
    (spellings.LITHUANIAN, ("cp1257",)),
    (spellings.LATVIAN, ("cp1257",)),
)
_NO_LETTERS = bytes(byte for byte in range(0xA0) if byte not in b"\x8c\x9c\x9f")
_HIGH = re.compile("[^\x00-\x7f]")
_NO_LETTER = re.compile("[\x00-@\\[-`{-\x7f]")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Characters that a Western page shows for other languages' letters, and what they stand beside as
# themselves.
_SIGNS = {
    **dict.fromkeys("£¥¦¯±¶¼¾", (".", ".")),
    "³": (".mdc", "."),
    "¹": ("." + _LETTERS, "."),
    "º": (".no", "."),
    "ª": (".a", "."),
    "µ": (".", ".msglaf"),
    "»": ("." + _LETTERS, "."),
    "Ÿ": ("", ""),
}
_WITHIN_A_WORD = re.compile(r"(?<=[a-z])[¿¡](?=[a-z])")  # what was an apostrophe: «you¿ll»

_SHORT_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,5}(?!\w)")

Spelling = Mapping[str, tuple[str, str]]


def spelt_page(content: bytes) -> str | None:
    """Return the page in which bytes that read as Western are in another language, or None."""
    sample = content[:MAX_SAMPLE]
    shown = sample.decode("cp1252", "replace")
    high = len(sample.translate(None, _NO_LETTERS))
    western = _breaks(_WITHIN_A_WORD.sub("'", shown), _spelling(spellings.WESTERN))
    if not western or western * MOST_TO_A_BREAK < high:
        return None
    for language, pages in _LANGUAGES:
        for page in pages:
            text = sample.decode(page, "replace")
            words = _SHORT_WORD.sub(_without_abbreviation, text)
            if "\ufffd" not in text and not _breaks(words, _spelling(language), strange=2):
                return page
    return None


def _without_abbreviation(word: re.Match[str]) -> str:
    """Remove abbreviations: «ČPP» has no spelling."""
    return "." if word.group().isupper() else word.group()


@cache
def _spelling(table: str) -> Spelling:
    """Return how a language spells, and where characters may stand beside its letters."""
    rows = (row.split() for row in table.split("\n") if row)
    return {**_SIGNS, **{letter: (before, after) for letter, before, after in rows}}


def _breaks(text: str, spelling: Spelling, strange: int = 0) -> int:
    """Count neighbours that a language does not have; a letter that it lacks counts ``strange``."""
    signs = "." + _NO_LETTER.sub(".", text.lower()) + "."
    broken = 0
    for found in _HIGH.finditer(signs):
        place, sign = found.start(), found.group()
        known = spelling.get(sign)
        if known:
            broken += signs[place - 1] not in known[0]
            broken += signs[place + 1] not in known[1]
        elif sign.isalpha():
            broken += strange
    return broken
