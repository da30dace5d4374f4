"""The line by which a client introduces a quotation: ``15.09.2025, 15:46, "Имя" <a@b>:``.

Clients word it in their user's language, so the line is told by its shape first: it ends the
way such a line ends and it says when and who. Only the verb of writing needs a table.
"""

import re
from dataclasses import dataclass

from bridge.parse.reply.lines import INVISIBLE, MAX_LINE, Lines, plain

_MAX_FOLDED = 4
_ODD_MARKS = "|)}:#%"
_MAX_CANDIDATES = 1_000
"""A letter with more lines that could end an attribution is no letter; the rest is words."""

_VERBS = (
    r"(?:на)?писал(?:а|и|\(-?а\))?|пишет|пишут|пише|написав(?:\(ла\))?|напісаў(?:\(ла\))?|написа|"
    r"wrote|writes|writed|said|schrieb|schreibt|geschrieben|a écrit|écrit|écrivait|escribió|"
    r"escribio|escribe|ha scritto|scritto|scrive|escreveu|escreve|schreef|schrijft|geschreven|"
    r"napisał(?:a|\(a\))?|pisze|napisana przez|napsal(?:a|\(a\))?|napísal(?:a|\(a\))?|"
    r"je (?:napisal|napisao|napisala)(?:\(-?a\)|/-?la)?|"
    r"skrev|skriver|kirjoitti|írta|ezt írta|yazdı|şunu yazdı|şunları yazdı|a scris|έγραψε|"
    r"kirjutas|rašė|parašė|rakstīja|menulis|đã viết|viết"
)
_CJK_VERB = r"写道|寫道|写到|のメール|は書きました|님이 작성|님의 말|כתב/ה|כתב|כתבה|كتب"
_VERB = re.compile(rf"(?<!\w)(?:{_VERBS})(?!\w)|{_CJK_VERB}", re.IGNORECASE)
_VERB_LAST = re.compile(
    rf"(?:(?<!\w)(?:{_VERBS})|{_CJK_VERB})"
    r"(?: (?:het volgende|følgende|următoarele|the following|następujące słowa|dit))?[\s:：]*$",
    re.IGNORECASE,
)
# In these languages the writer's name follows the verb.
_VERB_BEFORE_NAME = re.compile(
    r"(?<!\w)(?:schrieb|schreibt|schreef|skrev|skriver|schrijft|napisana przez|пользователь)(?!\w)",
    re.IGNORECASE,
)
_ANGLE_ADDRESS = re.compile(r"[<\[(]\s?(?:mailto:)?[^\s<>@]{1,100}@[^\s<>@]{1,200}")
_ADDRESS = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]{1,200}")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.hH]\d{2}(?!\d)|\d{1,2}時")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|"
    r"\d{1,2}[. ] ?(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|"
    r"(?<!\w)(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\.? \d{1,2}(?!\d)",
    re.IGNORECASE,
)
# Mail.ru: «Среда, 15 мая 2019, 11:57 +03:00 от Имя:».
_ZONE_AND_NAME = re.compile(r"\d{1,2}:\d{2} ?(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2} (?:от|from) \S")
_TIME_AND_NAME = re.compile(r"\d{1,2}:\d{2},? (?:от|from) [^\W\d]")
# Rambler: «25.05.2021, 14:17, Имя <a@b>», with no colon and no quote marks.
_DATE_TIME_COMMA = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}, \d{1,2}:\d{2}, \S")
_FIRST_PERSON = re.compile(r"(?<!\w)(?:я|мы|мне|нам|I|we|me|us|ich|wir|je)(?!\w)")
_SECOND_PERSON = re.compile(
    r"^(?:(?:и )?вы|you|ты)\W+(?:писали|пишете|написали|пишешь|писал|wrote)"
)
_QUOTING = re.compile(
    r"^(?:quoting|quoth|citando|citat|zitat von|citation|in message|in article|according to|"
    r"\* ) ?\S.*:$",
    re.IGNORECASE,
)
_ENDS = (
    *(":", "：", ">", "wrote", "написал", "написала", "написал(а)", "пишет", "scritto", "écrit"),
    *("skrev", "schrieb", "escribió", "escreveu", "schreef", "napisał(a)", "写道", "寫道"),
)
_LAST = {last for end in _ENDS for last in (end[-1], end[-1].upper())} | {
    *"*_- \t",
    *map(chr, INVISIBLE),
}


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines ``start`` to ``end`` (excluded) introduce what follows.

    ``sure`` says that the wording alone shows it, whether or not quote marks follow.
    """

    start: int
    end: int
    sure: bool


def find_all(lines: Lines) -> dict[int, Attribution]:
    """Every attribution outside quotes, by its first line."""
    found: dict[int, Attribution] = {}
    candidates = 0
    for i, text in enumerate(lines.text):
        if lines.quoted[i] or not _may_end_one(text):
            continue
        candidates += 1
        if candidates > _MAX_CANDIDATES:
            break
        attribution = ending_at(lines, i, lines.quoted[i])
        if attribution:
            found[attribution.start] = attribution
    return found


def _may_end_one(text: str) -> bool:
    """A quick look at a line's end, for this is asked of every line."""
    if not 0 < len(text) <= MAX_LINE or text[-1] not in _LAST or odd_mark(text):
        return False
    tail = plain(text[-60:]).rstrip("*_- ")
    if tail.endswith(">"):
        return "@" in text
    return tail.casefold().endswith(_ENDS)


def opens_quote(lines: Lines, start: int) -> bool:
    """Whether a quote's own first lines are an attribution, as Apple Mail puts it."""
    for i in range(start, min(len(lines), start + _MAX_FOLDED)):
        if lines.quoted[i] and not lines.blank(i):
            attribution = ending_at(lines, i, True)
            if attribution and attribution.start >= start:
                return True
    return False


