"""A client's line that lost the line end above it: ``Yes, thanks! On Mon, 15 Sep … wrote:``.

Gateways and phones that turn HTML into text write so. As one line, the words would be taken for a
part of the attribution and removed with it. So the line is split where a sentence ends and the rest
is an attribution by itself.
"""

import re
from collections.abc import Collection

from bridge.parse.reply.copied.field_names import field_of, fields_on_one_line
from bridge.parse.reply.lines import MAX_LINE, plain
from bridge.parse.reply.markers import marker
from bridge.parse.reply.wording import strength

# How clients' lines begin in languages that put a word or a weekday before the day.
_OPENING = re.compile(
    r"(?:^|(?<=[\s.!?,;:)-]))(?:"
    r"On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? |[A-Z][a-z]{2,8}\.? \d|\d{1,2}[ ./-])|"
    r"(?:On|At) \d{4}-\d|"
    r"Am (?:(?:Mo|Di|Mi|Do|Fr|Sa|So)[a-z]{0,8}\.?,? |\d{1,2}\.)|"
    r"Le (?:(?:lun|mar|mer|jeu|ven|sam|dim)[a-z]{0,5}\.? )?\d|"
    r"El (?:(?:lun|mar|mié|jue|vie|sáb|dom)[a-z]{0,7}\.?,? )?\d|"
    r"Em (?:(?:seg|ter|qua|qui|sex|s[áa]b|dom)[a-z-]{0,10}\.?,? )?\d|No dia \d|"
    r"Il giorno (?:[a-z]{3} )?\d|Il (?:[a-zì]{3,9} )?\d|Op (?:(?:ma|di|wo|do|vr|za|zo) )?\d|"
    r"Den (?:[a-zåäöø]{3,7}\.? )?\d|(?:pon|wt|śr|czw|pt|sob|niedz)\.,? \d|W dniu \d|Dnia \d|"
    r"(?:po|út|st|čt|pá|so|ne) \d{1,2}\. \d|Dne \d|"
    r"(?:пн|вт|ср|чт|пт|сб|вс|нд), \d|(?:[Пп]онедельник|[Вв]торник|[Сс]реда|[Чч]етверг|"
    r"[Пп]ятница|[Сс]уббота|[Вв]оскресенье), \d|\d{1,2}\.\d{2}\.\d{4},? \d{1,2}:\d{2}, |"
    r"\d{1,2} [а-я]{3,8}\.? \d{4} г\.,? (?:в )?\d{1,2}:\d{2}|"
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}년 \d{1,2}월 \d{1,2}일)"
)
# Words of such a line before its day: «W dniu pon., 15 wrz», «В письме от 15 сент. 2025 г. 15:46».
_LEADS_TO_DAY = re.compile(
    r"(?:.{0,40} )?(?:on|at|am|le|el|em|il|op|den|w|w dniu|dnia|dne|dana|dňa|pe|la|v|på|"
    r"στις|от|за|в|с|на|у|о|from|of|de|"
    r"vom|在|於|于)",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_HOUR = re.compile(r"\d{1,2}[:.hH]\d{2}")
_LONGEST_WEEKDAY = len("воскресенье, ")
_OPENS_SPEECH = ("(", "[", "«", '"', "“")
# «Missatge de Jane <a@b>», and no words of a writer's.
_LEADS_TO_NAME = re.compile(
    r"(?:^|\s)(?:de|da|di|von|van|from|by|of|от|від|od|fra|från|av|przez|par|por|door|użytkownik|"
    r"пользователь|користувач|sprach) $",
    re.IGNORECASE,
)
_SHORTEST_NAME = 5
# Neither day nor title: «On September 15, 2025, Jane», «Dr. Jane».
_ENDS_WORDS = re.compile(
    r"(?:^|[\s,，。！])(?!(?:dr|mr|mrs|ms|prof|ing|herr|frau)\W)[^\W\d_]{2,}[,.!，。！]? $",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"(?P<words>.{1,2000}?\S)[ \t]+(?P<line>(?P<marker>-{4,} ?[^-]{3,40}? ?-{4,}).*)"
)
_SENTENCE_END = re.compile(r"[!?…]+[)\"»]?(?=\s|\d|[^\W\d_a-zа-я])\s*|\.(?=\s)\s*")
_WORDS_AND_DOT = re.compile(r"(?:.*\s)?\S+\s+[a-zа-яё]{4,}\.\s*$", re.DOTALL)
_DIGIT = re.compile(r"\d")
# An address, or a sign that a time or a verb stands right before the end.
_TELLS_WHO = re.compile(r"@|[\w)/] ?[:：]\s*$")
_MOST_SPOTS = 8
# «On 15 Sep, Dr. …»: the beginning of a client's line.
_BEGINS_ONE = re.compile(r"(?:On|Am|Le|El|Il|Em|Op|Den) \S*\d")
_MOST_LINES = 1_000


def parted(body: str, people: Collection[str] = ()) -> tuple[str, list[tuple[str, str]]]:
    """Return the body with such lines split off, and each one's words and client's line.

    ``people`` are the casefolded names and addresses of the participants. Linear in time.
    """
    text = body.split("\n")
    apart: dict[int, tuple[str, str]] = {}
    for i, line in enumerate(text):
        if not line or len(line) > 2_000 or line[0] == ">" or len(apart) >= _MOST_LINES:
            continue
        found = None
        if line.rstrip().endswith((":", "：")):
            below = next((each for each in text[i + 1 : i + 3] if each.strip()), "")
            at, found = i, _parted(line, "", below, people)
            above = text[i - 1] if i and len(line) <= MAX_LINE and "@" in line else ""
            if found is None and above.strip() and above[:1] != ">" and len(above) <= 2_000:
                at, found = i - 1, _parted(above, line, below, people)
        elif "----" in line:
            at, found = i, _at_marker(line)
        if found:
            apart[at] = found
    for i, (words, client) in apart.items():
        text[i] = f"{words}\n\n{client}"
    return "\n".join(text) if apart else body, list(apart.values())


def _parted(line: str, rest: str, below: str, people: Collection[str]) -> tuple[str, str] | None:
    """The words and the client's line that ``rest`` ends; None if it is none."""
    marked = below.lstrip()[:1] == ">"
    if _DIGIT.search(line[-MAX_LINE:]) is None or not (rest or _TELLS_WHO.search(line[-MAX_LINE:])):
        return None
    spots = [end.end() for end in _SENTENCE_END.finditer(line)][-_MOST_SPOTS:]
    for spot in reversed(spots):
        words, client = line[:spot].rstrip(), line[spot:]
        if _is_client_s(client, rest, marked) and _says_something(words):
            return words, client
    whole = f"{line} {rest}"
    if marked and "<" not in whole and strength(plain(whole), marked) is None:
        return None  # «Stand 13.05.2024 15:00, jane@example.org:» is the writer's heading
    begins = _opening(line) or _name(line, people)
    if begins and _is_client_s(line[begins:], rest, marked):
        return line[:begins].rstrip(" \t-"), line[begins:]
    return None


def _is_client_s(client: str, rest: str, marked: bool) -> bool:
    whole = plain(f"{client} {rest}")
    return bool(client.strip()) and len(whole) <= MAX_LINE and strength(whole, marked) == "dated"


def _opening(line: str) -> int | None:
    """Where a client's line begins behind words that end no sentence and hold no hour."""
    openings = [each.start() for each in _OPENING.finditer(line)]
    while openings:
        begins = openings.pop()
        while openings and begins - openings[-1] <= _LONGEST_WEEKDAY:
            begins = openings.pop()  # «пн, 15 сент. 2025 г. в 15:46», told by either of its parts
        words = line[:begins].rstrip()
        if not (_HOUR.search(words) or "@" in words or words.endswith(_OPENS_SPEECH)):
            return begins if _LETTER.search(words) and not _LEADS_TO_DAY.fullmatch(words) else None
    return None


def _name(line: str, people: Collection[str]) -> int | None:
    """Where a participant's name begins, with the address behind, under words."""
    shown = line.casefold()
    if "<" not in line or len(shown) != len(line):
        return None
    for one in people:
        at = shown.find(f"{one} <") if len(one) >= _SHORTEST_NAME and "@" not in one else -1
        words = line[:at]
        if at > 0 and _LETTER.search(words) and not _HOUR.search(words):
            apart = _ENDS_WORDS.search(words) and not _LEADS_TO_NAME.search(words)
            return at if words[-1] == " " and apart else None
    return None


def _says_something(words: str) -> bool:
    """Whether the text before is a sentence, and no abbreviation in the client's line."""
    if not words.endswith("."):
        return _BEGINS_ONE.match(words) is None
    return _WORDS_AND_DOT.match(words) is not None and not any(map(str.isdigit, words))


def _at_marker(line: str) -> tuple[str, str] | None:
    """The words and the marker behind them, with the copied fields on the same line."""
    found = _MARKED.fullmatch(line)
    if found is None or marker(found["marker"]) is None:
        return None
    fields = found["line"][len(found["marker"]) :].strip()
    told = field_of(fields) is not None and len(fields_on_one_line(fields)) >= 2
    return (found["words"], found["line"]) if told else None
