"""Finds the lines of a letter in others: blocks long enough for proof, and lines near them.

The words of at least three lines, or 160 characters, must stand together. Where a block breaks off,
a line that goes on there, or nearby, is found as well; alone it would prove nothing. In what the
bridge calls a quotation, two adjacent words are enough to find the place, as the only question is
what stands in no letter. A line there may begin like the quoted one and go on with an answer.

The work is bounded: a limited number of searches, and a text that lacks one of the words is not
searched.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

FEWEST_LINES = 3
FEWEST_CHARACTERS = 160
MAX_TEXT = 256 * 1024
"""Characters of a letter that is compared; a longer one is left as the bridge reads it."""

_MAX_SEARCHES = 500
_MOST_TELLTALES = 12
_NEAR = 1_000
_FEWEST_WORDS = 3
_MOST_WORDS = 100
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"\s{0,8}[A-ZА-ЯЁ]{0,3}>")


@dataclass(frozen=True)
class Quotable:
    """A letter that may be quoted: its text, and its writer's names.

    ``names`` are the address and the display name, casefolded.
    """

    text: str
    names: tuple[str, ...]

    @cached_property
    def words(self) -> str:
        """Its words with a blank around each."""
        return f" {words_in(self.text)} "


@dataclass(frozen=True, slots=True)
class LinePlace:
    """Where a line stands: the source, from where to where, and whether in a proven block.

    ``own`` is the part of the line that does not stand there, as written; ``asked``: it follows a
    question mark or colon of the quoted letter.
    """

    source: int
    start: int
    end: int
    proven: bool
    own: str = ""
    asked: bool = False


@dataclass(slots=True)
class AnswerText:
    """A letter's lines: as they are, their words, and which of them have words."""

    lines: list[str]
    words: list[str]
    telling: list[int]
    _telltales: dict[int, list[str]] = field(default_factory=dict)

    def telltales(self, i: int) -> list[str]:
        """Return a line's words as written, the longest first: most texts lack one."""
        if i not in self._telltales:
            words = set(_WORD.findall(self.lines[i].replace("_", " ")))
            self._telltales[i] = sorted(words, key=len, reverse=True)[:_MOST_TELLTALES]
        return self._telltales[i]

    def marked(self, i: int) -> bool:
        """Whether a line has a quote mark."""
        return _MARK.match(self.lines[i]) is not None


def quotable(body: str, name: str, address: str) -> Quotable:
    """Return a letter's text in the form for searching."""
    names = (each.casefold().strip() for each in (address, name))
    return Quotable(body[:MAX_TEXT], tuple(each for each in names if len(each) > 2))


def may_quote(body: str) -> bool:
    """Whether a text is long enough to contain a block that proves anything."""
    return len(body) >= FEWEST_CHARACTERS or body.count("\n") + 1 >= FEWEST_LINES


def lines_of(body: str) -> AnswerText:
    """Return a letter's lines; CRLF and CR end a line as LF does."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    words = [words_in(line) for line in lines]
    return AnswerText(lines, words, [i for i, each in enumerate(words) if each])


def words_in(text: str) -> str:
    """Return the words of a text, casefolded, with a blank between."""
    return " ".join(_WORD.findall(text.replace("_", " ").casefold()))


def places_of(
    text: AnswerText, sources: Sequence[Quotable], quoted: Collection[int] = ()
) -> dict[int, LinePlace]:
    """Return where lines stand in the sources: blocks, and lines that go on where one broke off.

    For lines that the bridge calls ``quoted`` fewer words are enough.
    """
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
            if not taken and i in quoted:
                taken = _quoted(text, i, last, sources)
        found |= {text.telling[at + n]: each for n, each in enumerate(taken)}
        last = taken[-1] if taken else last
        at += max(len(taken), 1)
    return found


def follows(before: LinePlace, after: LinePlace, sources: Sequence[Quotable]) -> bool:
    """Tell whether one place goes on in the quoted letter right where another broke off."""
    if before.source != after.source or after.start < before.end:
        return False
    return not sources[before.source].words[before.end : after.start].strip()


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
    """Return the places of the fewest lines from here that prove something together.

    They are searched for behind the last place first, then anywhere.
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
    telltales = [word for i in lines for word in text.telltales(i)]
    return _placed(words, _found(" ".join(words), telltales, last, sources))


