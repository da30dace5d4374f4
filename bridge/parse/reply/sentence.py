"""Whether a dated line above quote marks is the writer's own: a sentence, a log line, an order."""

import re

from bridge.parse.header.months import month_of
from bridge.parse.reply.copied.field_names import field_of

_ADDRESS = re.compile(r"[^\s<>@()\[\]]{1,100}@[^\s<>@()\[\]]{1,200}")
# The address in brackets, with the name before it; other characters tell what precedes a name.
_NAME_AND_ADDRESS = re.compile(
    r"(?:[^\W\d_][\w.'’-]{0,40} ){0,8}[<\[(]{1,2} ?(?:mailto:)?"
    r"[^\s<>@()\[\]]{1,100}@[^\s<>@]{1,200}"
)
_IN_ANGLES = re.compile(r"[<\[] ?(?:mailto:)?[^\s<>@]{1,100}@")
_QUOTED = re.compile(r"[\"«“„][^\"«»“”]{1,80}[\"»”]")
_ASSIGNED = re.compile(r"(?<![^\s\[,(])[A-Za-z_][\w.-]{0,30}=(?=[<\w\"'])")
_BY_A_LOG = re.compile(
    r"(?<!\w)(?:CRITICAL|ERROR|WARNING|WARN|FATAL|DEBUG|INFO|NOTICE|ALERT|TRACE)(?!\w)|\w\[\d+\]:"
)
# In small letters, as no name is; a single capital belongs to a name unless a verb follows.
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:[Яя]|[Мм]ы|мне|нам|мо[йяи]|наш[аи]?|I(?= [a-z])|[Ww]e(?= [a-z])|me|us|my|our|ich|"
    r"wir|mir|mein|unser|nous)(?!\w)"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*[.,:]?")
_WEEKDAY = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|сред[ау]|"
    r"четверг|пятниц[ау]|суббот[ау]|воскресенье|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
_BETWEEN = re.compile(
    r"on|at|by|from|um|am|uhr|von|vom|le|à|par|el|a|de|del|da|di|il|em|op|om|kl|den|av|af|od|dne|"
    r"в|во|от|г|год|года|о|та|від|gmt|utc|pm"
)
_FEW_IN_SMALL = 3
_FEW_LETTERS = 2
# «… came and wrote:», «… est venu et a écrit :»: a client names who wrote, and nothing that he did.
_AND_WROTE = re.compile(
    r"(?<!\w)(?:and|und|et|y|e|i|en|och|og|ja|ve|és|și|и|й|та|і|але|но|but|aber|mais|pero|который|"
    r"которая|який|who|der|die|qui|que)(?= [a-zß-ÿа-яёіїєґ])(?: [^\W\d_]{1,12}){0,3} "
    r"(?:(?:на)?писал[аи]?|написав|пише|пишет|wrote|said|schrieb|écrit|escribió|scritto|escreveu|"
    r"schreef|skrev|napisała?|napsala?|kirjoitti|yazdı|írta|scris) ?[:：]$"
)
# Small words of clients' own lines and of names.
_SMALL = re.compile(
    r"hat|heeft|het|volgende|user|uživatel|użytkownik|пользователь|користувач|odesílatel|oseba|"
    r"tarihinde|χρήστης|via|van|der|den|dos|del|las|los|bin|ibn|alle|ore|ora|kello|klo|ezt|igorleak|hau|idatzi"
)


def is_own_sentence(text: str, verb: bool) -> bool:
    """Whether a line with a day and a name is no client's; in doubt it is the writer's.

    ``verb``: it holds one of writing. Without a verb the line must have a client's shape: the day,
    a name with the address in brackets or an address alone, and little else.
    """
    if field_of(text) is not None:
        return False
    bare = _ADDRESS.sub("@", text)
    if _ASSIGNED.search(bare) or _BY_A_LOG.search(bare) or _FIRST_PERSON.search(bare):
        return True
    if verb or text.endswith(" write:"):
        return False
    named = _NAME_AND_ADDRESS.search(text)
    rest = _QUOTED.sub(" ", text[: named.start()] + " , " + text[named.end() :] if named else bare)
    unknown = [word for word in _WORD.findall(rest) if not _is_of_a_day(word)]
    small = sum(word[:1].islower() and word[-1:] not in ".," for word in unknown)
    if small > _FEW_IN_SMALL:
        return True
    if not _ADDRESS.search(text) or (named and _IN_ANGLES.search(named[0])):
        return False
    first = unknown[0] if unknown else ""
    return small > 0 or (rest.startswith(first) and first[-1:].isalpha())


def is_narrated(text: str, marked: bool) -> bool:
    """Whether a line that ends in «wrote:» tells what somebody did, as no client does.

    «25.05.2026 в 14:30 приходил мастер и написал:»; a name may be in small letters: «jane wrote:».
    Above lines that are ``marked`` people have a client say whatever amuses them.
    """
    if "@" in text:
        return False
    if marked or _AND_WROTE.search(text):
        return _AND_WROTE.search(text) is not None
    words = [word for word in _WORD.findall(text) if word[0].islower() and len(word) > _FEW_LETTERS]
    small = [word for word in words if not _is_of_a_day(word) and not _SMALL.fullmatch(word)]
    return len(small) > _FEW_IN_SMALL


def _is_of_a_day(word: str) -> bool:
    """Whether a word belongs to a date and hour, or only joins them to a name."""
    plain = word.rstrip(".,:").casefold()
    return (
        _BETWEEN.fullmatch(plain) is not None
        or month_of(plain) > 0
        or _WEEKDAY.fullmatch(plain) is not None
    )
