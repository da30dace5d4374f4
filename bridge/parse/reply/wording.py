"""What the line above a quotation says: when, who, and that it was written.

Clients word it in their user's language, so its shape is tested first: it ends like such a line and
says when and who. Only the verb of writing needs a table.
"""

import re
from typing import Literal

from bridge.parse.reply.sentence import is_narrated, is_own_sentence

Strength = Literal["dated", "sure", "weak"]

_VERBS = (
    r"(?:на)?писал(?:а|и|\(-?а\))?|пишет|пишут|пише|написав(?:\(ла\))?|напісаў(?:\(ла\))?|написа|"
    r"wrote|writes|writed|said|schrieb|schreibt|geschrieben|a écrit|écrit|écrivait|escribió|"
    r"escribio|escribe|ha scritto|scritto|scrive|escreveu|escreve|schreef|schrijft|geschreven|"
    r"napisał(?:a|\(a\))?|pisze|napisana przez|napsal(?:a|\(a\))?|napísal(?:a|\(a\))?|"
    r"napisal(?:a|\(a\))?|napisa(?:o|la) je|je (?:napisal|napisao|napisala)(?:\(-?a\)|/-?la)?|"
    r"skrev|skriver|kirjoitti|írta|ezt írta|yazdı|şunu yazdı|şunları yazdı|a scris|έγραψε|"
    r"spake|idatzi du|va escriure|skrifaði|жазды|"
    r"sgrìobh|scríobh|ysgrifennodd|skribis|kiteb|yazıb|бичсэн|навишт|"
    r"kirjutas|rašė|parašė|rakstīja|menulis|đã viết|viết|"
    r"напиша|је напис[а-я]{1,4}(?:/ла|\(ла\))?|shkroi|yozdi|escribiu|geskryf|isinulat|"
    r"დაწერა|գրել է|ने लिखा|লিখেছেন|نوشت|نے لکھا|เขียนว่า|เขียน"
)
_CJK_VERB = (
    r"写道|寫道|写到|撰写|撰寫|来信|來信|のメール|は書きました|님이 작성|님의 말|쓴 글|"
    r"כתב/ה|כתב|כתבה|كتب"
)
_VERB = re.compile(rf"(?<!\w)(?:{_VERBS})(?!\w)|{_CJK_VERB}", re.IGNORECASE)
_AND_END = (
    r"(?: (?:het volgende|følgende|următoarele|the following|następujące słowa|dit))?[\s:：]*$"
)
# For searching in lower case; without its dot ``ı`` is ``i`` in capitals, and in ASCII.
_LOWER_VERB = re.compile(rf"(?<!\w)(?:{_VERBS})(?!\w)|{_CJK_VERB}".replace("ı", "[ıi]"))
_LOWER_VERB_LAST = re.compile(rf"(?<!\w)(?:{_VERBS}){_AND_END}".replace("ı", "[ıi]"))
_CJK_VERB_LAST = re.compile(rf"(?:{_CJK_VERB}){_AND_END}", re.IGNORECASE)
_LONGEST_VERB = 100  # with words that may follow it, and colons
_WORDS_OF_VERB = 6  # two verbs, two words that may follow, colons
_AFTER_VERB = ":： \t\x0b\x0c\r\n\x1c\x1d\x1e\x1f"
# In these languages the writer's name follows the verb.
_VERB_BEFORE_NAME = re.compile(
    r"(?<!\w)(?:schrieb|schreibt|schreef|skrev|skriver|schrijft|napisana przez|пользователь|"
    r"كتبت?)(?!\w)",
    re.IGNORECASE,
)
_ANGLE_ADDRESS = re.compile(r"[<\[(]\s?(?:mailto:)?[^\s<>@]{1,100}@[^\s<>@]{1,200}")
_ADDRESS = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]{1,200}")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.hH]\d{2}(?!\d)|\d{1,2}時")
_DIGIT = re.compile(r"\d")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|"
    r"\d{1,2}[. ] ?(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|"
    r"(?<!\w)(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\.? \d{1,2}(?!\d)",
    re.IGNORECASE,
)
# «01. 03. 26»; a year in the digits of Arabic, Persian, Hindi and Bengali.
_DAY_OR_YEAR = re.compile(r"\d{1,2}\. ?\d{1,2}\. ?\d{2}|(?<!\d)(?:٢٠|۲۰|२०|২০)\d\d(?!\d)")
# K-9's, in any language: «Jane Roe <jane@example.org> піша:».
_NAME_AND_ONE_WORD = re.compile(
    r"[\w .'\"’-]{1,60}<[^\s<>@]{1,80}@[^\s<>@]{1,120}> ?(?:[^\W\d_]{1,2} )?[^\W\d_]{1,15} ?[:：]"
)
# Mail.ru: «Среда, 15 мая 2019, 11:57 +03:00 от Имя:».
_ZONE_AND_NAME = re.compile(r"\d{1,2}:\d{2} ?(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2} (?:от|from) \S")
# Tuta: «15 Sept 2025, 15:46 by jane@example.org:».
_TIME_AND_ADDRESS = re.compile(
    r"\d{1,2}:\d{2},? (?:от|from|by|von|par|de|da|door|od|av|af) <?[^\s<>@]+@[^\s<>@]+>?:"
)
_TIME_AND_NAME = re.compile(r"\d{1,2}:\d{2},? (?:от|from) [^\W\d]")
# Rambler: «25.05.2021, 14:17, Имя <a@b>», with no colon and no quote marks.
_DATE_TIME_COMMA = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}, \d{1,2}:\d{2}, \S")
# No client speaks of itself, of its own things, or to the reader like this.
_PERSONAL = re.compile(
    r"(?<!\w)(?:[Яя]|[Мм]ы|[Мм]не|[Нн]ам|[Мм]о[йяи]|[Нн]аш[аи]?|[Вв]ам|[Вв]ас|[Вв]аш[аи]?|"
    r"[Оо]на?|[Оо]ни|[Кк]то|I(?!\.)|[Ww]e|me|us|[Mm]y|[Oo]ur|[Yy]our|[Hh]e|[Ss]he|[Tt]hey|who|ich|wir)"
    r"(?!\w)"
)
_TO_THE_READER = re.compile(r"(?<!\w)(?:you|вы|ты)(?!\w)", re.IGNORECASE)
# The Bat! writes seconds, as no person does; its HTML has no quote marks.
_BY_THE_BAT = re.compile(
    r"(?:вы|ты) писали? \d{1,2} [а-я]{3,9} \d{4} г\., \d{1,2}:\d{2}:\d{2}:|"
    r"[^\W\d_]{3,12}, [^\W\d_]{3,9} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2}(?: [AP]M)?, you wrote:|"
    r"[^\W\d_]{3,12}, \d{1,2} [а-я]{3,9} \d{4}(?: г\.)?, \d{1,2}:\d{2}:\d{2},? (?:вы|ты) писали?:",
    re.IGNORECASE,
)
# Who comes first and when last: «Wiadomość napisana przez Ann w dniu 15.05.2019, o godz. 14:05:».
_WHO_AND_WHEN = re.compile(
    r"(?:wiadomość napisana przez [^:]{1,80} w dniu [^:]{4,30}, o godz\. \d{1,2}:\d\d|"
    r"[^:]{1,80} kirjoitti \d{1,2}\.\d{1,2}\.\d{2,4} (?:kello|klo) \d{1,2}[.:]\d\d|"
    r"[^:]{1,80} (?:şunları yazdı|yazmış) \([^():]{6,24} \d{1,2}:\d\d(?::\d\d)?\)):",
    re.IGNORECASE,
)
_VERB_AND_WHEN = re.compile(
    rf"(?<!\w)(?:{_VERBS})(?: [^\W\d_]{{1,3}}(?: dniu)?)? \d[\d./-]{{5,9}},? (?:[^\W\d_]{{1,3}} )?"
    r"\d{1,2}[:.hH]\d{2}(?::\d{2})? ?[:：]$",
    re.IGNORECASE,
)
_MOST_WORDS = 4
_MOST_NAMES = 8
_OF_A_THING = re.compile(r"[Цц]ит(?:ирую|ирование|ата) [а-яё][^@]*$")  # «Цитирую договор:»
# Roundcube's in Russian: only a program writes «(а)».
_BY_ROUNDCUBE = re.compile(r"[^:<>@]{1,80} (?:на)?писал\(а\) \d{4}-\d\d-\d\d \d{1,2}:\d\d ?:")
_SECOND_PERSON = re.compile(
    r"^(?:(?:и )?вы|you|ты)\W+(?:писали|пишете|написали|пишешь|писал|wrote)"
    r"(?!.*(?<!\w)(?:что|про|о|об|мне|нам|that|about)(?!\w))"  # «Вы писали, что:» is a writer's
)
_QUOTING = re.compile(
    r"^(?:(?:quoting|quoth|цитирую|цитирование|цитата(?! из)|citando|citat|zitat von|"
    r"in message|in article|excerpts from|in reply to|thus spake|from the keyboard of|dixit|"
    r"citiram|cituj[iu]|citát|"
    r"citēju|citera?r|siterer|citeren|idézet|lainaus|cytowanie|cytuję|цитую|alıntı|"
    r"s'està citant|estase citando|引用|引述)"
    r" \S.*:|message du \d{1,2}/\d{1,2}/\d{2,4}.*)$",
    re.IGNORECASE,
)


