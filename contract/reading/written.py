"""Where a text has addresses, as people and programs write them: pure, linear in time.

What stands beside an address may belong to it or not: ``_ivan@a.ru_`` is an address marked up, or
one with an underscore; ``ivan@a.ru.Спасибо`` is one without a space after the full stop. So each
place has several readings, and each of them may be the one that is meant. A word that goes on does
not end: ``notivan@a.ru``, ``o'ivan@a.ru`` and ``ivan@a.ru.com`` have nothing of ``ivan@a.ru``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from contract.reading.addresses import canonical

FILE_ENDINGS = (
    "pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|tsv|json|xml|yaml|html?|eml|msg|mbox|ics|vcf|log|bak"
    "|zip|rar|7z|gz|tgz|tar|bz2|xz|p7[ms]|sig|asc|jpe?g|png|gif|tiff?|bmp|webp|heic|svg|mp[34]|wav"
)
_MOST_LOCAL, _MOST_ATEXT, _MOST_CUTS, _MOST_ENCODED = 160, 64, 6, 3
_MARKS = "_.'+-%"  # those of a local part that may stand before it as well
_ATEXT = "!#$&*/=?^`{|}~"  # RFC 5322 section 3.2.3: rare in an address, common before one
_ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_AT = re.compile(r"@|%(?:25){0,3}40")
_LOCAL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]++\Z")
_DOMAIN = re.compile(r"(?:\w|%[89a-f][0-9a-f])(?:[\w.-]|%[89a-f][0-9a-f]){0,254}", re.IGNORECASE)
_ENCODED = r"%(?:25)*(?:[01][0-9a-f]|2[0-4689acf]|3[a-f]|40|5[b-e]|60|7[b-f])"
_ENCODED_BOUND = re.compile(_ENCODED, re.IGNORECASE)
_BOUND = re.compile(rf"[{re.escape(_ATEXT)}]|{_ENCODED}", re.IGNORECASE)
_PLAIN = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.+_-]*+\Z")
_OTHER_SCRIPT = r"(?<=[a-zA-Z])[_.-]+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])[_.-]+(?=[a-zA-Z0-9])"
_BEFORE = re.compile(_OTHER_SCRIPT)
_SENTENCE = r"(?<=[a-zа-яё0-9])\.(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ]{2})\.(?=[A-ZА-ЯЁ][a-zа-яё])"
_AFTER = re.compile(rf"_+|\.{{2,}}|-\.|\.-|{_SENTENCE}|{_OTHER_SCRIPT}")
_ENDING = re.compile(rf"(?:\.(?:\d+|{FILE_ENDINGS}))+\Z", re.IGNORECASE)


class Reading(NamedTuple):
    """One way to read an address: where it starts and ends in its text; canonical."""

    start: int
    end: int
    address: str


def addresses_in(text: str) -> set[str]:
    """Return the addresses that a text may have, canonical."""
    return {each.address for each in readings(text)}


def with_address_replaced(text: str, person: str, other: str) -> str:
    """Return a text with something else wherever a canonical address stands, however spelt."""
    kept, done = [], 0
    for each in readings(text):
        if each.address == person and each.start >= done:
            kept += [text[done : each.start], other]
            done = each.end
    return "".join([*kept, text[done:]])


def readings(text: str) -> Iterator[Reading]:
    """Yield each way to read each address of a text, in the order of the at signs."""
    for at in _AT.finditer(text):
        domain = _DOMAIN.match(text, at.end())
        if domain is None:
            continue
        quoted = text[domain.end() : domain.end() + 1] == "'"
        starts = sorted(_starts(text, at.start(), quoted=quoted))
        ends = _ends(domain[0])
        for start in starts:
            local = _decoded(text[start : at.start()])
            for end in ends:
                address = canonical(f"{local}@{_decoded(domain[0][:end])}")
                yield Reading(start, at.end() + end, address)


def _starts(text: str, at: int, *, quoted: bool) -> set[int]:
    """Return where a local part may start that ends at a place; none if there is none."""
    found = _LOCAL.search(text[max(0, at - _MOST_LOCAL) : at])
    run = found[0] if found else ""
    first = at - len(run)
    if _PLAIN.match(run) and (first == 0 or text[first - 1] not in _ATEXT):
        return {first}
    starts = {0}
    starts |= {each.end() for each in list(_ENCODED_BOUND.finditer(run))[-_MOST_ENCODED:]}
    starts |= {each.end() for each in list(_BEFORE.finditer(run))[-1:]}
    if quoted:
        starts.add(run.rfind("'") + 1)
    starts |= {len(run) - len(run[each:].lstrip(_MARKS)) for each in starts}
    wide = _starts_of_atext(text, first)
    return {first + each for each in starts if each < len(run)} | {
        each for each in wide if each < at
    }


def _starts_of_atext(text: str, first: int) -> list[int]:
    """Return where it may start if what stands before a place belongs to it: ``r&d@a.ru``."""
    before = text[max(0, first - _MOST_ATEXT) : first]
    if before[-1:] not in _ATEXT:
        return []
    wide = before[len(before.rstrip(_ATEXT + _ALNUM + _MARKS)) :]
    marked = len(wide) - len(wide.lstrip(_ATEXT + _MARKS))
    bounds = sorted({0, marked, *(each.end() for each in _BOUND.finditer(wide))})
    return [first - len(wide) + each for each in bounds[-_MOST_CUTS:]]


@lru_cache(maxsize=4096)
def _ends(domain: str) -> list[int]:
    """Return where a domain may end, the last place first."""
    cuts = [each.start() for each in _AFTER.finditer(domain)][:_MOST_CUTS]
    ends = {len(domain.rstrip("._-")), *cuts}
    for each in list(ends):
        if ending := _ENDING.search(domain[:each]):
            ends.add(ending.start())
    whole = max(ends)
    good = {each for each in ends if each == whole or "." in domain[:each]}
    return sorted(good, reverse=True)


def _decoded(part: str) -> str:
    return unquote(re.sub(r"%(?:25)+", "%", part)) if "%" in part else part
