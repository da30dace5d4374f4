"""Copied header fields that no table of names tells: in another language, or as Lotus Notes puts
them, without the names of writer and date.
"""

import re

from bridge.parse.reply.copied.block import header_at, names_day
from bridge.parse.reply.copied.field_names import field_of, fields_on_one_line
from bridge.parse.reply.lines import Lines
from bridge.parse.reply.markers import is_rule, marker
from bridge.parse.reply.occasion import Occasion
from bridge.parse.reply.wording import tells_when

_FIELD = re.compile(r"[*_]*[^\W\d_][^:：]{0,30}[:：][*_]*\s*(\S.*)")
_MOST_FIELDS = 7
_FEWEST_FIELDS = 3
_LONGEST_NAME = 80
_NEAR = 9
_LONGEST_LIST = 40  # lines of addressees
_MOST_ABOVE_TO = 4  # «Please respond to» and a name

# Samsung's: «-------- Original message --------From: Jane <a@b> Date: 15/09/2025 15:46 To: …».
_MARKED = re.compile(r"([-–—]{4,} ?[^-–—]{3,40}? ?[-–—]{4,})\s*([^\W\d_].*)")

# «-------- Mensaxe orixinal --------», in any language.
_BETWEEN_DASHES = re.compile(r"[-–—]{4,} ?[^\s–—-].{1,50}? ?[-–—]{4,}")

# Lotus Notes: «Jane Roe <a@b>», the hour below it, then «To» and «Subject».
_ONLY_HOUR = re.compile(
    r"(?:[^\W\d_]{2,12}[.,]? ){0,2}\d[\w .,/+-]{4,40}\d{1,2}:\d{2}(?::\d{2})?"
    r"(?: ?[AP]M)?(?: [A-Z]{2,5})?"
)

# The same on one line: «Jane Roe/Sales@Acme on 15.05.2019 14:05».
_NAME_AND_HOUR = re.compile(
    r"(?:[^\W\d_]{2,12}:\s{1,8})?\"?[^\W\d_][^:\d]{2,40}[^:]{0,60}?"
    r"(?: (?:on|am|le|el|il|em|op|den|dne|dnia)|\s)\s{1,60}"
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AP]M)?(?: [A-Z]{2,5})?",
    re.IGNORECASE,
)
_FOR_ANOTHER = re.compile(
    r"(?:sent by|gesendet von|envoyé par|enviado por|inviato da|verzonden door|отправил[аи]?):",
    re.IGNORECASE,
)


def told_by_values(lines: Lines, start: int, occasion: Occasion) -> int | None:
    """The line after a block of fields with unknown names, or None.

    Its values leave no doubt: a participant's address, a day with its hour, and the letter's own
    subject, each on a line of its own.
    """
    address = hour = subject = False
    i = start
    while i < min(len(lines), start + _MOST_FIELDS) and not lines.blank(i):
        found = _FIELD.fullmatch(lines.bare(i)) if not lines.quoted[i] else None
        if found is None:
            break
        known = i > start and field_of(lines.bare(i)) in ("from", "date")
        if known and header_at(lines, i, occasion=occasion):
            return None  # those above it are the writer's
        value = found[1]
        if names_day(value) and field_of(lines.bare(i)) == "from":
            return None
        if "@" in value:
            address = address or occasion.names_person(value)
        elif occasion.has_subject(value):
            subject = True
        elif tells_when(value):
            hour = True
        i += 1
    told = address and hour and subject and i - start >= _FEWEST_FIELDS
    return i if told else None


def told_under_heading(lines: Lines, i: int, occasion: Occasion) -> int | None:
    """The line after a block that its values prove, below words between dashes."""
    if not _BETWEEN_DASHES.fullmatch(lines.bare(i)):
        return None
    below = lines.following[i + 1]
    return told_by_values(lines, below, occasion) if below < len(lines) else None


def marks_and_names(line: str) -> bool:
    """Whether a line is a marker with header fields behind it, without line ends."""
    found = _MARKED.fullmatch(line)
    if found is None or marker(found[1]) != "original":
        return False
    return field_of(found[2]) is not None and len(fields_on_one_line(found[2])) >= 2


def bare_fields_at(lines: Lines, start: int) -> int | None:
    """The line after fields without colons, ``From "Jane" <a@b>``, which a marker announces."""
    told: set[str] = set()
    i = start
    while i < min(len(lines), start + _MOST_FIELDS) and not lines.blank(i):
        named = field_of(f"{lines.bare(i).partition(' ')[0]}:")
        if named is None:
            break
        told.add(named)
        i += 1
    return i if len(told & {"from", "date", "to", "subject"}) >= _FEWEST_FIELDS else None


def lotus_name(lines: Lines, hour: int) -> int:
    """The line of the name above the hour, at most one blank line between; below 0 if none.

    «Sent by: …» may stand between, if somebody wrote for somebody else.
    """
    above = hour - 1 if hour < 1 or not lines.blank(hour - 1) else hour - 2
    return above - 1 if above > 0 and _FOR_ANOTHER.match(lines.bare(above)) else above


def lotus_at(lines: Lines, hour: int) -> int | None:
    """The line after a heading of Lotus Notes whose second line is ``hour``, or None."""
    if not _ONLY_HOUR.fullmatch(lines.bare(hour)):
        return None
    name = lotus_name(lines, hour)
    if name < 0 or lines.quoted[name]:
        return None
    if not 0 < len(lines.bare(name)) <= _LONGEST_NAME:
        return None
    return _end_of_addresses(lines, hour + 1)


def lotus_above(lines: Lines, to: int) -> tuple[int, int] | None:
    """The lines of a heading whose first one holds name and hour, and whose «To» is ``to``."""
    if lines.quoted[to] or tells_when(lines.bare(to)):
        return None  # an appointment
    above = to - 1
    for _ in range(_MOST_ABOVE_TO):
        while above >= 0 and to - above <= _NEAR and lines.blank(above):
            above -= 1
        if above < 0 or to - above > _NEAR or lines.quoted[above]:
            return None
        line = lines.bare(above)
        if _NAME_AND_HOUR.fullmatch(line):
            end = _end_of_addresses(lines, to)
            return None if end is None else (above, end)
        if is_rule(line) or field_of(line):
            return None
        above -= 1
    return None


def _end_of_addresses(lines: Lines, i: int) -> int | None:
    """The line after the subject, if «To» and «Subject» are near ``i``."""
    seen, addressed = 0, False
    while (i := lines.following[i]) < len(lines) and not lines.quoted[i]:
        if seen >= (_LONGEST_LIST if addressed else _NEAR):
            break
        line = lines.bare(i).replace("\t", ":", 1)
        named = field_of(line if ":" in line else f"{line}:")
        if named in ("from", "date") or is_rule(line):
            return None  # another client's fields, under a day and hour of the writer's own
        if seen < _MOST_ABOVE_TO and named == "to":
            addressed = True
        if addressed and named == "subject":
            return i + 1 if ":" in line else min(lines.following[i + 1] + 1, len(lines))
        seen += 1
        i += 1
    return None