def is_by_the_bat(text: str) -> bool:
    """Whether a line is The Bat!'s, whose HTML shows no marks and whose users answer below."""
    return _BY_THE_BAT.fullmatch(text) is not None


def is_verb(text: str) -> bool:
    """Whether a line is only a verb of writing and a colon: «napisał:»."""
    return text.endswith((":", "：")) and _VERB.fullmatch(text.rstrip(" :：")) is not None


def strength(text: str, marked: bool) -> Strength | None:
    """How surely ``text`` is an attribution: ``dated``, ``sure``, ``weak`` or not at all.

    ``marked``: quote marks follow, so less evidence is enough. Without them a sentence of the
    writer's that names a date and a person must not be taken for one.
    """
    if text.startswith("Quoting ") and text.endswith(")"):
        return "weak" if marked and _TIME.search(text) else None
    if marked and _QUOTING.match(text):
        return None if _OF_A_THING.match(text) else "weak"
    if is_by_the_bat(text) or _BY_ROUNDCUBE.fullmatch(text) or _WHO_AND_WHEN.fullmatch(text):
        return "dated"
    colon = text.endswith((":", "："))
    verb_last = _ends_in_verb(text)
    to_address = marked and "@" in text.rpartition(" ")[2]
    if not (colon or verb_last or text.endswith(">") or to_address):
        return None
    verb = verb_last or _LOWER_VERB.search(text.lower()) is not None
    if marked and is_own_sentence(text, verb):
        return None
    when = tells_when(text)
    angle = _ANGLE_ADDRESS.search(text)
    if not (marked or verb or text[:1].isdigit() or _TIME.search(text)):
        return None  # «Copyright 2016 Jane Roe <a@b>:»
    if text.startswith(">>> ") and text.endswith(" >>>"):
        return "dated" if when else None
    if angle and when and (colon or verb_last or (marked and text[:1].isdigit())):
        personal = _PERSONAL.search(_ADDRESS.sub(" ", text[: angle.start()] + text[angle.end() :]))
        return None if personal and not marked else "dated"
    if angle and text.endswith(">") and _DATE_TIME_COMMA.match(text):
        return "dated"
    if when and opens_with_date(text):
        if _is_dated_by_writer(text, verb, verb_last, marked):
            return "dated"
        if _ZONE_AND_NAME.search(text) or _TIME_AND_ADDRESS.search(text):
            return "dated"
    if angle and verb and not text.endswith(">") and text[: angle.start()].strip(" \"'"):
        return "sure"
    return "weak" if marked and _is_weak(text, verb, when) else None


