"""Proven history: what of a letter's text stands in the letters that it names. Pure.

The bridge reads one letter alone and guesses by marks and wording what is quoted. Here the quoted
letters are at hand. A block of at least three lines or 160 characters whose words stand in one of
them, in that order and together, is history, wherever it stands and however it is marked. Words are
compared, not lines, for clients wrap quotations anew and mark them as they like.

Between such blocks stand answers. Three things stand there, too, that nobody wrote: a line that
introduces the next block (it names its writer, or is a copied header field), a line that a client
altered (a link, other marks: its words stand where the block breaks off), and a short line of the
quoted letter. All of these are left to the bridge's reading. So is what stands above the first
block and below the last one, unless there were answers between: then the last stands below.
"""

import re
from collections import defaultdict
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
_ALTERED = 4_000
_LONGEST_INTRODUCTION = 8
_LONGEST_FOLDED = 4
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"\s{0,3}[A-ZА-ЯЁ]{0,3}>")
_FIELD = re.compile(r"[*_]*[^\W\d_][\w '’/.-]{0,30}[*_]*\s?[:：][*_]*\s+\S")
_DATE = re.compile(r"\d{1,2}:\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2}|(?<![\d.-])(?:19|20)\d{2}(?![\d.-])")
_RULED = re.compile(r"^\W*-{2,}.*-{2,}\W*$")
_DELIMITER = re.compile(r"-{2,}|[–—]|[_=*]{3,}|-----BEGIN PGP .*")
_INSERTED = re.compile(r"[\[(<]\s*(?:https?:|mailto:|cid:|image|\S+\.(?:png|jpe?g|gif)\b)", re.I)


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
class _Place:
    """Where a line stands: in which source, from where to where, and whether in a proven block."""

    source: int
    start: int
    end: int
    proven: bool


@dataclass(slots=True)
class _Text:
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


def without_history(body: str, reading: str, sources: Sequence[Quotable]) -> str:
    """Return a letter's new words: the bridge's ``reading`` of its body, made better by proof.

    Where nothing is proven, or nothing new would be left, that is the reading.
    """
    if len(body) > MAX_TEXT or not sources:
        return reading
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    words = [_words(line) for line in lines]
    text = _Text(lines, words, [i for i, each in enumerate(words) if each])
    places = _places(text, sources)
    if not any(each.proven for each in places.values()):
        return reading
    kept = _kept(text, reading)
    if kept is None:
        return reading
    introductions = _introductions(text, places, sources, kept)
    answers = _answers(text, places, sources, kept | introductions)
    history = {i for i, each in places.items() if each.proven} | introductions
    new = (kept - history - _rules_beside(text, history)) | answers
    if new == kept or not any(words[i] for i in new):
        return reading
    return _joined(text, new)


def _rules_beside(text: _Text, history: set[int]) -> set[int]:
    """Return the lines without a word, say a bare ``>``, that stand beside history."""
    found: set[int] = set()
    for above, below in zip([-1, *text.telling], [*text.telling, len(text.lines)], strict=True):
        if above in history or below in history:
            found |= set(range(above + 1, below))
    return found


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.replace("_", " ").casefold()))


def _places(text: _Text, sources: Sequence[Quotable]) -> dict[int, _Place]:
    """Return where lines stand in the sources: blocks, and what goes on where one broke off."""
    found: dict[int, _Place] = {}
    last: _Place | None = None
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


def _next(line: str, last: _Place, sources: Sequence[Quotable], proven: bool) -> _Place | None:
    """Return the place of a line that goes on just where the last one ended."""
    if not sources[last.source].words.startswith(f" {line} ", last.end):
        return None
    return _Place(last.source, last.end, last.end + len(line) + 1, proven)


def _block(text: _Text, at: int, last: _Place | None, sources: Sequence[Quotable]) -> list[_Place]:
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


def _placed(lines: Sequence[str], number: int, position: int) -> list[_Place]:
    places = []
    for line in lines:
        places.append(_Place(number, position, position + len(line) + 1, True))
        position = places[-1].end
    return places


def _resumed(line: str, last: _Place, sources: Sequence[Quotable]) -> _Place | None:
    """Return the place of a line that goes on near where the last one broke off."""
    if place := _next(line, last, sources, False):
        return place
    if line.count(" ") < 2:
        return None
    end = last.end + _NEAR
    position = sources[last.source].words.find(f" {line} ", last.end, end)
    return _Place(last.source, position, position + len(line) + 1, False) if position > 0 else None


def _kept(text: _Text, reading: str) -> set[int] | None:
    """Return which lines the bridge's reading consists of; None if it cannot be told."""
    shown = [(i, line.rstrip()) for i, line in enumerate(text.lines) if line.strip()]
    wanted = [line.rstrip() for line in reading.split("\n") if line.strip()]
    where: defaultdict[str, list[int]] = defaultdict(list)
    for at, (_, line) in enumerate(shown):
        where[line].append(at)
    kept: set[int] = set()
    cursor = 0
    for number, line in enumerate(wanted):
        if cursor >= len(shown) or shown[cursor][1] != line:
            places = [at for at in where[line] if at >= cursor]
            if not places:
                return None
            following = wanted[number : number + FEWEST_LINES]
            cursor = next(
                (
                    at
                    for at in places
                    if [each for _, each in shown[at : at + len(following)]] == following
                ),
                places[0],
            )
        kept.add(shown[cursor][0])
        cursor += 1
    return kept


