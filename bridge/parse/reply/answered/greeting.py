"""Words above a quotation that only say good day, so that more must follow."""

import re

from bridge.parse.reply.closing.signs import is_farewell
from bridge.parse.reply.occasion import Occasion

_FEW_WORDS = 4
_LONGEST_GREETING = 8
_MOST_SIGNS = 30
_LONGEST_SIGNED = 8

_GREETING = re.compile(
    r"(?<!\w)(?:здравствуй(?:те)?|здравия|"
    r"добр(?:ый|ое|ого|ой) (?:день|утро|вечер|времени|дня|вечера|утра)|"
    r"добр(?:ый|ого)\W*$|приветствую|привет|доброго времени суток|день добрый|"
    r"уважаем\w+|коллеги|hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|greetings|"
    r"guten (?:tag|morgen|abend)|hallo|moin|servus|sehr geehrt\w+|liebe[rs]?|bonjour|bonsoir|salut|"
    r"hola|buenos (?:días|dias)|buenas|estimad[oa]s?|ciao|buongiorno|buonasera|salve|gentile|"
    r"olá|oi|bom dia|boa (?:tarde|noite)|prezad[oa]s?|"
    r"beste|geachte|goede(?:morgen|middag|navond)|goedendag|dag|hej|hejsan|hei|moi|terve|"
    r"god (?:dag|morgon|morgen|kväll)|tere|dzień dobry|witam|cześć|szanown\w+|dobrý den|dobrý deň|"
    r"ahoj|vážen\w+|добрий (?:день|ранок|вечір)|доброго дня|вітаю|привіт|шановн\w+|вітаю|"
    r"здравейте|добър ден|zdravo|pozdrav|poštovan\w+|dobar dan|tisztelt|kedves|szia|"
    r"bună (?:ziua|seara)|"
    r"stimate?|merhaba(?:lar)?|selam|sayın|iyi günler|günaydın)(?!\w)|"
    r"^\W*(?:您好|你好|尊敬的|早上好|下午好|お世話に|こんにちは|拝啓|様|안녕하|שלום|היי|בוקר טוב|"
    r"السلام|مرحبا|تحية|صباح الخير|عزيزي)",
    re.IGNORECASE,
)
# Whom a greeting names besides persons, and words that lengthen it.
_ADDRESSED = frozenset({
    "коллеги", "коллега", "друзья", "господа", "всем", "вам", "ещё", "еще", "раз", "снова", "и",
    "все", "колеги", "усім", "all", "team", "there", "everyone", "everybody", "folks",
    "guys", "colleagues", "colleague", "sir", "sirs", "madam", "or", "and", "again", "to", "you",
    "und", "damen", "herren", "herr", "frau", "zusammen", "alle", "kollegen", "à", "tous", "toutes",
    "monsieur", "madame", "messieurs", "a", "todos", "todas", "tutti", "todo", "señor", "señora",
    "signor", "signora", "senhor", "senhora", "iedereen", "allemaal", "alla", "państwo", "panie",
    "pani", "wszystkim", "pane", "paní", "všem", "bey", "hanım", "herkese",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w'’-]*\.?")
_TRIED_OUT = re.compile(r"[A-Za-z]{2,5}")
_THANKS = re.compile(r"\W*(?:(?:many )?thanks|с благодарностью|cheers)", re.IGNORECASE)


def only_greets(words: list[str], signed: bool = False) -> bool:
    """Whether the lines above history only say good day, so that more must follow.

    ``signed``: a farewell and a name below it were left out of ``words``.
    """
    shown = [line.strip() for line in words if line.strip()]
    return (bool(shown) or signed) and all(map(_greets, shown))


def _greets(line: str) -> bool:
    found = _GREETING.search(line)
    if found is None or "?" in line or "？" in line:
        return False
    if not line.isascii() and not found[0][:1].isspace() and " " not in line:
        return len(line) <= _MOST_SIGNS
    leads = line[: found.start()].rstrip()
    addressed = not leads or (leads.endswith(",") and len(leads.split()) < _FEW_WORDS)
    return addressed and len(line.split()) <= _LONGEST_GREETING


def says_nothing(words: list[str], occasion: Occasion) -> bool:
    """Whether lines only greet, name somebody, and are signed: not «Добрый день! Сделаем завтра.».

    A mere «Hello» is what people write to try whether mail comes through.
    """
    shown = [line.strip() for line in words if line.strip()]
    greeting = next((i for i, line in enumerate(shown) if not _only_names(line)), len(shown))
    below = shown[greeting:]
    if not greeting:
        return False
    if not below:
        return greeting > 1 or _TRIED_OUT.fullmatch(shown[0]) is None
    if occasion.is_first_name(below[0].strip(" .,!-–—")):
        return len(below) == 1
    signed = is_farewell(below[0]) and _THANKS.match(below[0]) is None
    return signed and len(below) <= _LONGEST_SIGNED and not any(map(_tells, below[1:]))


def _tells(line: str) -> bool:
    return line.endswith((".", "!", "?", ":", "…"))


def _only_names(line: str) -> bool:
    """Whether a line greets and has no other words but names."""
    if not _greets(line):
        return False
    others = _WORD.findall(_GREETING.sub(" ", line))
    return len(others) <= _FEW_WORDS and all(
        not word[0].islower() or word.casefold() in _ADDRESSED for word in others
    )