def _ends_in_verb(text: str) -> bool:
    """Whether a line ends in a verb of writing; to be fast, only its end is looked at."""
    last = text.rstrip(_AFTER_VERB)[-1:]
    if last.isascii() and not (last.isalpha() or last == ")"):
        return False
    start = max(len(text) - _LONGEST_VERB, 0)
    words = text[start:].rsplit(None, _WORDS_OF_VERB)
    from_word = start + len(words[0]) if len(words) > _WORDS_OF_VERB else start
    before = max(from_word - 1, 0)  # the character before a word tells whether it is one
    if _LOWER_VERB_LAST.search(text[before:].lower(), from_word - before):
        return True
    return not text.isascii() and _CJK_VERB_LAST.search(text, start) is not None


def _is_dated_by_writer(text: str, verb: bool, verb_last: bool, marked: bool) -> bool:
    if is_narrated(text, marked):
        return False
    if marked:
        named = _ADDRESS.search(text) or _TIME_AND_NAME.search(text)
        written = verb and not _PERSONAL.search(text)
        return written or named is not None or _is_date_and_name(text)
    if _TO_THE_READER.search(text):  # programs that write «Вы писали» mark what follows
        return False
    named_last = verb_last or _VERB_BEFORE_NAME.search(text) is not None
    timed = _TIME.search(text) is not None or text.startswith("On ")
    return named_last and timed and text.endswith((":", "：")) and not _PERSONAL.search(text)


