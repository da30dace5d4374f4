"""Whether lines under a delimiter are the writer's card, or words that say something.

People use ``--`` and even ``-- `` as dashes, write on under their signature, and answer «на кого
выписать?» with a name and a number. So lines are a card only if they prove it and nothing in them
contradicts:

- every paragraph bears a sign: a farewell, a name, a way to reach somebody, a firm, opening hours,
  small print, a quoted saying with its author; every Russian and Latin line says who the writer is.
  In an answer without a Russian letter a card drawn in columns is trusted;
- no line tells anything: no sentence, request, postscript, sum, or number other than a telephone's;
- nothing stands below a mobile client's tail, which clients write last.

The delimiter ``-- `` with its blank (RFC 3676 section 4.3) is mostly a client's. Without the blank
it may be a dash, so the lines must begin with a farewell or the sender's name, and hold neither an
address nor a number. Under neither may the words above lead on to them («Выпишите на:»).
"""

import re

from bridge.parse.reply.closing.latin import is_latin, is_motto, is_of_card
from bridge.parse.reply.closing.signs import belongs, is_name, is_of_writer, reaches
from bridge.parse.reply.closing.tails import is_tail
from bridge.parse.reply.closing.telling import is_postscript, may_be_answer, speaks, tells
from bridge.parse.reply.lines import plain
from bridge.parse.reply.markers import is_rule
from bridge.parse.reply.occasion import Occasion

DELIMITERS = ("--", "—", "–", "- -")
_LONGEST_DOUBTFUL = 15

_FIRM = re.compile(r"\W*(?:ооо|оао|зао|пао|ао|ип|нко|ltd|inc|llc|gmbh)\b", re.IGNORECASE)
# «Цвет - красный»: a thing and its property.
_NAMES_THING = re.compile(r"\w\s[-–—]\s\w|\w ?[:=]\s*\w")
_LEADS_ON = re.compile(
    r"[:,]$|^(?=[^.!?]*$).*(?<!\w)(?:телефон|номер|адрес|почта|контакты|реквизиты|данные|имя|фио|"
    r"phone|address|name|contacts?)(?: \w+){0,2}$|"
    r"(?<!\w)(?:send|order|need|add|deliver|ship)(?: me| us)?$|"
    r"(?<!\w)(?:на|для|по|от|к|to|for|by|of|from|at)$|"
    r"(?<!\w)(?:ниже|below|из подписи|в подписи|(?:in|from) (?:my|the) signature)[.!]?$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidential|intended (?:recipient|solely|only|for)|disclaimer|privileged|virus|think before|"
    r"environment|unsubscribe|mail is sponsored|"
    r"конфиденциал|предназнач|адресат|вирус|окружающ|vertraulich|"
    r"confidentiel|confidencial|riservat",
    re.IGNORECASE,
)
# What a list's program puts under a bare dash.
_OF_LIST = re.compile(r"to unsubscribe(?: from this (?:list|group))?[:,] ", re.IGNORECASE)
_KEY = "-----BEGIN PGP"
_RUSSIAN = re.compile(r"[а-яё]", re.IGNORECASE)
_OF_PATCH = re.compile(r"diff --git |\+\+\+ \S|@@ -\d|Index: \S")
# A card drawn in columns, or indented.
_DESIGNED = re.compile(r"^ {2,}\S|\S(?: {3,}|\t+)\S")


def is_card(
    text: list[str], above: str, certain: bool, occasion: Occasion, alone: bool = True
) -> bool:
    """Whether the lines under a delimiter are a card; ``above`` is the line over the delimiter.

    ``certain``: the delimiter has its blank. ``alone``: no other delimiter parts words, as a writer
    of several may set off his own words with them.
    """
    if _goes_on_below_tail(text):
        return False
    paragraphs = _paragraphs([line for line in text if not is_tail(line)])
    if not paragraphs:
        return True
    trusted = certain and alone and occasion.answers and not _RUSSIAN.search("\n".join(text))
    designed = trusted and any(map(_DESIGNED.search, text))
    if any(map(_OF_PATCH.match, text)) or (designed and _speaks_apart(text)):
        return False
    for at, paragraph in enumerate(paragraphs):
        foreign = trusted and at == 0 and not any(map(is_latin, paragraph))
        if not (designed or foreign or _shows_card(paragraph, at == 0, occasion)):
            return False
    lines = [line for paragraph in paragraphs for line in paragraph]
    small_print = [line for each in paragraphs if _is_small_print(each) for line in each]
    for line in lines:
        if line.startswith(_KEY):
            break
        if line in small_print:
            continue
        if is_postscript(line) if designed else tells(line, motto=trusted):
            return False
    if _LEADS_ON.search(plain(above)):
        return False
    of_list = len(small_print) == len(lines) and _OF_LIST.match(lines[0]) is not None
    return certain or of_list or _is_surely_signed(paragraphs, occasion)


def _speaks_apart(text: list[str]) -> bool:
    """Whether a paragraph outside the columns of a card asks or tells of the writer."""
    drawn = {plain(line) for line in text if _DESIGNED.search(line)}
    apart = (each for each in _paragraphs(text) if drawn.isdisjoint(each))
    return any(speaks(line) for each in apart if not _is_small_print(each) for line in each)


def _goes_on_below_tail(text: list[str]) -> bool:
    tail = next((i for i, line in enumerate(text) if is_tail(line)), len(text))
    below = [line for line in text[tail + 1 :] if line.strip() and not is_tail(line)]
    return any(not is_rule(line) for line in below) and not _is_small_print(below)


def _paragraphs(text: list[str]) -> list[list[str]]:
    """Groups of adjacent lines, without drawn rules and second delimiters."""
    found: list[list[str]] = [[]]
    for line in text:
        shown = plain(line)
        if not shown:
            found.append([])
        elif shown not in DELIMITERS and not is_rule(line):
            found[-1].append(shown)
    return [paragraph for paragraph in found if paragraph]


def _is_small_print(paragraph: list[str]) -> bool:
    return _DISCLAIMER.search(" ".join(paragraph)) is not None


def _shows_card(paragraph: list[str], first: bool, occasion: Occasion) -> bool:
    """Whether a paragraph bears a sign, and so does a line below a way to reach somebody."""
    if _is_small_print(paragraph):
        return True
    reached = next((i for i, line in enumerate(paragraph) if reaches(line)), len(paragraph))
    below = paragraph[reached:]
    above = paragraph[:reached]
    named = first and any(map(is_name, above))
    if first and is_motto(paragraph):
        return True
    for line in paragraph:
        latin = is_latin(line)
        if (latin or _RUSSIAN.search(line)) and not (
            belongs(line, occasion) or (latin and is_of_card(line))
        ):
            return False
    return named or bool(below) or any(is_of_writer(line, occasion) for line in above)


def _is_surely_signed(paragraphs: list[list[str]], occasion: Occasion) -> bool:
    """Whether a card under a bare dash begins as one and holds nothing that may be an answer."""
    lines = [line for paragraph in paragraphs for line in paragraph]
    first = paragraphs[0]
    if len(lines) > _LONGEST_DOUBTFUL or _FIRM.match(first[0]):
        return False
    if any(map(may_be_answer, lines)) or any(
        _NAMES_THING.search(line) and not reaches(line) and not is_of_writer(line, occasion)
        for line in lines
    ):
        return False
    if is_of_writer(first[0], occasion):
        return True
    if not is_name(first[0]):
        return False
    if occasion.writer:
        return occasion.shows_address("\n".join(first))
    return any(map(reaches, first)) or all(map(is_name, first))
