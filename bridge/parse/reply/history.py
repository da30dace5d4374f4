"""A letter cut into stretches: the writer's words, quotations, and what a client left below."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from bridge.parse.reply import attribution
from bridge.parse.reply.copied.block import CopiedHeader, header_at
from bridge.parse.reply.copied.field_names import field_of
from bridge.parse.reply.copied.shapes import (
    bare_fields_at,
    lotus_above,
    lotus_at,
    lotus_name,
    marks_and_names,
    told_by_values,
    told_under_heading,
)
from bridge.parse.reply.lines import Lines
from bridge.parse.reply.markers import asks_above, is_drawn, is_rule, marker, names_letter
from bridge.parse.reply.occasion import Occasion
from bridge.parse.reply.pasted import is_chat, passes_on

Kind = Literal["words", "quote", "history", "forward"]

_MAX_STRETCHES = 1_000
_MAX_BLOCKS = 1_000
# «Jane Roe---05/15/2019 02:05:00 PM---the first words», above the fields.
_OF_LOTUS = re.compile(r".{1,80}---\d[\d./-]{5,9} \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?---")
_SHORT_RULE = re.compile(r"(-{3,4}|={3,4}|_{3,4}|\*{3,4})$")
_FIRST_CHARACTERS = "[-–—=_~*#‐‑‒―"
_DASHES = ("-", "–", "—", "=")
_SENTENCE_ENDS = tuple('.!?…)»"')
_FEW_WORDS = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines ``start`` to ``end`` (excluded).

    ``quote``: marked history with the attribution above it, if ``attributed``. ``history``:
    unmarked, runs to the end. ``contents`` is the first line of its text.
    """

    kind: Kind
    start: int
    end: int
    attributed: bool = False
    contents: int = 0


def stretches(lines: Lines, occasion: Occasion) -> list[Stretch]:
    """Cut the letter at its quotations, from the top; what is in doubt is words.

    A letter with hundreds of quotations is answered inside; the rest of it is one stretch.
    """
    attributions = attribution.find_all(lines, occasion)
    found: list[Stretch] = []
    words = i = tried = 0
    while (i := lines.following[i]) < len(lines) and len(found) < _MAX_STRETCHES:
        opening = None
        if i in attributions or lines.quoted[i]:
            opening = _opening(lines, i, attributions, occasion)
        elif tried < _MAX_BLOCKS and _may_announce(lines.text[i]):
            tried += 1
            opening = _opening(lines, i, attributions, occasion)
        if opening is None:
            i += 1
            continue
        start = max(words, _with_what_leads(lines, opening.start, words))
        if start > words:
            found.append(Stretch("words", words, start))
        found.append(replace(opening, start=start))
        words = i = opening.end
    if words < len(lines):
        found.append(Stretch("words", words, len(lines)))
    return found


def _may_announce(text: str) -> bool:
    """A quick look for a header field or a marker, as every line is asked."""
    shown = text[:60].lstrip(" \t\xa0\ufeff")
    return shown[:1] in _FIRST_CHARACTERS or ":" in shown or "：" in shown


def _opening(
    lines: Lines,
    i: int,
    attributions: dict[int, attribution.Attribution],
    occasion: Occasion,
) -> Stretch | None:
    """The quotation, history or forwarded letter that begins at line ``i``."""
    if lines.quoted[i]:
        return _quote(lines, i)
    known = attributions.get(i)
    if known:
        return _attributed(lines, known, attributions, occasion)
    line = lines.bare(i)
    announced = marker(line)
    if announced == "forward":
        return Stretch("forward", i, len(lines))
    drawn = is_drawn(line) and i + 1 < len(lines) and asks_above(lines.bare(i + 1))
    if announced == "above" or drawn:
        return None if passes_on(_line_above(lines, i)) else _headed(lines, i, i + 1 + drawn)
    if announced:
        return _announced(lines, i, attributions, occasion, certain=announced == "original")
    if line[:1] in _DASHES:
        if (end := told_under_heading(lines, i, occasion)) is not None:
            return None if passes_on(_line_above(lines, i)) else _headed(lines, i, end)
        if marks_and_names(line):
            return None if passes_on(_line_above(lines, i)) else _headed(lines, i, i + 1)
    named = field_of(line) in ("from", "date", "to", "subject")
    header = header_at(lines, i, occasion=occasion) if named else None
    return _copied(lines, i, header, occasion) if header else _shaped(lines, i, occasion)