def _is_date_and_name(text: str) -> bool:
    """``12.05.2024, 10:32, "Имя":``, a few words after the time and no more."""
    time = _TIME.search(text)
    if time is None or not text[:1].isdigit() or len(text) > 100:
        return False
    name = text[time.end() :].strip(' ,:"')
    return text[time.end() : time.end() + 1] == "," and 1 <= len(name.split()) <= 5


def who_wrote_when(text: str) -> str:
    """Return the name in ``Jane Roe wrote on 15.05.2019 14:05:``, which ends in the hour, or ''."""
    found = _VERB_AND_WHEN.search(text)
    return "" if found is None or _PERSONAL.search(text) else text[: found.start()].strip()


def tells_when(text: str) -> bool:
    """Whether a time or a date stands anywhere in a line."""
    digit = _DIGIT.search(text)  # neither is without one, and most lines are
    if digit is None:
        return False
    return _TIME.search(text, digit.start()) is not None or _DATE.search(text) is not None


def tells_day(text: str) -> bool:
    """Whether a day with its month and year stands anywhere in a line, in any language."""
    return _DATE.search(text) is not None or _DAY_OR_YEAR.search(text) is not None


def opens_with_date(text: str) -> bool:
    """Whether at most four words precede the first number: ``On Wed, Sep 25``, ``вт, 5 мая``."""
    for i, character in enumerate(text[:50]):
        if character.isdigit():
            return len(text[:i].split()) <= 4
    return False


def _is_weak(text: str, verb: bool, when: bool) -> bool:
    if _SECOND_PERSON.match(text.casefold()) or _NAME_AND_ONE_WORD.fullmatch(text):
        return True
    if _ADDRESS.search(text) and (when or (verb and not _PERSONAL.search(_ADDRESS.sub(" ", text)))):
        return True
    if (
        verb
        and when
        and len(text) <= 100
        and not (_PERSONAL.search(text) or is_narrated(text, True))
    ):
        return True
    return verb and _is_name_and_verb(text)


def _is_name_and_verb(text: str) -> bool:
    """``Jane Roe wrote:``; one word alone may be a thing in Russian: «Сервер пишет:»."""
    words = _VERB.sub(" ", text).strip(" :：,").split()
    if _PERSONAL.search(text) or not 1 <= len(words) <= _MOST_NAMES:
        return False
    if "via" in words[1:-1]:  # a forum or a group writes for somebody: ``jane via Group wrote:``
        return True
    if len(words) > _MOST_WORDS:
        return False
    if len(words) == 1:
        return words[0].isascii()
    return all(word[:1].isupper() or not word[:1].isalpha() for word in words)
