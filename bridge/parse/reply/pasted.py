"""What a writer pasted: a letter or a chat put there on purpose, or a program's output.

Nested history gets older as one reads on, a chat gets newer. Lines of a log, a shell, a patch, a
table or a numbered list may be many, and marked with ``>`` by the writer; no letter consists of
them.
"""

import re

from bridge.parse.reply.attribution import Attribution
from bridge.parse.reply.lines import Lines

_LONGEST = 300
_LETTER = r"ответ|письм|сообщени|переписк|цитат|text|текст|repl|answer|mail|letter|message|email"
_PASSES_ON = re.compile(
    rf"(?:привожу|прикладыва|прилага|пересыла|перешл|копиру|вставля|процитир|цитиру|ниже|вот|"
    rf"forward|past(?:e|ing)|copy|copied|quot|below|here is).{{0,60}}(?:{_LETTER})|"
    rf"(?:{_LETTER}).{{0,60}}(?:привожу|прикладыва|прилага|пересыла|копиру|ниже|below|pasted)",
    re.IGNORECASE,
)
# mbox's separator, ``From 1a2b Mon Sep 17 00:00:00 2001``, and scissors, ``-- >8 --``.
_CUT_OUT = re.compile(
    r"From \S{1,100} +[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2} \d{4}|"
    r"[-– ]*(?:>8|8<|✂)[-–>8< ✂]*(?:cut here[- ]*)?$"
)
_HOUR = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)(?::\d{2})?\s{0,2}(.{0,5})")
_HALF_BEFORE = re.compile(r"(上午|午前|오전|下午|午後|오후|中午|晚上|凌晨)\s?$")
_IN_THE_AFTERNOON = re.compile(
    r"p\.?\s?m|下午|午後|오후|中午|晚上|م|μ\.?μ|du\.|ptg|ös", re.IGNORECASE
)
_BEFORE_NOON = re.compile(r"a\.?\s?m|上午|午前|오전|凌晨|ص|π\.?μ|de\.|pg|öö", re.IGNORECASE)
_NOON = 12
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})")
_QUOTE = re.compile(r"^\s?>+ ?")
_PRINTED = re.compile(
    # prompts, patches, tables; then lines that begin with an hour, a day, a number or a program's
    # name
    r"[$#%+|@\\]|--- |-\S|\S{0,20}[#$%>] |[A-Za-z]:\\|"
    r"\[?\d{1,4}[-:./\s)\]]|\d{3}-|(?:diff|index|at|File|Traceback|npm|error|warning|info|debug)\b|"
    # words of code: a path, an assignment, a call, a type of an exception
    r".{0,60}(?: [=:]{1,2} ?\S|\w=\S|\w\(\)|;$|\{$|/\w+/|\w\.\w+\.\w|Error\b|Exception\b|=\d)|"
    r"[A-Z]{4,}\b",
)
# A Python prompt with what is typed at it; no quotation of the third level begins so.
_PYTHON = re.compile(
    r"\s?>>> (?:(?:import|from|def|class|for|if|with|print|return|del|assert|raise|try)\b|@\w|"
    r"[A-Za-z_][\w.]*(?:\(|\[| ?[=+*/-]|\Z))|\.\.\. "
)
_LINK = re.compile(r"https?://\S+")
_FEWEST = 3

Moment = tuple[str, int, int]


def passes_on(line: str) -> bool:
    """Whether a line above a letter introduces it: a colon, «вот их ответ», scissors.

    No client writes mbox's separator; text below one was cut out of a mailbox or is a patch.
    """
    shown = line.rstrip()[-_LONGEST:]
    if shown.endswith(":") or _CUT_OUT.match(shown.strip()):
        return True
    return _PASSES_ON.search(shown) is not None


def is_chat(lines: Lines, one: Attribution, attributions: dict[int, Attribution]) -> bool:
    """Whether a line like this one stands below with a later time, or above with an earlier one."""
    others = sorted(attributions)
    at = others.index(one.start)
    above = [attributions[start] for start in others[max(at - 1, 0) : at]]
    below = [attributions[start] for start in others[at + 1 : at + 2]]
    return any(_is_later(lines, one, then) for then in below) or any(
        _is_later(lines, before, one) for before in above
    )


def _is_later(lines: Lines, one: Attribution, then: Attribution) -> bool:
    """Whether the second time is a later minute; days in words can only be equal."""
    first, second = _moment(lines, one), _moment(lines, then)
    if first is None or second is None:
        return False
    comparable = first[0] == second[0] or (first[0].isdigit() and second[0].isdigit())
    return comparable and first < second


def _moment(lines: Lines, attribution: Attribution) -> Moment | None:
    """The day, in a comparable form, and the hour; a day in words only as written."""
    text = " ".join(lines.bare(i) for i in range(attribution.start, attribution.end))
    hour = _HOUR.search(text)
    if hour is None:
        return None
    if day := _DAY_FIRST.search(text):
        date = f"{day[3]}{day[2]:0>2}{day[1]:0>2}"
    elif day := _YEAR_FIRST.search(text):
        date = "".join(day.groups())
    else:
        date = text[: hour.start()]
    half = _HALF_BEFORE.search(text[: hour.start()])
    if half and not _DAY_FIRST.search(text) and not _YEAR_FIRST.search(text):
        date = date[: half.start()]
    return date.rstrip(), _of_24(int(hour[1]), half[1] if half else hour[3]), int(hour[2])


def _of_24(hour: int, half: str) -> int:
    """The hour in 24 hours, from a clock with two halves named in the client's language."""
    if _IN_THE_AFTERNOON.match(half):
        return hour % _NOON + _NOON
    return hour % _NOON if _BEFORE_NOON.match(half) else hour


def is_output(marked: list[str]) -> bool:
    """Whether most of the lines, marked as quoted, look like a program's output."""
    if all(_PYTHON.match(line) for line in marked if line.strip()):
        return True
    shown = [_QUOTE.sub("", line, count=1)[:_LONGEST] for line in marked]
    told = [line.strip() for line in shown if line.strip()]
    if any(line.startswith(">") and not line.startswith(">>> ") for line in told):
        return False  # a letter and what it quotes
    printed = sum(
        line[:1].isspace() or _PRINTED.match(_LINK.sub("", line)) is not None for line in told
    )
    return len(told) >= _FEWEST and 3 * printed >= 2 * len(told)
