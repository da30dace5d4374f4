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

from receiver.threads.quotation import (
    FEWEST_LINES,
    MAX_TEXT,
    AnswerText,
    LinePlace,
    Quotable,
    lines_of,
    places_of,
)

_ALTERED = 4_000
_LONGEST_INTRODUCTION = 8
_LONGEST_FOLDED = 4
_FIELD = re.compile(r"[*_]*[^\W\d_][\w '’/.-]{0,30}[*_]*\s?[:：][*_]*\s+\S")
_DATE = re.compile(r"\d{1,2}:\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2}|(?<![\d.-])(?:19|20)\d{2}(?![\d.-])")
_RULED = re.compile(r"^\W*-{2,}.*-{2,}\W*$")
_DELIMITER = re.compile(r"-{2,}|[–—]|[_=*]{3,}|-----BEGIN PGP .*")
_INSERTED = re.compile(r"[\[(<]\s*(?:https?:|mailto:|cid:|image|\S+\.(?:png|jpe?g|gif)\b)", re.I)


def without_history(body: str, reading: str, sources: Sequence[Quotable]) -> str:
    """Return a letter's new words: the bridge's ``reading`` of its body, made better by proof.

    Where nothing is proven, or nothing new would be left, that is the reading.
    """
    if len(body) > MAX_TEXT or not sources:
        return reading
    text = lines_of(body)
    places = places_of(text, sources)
    if not any(each.proven for each in places.values()):
        return reading
    kept = _kept(text, reading)
    if kept is None:
        return reading
    introductions = _introductions(text, places, sources, kept)
    answers = _answers(text, places, sources, kept | introductions)
    history = {i for i, each in places.items() if each.proven} | introductions
    new = (kept - history - _rules_beside(text, history)) | answers
    if new == kept or not any(text.words[i] for i in new):
        return reading
    return _joined(text, new)


def _rules_beside(text: AnswerText, history: set[int]) -> set[int]:
    """Return the lines without a word, say a bare ``>``, that stand beside history."""
    found: set[int] = set()
    for above, below in zip([-1, *text.telling], [*text.telling, len(text.lines)], strict=True):
        if above in history or below in history:
            found |= set(range(above + 1, below))
    return found


def _kept(text: AnswerText, reading: str) -> set[int] | None:
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
    text: AnswerText, places: dict[int, LinePlace], sources: Sequence[Quotable], kept: set[int]
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


def _says_when(text: AnswerText, above: Sequence[int]) -> bool:
    """Whether lines above a block are a sentence, or copied fields, one of them with a date."""
    fields = [text.lines[i] for i in above if _is_field(text.lines[i])]
    dated = sum(_DATE.search(line) is not None for line in fields)
    return len(fields) < len(above) - _ruled(text, above) or (len(fields) > 1 and dated > 0)


def _heads(text: AnswerText, i: int) -> bool:
    """Whether a line above a block's writer belongs to it: ``--- Original ---``, ``Date: …``."""
    dated = _is_field(text.lines[i]) and _DATE.search(text.lines[i]) is not None
    return dated or _ruled(text, [i]) > 0


def _ruled(text: AnswerText, above: Sequence[int]) -> int:
    return sum(not text.words[i] or _RULED.search(text.lines[i]) is not None for i in above)


def _above(text: AnswerText, start: int, places: dict[int, LinePlace]) -> list[int]:
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
    text: AnswerText, places: dict[int, LinePlace], sources: Sequence[Quotable], told: set[int]
) -> set[int]:
    """Return the lines between blocks, and behind answered ones, that stand nowhere else."""
    found: set[int] = set()
    gap: list[int] = []
    before: LinePlace | None = None
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


def _missing(before: LinePlace, after: LinePlace, sources: Sequence[Quotable]) -> str:
    """Return what the quoted letter says between two places; nothing if they do not follow."""
    if before.source != after.source or after.start < before.end:
        return ""
    return sources[before.source].words[before.end : after.start][:_ALTERED]


def _written(text: AnswerText, gap: Sequence[int], missing: str, told: set[int]) -> set[int]:
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


def _written_end(text: AnswerText, gap: Sequence[int], told: set[int]) -> int:
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


def _joined(text: AnswerText, new: set[int]) -> str:
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