def _copied(lines: Lines, i: int, header: CopiedHeader, occasion: Occasion) -> Stretch | None:
    """What a block of copied fields opens; a line above may say that it was pasted."""
    if passes_on(_line_above(lines, i)):
        return None
    rule = _nearest_above(lines, i)
    framed = (
        rule is not None and is_rule(lines.bare(rule)) and not passes_on(_line_above(lines, rule))
    )
    return None if header.is_pasted(occasion, framed) else _headed(lines, i, header.end)


def _shaped(lines: Lines, i: int, occasion: Occasion) -> Stretch | None:
    """What header fields open that only their values or places prove."""
    end = lotus_at(lines, i)
    if end is not None:
        name = lotus_name(lines, i)
        return None if passes_on(_line_above(lines, name)) else _headed(lines, name, end)
    if field_of(lines.bare(i)) == "to" and (found := lotus_above(lines, i)):
        above = _line_above(lines, found[0])
        return None if passes_on(above) else _headed(lines, *found)
    if i and not lines.blank(i - 1) and not is_rule(lines.bare(i - 1)):
        return None
    end = told_by_values(lines, i, occasion)
    if end is None or passes_on(_line_above(lines, i)):
        return None
    return _headed(lines, i, end)


def _announced(
    lines: Lines,
    i: int,
    attributions: dict[int, attribution.Attribution],
    occasion: Occasion,
    certain: bool,
) -> Stretch | None:
    """What ``-----Original Message-----`` opens; if not ``certain``, as a client writes it."""
    below = lines.following[i + 1]
    if below >= len(lines):
        return None
    if lines.quoted[below]:
        return _headed(lines, i, i + 1)
    known = attributions.get(below)
    if known:
        attributed = _attributed(lines, known, attributions, occasion)
        return replace(attributed, start=i) if attributed else None
    header = header_at(lines, below, announced=True)
    if header is None and (end := bare_fields_at(lines, below)):
        return _headed(lines, i, end)
    if header is None:
        return _headed(lines, i, i + 1) if certain and _stands_apart(lines, i, below) else None
    framed = not passes_on(_line_above(lines, i))
    return None if header.is_pasted(occasion, framed) else _headed(lines, i, header.end)


def _is_planned(lines: Lines, start: int, end: int, occasion: Occasion) -> bool:
    """Whether lines right under words name a future day: «5 марта 2026, 12:00, Анна <a@b>:».

    A client leaves a blank line; the clock of a letter's program may be wrong.
    """
    above = lines.bare(start - 1) if start else ""
    if not above or is_rule(above) or field_of(above) or marker(above):
        return False
    return occasion.is_to_come(" ".join(map(lines.bare, range(start, end))))


def _stands_apart(lines: Lines, i: int, below: int) -> bool:
    """Whether a marker without header fields stands between two letters, not inside a sentence.

    The words above are complete or few, and those below start anew.
    """
    above = _line_above(lines, i).rstrip()
    complete = above.endswith(_SENTENCE_ENDS) or len(above.split()) <= _FEW_WORDS
    parted = i == 0 or lines.blank(i - 1) or lines.blank(i + 1)
    return parted and complete and not passes_on(above) and not lines.bare(below)[:1].islower()


def _line_above(lines: Lines, i: int) -> str:
    """The nearest line above, past at most two blank ones."""
    above = _nearest_above(lines, i)
    return "" if above is None else lines.text[above]


def _nearest_above(lines: Lines, i: int) -> int | None:
    above = i - 1
    while above >= 0 and i - above <= 3 and lines.blank(above):
        above -= 1
    return above if above >= 0 else None


