"""The lines that introduce a quotation: ``15.09.2025, 15:46, "Имя" <a@b>:``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_letters

from bridge.parse.reply.closing.tails import is_tail
from bridge.parse.reply.folded import MAX_FOLDED, ONLY_NAME, first_line
from bridge.parse.reply.lines import INVISIBLE, MAX_LINE, Lines, plain
from bridge.parse.reply.occasion import Occasion
from bridge.parse.reply.sentence import is_own_sentence
from bridge.parse.reply.wording import (
    is_verb,
    opens_with_date,
    strength,
    tells_day,
    tells_when,
    who_wrote_when,
)

_LONGEST_NAMED = 100
_NAMED_ENDS = (":", "：", ")", "]", ">")
_ODD_MARKS = "|)}:#%"
_MAX_CANDIDATES = 1_000
"""A letter with more lines that could end an attribution is no letter; the rest is words."""

_ONLY_WHO = re.compile(r"[\w .,\"'()-]{0,80}<[^\s<>@]{1,80}@[^\s<>@]{1,120}>")
_ONLY_WHEN = re.compile(
    r"(?:[^\W\d_]{2,12}[.,]? ){0,2}\d[\w .,/:+-]{4,40}\d{1,2}:\d{2}(?::\d{2})?"
    r"(?: [AaPp]\.?[Mm]\.?)?"
)
# Google's of 2016 without an address: «2016-03-03 17:21 GMT+01:00 Some One».
_GOOGLES = re.compile(r"20\d\d-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d{1,2}:\d\d [^\W\d_][\w .'’-]{1,60}")
_ADDRESS_WROTE = re.compile(
    r"(?:[\w .\"'()-]{1,60} )?[<\[(]?[^\s<>@]{1,80}@[^\s<>@]{1,120}[>\])]? (?:wrote|schrieb|"
    r"a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał\(a\)|написал\(а\)|пишет) ?:",
    re.IGNORECASE,
)

# Exchange writes links out: ``<jane@example.org<mailto:jane@example.org>>``.
_LINKED = re.compile(r"<mailto:[^<>]{1,200}>")

# «Acked-by: Jane Roe <jane@example.org>», which the writer puts below his own words.
_TRAILER = re.compile(r"[A-Z][a-z]{2,12}(?:-[a-z]{2,12}){1,3}: ")
_FEW_WORDS = 4

_GAP = ":  "
"""What Yahoo puts between its line and the first words of the letter below it."""

# Zimbra's: «----- On 15 Sep, 2025, at 15:46, Jane Roe jane@example.org wrote:».
_RULED = "----- "

# alot's and notmuch's: «Quoting Jane Roe (2025-09-15 15:46:00)».
_QUOTING = re.compile("Quoting [^\\W\\d_]")

_ENDS = (
    *(
        ":",
        ")",
        "：",
        ">",
        "wrote",
        "написал",
        "написала",
        "написал(а)",
        "пишет",
        "scritto",
        "écrit",
    ),
    *("skrev", "schrieb", "escribió", "escreveu", "schreef", "napisał(a)", "写道", "寫道"),
    *("撰写", "撰寫", "来信", "來信"),
)
_LAST = {last for end in _ENDS for last in (end[-1], end[-1].upper())} | {
    *")*_- \t",
    *map(chr, INVISIBLE),
}
_LETTERS = frozenset(ascii_letters)
_LAST_THREE = {end[-3:] for end in _ENDS}


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines ``start`` to ``end`` (excluded) introduce what follows.

    ``sure``: the wording alone shows it, whether or not quote marks follow.
    """

    start: int
    end: int
    sure: bool


def find_all(lines: Lines, occasion: Occasion) -> dict[int, Attribution]:
    """Every attribution outside quotes, by its first line.

    A date beside a participant's name is one, too, if quote marks follow.
    """
    found: dict[int, Attribution] = {}
    candidates = 0
    for i, text in enumerate(lines.text):
        if not text or lines.quoted[i] or not (_may_end_one(text) or _right_above_quote(lines, i)):
            if text[:2] == "20" and not lines.quoted[i] and _GOOGLES.fullmatch(text):
                found[i] = Attribution(i, i + 1, False)
            if _GAP in text and _goes_on_behind(text) and not lines.quoted[i]:
                found[i] = Attribution(i, i + 1, True)
            continue
        candidates += 1
        if candidates > _MAX_CANDIDATES:
            break
        attribution = (
            ending_at(lines, i, lines.quoted[i])
            or _named(lines, i, occasion)
            or _under_tail(lines, i)
        )
        if attribution:
            found[attribution.start] = attribution
    for attribution in _of_two_lines(lines):
        found.setdefault(attribution.start, attribution)
    return found


