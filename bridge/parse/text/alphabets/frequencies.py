"""Greek, Hebrew and Arabic without a true label, told from Russian by letter frequency.

All four use the same bytes, so nearly every text reads as letters under every page. Two things
decide: a spelling rule that text in another language breaks within a few words, and how likely the
letters are under each reading.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import log

from bridge.parse.text.cyrillic import CODE_PAGES, FREQUENCY

MAX_SAMPLE = 4_000
MIN_LETTERS = 6
LIKELIER = 4.0  # e to the power of it: 55 times likelier than Russian
ALL_BUT_A_FEW = 0.95
_RARE = log(0.0015)
_IMPOSSIBLE = log(0.00005)
_SIGNS = frozenset("«»—–’‘“”„…•·°§©™€£΄´¨\u00a0\u00ad،؛؟\u200e\u200f\u05be")

_SIGN_WITHIN = re.compile(
    r"[^\W\d_][\u00b4\u0384\u200e\u200f†‡„“”–—…•°§©®€£][^\W\d_]|\b[\u00b4\u0384][^\W\d_]"
)


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """The pages of an alphabet, its letters per thousand, its spelling rule."""

    pages: tuple[str, ...]
    letters: dict[str, float]
    is_spelt_so: Callable[[str], bool]


def _per_thousand(*counts: tuple[str, int]) -> dict[str, float]:
    return {letter: log(count / 1000) for letters, count in counts for letter in letters}


_RUSSIAN = {letter: log(count / 1000) for letter, count in FREQUENCY.items()}

# Words of two syllables carry one accent, which stands on one vowel (Greek since 1982).
_GREEK_WORD = re.compile("[Ͱ-Ͽ]+")
_GREEK_VOWELS = re.compile("αι|ει|οι|ου|αυ|ευ|ηυ|υι|[αεηιουω]|[αεο][ίύ]|[άέήίόύώΐΰϊϋ]")
_ONE_SYLLABLE = frozenset({"για", "μια", "πια", "γεια", "ποιο", "ποια", "ποιος", "ποιοι", "δυο"})
_ACCENT = re.compile("[άέήίόύώΐΰΆΈΉΊΌΎΏ]")
_ENDS_WRONG = re.compile("σ(?![Ͱ-Ͽ])|ς(?=[Ͱ-Ͽ])|[α-ωά-ώ][Α-Ω]")
_HEBREW_INSIDE = re.compile("[ךםןףץ](?=[א-ת])")
_HEBREW_OUTSIDE = re.compile("[מנצפכ](?![א-ת'\"׳״])")
_ARABIC_INSIDE = re.compile("[ةى](?=[ء-ي])")
_ARABIC_ARTICLE = re.compile("ال|[اوي]")


def _is_greek(text: str) -> bool:
    if _ENDS_WRONG.search(text):
        return False
    long_ones = [
        word
        for word in _GREEK_WORD.findall(text)
        if word[1:] == word[1:].lower()
        and word.lower() not in _ONE_SYLLABLE
        and len(_GREEK_VOWELS.findall(word.lower())) > 1
    ]
    accented = sum(len(_ACCENT.findall(word)) == 1 for word in long_ones)
    if long_ones:
        return accented * 5 >= len(long_ones) * 4
    return all(word == word.upper() for word in _GREEK_WORD.findall(text))


def _is_hebrew(text: str) -> bool:
    return not _HEBREW_INSIDE.search(text) and not _HEBREW_OUTSIDE.search(text)


def _is_arabic(text: str) -> bool:
    return not _ARABIC_INSIDE.search(text) and _ARABIC_ARTICLE.search(text) is not None


_ALPHABETS = (
    _Alphabet(
        ("cp1253", "iso8859-7"),
        _per_thousand(
            ("α", 95), ("οιετ", 75), ("ν", 60), ("σηρ", 45), ("πκμλ", 38), ("υάς", 35), ("ίό", 27),
            ("έδγωή", 18), ("χθφύώ", 11), ("βξζψ", 5), ("ϊϋΐΰ", 1),
        ),
        _is_greek,
    ),
    _Alphabet(
        ("cp1255", "iso8859-8"),
        _per_thousand(
            ("יהו", 105), ("ל", 74), ("א", 63), ("רתב", 54), ("שמ", 46), ("נכד", 27),
            ("עחםק", 28), ("פטגן", 17), ("צסזךףץ", 10),
        ),
        _is_hebrew,
    ),
    _Alphabet(
        ("cp1256", "iso8859-6"),
        _per_thousand(
            ("ا", 130), ("ل", 115), ("ينم", 68), ("وتر", 55), ("به", 45), ("دعفسأك", 30),
            ("حقة", 24), ("جىشصط", 13), ("إخذضزثءئآغظؤ", 8), ("ـ", 2), ("پچژگ", 1),
        ),
        _is_arabic,
    ),
)  # fmt: skip


def alphabet_page(content: bytes) -> str | None:
    """Return the page in which ``content`` (not UTF-8) is Greek, Hebrew or Arabic."""
    sample = content[:MAX_SAMPLE]
    found = [
        (likely, page)
        for alphabet in _ALPHABETS
        for page in alphabet.pages
        if (likely := _likely(sample, page, alphabet)) is not None
    ]
    if not found:
        return None
    likely, page = max(found, key=lambda one: one[0])
    return page if likely > _likely_russian(sample) + LIKELIER else None


def is_of_alphabet(content: bytes, page: str) -> bool:
    """Tell whether a text labelled with ``page`` is spelt accordingly, and no less likely in it."""
    sample = content[:MAX_SAMPLE]
    likely = [_likely(sample, page, one) for one in _ALPHABETS if page in one.pages]
    return bool(likely) and likely[0] is not None and likely[0] >= _likely_russian(sample)


def _likely(sample: bytes, page: str, alphabet: _Alphabet) -> float | None:
    """Return the logarithm of the letters' likelihood; None if the spelling is wrong."""
    text = sample.decode(page, "replace")
    counted = Counter(sign for sign in text if sign > "\x7f" and sign not in _SIGNS)
    total = letters = 0.0
    for sign, count in counted.items():
        small = alphabet.letters.get(sign.lower())
        letters += count if small is not None else 0
        if small is None:
            small = _RARE if sign in _SIGNS else _IMPOSSIBLE
        total += count * small
    enough = letters >= MIN_LETTERS and letters >= ALL_BUT_A_FEW * sum(counted.values())
    if not enough or _SIGN_WITHIN.search(text) or not alphabet.is_spelt_so(text):
        return None
    return total


def _likely_russian(sample: bytes) -> float:
    """Return the logarithm of the letters' likelihood under the best Russian page."""
    return max(_likely_as_russian(sample.decode(page, "replace")) for page in CODE_PAGES)


def _likely_as_russian(text: str) -> float:
    pairs = Counter(zip(" " + text, text, strict=False))
    total = 0.0
    for (before, sign), count in pairs.items():
        if sign > "\x7f":
            inner = sign != sign.lower() and before.isalpha() and before == before.lower()
            rare = _RARE if sign in _SIGNS else _IMPOSSIBLE
            letter = sign.lower().replace("ё", "е")
            total += count * (_IMPOSSIBLE if inner else _RUSSIAN.get(letter, rare))
    return total