def ending_at(lines: Lines, last: int, quoted: bool) -> Attribution | None:
    """The attribution whose last line is ``last``; clients fold it at any blank."""
    marked = quoted_below(lines, last + 1) is not None or quoted
    folded: list[str] = []
    weaker: Attribution | None = None
    for i in range(last, max(-1, last - _MAX_FOLDED), -1):
        if lines.blank(i) or lines.quoted[i] != quoted:
            break
        folded.insert(0, lines.bare(i))
        text = _normal(" ".join(folded))
        if not text or len(text) > MAX_LINE:
            break
        if text.count(">") > text.count("<") and not text.startswith(">>> "):
            continue
        strength = _strength(text, marked)
        if strength == "dated":
            return Attribution(_date_above(lines, i, last), last + 1, True)
        if strength and weaker is None:
            weaker = Attribution(i, last + 1, strength == "sure")
    return weaker


def _date_above(lines: Lines, first: int, last: int) -> int:
    """Take in a date folded off above: ``On Nov 21, 2014,`` / ``at 10:18, Jane <a@b> wrote:``."""
    while first and last - first < _MAX_FOLDED and not lines.blank(first - 1):
        above = lines.bare(first - 1)
        if lines.quoted[first - 1] != lines.quoted[last] or not above.endswith(","):
            break
        if len(above) > 60 or not _opens_with_date(above):
            break
        first -= 1
    return first


def quoted_below(lines: Lines, start: int) -> int | None:
    """The first quoted line under an attribution, past blanks and a ``[…]`` for omitted text."""
    i = lines.following[start]
    if i < len(lines) and lines.bare(i).strip("[](){}<> .…") in ("", "snip", "skip", "skipped"):
        i = lines.following[i] if lines.quoted[i] else lines.following[i + 1]
    if i < len(lines) and (lines.quoted[i] or odd_mark(lines.text[i])):
        return i
    return None


def odd_mark(text: str) -> str | None:
    """The quote mark of a line that has one other than ``>``; told only under an attribution."""
    mark = text.lstrip(" \t")[:2]
    return (
        mark[0] if mark and mark[0] in _ODD_MARKS and mark[1:] in ("", " ", mark[0], ">") else None
    )


def _normal(text: str) -> str:
    text = text.strip("-*_ ").replace("*", "")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')


def _strength(text: str, marked: bool) -> str | None:
    """How surely ``text`` is an attribution: ``dated``, ``sure``, ``weak`` or not at all.

    ``marked``: quote marks follow, so that less evidence will do. Without them a sentence of the
    writer's own that names a date and a writer must not be taken for one.
    """
    colon = text.endswith((":", "："))
    verb_last = _VERB_LAST.search(text) is not None
    if not (colon or verb_last or text.endswith(">")):
        return None
    verb = verb_last or _VERB.search(text) is not None
    when = _TIME.search(text) is not None or _DATE.search(text) is not None
    angle = _ANGLE_ADDRESS.search(text)
    if text.startswith(">>> ") and text.endswith(" >>>"):
        return "dated" if when else None
    if angle and when and (colon or verb_last or (marked and text[:1].isdigit())):
        return "dated"
    if angle and text.endswith(">") and _DATE_TIME_COMMA.match(text):
        return "dated"
    if when and _opens_with_date(text):
        if _is_dated_by_writer(text, verb, verb_last, marked):
            return "dated"
        if _ZONE_AND_NAME.search(text):
            return "dated"
    if (
        angle
        and verb
        and not text.endswith(">")
        and angle.start() > 0
        and text[: angle.start()].strip(" \"'")
    ):
        return "sure"
    return "weak" if marked and _is_weak(text, verb, when) else None


def _is_dated_by_writer(text: str, verb: bool, verb_last: bool, marked: bool) -> bool:
    if marked:
        named = _ADDRESS.search(text) or _TIME_AND_NAME.search(text)
        return verb or named is not None or _is_date_and_name(text)
    named_last = verb_last or _VERB_BEFORE_NAME.search(text) is not None
    return named_last and not _FIRST_PERSON.search(text)


def _is_date_and_name(text: str) -> bool:
    """``12.05.2024, 10:32, "Имя":``, a few words after the time and nothing more."""
    time = _TIME.search(text)
    if time is None or not text[:1].isdigit() or len(text) > 100:
        return False
    name = text[time.end() :].strip(' ,:"')
    return text[time.end() : time.end() + 1] == "," and 1 <= len(name.split()) <= 5


def _opens_with_date(text: str) -> bool:
    """Whether the first number stands at most four words in: ``On Wed, Sep 25``, ``вт, 5 мая``."""
    for i, character in enumerate(text[:50]):
        if character.isdigit():
            return len(text[:i].split()) <= 4
    return False


def _is_weak(text: str, verb: bool, when: bool) -> bool:
    if _QUOTING.match(text) or _SECOND_PERSON.match(text.casefold()):
        return True
    if _ADDRESS.search(text) and (verb or when):
        return True
    if verb and when and len(text) <= 100 and not _FIRST_PERSON.search(text):
        return True
    return verb and _is_name_and_verb(text)


def _is_name_and_verb(text: str) -> bool:
    """``Jane Roe wrote:``; one word alone may be a thing in Russian: «Сервер пишет:»."""
    words = _VERB.sub(" ", text).strip(" :：,").split()
    if _FIRST_PERSON.search(text) or not 1 <= len(words) <= 4:
        return False
    if len(words) == 1:
        return words[0].isascii()
    return all(word[:1].isupper() or not word[:1].isalpha() for word in words)