def _introductions(
    text: _Text, places: dict[int, _Place], sources: Sequence[Quotable], kept: set[int]
) -> set[int]:
    """Return the lines right above blocks that say who wrote them.

    What the bridge keeps is one only if it names the block's writer.
    """
    found: set[int] = set()
    before = -1
    for i in text.telling:
        opens = i in places and places[i].proven and before not in places
        before = i
        if not opens:
            continue
        above = _above(text, i, places)
        names = sources[places[i].source].names
        naming = [
            number
            for number, j in enumerate(above, 1)
            if any(name in text.lines[j].casefold() for name in names)
        ]
        end = naming[-1] if naming else 0
        while naming and end < len(above) and _heads(text, above[end]):
            end += 1
        if naming and _says_when(text, above[:end]):
            above = above[:end]
        elif not kept.isdisjoint(above):
            continue
        found |= set(above)
    return found


def _says_when(text: _Text, above: Sequence[int]) -> bool:
    """Whether lines above a block are a sentence, or copied fields, one of them with a date."""
    fields = [text.lines[i] for i in above if _is_field(text.lines[i])]
    dated = sum(_DATE.search(line) is not None for line in fields)
    return len(fields) < len(above) - _ruled(text, above) or (len(fields) > 1 and dated > 0)


def _heads(text: _Text, i: int) -> bool:
    """Whether a line above a block's writer belongs to it: ``--- Original ---``, ``Date: …``."""
    dated = _is_field(text.lines[i]) and _DATE.search(text.lines[i]) is not None
    return dated or _ruled(text, [i]) > 0


def _ruled(text: _Text, above: Sequence[int]) -> int:
    return sum(not text.words[i] or _RULED.search(text.lines[i]) is not None for i in above)


def _above(text: _Text, start: int, places: dict[int, _Place]) -> list[int]:
    """Return the lines that may introduce a block, the nearest first: fields, or one sentence."""
    found: list[int] = []
    fields = sentence = blank = False
    for i in range(start - 1, -1, -1):
        line = text.lines[i].strip("> \t")
        if not line:
            blank = True
            continue
        if i in places or len(found) == _LONGEST_INTRODUCTION:
            break
        if found and text.marked(i) != text.marked(found[-1]):
            break
        if _is_field(line):
            fields = True
        elif text.words[i] and not _RULED.search(line):
            ends = line.endswith((":", "：", ">", "*"))
            folded = sentence and not blank and len(found) < _LONGEST_FOLDED
            if fields or not (folded if sentence else ends):
                break
            sentence = True
        found.append(i)
        blank = False
    return found


def _is_field(line: str) -> bool:
    return _FIELD.match(line.strip("> \t")) is not None


def _answers(
    text: _Text, places: dict[int, _Place], sources: Sequence[Quotable], told: set[int]
) -> set[int]:
    """Return the lines between blocks, and behind answered ones, that stand nowhere else."""
    found: set[int] = set()
    gap: list[int] = []
    before: _Place | None = None
    for i in text.telling:
        if i not in places:
            gap.append(i)
            continue
        if before and gap:
            found |= _written(text, gap, _missing(before, places[i], sources), told)
        gap, before = [], places[i]
    if before and gap and found:
        broken_off = sources[before.source].words[before.end : before.end + _ALTERED]
        found |= _written(text, gap, broken_off, told)
    return found


def _missing(before: _Place, after: _Place, sources: Sequence[Quotable]) -> str:
    """Return what the quoted letter says between two places; nothing if they do not follow."""
    if before.source != after.source or after.start < before.end:
        return ""
    return sources[before.source].words[before.end : after.start][:_ALTERED]


def _written(text: _Text, gap: Sequence[int], missing: str, told: set[int]) -> set[int]:
    """Return the lines of a gap that are not what is ``missing`` there, altered by a client.

    What the bridge has left out there may be a signature, too, or the history of another letter.
    """
    there = set(missing.split())
    found = set()
    for i in gap[: _written_end(text, gap, told)]:
        words = text.words[i].split()
        if i in told or text.marked(i) or _INSERTED.match(text.lines[i]):
            continue
        if len(words) < FEWEST_LINES:
            altered = f" {text.words[i]} " in missing
        else:
            altered = 2 * sum(word in there for word in words) >= len(words)
        if not altered:
            found.add(i)
    return found


def _written_end(text: _Text, gap: Sequence[int], told: set[int]) -> int:
    """Return how many lines of a gap stand above a signature's delimiter or a copied header."""
    for number, i in enumerate(gap):
        if i in told:
            continue
        above = text.lines[gap[number - 1] + 1 if number else max(i - 1, 0) : i + 1]
        below = gap[number + 1] if number + 1 < len(gap) else i
        copied = below > i and _is_field(text.lines[i]) and _is_field(text.lines[below])
        if copied or any(_DELIMITER.fullmatch(line.strip()) for line in above):
            return number
    return len(gap)


def _joined(text: _Text, new: set[int]) -> str:
    """Return the lines, with the blank ones between them; one where something was left out."""
    joined: list[str] = []
    last: int | None = None
    for i in sorted(new):
        if last is not None:
            between = text.lines[last + 1 : i]
            blank = not any(each.strip() for each in between)
            joined += between if blank else [""]
        joined.append(text.lines[i])
        last = i
    return "\n".join(joined).rstrip()
