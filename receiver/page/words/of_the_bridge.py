"""What a bridge writes into a letter's text for what is no text, for whoever reads Russian: pure.

A picture in its place, an invitation in words, a letter that cannot be opened. It is English where
it is kept, as other programs read it, too; all that somebody wrote stays as it is.
"""

import re
from collections.abc import Callable

from receiver.page.words import PageWords
from receiver.page.words.elsewhere import in_words

_IMAGE = re.compile(r"\[image: ([^\[\]\n]{1,300})\]")
_ERASED = "[erased]"  # receiver.erasing puts it in the place of a person's data
_SEAL = re.compile(r"\s*\[(encrypted with [^\[\]\n]{1,80})\]\s*")
_TITLES = {
    "Invitation": "Приглашение",
    "Cancelled": "Отменено",
    "Reply to an invitation": "Ответ на приглашение",
    "Another time is proposed": "Предлагают другое время",
    "The other time is declined": "Другое время отклонено",
    "The latest version is asked for": "Просят прислать последнюю версию",
    "Calendar entry": "Событие в календаре",
}
_FACTS = {
    "Starts": "Начало",
    "Ends": "Конец",
    "Due": "Срок",
    "Where": "Где",
    "Repeats": "Повторяется",
    "Organizer": "Организатор",
}
_ANSWERS = {
    "accepted": "принимает приглашение",
    "declined": "отклоняет приглашение",
    "accepted tentatively": "принимает под вопросом",
    "delegated": "передаёт другому",
    "completed": "выполнено",
    "is at work on it": "выполняет",
    "has not answered": "не отвечает",
}
_EVERY = {"day": "дн.", "week": "нед.", "month": "мес.", "year": "г."}
_EACH = {"day": "каждый день", "week": "каждую неделю", "month": "каждый месяц"}
_ADDRESS = r"[^\s<>@]{1,300}@[^\s<>@]{1,300}"
_PERSON = rf"(?:[^\n<>]{{1,300}} <{_ADDRESS}>|{_ADDRESS})"
# One entry: its title, and at least one fact or answer right below.
_ENTRY = re.compile(
    rf"^({'|'.join(_TITLES)}): (.*)((?:\n(?:(?:{'|'.join(_FACTS)}): .*|{_PERSON} .*))+)",
    re.MULTILINE,
)
_FACT = re.compile(rf"^({'|'.join(_FACTS)}): ", re.MULTILINE)
_ANSWERED = "|".join(sorted(_ANSWERS, key=len, reverse=True))
_ANSWER = re.compile(rf"^({_PERSON}) ({_ANSWERED})(?: to (\S+))?(?=$|: )", re.MULTILINE)
_PROPOSED = re.compile(rf"^({_PERSON}) proposes another time(?=$|: )", re.MULTILINE)
_REPEATED = re.compile(
    r"(?<=^Repeats: )every (?:(\d+) )?(day|week|month|year)s?(?:, (\d+) times)?(, until)?",
    re.MULTILINE,
)


def in_reader_words(text: str, words: PageWords) -> str:
    """Return a letter's text with what a bridge wrote there in the reader's language."""
    if words.language != "ru":
        return text
    if sealed := _SEAL.fullmatch(text):
        return f"[{in_words(sealed[1], words)}]"
    if "[image: " in text:
        text = _IMAGE.sub(r"[картинка: \1]", text)
    text = text.replace(_ERASED, "[стёрто]")
    if any(each in text for each in ("\nStarts: ", "\nOrganizer: ", "\nEnds: ", "\nDue: ")):
        text = _ENTRY.sub(_entry, text)
    first, end, rest = text.partition("\n")
    return f"{_of_people(first)}{end}{rest}"


def _entry(found: re.Match[str]) -> str:
    facts = _of_people(_REPEATED.sub(_repeated, found[3]))
    facts = _FACT.sub(_from(_FACTS), facts)
    title = "без названия" if found[2] == "without a title" else found[2]
    return f"{_TITLES[found[1]]}: {title}{facts}"


def _from(table: dict[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{table[found[1]]}: "


def _of_people(text: str) -> str:
    """Tell who answers what in Russian, where a line says nothing else."""
    said = _PROPOSED.sub(r"\1 предлагает другое время", text)
    return _ANSWER.sub(
        lambda found: f"{found[1]} {_ANSWERS[found[2]]}" + (f": {found[3]}" if found[3] else ""),
        said,
    )


def _repeated(found: re.Match[str]) -> str:
    number, unit, times, until = found.groups()
    each = f"раз в {number} {_EVERY[unit]}" if number else _EACH.get(unit, "каждый год")
    return each + (f", всего {times}" if times else "") + (", до" if until else "")
