"""Where the lines of a letter stand in others: blocks long enough to prove it, and what is near.

The words of three lines at least, or of 160 characters, must stand together. Where a block breaks
off, a line that goes on there, or nearby, is found as well; alone it would prove nothing. The work
is bounded: so many searches, and a text that lacks one of the words is not looked through.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

FEWEST_LINES = 3
FEWEST_CHARACTERS = 160
MAX_TEXT = 256 * 1024
"""Characters of a letter that is compared; a longer one is left as the bridge reads it."""

_MAX_SEARCHES = 500
_MOST_TELLTALES = 12
_NEAR = 1_000
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"\s{0,3}[A-ZА-ЯЁ]{0,3}>")


@dataclass(frozen=True)
class Quotable:
    """A letter that may be quoted: its text, and what names its writer.

    ``names`` are the address and the display name, casefolded.
    """

    text: str
    names: tuple[str, ...]

    @cached_property
    def words(self) -> str:
        """Its words with a blank around each."""
        return f" {_words(self.text)} "


@dataclass(frozen=True, slots=True)
class LinePlace:
    """Where a line stands: in which source, from where to where, and whether in a proven block."""

    source: int
    start: int
    end: int
    proven: bool


@dataclass(slots=True)
class AnswerText:
    """A letter's lines: as they are, their words, and which of them say something."""

    lines: list[str]
    words: list[str]
    telling: list[int]
    _telltales: dict[int, list[str]] = field(default_factory=dict)

    def telltales(self, i: int) -> list[str]:
        """Return a line's words as they are written, the longest first: most texts lack one."""
        if i not in self._telltales:
            words = set(_WORD.findall(self.lines[i].replace("_", " ")))
            self._telltales[i] = sorted(words, key=len, reverse=True)[:_MOST_TELLTALES]
        return self._telltales[i]

    def marked(self, i: int) -> bool:
        """Whether a line carries a quote mark."""
        return _MARK.match(self.lines[i]) is not None


def quotable(body: str, name: str, address: str) -> Quotable:
    """Return a letter's text as others may quote it."""
    names = (each.casefold().strip() for each in (address, name))
    return Quotable(body[:MAX_TEXT], tuple(each for each in names if len(each) > 2))


def may_quote(body: str) -> bool:
    """Whether a text is long enough to hold a block that proves anything."""
    return len(body) >= FEWEST_CHARACTERS or body.count("\n") + 1 >= FEWEST_LINES


def lines_of(body: str) -> AnswerText:
    """Return a letter's lines; CRLF and CR end a line as LF does."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    words = [_words(line) for line in lines]
    return AnswerText(lines, words, [i for i, each in enumerate(words) if each])


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.replace("_", " ").casefold()))


def places_of(text: AnswerText, sources: Sequence[Quotable]) -> dict[int, LinePlace]:
    """Return where lines stand in the sources: blocks, and what goes on where one broke off."""
    found: dict[int, LinePlace] = {}
    last: LinePlace | None = None
    at = searches = 0
    while at < len(text.telling) and searches < _MAX_SEARCHES:
        i = text.telling[at]
        attached = last is not None and at > 0 and text.telling[at - 1] in found
        if last and attached and (place := _next(text.words[i], last, sources, last.proven)):
            taken = [place]
        else:
            searches += 1
            taken = _block(text, at, last, sources)
            if not taken and last and (place := _resumed(text.words[i], last, sources)):
                taken = [place]
        found |= {text.telling[at + n]: each for n, each in enumerate(taken)}
        last = taken[-1] if taken else last
        at += max(len(taken), 1)
    return found


def _next(
    line: str, last: LinePlace, sources: Sequence[Quotable], proven: bool
) -> LinePlace | None:
    """Return the place of a line that goes on just where the last one ended."""
    if not sources[last.source].words.startswith(f" {line} ", last.end):
        return None
    return LinePlace(last.source, last.end, last.end + len(line) + 1, proven)


def _block(
    text: AnswerText, at: int, last: LinePlace | None, sources: Sequence[Quotable]
) -> list[LinePlace]:
    """Return the places of the fewest lines from here that prove something, if they stand together.

    They are looked for behind the last place first, then anywhere.
    """
    size = characters = 0
    for i in text.telling[at : at + FEWEST_LINES]:
        size += 1
        characters += len(text.lines[i].lstrip("> \t").rstrip())
        if characters >= FEWEST_CHARACTERS:
            break
    if characters < FEWEST_CHARACTERS and size < FEWEST_LINES:
        return []
    lines = text.telling[at : at + size]
    words = [text.words[i] for i in lines]
    needle = f" {' '.join(words)} "
    order = [(last.source, last.end)] if last else []
    for number, start in [*order, *((number, 0) for number in range(len(sources)))]:
        source = sources[number]
        if not all(word in source.text for i in lines for word in text.telltales(i)):
            continue
        position = source.words.find(needle, start)
        if position >= 0:
            return _placed(words, number, position)
    return []


def _placed(lines: Sequence[str], number: int, position: int) -> list[LinePlace]:
    places = []
    for line in lines:
        places.append(LinePlace(number, position, position + len(line) + 1, True))
        position = places[-1].end
    return places


def _resumed(line: str, last: LinePlace, sources: Sequence[Quotable]) -> LinePlace | None:
    """Return the place of a line that goes on near where the last one broke off."""
    if place := _next(line, last, sources, False):
        return place
    if line.count(" ") < 2:
        return None
    end = last.end + _NEAR
    position = sources[last.source].words.find(f" {line} ", last.end, end)
    return (
        LinePlace(last.source, position, position + len(line) + 1, False) if position > 0 else None
    )
