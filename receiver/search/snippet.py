"""The words around a match in a letter, and the matches' positions: pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from receiver.search.conditions import Phrase, Word
from receiver.search.searched import MAX_TEXT, Searched
from receiver.search.terms import is_within, places, plain, spans_of

BEFORE, LENGTH = 60, 200
MARKED = 20
Place = Literal["reply", "body"]
Span = tuple[int, int]
_BLANKS = re.compile(r"\s+")
_LEFT_OUT = "…"


@dataclass(frozen=True)
class Snippet:
    """Some words of a letter; ``marks`` are the matches in them, as start and end.

    ``place`` says where they come from: the new words, or the whole text with quotations. If
    nothing was found in the text they are its beginning, and ``place`` is None.
    """

    text: str
    marks: Sequence[Span] = ()
    place: Place | None = None


def snippet_of(said: Searched, phrases: Sequence[Phrase]) -> Snippet:
    """Return the best words: new ones first, else quoted ones, else the beginning."""
    wanted = [each.terms for each in phrases if each.field is None]
    reply, body = said.message["reply"], said.message["body"]
    if wanted and (words := _words(said.reply, wanted)):
        return _around(plain(reply[:MAX_TEXT]), words, "reply")
    if wanted and (words := _words(said.body, wanted)):
        return _around(plain(body[:MAX_TEXT]), words, "body")
    return _around(plain((reply or body)[: 2 * LENGTH]), [], None)


def fields_found(said: Searched, phrases: Sequence[Phrase]) -> list[str]:
    """Return the fields other than the text in which something was found."""
    found = []
    for name, texts in said.fields.items():
        asked = [each.terms for each in phrases if each.field in (None, name)]
        if any(is_within(terms, text) for terms in asked for text in texts):
            found.append(str(name))
    return found


def _words(terms: list[str], wanted: Sequence[tuple[Word, ...]]) -> list[Span]:
    """Return the numbers of the first and last word of each match."""
    found = {
        (at, at + len(phrase) - 1)
        for phrase in wanted
        for at in islice(places(phrase, terms), MARKED)
    }
    return sorted(found)


def _around(text: str, words: Sequence[Span], place: Place | None) -> Snippet:
    spans = list(islice(spans_of(text), max((last for _, last in words), default=-1) + 1))
    marks = _apart([(spans[first][0], spans[last][1]) for first, last in words])
    first = marks[0][0] if marks else 0
    start = _blank_before(text, first - BEFORE)
    end = _blank_before(text, max(start + LENGTH, marks[0][1] if marks else 0))
    end = max(end, marks[0][1]) if marks else end
    shown = _LEFT_OUT if start else ""
    moved: list[Span] = []
    at = start
    for left, right in [each for each in marks if each[1] <= end]:
        shown += _BLANKS.sub(" ", text[at:left])
        begins = len(shown)
        shown += _BLANKS.sub(" ", text[left:right])
        moved.append((begins, len(shown)))
        at = right
    shown += _BLANKS.sub(" ", text[at:end]) + (_LEFT_OUT if end < len(text) else "")
    return Snippet(shown, moved, place)


def _blank_before(text: str, at: int) -> int:
    """Return a place here or shortly before, where a word ends or begins."""
    if at <= 0 or at >= len(text):
        return min(max(at, 0), len(text))
    found = max(text.rfind(each, max(0, at - BEFORE // 2), at) for each in " \n")
    return at if found < 0 else found + 1


def _apart(marks: Sequence[Span]) -> list[Span]:
    """Return marks that do not overlap."""
    found: list[Span] = []
    for start, end in marks:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
