"""Quoted lines in which the writer changed a number or a word, as people correct a draft.

A client alters lines, too: it wraps them, writes links out, spoils accents. But it replaces no
number by another, and no word by another in plain letters.
"""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_MOST_WORDS = 120
_LONGEST_CHANGE = 3
_SHORTEST_WORD = 4
_ALIKE = 2
_IN_A_LINK = re.compile(r"://|www\.|@")


def is_changed(line: str, own: Sequence[str], quoted: Sequence[str]) -> bool:
    """Whether words of a line replace others: a number a number, a word a word."""
    if not 0 < len(own) <= _LONGEST_CHANGE or not 0 < len(quoted) <= _LONGEST_CHANGE:
        return False
    if _IN_A_LINK.search(line):
        return False
    if any(map(_has_figure, own)) and any(map(_has_figure, quoted)):
        return own != quoted
    return len(own) == len(quoted) and all(map(_is_another, own, quoted))


def corrected(lines: Sequence[tuple[int, str, str]], missing: str) -> set[int]:
    """Return which lines say what is missing there, except for a change.

    A line is its number, its text as written, and its words with a blank between.
    """
    own = [(i, word) for i, _, words in lines for word in words.split()][:_MOST_WORDS]
    quoted = missing.split()[:_MOST_WORDS]
    shown = {i: text for i, text, _ in lines}
    size, same = Counter(i for i, _ in own), Counter[int]()
    found: set[int] = set()
    words = [word for _, word in own]
    matcher = SequenceMatcher(None, words, quoted, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        within = {i for i, _ in own[first:last]}
        if kind == "equal":
            same.update(i for i, _ in own[first:last])
        elif kind == "replace" and len(within) == 1:
            text = shown[min(within)]
            found |= within if is_changed(text, words[first:last], quoted[start:end]) else set()
    return {i for i in found if 2 * same[i] >= size[i]}


def _has_figure(word: str) -> bool:
    return any(map(str.isdigit, word))


def _is_another(own: str, quoted: str) -> bool:
    """Whether a word is a different one, not the same spoilt, cut or inflected."""
    letters = own.isalpha() and quoted.isalpha() and own.isascii() == quoted.isascii()
    return (
        letters and min(len(own), len(quoted)) >= _SHORTEST_WORD and own[:_ALIKE] != quoted[:_ALIKE]
    )
