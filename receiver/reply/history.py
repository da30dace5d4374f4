"""Proven history: the part of a letter's text that stands in letters it names. Pure.

The bridge reads one letter alone and guesses by marks and wording what is quoted. Here the quoted
letters are at hand. A block of at least three lines or 160 characters is history if its words stand
in one of them, in that order and together, wherever the block is and however it is marked. Words
are compared, not lines, as clients wrap quotations anew and mark them in various ways.

Between such blocks, below them, and on lines that the bridge took for a quotation there may be
answers (``answers``), and above them introductions (``introduction``). Everything else is left to
the bridge's reading.

A short block may be the writer's own: «Да, адрес верный:» and its three lines. It is if it has at
most six lines, stands in the bridge's reading, has neither mark nor bullet, is not the quoted
letter's beginning, and the line right above is the writer's and ends in a colon, but names neither
the quoted writer nor a day.
"""

from collections import defaultdict
from collections.abc import Sequence

from receiver.reply.answers import answers
from receiver.reply.copied_lines import introduces, is_field
from receiver.reply.introduction import introductions
from receiver.reply.quotation import (
    FEWEST_LINES,
    MAX_TEXT,
    AnswerText,
    LinePlace,
    Quotable,
    lines_of,
    places_of,
)

_LONGEST_REPEATED = 6
_BEGINNING = 2
_BULLETS = ("+", "-", "*", "[", "•")


def without_history(body: str, reading: str, sources: Sequence[Quotable]) -> str:
    """Return a letter's new words: the bridge's ``reading`` of its body, improved by proof.

    If nothing is proven, or nothing new would be left, the reading is returned; with the marked
    lines that nobody introduces, if none of them stands in any source.
    """
    if len(body) > MAX_TEXT or not sources:
        return reading
    text = lines_of(body)
    kept = _kept(text, reading)
    if kept is None:
        return reading
    places = places_of(text, sources, _quoted(text, kept))
    for i in _repeated(text, places, kept, sources):
        del places[i]
    if not places:
        return _joined(text, kept | set(text.telling)) if _is_own(text, kept, sources) else reading
    introduced = introductions(text, places, sources, kept)
    answered = answers(text, places, sources, kept | introduced)
    history = {i for i, each in places.items() if each.proven} | introduced
    new = (kept - history - _rules_beside(text, history)) | answered
    if new == kept or not any(text.words[i] for i in new):
        return reading
    return _joined(text, new)


def _quoted(text: AnswerText, kept: set[int]) -> set[int]:
    """Return the lines that the bridge takes for a quotation: marked, or under an introduction.

    A signature that it leaves out is none.
    """
    found: set[int] = set()
    opened = False
    for i in text.telling:
        if i in kept:
            opened = False
            continue
        introduced = introduces(text.lines[i]) or is_field(text.lines[i])
        if opened or text.marked(i):
            found.add(i)
        opened = opened or introduced or text.marked(i)
    return {i for i in found if not introduces(text.lines[i])}


def _is_own(text: AnswerText, kept: set[int], sources: Sequence[Quotable]) -> bool:
    """Whether all that the bridge left out is marked, unintroduced, and in no letter at hand.

    A letter without stored text proves nothing.
    """
    cut = [i for i in text.telling if i not in kept]
    unnamed = all(text.marked(i) and not introduces(text.lines[i]) for i in cut)
    return bool(cut) and unnamed and all(each.words.strip() for each in sources)


def _repeated(
    text: AnswerText, places: dict[int, LinePlace], kept: set[int], sources: Sequence[Quotable]
) -> list[int]:
    """Return the proven lines that the writer repeats: a short block under a colon of his own."""
    found: list[int] = []
    block: list[int] = []
    for i in [*text.telling, len(text.lines)]:
        if i in places and places[i].proven:
            block.append(i)
            continue
        if block and _is_repeated(text, block, places, kept, sources):
            found += block
        block = []
    return found


def _is_repeated(
    text: AnswerText,
    block: list[int],
    places: dict[int, LinePlace],
    kept: set[int],
    sources: Sequence[Quotable],
) -> bool:
    above = block[0] - 1
    if above not in kept or not text.lines[above].rstrip().endswith((":", "：")):
        return False
    first = places[block[0]]
    fresh = len(block) <= _LONGEST_REPEATED and first.start > _BEGINNING
    listed = any(text.lines[i].lstrip().startswith(_BULLETS) for i in block)
    marked = any(text.marked(i) or i not in kept for i in block) or text.marked(above)
    names = sources[first.source].names
    named = any(name in text.lines[above].casefold() for name in names)
    return fresh and not (listed or marked or named or introduces(text.lines[above]))


def _rules_beside(text: AnswerText, history: set[int]) -> set[int]:
    """Return lines without a word, such as a bare ``>``, beside history."""
    found: set[int] = set()
    for above, below in zip([-1, *text.telling], [*text.telling, len(text.lines)], strict=True):
        if above in history or below in history:
            found |= set(range(above + 1, below))
    return found


def _kept(text: AnswerText, reading: str) -> set[int] | None:
    """Return which lines make up the bridge's reading; None if that is not clear."""
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


def _joined(text: AnswerText, new: set[int]) -> str:
    """Return the lines, with the blank lines between them; a single one for a gap."""
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
