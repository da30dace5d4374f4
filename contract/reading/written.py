"""Finding addresses in text as people and programs write them: pure, linear in time.

Characters beside an address may belong to it or not: ``_ivan@a.ru_`` is an address in markup, or
one with an underscore; ``ivan@a.ru.Спасибо`` lacks a space after the full stop. So each place has
several readings, and any of them may be meant, unless one is known to be somebody else's. A longer
word is another address: ``notivan@a.ru``, ``o'ivan@a.ru`` and ``ivan@a.ru.com`` do not contain
``ivan@a.ru``; but an elision ends: ``d'ivan@a.ru``, ``l'anna@a.ru``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from contract.reading.addresses import GMAIL, canonical, is_his, with_untagged
from contract.yandex import PERSONAL_DOMAINS

FILE_ENDINGS = (
    "pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|tsv|json|xml|yaml|html?|eml|msg|mbox|ics|vcf|log|bak"
    "|zip|rar|7z|gz|tgz|tar|bz2|xz|p7[ms]|sig|asc|jpe?g|png|gif|tiff?|bmp|webp|heic|svg|mp[34]|wav"
)
_MOST_LOCAL, _MOST_ATEXT, _MOST_CUTS, _MOST_ENCODED, _MOST_END = 160, 64, 6, 3, 40
MOST_PLACES = 100_000  # at signs of one text: a text with more is an attack
_CURLY = "\u2018\u2019\u02bc"  # what programs make of a typed apostrophe
_MARKS = f"_.'+-%{_CURLY}"  # characters of a local part that may also stand before it
_ATEXT = "!#$&*/=?^`{|}~"  # RFC 5322 section 3.2.3: rare in an address, common before one
_ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# One pattern for each: a required first character is found several times faster than one of three,
# and most texts contain none of them.
_ATS = (r"@", r"%(?:25){0,3}40", r"&(?:#0{0,5}64|#x0{0,5}40|commat);", r"\\(?:u00|x)40")
_AT_SIGNS = [re.compile(each, re.IGNORECASE) for each in _ATS]
# How a domain in ASCII may begin, at least three characters, also in characters that stand for
# ASCII ones: so binary data, in which every 256th byte is an at sign, has few.
_DOMAIN_SIGN = r"[\w.%-]"
_TO_ASCII = rf"(?=(?a:{_DOMAIN_SIGN}|[ª²³¹º]){{0,2}}[^\x00-\xff]|(?a:{_DOMAIN_SIGN}|[ª²³¹º]){{3}})"
_AT_SIGNS_ASCII = [re.compile(each + _TO_ASCII, re.IGNORECASE) for each in _ATS]
_LEAST_DOMAIN = 3
_LOCAL_BACKWARDS = re.compile(rf"[\w.+%'{_CURLY}-]*+")
# Letters, digits, dot, hyphen and underscore in a URL, which need no encoding, and may have it.
_SIGN = r"%(?:25)*+(2[de]|3\d|[46][1-9a-f]|[57][0-9a]|5f)"
_DOMAIN = re.compile(
    rf"(?:\w|%[89a-f][0-9a-f]|{_SIGN})(?:[\w.-]|%[89a-f][0-9a-f]|{_SIGN}){{0,254}}", re.IGNORECASE
)
_SIGN_OR_ANY = re.compile(f"{_SIGN}|.", re.IGNORECASE)
_ENCODED = r"%(?:25)*(?:[01][0-9a-f]|2[0-4689acf]|3[a-f]|40|5[b-e]|60|7[b-f])"
_ENCODED_BOUND = re.compile(_ENCODED, re.IGNORECASE)
_BOUND = re.compile(rf"[{re.escape(_ATEXT)}]|{_ENCODED}", re.IGNORECASE)
_PLAIN = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.+_-]*+\Z")
_OTHER_SCRIPT = r"(?<=[a-zA-Z])[_.-]+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])[_.-]+(?=[a-zA-Z0-9])"
_BEFORE = re.compile(_OTHER_SCRIPT)
# French and Italian, before a vowel: not ``o'``, which begins names.
_ELIDED = re.compile(
    rf"(?:[cdjlmnst]|qu|(?:de|da|a|ne|su|que)ll|al|un|quest)['{_CURLY}](?=[aeiouyh\u00c0-\u00ff])",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"[bfnrtv0]|u[0-9a-f]{4}|x[0-9a-f]{2}", re.IGNORECASE)  # behind a backslash
_SENTENCE = r"(?<=[a-zа-яё0-9])\.(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ]{2})\.(?=[A-ZА-ЯЁ][a-zа-яё])"
_AFTER = re.compile(rf"_+|\.{{2,}}|-\.|\.-|{_SENTENCE}|{_OTHER_SCRIPT}")
_ENTITY = re.compile(r"&(?:#\d{2,7}|#x[0-9a-f]{2,6}|commat|period|lowbar|hyphen);", re.IGNORECASE)
_STRAIGHT = dict.fromkeys(map(ord, _CURLY), "'")
_ENDING = re.compile(rf"(?:\.(?:\d+|{FILE_ENDINGS}))+\Z", re.IGNORECASE)


class Reading(NamedTuple):
    """One way to read an address: its start and end in the text, and its canonical form."""

    start: int
    end: int
    address: str


def is_plain(address: str) -> bool:
    """Tell whether ``plain_addresses_in`` finds this canonical address in a text that has it."""
    domain = address.rpartition("@")[2]
    return address.isascii() and len(domain) >= _LEAST_DOMAIN and "xn--" not in domain


def plain_addresses_in(text: str) -> set[str]:
    """Return the ASCII addresses that a text may have, and some others; fast on any bytes."""
    return addresses_in(text, _AT_SIGNS_ASCII)


def addresses_in(text: str, at_signs: Sequence[re.Pattern[str]] = _AT_SIGNS) -> set[str]:
    """Return the canonical addresses that a text may have, of the first ``MOST_PLACES``.

    As it stands and with HTML's entities decoded; with a tag and without it.
    """
    plain = _without_entities(text)
    places = (
        (each, at)
        for each in ((text,) if plain is text else (text, plain))
        for at in islice(_found(at_signs, each), MOST_PLACES)
    )
    return with_untagged(each.address for some, at in places for each in _readings_at(some, at))


_PLUS = re.compile(r"\+|%(?:25)*2b", re.IGNORECASE)


@dataclass(frozen=True)
class Sought:
    """A canonical address to look for; ``others`` are similar addresses of other people."""

    person: str
    others: frozenset[str] = frozenset()

    def is_in(self, text: str) -> bool:
        """Tell whether the address stands in a text, also in one with HTML entities."""
        if next(self._places(text), None):
            return True
        plain = _without_entities(text)
        return plain is not text and next(self._places(plain), None) is not None

    def replaced(self, text: str, other: str) -> str:
        """Return a text with ``other`` in its place wherever it stands, however spelt."""
        plain = _without_entities(text)
        if plain is not text and next(self._places(plain), None):
            text = plain
        kept, done = [], 0
        for each in self._places(text):
            if each.start >= done:
                kept += [text[done : each.start], other]
                done = each.end
        return "".join([*kept, text[done:]])

    def _places(self, text: str) -> Iterator[Reading]:
        """Yield its places; in a text with a hundred thousand near misses, all of these.

        Few at signs are read in full: both sides are checked quickly first.
        """
        read = 0
        for at in _found(self._at_signs, text):
            if not self._may_end(text, at.start()):
                continue
            read += 1
            if read > MOST_PLACES:
                first = max(0, at.start() - len(self.person.partition("@")[0]))
                yield Reading(first, at.end(), self.person)
                continue
            found = list(_readings_at(text, at))
            if not any(each.address in self.others for each in found):
                yield from (each for each in found if is_his(each.address, self.person))

    def _may_end(self, text: str, at: int) -> bool:
        """Tell whether its local part may end here, with or without a tag: a superset."""
        if self._local.search(text[max(0, at - _MOST_END) : at]):
            return True
        return _PLUS.search(text, max(0, at - _MOST_LOCAL), at) is not None

    @cached_property
    def _local(self) -> re.Pattern[str]:
        """The end of its local part as a pattern, a superset."""
        last = (self.person.rpartition("@")[0] or "@")[-1]
        encoded = "".join(f"%(?:25)*{each:02x}" for each in last.encode())
        signs = f"{_CURLY}'" if last == "'" else "-." if last == "-" else last
        same = f"[{re.escape(signs)}]|{encoded}"
        return re.compile(rf"(?:{same if last.isascii() else '.'})\.*\Z", re.IGNORECASE | re.DOTALL)

    @cached_property
    def _at_signs(self) -> list[re.Pattern[str]]:
        """Patterns of an at sign before the beginning of its domain, a superset."""
        domain = self.person.rpartition("@")[2]
        known = {domain} | (PERSONAL_DOMAINS if domain in PERSONAL_DOMAINS else frozenset())
        known |= GMAIL if domain in GMAIL else frozenset()
        either = "|".join("".join(map(_as_any_sign, each)) for each in sorted(known))
        domain = rf"(?={either}|[^\x00-\x7f]|%[89a-f])"
        return [re.compile(each + domain, re.IGNORECASE) for each in _ATS]


def _as_any_sign(sign: str) -> str:
    """Return a pattern of a character of a domain, as it is or encoded as in a URL."""
    return f"(?:{re.escape(sign)}|%(?:25)*(?:{ord(sign):02x}|{ord(sign.upper()):02x}))"


def _found(patterns: Iterable[re.Pattern[str]], text: str) -> list[re.Match[str]]:
    """Return the matches of several patterns, in the order of the text."""
    found = [each for pattern in patterns for each in pattern.finditer(text)]
    return sorted(found, key=re.Match.start)


def _readings_at(text: str, at: re.Match[str]) -> Iterator[Reading]:
    """Yield each way to read the address at an at sign."""
    domain = _DOMAIN.match(text, at.end())
    if domain is None:
        return
    first = _first_of_run(text, at.start())
    quoted = text[domain.end() : domain.end() + 1] in ("'", *_CURLY)
    for start in sorted(_starts(text, first, at.start(), quoted=quoted)):
        for end, address in _addresses(text[start : at.start()], domain[0]):
            yield Reading(start, at.end() + end, address)


@lru_cache(maxsize=4096)
def _addresses(local: str, domain: str) -> list[tuple[int, str]]:
    """Return each way to read a domain behind a local part: its end, and the address."""
    name = _decoded(local)
    plain, places = _with_plain_signs(domain)
    return [(places[end], canonical(f"{name}@{_decoded(plain[:end])}")) for end in _ends(plain)]


def _with_plain_signs(domain: str) -> tuple[str, Sequence[int]]:
    """Return a domain without needless encoding, and where each of its characters stood."""
    if "%" not in domain:
        return domain, range(len(domain) + 1)
    found = list(_SIGN_OR_ANY.finditer(domain))
    plain = "".join(chr(int(each[1], 16)) if each[1] else each[0] for each in found)
    return plain, [*(each.start() for each in found), len(domain)]


def _without_entities(text: str) -> str:
    """Return a text with HTML's entities decoded; the same object if it has none."""
    return unescape(text) if _ENTITY.search(text) else text


