"""The first line of a folded attribution; relays and clients fold at any blank."""

import re

from bridge.parse.reply.lines import Lines
from bridge.parse.reply.wording import opens_with_date, tells_day

MAX_FOLDED = 4
"""Lines of one attribution."""
ONLY_NAME = re.compile(
    r"[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,3}(?: <[^<>]{3,100}>)?"
)
_ONLY_DAY = re.compile(
    r"(?:On|Le|Am|El|Il|Em|Op) (?:[^\W\d_]{2,10}[.,]? ){0,2}\d{1,2}\.?(?: [^\W\d_]{3,10}\.?)?"
)
_REFERRING = ("in article ", "in message ", "в сообщении ")

# «Jane Roe <jane@example.org> hat am», folded off above a line that names nobody.
_WHO_ABOVE = re.compile(r"[\w .,\"'()-]{0,80}<[^\s<>@]{1,80}@[^\s<>@]{1,120}>[^<>@.!?:;]{0,30}")
_TWO_NAMES = re.compile(r"(?<!\w)[^\W\d_a-zа-яё]\w+ [^\W\d_a-zа-яё]\w+")

_ENDS_SENTENCE = (*".!?…)", "。")
_MOST_WORDS_ABOVE = 8
_YEAR_AHEAD = re.compile(r"(?:19|20|٢٠|۲۰|२०|২০)\d\d(?![\d年년.-])")
# The end of a sentence, but no abbreviation in a date: «15 сент.», «2026 р.», «15 Mrt.»
_IS_SAID = re.compile(r"[!?…:;]$|[^\W\d_]{6,}\.$")


def first_line(lines: Lines, first: int, last: int, text: str) -> int:
    """The first line of an attribution whose lines from ``first`` on are known to be one."""
    who = _who_above(lines, first, text, lines.quoted[last])
    if who is not None:
        return who
    begins = _date_above(lines, first, last)
    return begins - 1 if begins == first and _is_cut_off(lines, first, text) else begins


def _is_cut_off(lines: Lines, first: int, text: str) -> bool:
    """Whether the line above holds the day or name that the rest was folded off from.

    «su 1. maalisk. 2026 klo» / «10.00 Jane (a@b) kirjoitti:»: the rest names no day, or begins with
    a year or an address, and the line above cannot be the writer's words.
    """
    above = first - 1
    if above < 0 or lines.blank(above) or lines.quoted[above] != lines.quoted[first]:
        return False
    line = lines.bare(above)
    apart = above == 0 or lines.blank(above - 1) or lines.bare(above - 1).endswith(_ENDS_SENTENCE)
    if not apart or not 0 < len(line.split()) <= _MOST_WORDS_ABOVE or _IS_SAID.search(line):
        return False
    if text.startswith("<"):
        return ONLY_NAME.fullmatch(line) is not None
    if not opens_with_date(line):
        return False
    if _YEAR_AHEAD.match(text):
        return not tells_day(line)
    return tells_day(line) and not tells_day(text)


def _who_above(lines: Lines, first: int, text: str, quoted: bool) -> int | None:
    """The line with the writer's name and address above the rest, which only names a time."""
    above = first - 1
    if above < 0 or "@" in text or lines.blank(above) or lines.quoted[above] != quoted:
        return None
    named = any(name[0].isupper() for name in _TWO_NAMES.findall(text))
    return above if not named and _WHO_ABOVE.fullmatch(lines.bare(above)) else None


def _date_above(lines: Lines, first: int, last: int) -> int:
    """Take in what was folded off above: ``On Nov 21, 2014,`` / ``at 10:18, Jane <a@b> wrote:``,
    or ``In article <1@a>,``.
    """
    while first and last - first < MAX_FOLDED and not lines.blank(first - 1):
        above = lines.bare(first - 1)
        if lines.quoted[first - 1] != lines.quoted[last]:
            break
        if not above.endswith(",") and not _ONLY_DAY.fullmatch(above):
            break
        referring = above[:12].casefold().startswith(_REFERRING)
        if not referring and (len(above) > 60 or not opens_with_date(above)):
            break
        first -= 1
    return first
