"""Lines above a quotation that say who wrote it and when: a sentence, or copied fields."""

from collections.abc import Sequence

from receiver.reply.copied_lines import (
    ENDS,
    introduces,
    is_dated,
    is_field,
    is_header,
    is_heading,
)
from receiver.reply.quotation import AnswerText, LinePlace, Quotable, follows

_LONGEST_INTRODUCTION = 8
_LONGEST_FOLDED = 4


def introductions(
    text: AnswerText, places: dict[int, LinePlace], sources: Sequence[Quotable], kept: set[int]
) -> set[int]:
    """Return the lines right above proven blocks that name their writers.

    A line that the bridge keeps is one only if it names the block's writer, and so is a line at
    which the letter above goes on in the block: nobody introduces a letter amid its lines.
    """
    found: set[int] = set()
    before, last = -1, -1
    for i in text.telling:
        opens = i in places and places[i].proven and before not in places
        goes_on = last in places and i in places and follows(places[last], places[i], sources)
        before, last = i, i if i in places else last
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
        elif goes_on or not kept.isdisjoint(above) or _may_be_answers(text, above):
            continue
        found |= set(above)
    return found


def _may_be_answers(text: AnswerText, above: Sequence[int]) -> bool:
    """Whether lines are «Иван: да», as answers are marked, and no header fields."""
    lines = [text.lines[i] for i in above]
    return all(is_field(line) and not (is_header(line) or introduces(line)) for line in lines)


def _says_when(text: AnswerText, above: Sequence[int]) -> bool:
    """Whether lines above a block are a sentence, or copied fields, one of them with a date."""
    fields = [text.lines[i] for i in above if is_field(text.lines[i])]
    dated = sum(is_dated(line) for line in fields)
    return len(fields) < len(above) - _ruled(text, above) or (len(fields) > 1 and dated > 0)


def _heads(text: AnswerText, i: int) -> bool:
    """Whether a line above the writer's line belongs to it: ``--- Original ---``, ``Date: …``."""
    dated = is_field(text.lines[i]) and is_dated(text.lines[i])
    return dated or _ruled(text, [i]) > 0


def _ruled(text: AnswerText, above: Sequence[int]) -> int:
    return sum(not text.words[i] or is_heading(text.lines[i]) for i in above)


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
        if is_field(line):
            fields = True
        elif text.words[i] and not is_heading(line):
            folded = sentence and not blank and len(found) < _LONGEST_FOLDED
            if fields or not (folded if sentence else line.endswith(ENDS)):
                break
            sentence = True
        found.append(i)
        blank = False
    return found