def _goes_on_behind(text: str) -> bool:
    """Whether the quoted letter begins on the line: «On 15 Sep …, Jane<a@b> wrote:   Hello»."""
    said = text[: text.index(_GAP) + 1]
    return len(said) <= MAX_LINE and "@" in said and strength(plain(said), False) == "dated"


def _of_two_lines(lines: Lines) -> Iterator[Attribution]:
    """``Jane Roe <a@b>`` and ``20.05.2024 12:31`` under each other, right above quote marks."""
    i = 0
    while (i := lines.next_quoted[i]) < len(lines):
        last = i - 1
        while last > 0 and lines.blank(last) and i - last < MAX_FOLDED:
            last -= 1
        if last > 0 and not lines.quoted[last] and not lines.quoted[last - 1]:
            pair = [lines.bare(last - 1).rstrip(":,"), lines.bare(last).rstrip(":,")]
            if any(map(_ONLY_WHO.fullmatch, pair)) and any(map(_ONLY_WHEN.fullmatch, pair)):
                yield Attribution(last - 1, last + 1, False)
        while i < len(lines) and (lines.quoted[i] or lines.blank(i)):
            i += 1


def _right_above_quote(lines: Lines, i: int) -> bool:
    """Whether a line stands above quote marks, however it ends, and names a time."""
    return i + 1 < len(lines) and lines.quoted[i + 1] and tells_when(lines.text[i][:_LONGEST_NAMED])


def _may_end_one(text: str) -> bool:
    """A quick look at a line's end, as every line is asked."""
    last = text[-1:]
    if last not in _LAST or (last in _LETTERS and text[-3:].lower() not in _LAST_THREE):
        return False
    if not 0 < len(text) <= MAX_LINE or odd_mark(text):
        return False
    tail = plain(text[-60:]).rstrip("*_- ")
    if tail.endswith(">"):
        return "@" in text
    if tail.endswith(")") and _QUOTING.match(text[:20].lstrip()):
        return True
    return tail.casefold().endswith(_ENDS)


def opens_quote(lines: Lines, start: int) -> bool:
    """Whether a quote's own first lines are an attribution, as Apple Mail puts it."""
    for i in range(start, min(len(lines), start + MAX_FOLDED)):
        if lines.quoted[i] and not lines.blank(i):
            attribution = ending_at(lines, i, True)
            if attribution and attribution.start >= start:
                return True
    return False


def named_and_dated(lines: Lines, first: int) -> bool:
    """Whether a quote begins with a name and, on the next line, a day and hour (Postbox)."""
    second = lines.following[first + 1]
    if second >= len(lines) or second - first > 2 or not lines.quoted[second]:
        return False
    named = ONLY_NAME.fullmatch(lines.bare(first))
    return bool(named and _ONLY_WHEN.fullmatch(lines.bare(second)))


def ending_at(lines: Lines, last: int, quoted: bool) -> Attribution | None:
    """The attribution whose last line is ``last``; clients fold it at any blank."""
    marked = quoted_below(lines, last + 1) is not None or quoted
    if not marked and _says_neither_who_nor_when(lines, last):
        return None
    folded: list[str] = []
    weaker: Attribution | None = None
    for i in range(last, max(-1, last - MAX_FOLDED - 1), -1):
        if i < last and lines.blank(i) and _stands_apart(lines, i, folded):
            continue
        if lines.blank(i) or lines.quoted[i] != quoted or _is_not_folded(lines.bare(i), i < last):
            break
        if len(folded) == MAX_FOLDED:
            break
        folded.insert(0, lines.bare(i))
        text = _normal(" ".join(folded))
        if not text or len(text) > MAX_LINE:
            break
        if text.count(">") > text.count("<") and not text.startswith(">>> "):
            continue
        found = "dated" if _is_ruled(folded) else strength(text, marked)
        if i == last and found and (found == "dated" or _is_whole(text)):
            return Attribution(first_line(lines, i, last, text), last + 1, found != "weak")
        if found == "dated":
            return Attribution(first_line(lines, i, last, text), last + 1, True)
        if found and weaker is None:
            weaker = Attribution(first_line(lines, i, last, text), last + 1, found == "sure")
    return weaker


