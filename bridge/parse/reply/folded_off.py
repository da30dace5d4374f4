"""Ends of quoted lines that a client or a relay folded off, and left without a mark.

A program folds a line because the next word had no room on it, so the line above is full and the
sentence goes on. Once is enough if both are plain; if the same happened again and again within a
quotation, the lines need not be as long, because each client in the chain had another width.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

# Clients that mark plain text write a link out behind its words, without a mark.
_LINK_ALONE = re.compile(r"\s*\(https?://[^\s()]{1,400}\)[ >]*")
_LONGEST_ADDRESS = 200
_NESTED = re.compile(r"\s?>\s?>")
_NEWEST = 72, 77
"""Length of a full line, and the width in which the next word had no room."""
_OLDER = 60, 66
"""The same of what was quoted twice: it grew by marks, and nobody answers there."""
_LONGEST_LINE = 100
_UNEVEN = 4
"""Blanks that were lost where one program folded several lines."""
_MOST_LINES = 8
_FEWEST_TIMES = 3
"""Lines folded off one quotation; nobody answers so often in the middle of a sentence."""
_SHORTEST_OFTEN = 48
_MOST_WORDS_OFTEN = 8
_ENDS_SENTENCE = tuple(".?!:;…")
_MARKS = " \t>"


def mark_folded_off(text: list[str], quoted: list[bool]) -> None:
    """Set ``quoted`` for the lines between two quoted ones that are the end of the first."""
    alone: list[int] = []
    for start, end in _runs(text, quoted):
        if _is_folded_off(text, start, end):
            quoted[start:end] = [True] * (end - start)
        if end - start == 1:
            alone.append(start)
    goes_on = sum(quoted[i] or _goes_on(text, i) for i in alone)
    if goes_on >= _FEWEST_TIMES and 3 * goes_on >= 2 * len(alone):
        for i in alone:
            quoted[i] = quoted[i] or _ends_line(text, i)


def _runs(text: list[str], quoted: list[bool]) -> Iterator[tuple[int, int]]:
    """A few unmarked lines between quoted ones, without a blank line."""
    i = 1
    while i < len(text) - 1:
        if quoted[i] or not quoted[i - 1] or not text[i].strip():
            i += 1
            continue
        end = i
        while end < len(text) and not quoted[end] and text[end].strip():
            end += 1
        if end < len(text) and quoted[end] and end - i <= _MOST_LINES:
            yield i, end
        i = end + 1


def _is_folded_off(text: list[str], start: int, end: int) -> bool:
    """Whether each of the lines is full but the last, and goes on in mid-sentence."""
    above, line = text[start - 1], text[start]
    words = line.split(maxsplit=1)
    if end - start == 1 and (
        _is_rest_of_address(above, words) or _LINK_ALONE.fullmatch(line) is not None
    ):
        return True
    full, width = _OLDER if _NESTED.match(above) else _NEWEST
    if not full <= len(above) <= _LONGEST_LINE or above.rstrip().endswith(_ENDS_SENTENCE):
        return False
    if not _in_mid_sentence(line):
        return False
    if end - start == 1:
        return len(line) < len(above) and len(above) + 1 + len(words[0]) > width
    lines = text[start - 1 : end]
    width = max(map(len, lines))
    return width <= _LONGEST_LINE and all(
        len(one) + 1 + len(then.split(maxsplit=1)[0]) > width - _UNEVEN
        for one, then in pairwise(lines)
    )


def _is_rest_of_address(quoted: str, words: list[str]) -> bool:
    """Whether one word closes the address in brackets that the quoted line leaves open."""
    for opens, closes in ("<>", "()"):
        _, opened, begun = quoted[-_LONGEST_ADDRESS:].rpartition(f"{opens}http")
        if opened and len(words) == 1 and closes in words[0]:
            return not (closes in begun or " " in begun)
    return False


def _goes_on(text: list[str], i: int) -> bool:
    """Whether a short line continues a long quoted one, and the next quoted line continues it."""
    line, below = text[i].strip(), text[i + 1].lstrip(_MARKS)
    return _ends_line(text, i) and _in_mid_sentence(line) and not below[:1].isupper()


def _ends_line(text: list[str], i: int) -> bool:
    """Whether a few words may have been folded off the quoted line above."""
    above = text[i - 1].rstrip()
    if len(above) < _SHORTEST_OFTEN:
        return False
    below = text[i + 1].lstrip(_MARKS)
    if above.endswith(_ENDS_SENTENCE) and not (_NESTED.match(above) and _in_mid_sentence(below)):
        return False
    return len(text[i]) < len(above) and len(text[i].split()) <= _MOST_WORDS_OFTEN


def _in_mid_sentence(line: str) -> bool:
    """Whether a line begins in a small letter, or with the English «I»."""
    return line[:1].islower() or line.startswith(("I ", "I'"))
