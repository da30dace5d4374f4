"""What somebody looks for, read from a line: pure.

    возврат "номер заказа" от:иван тема:оплата -файл:pdf has:attachment after:2026-01-31

Every condition must hold, each behind ``-`` must not. What only looks like an operator, as
in ``Re: 12:30``, is a word. The names and values are English or Russian.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from receiver.search.conditions import Condition, Conditions, Field, Phrase, Trait
from receiver.search.terms import words_of

MAX_LENGTH = 500
MAX_CONDITIONS = 20
MAX_SHOWN = 60  # signs of a value that means nothing

FIELDS: dict[str, Field] = {
    **{"from": "from", "от": "from", "to": "to", "кому": "to"},
    **{"subject": "subject", "тема": "subject", "file": "file", "файл": "file"},
}
MARKS = {"kind": "kind", "вид": "kind", "is": "is", "это": "is", "has": "has", "есть": "has"}
DATES = {"after": "after", "после": "after", "before": "before", "до": "before"}
VALUES = {
    "kind": {
        **{"letter": "letter", "письмо": "letter"},
        **{"auto-reply": "auto-reply", "автоответ": "auto-reply"},
        **{"bounce": "bounce", "недоставка": "bounce"},
        **{"list": "list", "рассылка": "list"},
        **{"confirmation": "confirmation", "подтверждение": "confirmation"},
    },
    "is": {"waiting": "waiting", "ждёт": "waiting"},
    "has": dict.fromkeys(("attachment", "вложение", "file", "файл"), "attachment"),
}
_OPERATORS = "|".join([*FIELDS, *MARKS, *DATES])
_TOKEN = re.compile(
    rf"(?P<minus>[-−–](?=\S))?(?:(?P<name>{_OPERATORS}):\s*)?"
    r"""(?:["“”„](?P<phrase>[^"“”„]*)["“”„]|«(?P<quoted>[^«»]*)»|(?P<word>[^\s"“”„«»]+)|(?P<rest>\S))?""",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?<=\w)['’ʼ]s$", re.IGNORECASE)  # customer's: a form of customer
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")  # white space is none
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_RUSSIAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class QueryWrong(ValueError):
    """A line that cannot be meant; ``operator`` is the part that is wrong, as it was written."""

    def __init__(self, operator: str, message: str) -> None:
        super().__init__(f"{operator}: {message}" if operator else message)
        self.operator = operator


@dataclass
class _Reading:
    wanted: list[Condition] = field(default_factory=list)
    unwanted: list[Condition] = field(default_factory=list)
    waiting: bool | None = None
    after: datetime | None = None
    before: datetime | None = None
    count: int = 0


def read(line: str) -> Conditions:
    """Return what a line asks for; raises QueryWrong."""
    if len(line) > MAX_LENGTH:
        raise QueryWrong("", f"longer than {MAX_LENGTH} characters")
    if _CONTROL.search(line):
        raise QueryWrong("", "there is a control character in it")
    reading = _Reading()
    for token in _tokens(line):
        name = (token["name"] or "").casefold()
        word = _POSSESSIVE.sub("", token["word"] or "")
        given = token["phrase"] or token["quoted"] or word
        said = f"{token['minus'] or ''}{name}"
        if name and not given:
            raise QueryWrong(said, "say what, right behind the colon")
        _take(reading, name, given, said, excludes=bool(token["minus"]))
    if not reading.count:
        raise QueryWrong("", "say what to look for: there is no word in it")
    if reading.count > MAX_CONDITIONS:
        raise QueryWrong("", f"more than {MAX_CONDITIONS} conditions")
    if reading.after and reading.before and reading.after >= reading.before:
        raise QueryWrong("before", "it is not later than after")
    return Conditions(
        tuple(dict.fromkeys(reading.wanted)),
        tuple(dict.fromkeys(reading.unwanted)),
        reading.waiting,
        reading.after,
        reading.before,
    )


def wanted_of(line: str) -> list[str]:
    """Return the parts of a line that must be found, each as it was written, once; may be read."""
    return list(dict.fromkeys(each[0] for each in _tokens(line) if not each["minus"]))


def _tokens(line: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        token = _TOKEN.match(line, at)
        if token is None or token.end() == at:
            raise QueryWrong(line[at], "it cannot be read")
        if token["rest"]:
            raise QueryWrong(token["rest"], "the quotation mark has no other one")
        at = token.end()
        yield token


def _take(reading: _Reading, name: str, given: str, said: str, *, excludes: bool) -> None:
    if name in DATES:
        if excludes:
            raise QueryWrong(said, "a date cannot be excluded: say before for after")
        _bound(reading, DATES[name], _moment(said, given))
    elif name in MARKS:
        mark = Trait(MARKS[name], _value(name, said, given))
        if mark.name == "is":
            if reading.waiting is excludes:
                raise QueryWrong(said, "it cannot be both")
            reading.waiting = not excludes
        else:
            (reading.unwanted if excludes else reading.wanted).append(mark)
    else:
        terms = words_of(given)
        if not terms and name:
            raise QueryWrong(said, "there is no word in it")
        if not terms:
            return
        phrase = Phrase(terms, FIELDS.get(name))
        (reading.unwanted if excludes else reading.wanted).append(phrase)
    reading.count += 1


def _bound(reading: _Reading, which: str, when: datetime) -> None:
    if which == "after":
        reading.after = max(reading.after or when, when)
    else:
        reading.before = min(reading.before or when, when)


def _value(name: str, said: str, given: str) -> str:
    """Return what a value means; one that means nothing is answered in the operator's language."""
    values = VALUES[MARKS[name]]
    asked = given.casefold().replace("ё", "е")
    found = next((means for word, means in values.items() if word.replace("ё", "е") == asked), "")
    if not found:
        known = [each for each in values if each.isascii() == name.isascii()]
        raise QueryWrong(said, f"“{given[:MAX_SHOWN]}” is none of {', '.join(known)}")
    return found


def _moment(said: str, given: str) -> datetime:
    """Return the beginning of a year, a month or a day, in UTC."""
    try:
        if day := _RUSSIAN_DAY.fullmatch(given):
            return datetime(int(day[3]), int(day[2]), int(day[1]), tzinfo=UTC)
        if day := _DAY.fullmatch(given):
            return datetime(int(day[1]), int(day[2] or 1), int(day[3] or 1), tzinfo=UTC)
    except ValueError:
        pass
    raise QueryWrong(said, "a date as 2026-01-31 or 31.01.2026, a month as 2026-01, or a year")
