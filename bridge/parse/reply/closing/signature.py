"""What stands under a letter's words: a signature, a mobile client's tail, a list's footer.

Only what is certainly one is removed; ``card`` tells a signature from words. A drawn rule above
account details proves nothing, and neither does «С уважением».
"""

import re
from bisect import bisect
from itertools import pairwise

from bridge.parse.reply.closing.card import DELIMITERS, is_card
from bridge.parse.reply.closing.list_footer import list_footer
from bridge.parse.reply.closing.signs import is_farewell
from bridge.parse.reply.closing.tails import is_last_tail, is_page_of_program, is_tail
from bridge.parse.reply.lines import plain
from bridge.parse.reply.markers import is_rule
from bridge.parse.reply.occasion import Occasion

_LONGEST_SIGNATURE = 40
_LONGEST_FOOTER = 8
_LONGEST_FAREWELL = 12
_MOST_FOOTERS = 3
_LONGEST_BOLD = 8
_FEW_WORDS = 3
_NEAR = 4
_OF_TAIL = "---"
"""What a guard against viruses draws above its line."""
_WITH_BLANK = ("-- ", "--\xa0")  # HTML editors make the blank a no-break space
_BOLD = re.compile(r"^\*(-- ?)\*$")
"""Gmail's text of a delimiter in bold letters: ``*-- *``."""

# Not a card's line: it has words in small letters and no number, address or page.
_SENTENCE = re.compile(r"\s*[^\W\d_][^@\d/]{0,400}\s[a-zа-яё][^@\d/]{0,400}")


def without_signature(text: list[str], occasion: Occasion) -> list[str]:
    """Words without the lines that a client or a list added under them."""
    kept = _without_trailing(text)
    for _ in range(_MOST_FOOTERS):
        footer = list_footer(kept)
        if footer is None:
            break
        kept = _without_trailing(kept[:footer])
    start = _signature_start(kept, occasion)
    if start is not None:
        kept = _without_trailing(kept[:start])
    return _without_tails(kept)


def without_farewell(text: list[str]) -> list[str]:
    """The lines above «С уважением» if it is near the end; below it nothing is said."""
    start = max(0, len(text) - _LONGEST_FAREWELL)
    return text[: next((i for i in range(start, len(text)) if is_farewell(text[i])), len(text))]


def goes_on_below_farewell(text: list[str]) -> bool:
    """Whether a sentence stands apart below a letter's farewell and name."""
    start = next((i for i, line in enumerate(text) if is_farewell(line)), len(text))
    end = next((i for i in range(start, len(text)) if not text[i].strip()), len(text))
    return any(map(_SENTENCE.fullmatch, text[end:]))


def _without_trailing(text: list[str]) -> list[str]:
    """Drop blank lines and drawn rules from the end."""
    end = len(text)
    while end and (
        not text[end - 1].strip()
        or (len(text[end - 1]) < 200 and (not plain(text[end - 1]) or is_rule(text[end - 1])))
    ):
        end -= 1
    return text[:end]


def _signature_start(text: list[str], occasion: Occasion) -> int | None:
    """The highest delimiter under which all is signature, judged from the lowest up."""
    below = 0
    found = None
    for i in range(len(text) - 1, -1, -1):
        line = text[i]
        if line[:1] == "*" and len(line) <= _LONGEST_BOLD:
            line = _BOLD.sub(r"\1", line)
        if line.strip() and len(line) <= 200 and plain(line) in DELIMITERS:
            above = next((x for x in reversed(text[:i]) if x.strip()), "")
            certain = line in _WITH_BLANK
            alone = not _parts_several(text)
            fences = [i for i, line in enumerate(text) if line.startswith("```")]
            card = is_card(text[i + 1 :], above[-200:], certain, occasion, alone)
            in_code = bisect(fences, i) % 2 == 1  # a Markdown code block is open
            if not card or in_code:
                break
            found = i
        below += bool(line.strip())
        if below > _LONGEST_SIGNATURE:
            break
    return found


def _parts_several(text: list[str]) -> bool:
    """Whether several delimiters have words below them, and no list wrote the last."""
    at = [i for i, line in enumerate(text) if line in _WITH_BLANK]
    if len(at) < 2 or len({_card(text, *ends) for ends in pairwise([*at, len(text)])}) == 1:
        return False  # one card, or the same card repeated by a client
    below = "\n".join(text[at[-1] + 1 :][:_LONGEST_FOOTER]).casefold()
    of_list = "list" in below and ("@" in below or "://" in below)
    return bool(below.strip()) and not of_list and "sponsored" not in below


def _card(text: list[str], delimiter: int, end: int) -> tuple[str, ...]:
    """The lines below a delimiter, without blanks."""
    return tuple(filter(None, map(str.strip, text[delimiter + 1 : end])))


def _without_tails(text: list[str]) -> list[str]:
    """Drop clients' tails: at the end, and alone between blank lines."""
    text = [
        line
        for i, line in enumerate(text)
        if not (("." in line or "#" in line) and is_page_of_program(line))
        or not any(map(is_tail, text[max(0, i - 1) : i + 2]))
    ]
    seen = [False, *(not line.isspace() and line != "" for line in text), False]
    kept = [
        line
        for i, line in enumerate(text)
        if not line or seen[i] or seen[i + 2] or not is_tail(line) or _is_spoken_of(text, i)
    ]
    found = len(kept) < len(text)
    kept = _without_trailing(kept)
    while kept and is_last_tail(kept[-1]):
        kept, found = _without_trailing(kept[:-1]), True
    if found and kept and plain(kept[-1][:200]) in (_OF_TAIL, *DELIMITERS):
        kept = _without_trailing(kept[:-1])
    return kept


def _is_spoken_of(text: list[str], i: int) -> bool:
    """Whether the writer speaks of a tail: his sentence leads on to it and goes on below."""
    below = next(filter(None, map(str.strip, text[i + 1 : i + _NEAR])), "")
    above = next(filter(None, map(str.strip, reversed(text[max(0, i - _NEAR) : i]))), "")
    if not below or not above or is_tail(below) or not below[0].isalpha():
        return False
    unended = above[-1].isalnum() and len(above.split()) > _FEW_WORDS
    return below[0].islower() or above.endswith((":", ",")) or unended