def _first_of_run(text: str, at: int) -> int:
    """Return the start of the possible local part that ends here."""
    before = text[max(0, at - _MOST_LOCAL) : at]
    found = _LOCAL_BACKWARDS.match(before[::-1])
    return at - (found.end() if found else 0)


def _starts(text: str, first: int, at: int, *, quoted: bool) -> set[int]:
    """Return where a local part that ends here may start; none if there is none."""
    run = text[first:at]
    escape = _ESCAPE.match(run) if first and text[first - 1] == "\\" else None
    if not escape and _PLAIN.match(run) and (first == 0 or text[first - 1] not in _ATEXT):
        return {first}
    starts = {0, escape.end()} if escape else {0}
    starts |= {each.end() for each in list(_ENCODED_BOUND.finditer(run))[-_MOST_ENCODED:]}
    starts |= {each.end() for each in list(_BEFORE.finditer(run))[-1:]}
    if quoted:
        starts.add(max(run.rfind(each) for each in ("'", *_CURLY)) + 1)
    starts |= {elided.end() for each in starts if (elided := _ELIDED.match(run, each))}
    starts |= {len(run) - len(run[each:].lstrip(_MARKS)) for each in starts}
    wide = _starts_of_atext(text, first)
    return {first + each for each in starts if each < len(run)} | {
        each for each in wide if each < at
    }


def _starts_of_atext(text: str, first: int) -> list[int]:
    """Return where it may start if the characters before belong to it: ``r&d@a.ru``."""
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
    part = unquote(re.sub(r"%(?:25)+", "%", part)) if "%" in part else part
    return part if part.isascii() else part.translate(_STRAIGHT)