def _quote(lines: Lines, i: int) -> Stretch:
    end = _end_of_quote(lines, i)
    first = lines.following[i]
    while first + 1 < end and (is_rule(line := lines.bare(first)) or not line):
        first += 1  # older Outlooks draw a rule within the quotation
    line = lines.bare(first)
    if marker(line) == "forward":
        return Stretch("forward", i, len(lines))
    known = (
        marker(line) is not None
        or attribution.opens_quote(lines, first)
        or attribution.named_and_dated(lines, first)
        or (field_of(line) and header_at(lines, first))
    )
    return Stretch("quote", i, end, attributed=bool(known))


def _attributed(
    lines: Lines,
    known: attribution.Attribution,
    attributions: dict[int, attribution.Attribution],
    occasion: Occasion,
) -> Stretch | None:
    below = attribution.quoted_below(lines, known.end)
    if below is not None:
        return Stretch("quote", known.start, _end_of_quote(lines, below), attributed=True)
    if not known.sure:
        return None
    copied = header_at(lines, lines.following[known.end], announced=True)  # Yahoo's
    if copied is None and _may_be_answered_inside(lines, known, attributions):
        return None
    if _is_planned(lines, known.start, known.end, occasion):
        return None
    if passes_on(_line_above(lines, known.start)) or is_chat(lines, known, attributions):
        return None
    return Stretch("history", known.start, len(lines), True, copied.end if copied else known.end)


def _may_be_answered_inside(
    lines: Lines,
    known: attribution.Attribution,
    attributions: dict[int, attribution.Attribution],
) -> bool:
    """Whether quote marks further down are not older history with its own attribution."""
    quote = lines.next_quoted[known.end]
    if quote >= len(lines) or attribution.opens_quote(lines, quote):
        return False
    return not any(
        nested.start >= known.end and attribution.quoted_below(lines, nested.end) == quote
        for nested in (attributions.get(i) for i in range(max(known.end, quote - 6), quote))
        if nested
    )


def _headed(lines: Lines, start: int, end: int) -> Stretch:
    """What a marker line or a header block opens."""
    below = lines.following[end]
    if below < len(lines) and lines.quoted[below]:
        return Stretch("quote", start, _end_of_quote(lines, below), attributed=True)
    return Stretch("history", start, len(lines), contents=end)


def _end_of_quote(lines: Lines, i: int) -> int:
    """The end of the run of quoted lines at ``i``, marked with ``>`` or the older ``|``."""
    mark = None if lines.quoted[i] else attribution.odd_mark(lines.text[i])
    end = i
    while i < len(lines):
        i = lines.following[i]
        if i >= len(lines):
            break
        if not lines.quoted[i] and (mark is None or attribution.odd_mark(lines.text[i]) != mark):
            break
        i += 1
        end = i
    return end


def _with_from(lines: Lines, rule: int, start: int, floor: int) -> int:
    """Outlook for Mac may rule off its fields below From, which then is the first line."""
    above = _nearest_above(lines, rule)
    if above is None or above < floor or field_of(lines.bare(start)) != "date":
        return rule
    writer = lines.bare(above)
    return above if "@" in writer and field_of(writer) == "from" else rule


def _with_what_leads(lines: Lines, start: int, floor: int) -> int:
    """Take in a drawn rule above a quotation, and Yandex's ``Кому: …;`` and ``Тема: …;`` lines.

    Under a rule these may end in any way; without a rule, a line that does not end in a semicolon
    may be the writer's answer.
    """
    first = certain = start
    for _ in range(12):
        i = first - 1
        while i >= floor and first - i <= 3 and lines.blank(i):
            i -= 1
        if i < floor or lines.blank(i) or lines.quoted[i]:
            break
        line = lines.bare(i)
        if is_rule(line):
            return _with_from(lines, i, start, floor)
        if _OF_LOTUS.match(line) or (first == start and _SHORT_RULE.match(line)):
            return i
        if first == start and names_letter(line) and field_of(lines.bare(start)):
            return i
        if field_of(line) not in ("to", "cc", "subject"):
            break
        if certain == first and line.endswith(";"):
            certain = i
        first = i
    return certain
