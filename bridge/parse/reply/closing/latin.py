"""Whether a line of a card in Latin letters only says who the writer is.

Sentences, items and labels have words in small letters or numbers; names, posts and addresses are
capitalised, except for particles.
"""

import re

_SMALL = re.compile(
    r"(?:of|the|and|for|at|in|to|on|an?|de|del|della|delle|di|da|do|dos|la|le|les|el|los|y|e|et|en|du|"
    r"des|von|vom|van|der|den|und|für|zu|och|og|i|na|ve|per|pour)"
)
_POST = re.compile(
    r"(?<!\w)(?:manager|director|engineer|developer|programmer|architect|administrator|accountant|"
    r"assistant|secretary|officer|consultant|analyst|designer|lawyer|attorney|editor|author|owner|"
    r"founder|partner|president|chairman|head of|student|professor|lecturer|researcher|scientist|"
    r"department|division|team|university|institute|college|school|laborator\w+|leiter(?:in)?|"
    r"geschäftsführer(?:in)?|direct(?:eur|rice|or|ora)|responsable|ingegnere|ing[eé]nieur\w*|"
    r"kierownik|dyrektor|ředitel|johtaja|müdür|chef|universi\w+|hochschule|institut|ce?o|cto|cfo)"
    r"(?!\w)",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?<!\w)(?:street|st|road|rd|ave|avenue|drive|lane|square|suite|p\.? ?o\.? ?box|cross|"
    r"rue|via|calle|plaza|ulica|ul|\w*(?:stra(?:ß|ss)e|str|weg|platz|gasse|straat|laan|gatan|katu))(?!\w)|"
    r"[A-Z]{2} +\d{5}|(?:^|, |[A-Z]-)\d{4,5} [A-Z]",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[^\W\d_][^:@/]{1,40}:\s+\S")
_PARTED = re.compile(r"\s[|•·]\s")
_LATIN = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]+")
_LONGEST_POST = 9
_OPENS_MOTTO = ('"', "“", "«", "„", "`", "''")
_SAID_BY = re.compile(r"(?:.*[\s\"”»'])?[-–—~]{1,3}\s?[\"(]?[A-Z].*")
_OF_PROGRAM = re.compile(r"randomly generated tagline:?", re.IGNORECASE)


def is_latin(line: str) -> bool:
    """Whether a line's letters are Latin, with or without diacritics."""
    letters = _LATIN.findall(line)
    return bool(letters) and all(letter < "\u0250" or "Ḁ" <= letter <= "ỿ" for letter in letters)


def is_of_card(line: str) -> bool:
    """Whether a Latin line is a name, a firm, a post, an address or the author of a motto."""
    if _LABELLED.match(line):
        return False
    if _PARTED.search(line):
        return True
    words = _WORD.findall(line)
    small = [word for word in words if word[0].islower() and not _SMALL.fullmatch(word)]
    if _POST.search(line) and len(words) <= _LONGEST_POST and not line.endswith((".", "!", "?")):
        return not any(map(str.isdigit, line))
    if small or not words or not (words[0][0].isupper() or words[0][0].isdigit()):
        return False
    return not any(map(str.isdigit, line)) or _STREET.search(line) is not None


def is_motto(paragraph: list[str]) -> bool:
    """Whether lines are a quoted saying with its author, or a program's saying of the day."""
    if _OF_PROGRAM.fullmatch(paragraph[0]):
        return True
    return paragraph[0].startswith(_OPENS_MOTTO) and any(map(_SAID_BY.fullmatch, paragraph))
