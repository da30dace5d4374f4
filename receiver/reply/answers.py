"""What stands between the lines of a quotation, or below it, and is an answer.

An answer stands in no named letter. But neither does what a client altered (a link, other marks:
its words stand where the quotation breaks off), or what introduces or ends another letter.
Where the quotation goes on behind a line just where it broke off before, nothing of it is missing
and the line was put in: it is an answer even if it carries a quote mark, or looks like the head of
another letter («Оплачено: 06.05.2024»), for it was typed inside.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from receiver.reply.copied_lines import ENDS, introduces, is_field, is_header
from receiver.reply.corrected import corrected, is_changed
from receiver.reply.quotation import (
    FEWEST_LINES,
    AnswerText,
    LinePlace,
    Quotable,
    follows,
    words_in,
)

_ALTERED = 4_000
_SAYING = re.compile(r"[^\W\d_]{2}")
_DELIMITER = re.compile(r"-{2,3}|[–—]|-----BEGIN PGP .*")
_RULE = re.compile(r"[-_=*]{3,}")
_HOUR = re.compile(r"(?<![\d.])\d{1,2}[:.]\d{2}(?![\d.])")
_LONGEST_FOOTER = 6
_FEWEST_FIELDS = 2
_WHOLE_HEADER = 4
_INSERTED = re.compile(
    r"[\s.,;:!?\"'»)]*[\[(<]\s*(?:https?:|mailto:|cid:|image|\S+\.(?:png|jpe?g|gif)\b)", re.I
)


def answers(
    text: AnswerText, places: dict[int, LinePlace], sources: Sequence[Quotable], told: set[int]
) -> set[int]:
    """Return the lines between places, on a quoted line and below, that stand nowhere else.

    ``told`` are lines that are known already: words that the bridge kept, and introductions.
    """
    found: set[int] = set()
    gap: list[int] = []
    before: tuple[int, LinePlace] | None = None
    for i in text.telling:
        if i not in places:
            gap.append(i)
            continue
        if before:
            found |= _between(text, before, gap, places[i], sources, told)
        gap, before = [], (i, places[i])
    if before:
        found |= _below(text, before, gap, sources, told)
    return found


def _between(
    text: AnswerText,
    before: tuple[int, LinePlace],
    gap: Sequence[int],
    after: LinePlace,
    sources: Sequence[Quotable],
    told: set[int],
) -> set[int]:
    i, place = before
    missing, goes_on = _missing(place, after, sources), follows(place, after, sources)
    end = len(gap) if goes_on else _written_end(text, gap, told)
    found = _written(text, gap[:end], missing, told, sources if goes_on else None)
    if place.source == after.source and after.start >= place.end:
        found |= _corrected(text, before, gap, missing) - told
    return found | {i} if _is_answered(text.lines[i], place, missing, goes_on) else found


def _missing(before: LinePlace, after: LinePlace, sources: Sequence[Quotable]) -> str:
    """Return what the quoted letter says between two places, or near them if they do not follow."""
    there, then = sources[before.source].words, sources[after.source].words
    if before.source == after.source and after.start >= before.end:
        return there[before.end : after.start][:_ALTERED]
    near = then[max(after.start - _ALTERED, 0) : after.start]
    return there[before.end : before.end + _ALTERED] + near


def _below(
    text: AnswerText,
    before: tuple[int, LinePlace],
    gap: Sequence[int],
    sources: Sequence[Quotable],
    told: set[int],
) -> set[int]:
    """Return what was written under the last quoted line, and on it."""
    i, place = before
    rest = sources[place.source].words[place.end : place.end + _ALTERED]
    ends = not rest.strip()
    found = {i} if _is_answered(text.lines[i], place, rest, ends) else set()
    end = _written_end(text, gap, told)
    return found | _written(text, gap[:end], rest, told, sources if ends else None)


def _is_answered(line: str, place: LinePlace, missing: str, goes_on: bool) -> bool:
    """Whether a quoted line's additional words are an answer, and not a client's."""
    own = words_in(place.own)
    if not own or _INSERTED.match(place.own) or is_header(line) or introduces(line):
        return False
    put_in = goes_on and _SAYING.search(own) is not None
    return (put_in or place.asked) and f" {own} " not in missing


def _corrected(
    text: AnswerText, before: tuple[int, LinePlace], gap: Sequence[int], missing: str
) -> set[int]:
    """Return the lines from ``before`` to the next place in which the writer changed something."""
    i, place = before
    if own := words_in(place.own).split():
        return {i} if not gap and is_changed(text.lines[i], own, missing.split()) else set()
    return corrected([(each, text.lines[each], text.words[each]) for each in gap], missing)


def _written(
    text: AnswerText,
    gap: Sequence[int],
    missing: str,
    told: set[int],
    put_in: Sequence[Quotable] | None,
) -> set[int]:
    """Return a gap's lines other than ``missing`` ones that a client altered.

    What the bridge left out there may also be a signature, or the history of another letter.
    ``put_in`` are all sources, if nothing is missing.
    """
    found = set()
    for i in gap:
        line = text.lines[i].lstrip("> \t")
        if i in told or _INSERTED.match(line):
            continue
        if text.marked(i) and (put_in is None or _is_known(text, i, put_in)):
            continue
        if not _is_altered(text.words[i], missing):
            found.add(i)
    return found


def _is_altered(words: str, missing: str) -> bool:
    """Whether most words of a line are among the missing ones."""
    each = words.split()
    if len(each) < FEWEST_LINES:
        return f" {words} " in missing
    there = set(missing.split())
    return 2 * sum(word in there for word in each) >= len(each)


def _is_known(text: AnswerText, i: int, sources: Sequence[Quotable]) -> bool:
    """Whether a marked line is older history: a field, a link, or words of a source."""
    if is_header(text.lines[i]) or "://" in text.lines[i]:
        return True
    words = text.words[i].split()
    size = min(len(words), FEWEST_LINES)
    runs = [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
    there = sum(any(f" {run} " in each.words for each in sources) for run in runs)
    return 2 * there >= len(runs)


def _written_end(text: AnswerText, gap: Sequence[int], told: set[int]) -> int:
    """Return how many lines of a gap stand above a signature's delimiter or another letter."""
    for number, i in enumerate(gap):
        if i in told:
            continue
        above = text.lines[gap[number - 1] + 1 if number else max(i - 1, 0) : i + 1]
        copied = _copies_header(text, gap[number:])
        shown = [line.strip("> \t") for line in above]
        ended = any(map(_DELIMITER.fullmatch, shown)) or (
            any(map(_RULE.fullmatch, shown)) and _is_footer(text, gap[number:])
        )
        alone = is_field(text.lines[i]) and not text.lines[i].rstrip().endswith(ENDS)
        introduced = introduces(text.lines[i]) and not alone  # «Приписка: договор 15/2024» is said
        if copied or ended or introduced or is_header(text.lines[i]):
            return number
    return len(gap)


def _is_footer(text: AnswerText, rest: Sequence[int]) -> bool:
    """Whether text under a drawn rule is a list's or a service's: it shows an address."""
    return any("@" in text.lines[i] or "://" in text.lines[i] for i in rest[:_LONGEST_FOOTER])


def _copies_header(text: AnswerText, rest: Sequence[int]) -> bool:
    """Whether fields of another letter begin here, and not the writer's own labels.

    Two fields or more, of which one has a header's name or an hour; or four with an address.
    """
    fields = [text.lines[i] for i in takewhile(lambda i: is_field(text.lines[i]), rest)]
    if len(fields) < _FEWEST_FIELDS:
        return False
    if any(map(is_header, fields)) or any(map(_HOUR.search, fields)):
        return True
    return len(fields) >= _WHOLE_HEADER and any("@" in line for line in fields)
