"""Strangers' text: bounded, without invisible characters and changes of direction."""

import re
import unicodedata
from functools import lru_cache

from receiver.letters.identity import MADE
from receiver.page.words import PageWords

MAX_SHOWN = 60_000  # characters of a letter; the rest is on a page of its own
MAX_LINE, MAX_NAME, MAX_ID = 300, 80, 120  # characters of a line, of a file's name and of an id
MAX_REASON = 1000  # of what a program says of a letter
_BREAK = re.compile("\r\n|[\r\u2028\u2029]")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_GAP = re.compile(r"\n(?:[^\S\n]*\n){4,}")
_JOINERS = "\u200c\u200d"  # in Persian words, and in emoji
_WRITTEN = f"\n\t{_JOINERS}"
_RARE = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u02ff\u0400-\u0482\u048a-\u052f]")  # to be judged
_JOINTS = "\u00ad\u180e\u200b\u2060\ufeff"  # optional line breaks and joiners: nothing
EMPTY = "\u115f\u1160\u2800\u3164\uffa0"  # they count as letters or symbols, but are invisible
# Marks above or below a letter reach over the lines around when they are heaped. No language puts
# more than three on one letter, except those from Hebrew to Sinhala and from Tibetan to Balinese.
_FEW, _MANY, _RICH = 3, 6, re.compile("[\u0590-\u0dff\u0f00-\u1aaf]")
_MARKS = frozenset({"Mn", "Me"})
_HEAPED = re.compile("[^\\w\\s\x00-\u02ff]{4,}")  # no mark is part of a word


def one_line(text: str, most: int = MAX_LINE) -> str:
    """Return a subject or name without invisible characters and changes of direction.

    Text longer than ``most`` characters ends with an ellipsis.
    """
    begun = text.strip()[: 4 * most]
    plain = _HEAPED.sub(_lowered, _RARE.sub(_seen, begun).strip().strip(_JOINERS)).strip()
    is_whole = len(plain) <= most and len(text.strip()) <= 4 * most
    return plain if is_whole or not plain else plain[: most - 1].rstrip() + "…"


def own_id(message_id: str, words: PageWords, most: int) -> str:
    """Return a letter's Message-ID; of one without, that it has none, and its name here."""
    shown = one_line(message_id, most)
    return words("letter.no_message_id", id=shown) if message_id.endswith(MADE) else shown


def file_name(name: str) -> str:
    """Return a file's name on one line; of a long one the end stays, which says what it is."""
    plain = one_line(name, len(name) + 1)
    if len(plain) <= MAX_NAME:
        return plain
    return f"{plain[: MAX_NAME - 20]}…{plain[-19:]}"


def _seen(found: re.Match[str]) -> str:
    sign = found[0]
    if sign in _JOINERS:
        return sign
    if sign in _JOINTS:
        return ""
    return " " if sign in EMPTY or unicodedata.category(sign) in UNSEEN else sign


def _lowered(found: re.Match[str]) -> str:
    """Return a run of signs without the marks that are too many on one; joiners end no heap."""
    kept, marks = [], 0
    for sign in found[0]:
        if most := _most_together(sign):
            marks += 1
            if marks > most:
                continue
        elif sign not in _JOINERS:
            marks = 0
        kept.append(sign)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _most_together(sign: str) -> int:
    """Return up to which place a mark may stand on a letter, or 0 for a sign that is none."""
    if unicodedata.category(sign) not in _MARKS:
        return 0
    return _MANY if _RICH.match(sign) else _FEW


def several_lines(text: str) -> str:
    """Return a text without invisible characters and changes of direction."""
    lines = _BREAK.sub("\n", text)
    signs = set(lines)
    found = [each for each in signs if unicodedata.category(each) in UNSEEN]
    if unseen := {ord(each): None for each in found if each not in _WRITTEN}:
        lines = lines.translate(unseen)
    return _HEAPED.sub(_lowered, lines) if any(map(_most_together, signs)) else lines


def without_gaps(text: str) -> str:
    """Return a text with at most three empty lines together, so that none fills a page."""
    return _GAP.sub("\n\n\n\n", text)


def beginning(text: str, signs: int) -> str:
    """Return the beginning of a text on one line."""
    return one_line(" ".join(text[: 4 * signs].split()), signs)


def size_in_words(size: int, words: PageWords) -> str:
    """Return a number of bytes as files are told: 12 KB, 3.4 MB."""
    for unit, factor in (("size.mb", 1024 * 1024), ("size.kb", 1024)):
        if size >= factor:
            number = f"{size / factor:.1f}".removesuffix(".0")
            return words(unit, n=number.replace(".", words("comma")))
    return words("size.b", n=size)