def _found(
    needle: str, telltales: Sequence[str], last: LinePlace | None, sources: Sequence[Quotable]
) -> tuple[int, int] | None:
    """Return the source and place of adjacent words, behind the last place if possible."""
    order = [(last.source, last.end)] if last else []
    for number, start in [*order, *((number, 0) for number in range(len(sources)))]:
        source = sources[number]
        if all(word in source.text for word in telltales):
            position = source.words.find(f" {needle} ", start)
            if position >= 0:
                return number, position
    return None


def _placed(lines: Sequence[str], found: tuple[int, int] | None) -> list[LinePlace]:
    places: list[LinePlace] = []
    if found is None:
        return places
    number, position = found
    for line in lines:
        places.append(LinePlace(number, position, position + len(line) + 1, True))
        position = places[-1].end
    return places


def _resumed(line: str, last: LinePlace, sources: Sequence[Quotable]) -> LinePlace | None:
    """Return the place of a line that goes on near where the last one broke off."""
    if place := _next(line, last, sources, False):
        return place
    if line.count(" ") < _FEWEST_WORDS - 1:
        return None
    end = last.end + _NEAR
    position = sources[last.source].words.find(f" {line} ", last.end, end)
    return (
        LinePlace(last.source, position, position + len(line) + 1, False) if position > 0 else None
    )


def _quoted(
    text: AnswerText, i: int, last: LinePlace | None, sources: Sequence[Quotable]
) -> list[LinePlace]:
    """Return the place of a line of a quotation, or of its beginning."""
    words = text.words[i].split()
    if len(words) > 1 and (found := _found(text.words[i], text.telltales(i), last, sources)):
        return [replace(each, proven=False) for each in _placed([text.words[i]], found)]
    if last and (place := _begun(text.lines[i], last.source, last.end, sources)):
        return [place]
    if len(words) > _FEWEST_WORDS:
        begun = " ".join(words[:_FEWEST_WORDS])
        if found := _found(begun, (), last, sources):
            place = _begun(text.lines[i], *found, sources)
            return [place] if place else []
    return []


def _asks(last: str, own: str, source: Quotable) -> bool:
    """Whether a quoted text is a question, or a field to fill in, in the quoted letter, too.

    ``last`` begins with its last word, ``own`` is what follows it.
    """
    asking = own.startswith(("?", ": ", ":\t"))
    return asking and last[: len(last) - len(own) + 1] in source.text


def _begun(line: str, number: int, position: int, sources: Sequence[Quotable]) -> LinePlace | None:
    """Return the place of a line that begins with words of a source and goes on with others.

    The end of the line may stand in the source again.
    """
    there = sources[number].words
    spans = [(m[0].casefold(), m.span()) for m in _WORD.finditer(line.replace("_", " "))]
    if len(spans) > _MOST_WORDS:
        return None
    end, size = position, 0
    while size < len(spans) and there.startswith(f" {spans[size][0]} ", end):
        end += len(spans[size][0]) + 1
        size += 1
    if not 0 < size < len(spans):
        return None
    begins = spans[size - 1][1][1]
    asked = _asks(line[spans[size - 1][1][0] :], line[begins:], sources[number])
    if size < _FEWEST_WORDS and not asked:
        return None
    first = last = size
    while last < len(spans):
        rest = " ".join(word for word, _ in spans[last:])
        if last > first and there.startswith(f" {rest} ", end):
            break
        last += 1
    own = line[begins : spans[last - 1][1][1]]
    if last < len(spans):
        end += len(rest) + 1
    return LinePlace(number, position, end, False, own, asked)