def _is_whole(text: str) -> bool:
    """Whether a line has name, verb, day and hour, or begins with the last two: none is above."""
    return who_wrote_when(text) != "" or (text[:1].isdigit() and tells_day(text))


def _says_neither_who_nor_when(lines: Lines, last: int) -> bool:
    """A quick look for lines without marks below, which code and lists have in number.

    No line is an attribution there without a time, unless it names an address and ends in a verb.
    """
    text = _normal(" ".join(map(lines.bare, range(max(0, last - MAX_FOLDED + 1), last + 1))))
    return ("@" not in text or text.endswith(">")) and not tells_when(text)


def _stands_apart(lines: Lines, i: int, folded: list[str]) -> bool:
    """Whether a blank line parts «… <a@b>» from a lone verb, as an HTML page's own lines do.

    Or the day and the name from the address: a page's link stands on lines of its own.
    """
    if not i:
        return False
    above = lines.bare(i - 1)
    if folded and folded[0][:1] == "<":
        return opens_with_date(above) and tells_when(above) and "@" not in above
    return len(folded) == 1 and is_verb(folded[0]) and above.endswith(">") and tells_when(above)


def _is_not_folded(line: str, above: bool) -> bool:
    """Whether a line continues no client's line: it is a trailer, or ``above`` it is a sentence."""
    if _TRAILER.match(line):
        return True
    if not above or "@" in line or len(line.split()) <= _FEW_WORDS or opens_with_date(line):
        return False
    return line[-1] in ".!?…" and line[-2].isalpha()


def _is_ruled(folded: list[str]) -> bool:
    """Whether a line begins with a rule, names an address and an hour, and ends in a colon."""
    if not folded[0].startswith(_RULED) or not folded[-1].endswith((":", "：")):
        return False
    text = " ".join(folded)
    return "@" in text and tells_when(text)


def _named(lines: Lines, i: int, occasion: Occasion) -> Attribution | None:
    """``Jane Roe, 13.05.2024 10:00:``, an attribution that neither a verb nor an address proves."""
    text = lines.bare(i)
    if len(text) > _LONGEST_NAMED or not tells_when(text):
        return None
    if not text.endswith(_NAMED_ENDS) and not opens_with_date(text):
        return None
    if not occasion.names_person(text):
        return None
    if (who := who_wrote_when(text)) and occasion.names_person(who):
        return Attribution(i, i + 1, True)
    if quoted_below(lines, i + 1) is None or is_own_sentence(text, verb=False):
        return None
    return Attribution(i, i + 1, False)


def _under_tail(lines: Lines, i: int) -> Attribution | None:
    """``jane@example.org wrote:`` under a client's tail, where the writer puts no words."""
    line = lines.bare(i)
    if "@" not in line or _ADDRESS_WROTE.fullmatch(line) is None:
        return None
    above = i - 1
    while above > 0 and lines.blank(above) and i - above < MAX_FOLDED:
        above -= 1
    return Attribution(i, i + 1, True) if above >= 0 and is_tail(lines.text[above]) else None


def quoted_below(lines: Lines, start: int) -> int | None:
    """The first quoted line under an attribution, past blanks and a ``[…]`` for omitted text."""
    i = lines.following[start]
    if i < len(lines) and lines.bare(i).strip("[](){}<> .…") in ("", "snip", "skip", "skipped"):
        i = lines.following[i] if lines.quoted[i] else lines.following[i + 1]
    if i < len(lines) and (lines.quoted[i] or odd_mark(lines.text[i])):
        return i
    return None


def odd_mark(text: str) -> str | None:
    """A quote mark other than ``>``; it counts only under an attribution."""
    mark = text.lstrip(" \t")[:2]
    return (
        mark[0] if mark and mark[0] in _ODD_MARKS and mark[1:] in ("", " ", mark[0], ">") else None
    )


def _normal(text: str) -> str:
    text = _LINKED.sub("", text)
    framed = text.startswith("---") and text.endswith("--")  # Zoho's, in place of a colon
    text = text.strip("-*_ ").replace("*", "") + (":" if framed else "")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
