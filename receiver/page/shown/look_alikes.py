"""Addresses that look like another's, and links that say one place and lead to another.

Nobody is told that a letter is bad: what the eye would miss is written beside it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import unquote

from markupsafe import escape

from contract.reading.domains import in_ascii, label_in_letters
from contract.reading.look_alikes import label_that_looks_latin
from contract.reading.organisations import is_registered_name, of_one_organisation
from receiver.page.shown.text import EMPTY, MAX_LINE, MAX_NAME, UNSEEN, one_line
from receiver.page.words import PageWords

MAX_TOLD = 1000  # links of a page beside which something is written
TOLD = '<small class="leads">{}</small>'  # no letter has a class

_ADDRESS = re.compile("[^\\s@]\\s*@\\s*[^\\s@]+[.\u3002][^\\s@]+")  # signs in their usual width
_AROUND = " '\"`<>()[]«»“”‘’"  # what some write around an address that is their name
_ORDINARY = re.compile(r"[a-z0-9_-]*|[а-яё0-9-]+", re.IGNORECASE)  # one script in a label
_SELECTORS = "\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_RARE = re.compile("[^ -~]")
_IS_SELECTOR = re.compile(rf"[{_SELECTORS}]")
_LINK = re.compile(r'<a\b((?:[^>"]|"[^"]*")*+)>')
_HREF = re.compile(r'\bhref="([^"]*)"')
_SPOKEN = re.compile(r'\b(?:alt|title)="([^"]*)"')  # what is shown in place of a picture, or above
_TAG = re.compile(r'<(?:[^>"]|"[^"]*")*+>')
_AUTHORITY = re.compile(r"[\x00-\x20]*(?:https?:[/\\]*|[/\\]{2,})([^/\\?#]*)", re.IGNORECASE)
_PASSED_OVER = re.compile("[\t\n\r]")  # wherever they stand in an address (URL, 4.4)
_PORT = re.compile(r":\d*\Z")
_NAME = r"[^\W_](?:[\w-]{0,62}[^\W_])?"
_HOST = rf"{_NAME}(?:\.{_NAME}){{1,8}}"
# What words name: an address of a page or a person, or a host's name.
_NAMED = re.compile(
    rf"(?:https?|ftp):/{{1,3}}(?:[^\s/@<>]{{0,99}}@)?({_HOST})|\b(www\.{_HOST})|[^\s@<>\"']@({_HOST})"
    rf"|(?<![\w@/.-])({_HOST})(?![\w@-])",
    re.IGNORECASE,
)
_DOT = re.compile("[\u3002\uff0e\uff61]")  # each separates labels, too (RFC 3490 3.1)
_FILE = re.compile(r"\.(?:zip|mov|md|py|sh)\Z|\A[а-яё]\.", re.IGNORECASE)  # or an abbreviation
_PERSON = re.compile(rf"[^\s@<>\"',;:()]+@{_HOST}")
MAX_SAID = 2000  # characters of a link's words


def address_line(address: str, most: int = MAX_LINE) -> str:
    """Return an address on one line; what makes it another one, but is not seen, is spelt out.

    Behind a domain that looks like another stands its form in DNS.
    """
    if address.isascii():
        return one_line(address, most)
    shown = one_line(_RARE.sub(_spelt, address.strip()[: 4 * most]), most)
    true = true_name(address.rpartition("@")[2].strip())
    return shown if true in shown else f"{shown} ({true[:most]})"


def called(person: Mapping[str, str]) -> str:
    """Return somebody's name, or the address if there is no visible name.

    If the name is another's address, both are returned, his own address first.
    """
    name, address = one_line(person["name"], MAX_NAME), address_line(person["address"], MAX_NAME)
    plain = unicodedata.normalize("NFKC", name)
    if plain.strip(_AROUND).casefold() != address.casefold() and _ADDRESS.search(plain):
        return one_line(f"{address} “{name}”", MAX_LINE)
    return name or address


def true_name(domain: str) -> str:
    """Return the form in DNS of a domain that may be taken for another, or nothing."""
    if domain.isascii() and "xn--" not in domain.lower():
        return ""
    labels = [_in_letters(each) for each in domain.lower().split(".")]
    if all(map(_ORDINARY.fullmatch, labels)) and not label_that_looks_latin(".".join(labels)):
        return ""
    try:
        return one_line(in_ascii(domain))
    except ValueError:
        return one_line(_RARE.sub(_spelt, domain))


def told_beside(href: str, said: str, words: PageWords) -> str:
    """Return where a link leads if its words name another place, or its address looks like one."""
    if href.strip()[:7].lower() == "mailto:":
        return _written_to(href.strip()[7:], said, words)
    found = _AUTHORITY.match(_PASSED_OVER.sub("", href))
    if not found:
        return ""
    before, at, place = found[1].rpartition("@")
    host = unquote(_PORT.sub("", place)).strip().lower()
    looks = true_name(host)
    if not (at and before) and not looks and all(_is_same(each, host) for each in _hosts_in(said)):
        return ""
    return words("link.leads_to", host=one_line(looks or host))


def _written_to(rest: str, said: str, words: PageWords) -> str:
    """Return whom a ``mailto:`` (RFC 6068 2) writes to if its words name others, or fewer."""
    path, _, query = rest.partition("?")
    fields = [each.partition("=") for each in query.split("&")]
    lists = [path, *(value for name, _, value in fields if name.lower() in ("to", "cc", "bcc"))]
    people = [unquote(each).strip() for one in lists for each in one.split(",")]
    people = [each for each in people if each]
    shown = [address_line(each) for each in people]
    named = {each.casefold() for each in _PERSON.findall(_plain(said))}
    is_other = bool(named) and named != {each.casefold() for each in people}
    if not people or not (is_other or shown != people):
        return ""
    return words("link.writes_to", address=one_line(", ".join(shown)))


def links_told(page: str, words: PageWords) -> tuple[str, bool]:
    """Return a sanitised page with a note beside each link that leads elsewhere than it says.

    And whether all of its links could be looked at.
    """
    pieces, at, told = list[str](), 0, 0
    for end, href, said in _links_of(page):
        if note := told_beside(href, said, words):
            if told == MAX_TOLD:
                return "".join([*pieces, page[at:]]), False
            told += 1
            pieces += [page[at:end], TOLD.format(escape(note))]
            at = end
    return "".join([*pieces, page[at:]]), True


def _links_of(page: str) -> Iterator[tuple[int, str, str]]:
    """Yield for each link where it ends, its address and its words."""
    for found in _LINK.finditer(page):
        href = _HREF.search(found[1])
        close = page.find("</a>", found.end())
        if close < 0:
            return
        if href:
            within = page[found.end() : close]
            spoken = [each[1] for each in _SPOKEN.finditer(page[found.start() : close])]
            said = unescape(" ".join([_TAG.sub("", within), *spoken]))
            yield close + len("</a>"), unescape(href[1]), one_line(" ".join(said.split()), MAX_SAID)


def _hosts_in(said: str) -> Iterator[str]:
    """Yield the hosts that words name."""
    for found in _NAMED.finditer(_plain(said)):
        host = next(filter(None, found.groups()))
        if host != found[4] or (not _FILE.search(host) and is_registered_name(host)):
            yield host


def _plain(said: str) -> str:
    legible = _IS_SELECTOR.sub("", _DOT.sub(".", said))
    seen = (each for each in legible if unicodedata.category(each) not in UNSEEN)
    return unicodedata.normalize("NFKC", "".join(seen))


def _is_same(named: str, host: str) -> bool:
    """Tell whether a host is the one that words name, or of the same organisation."""
    return named.lower() == host or of_one_organisation(named, host)


def _in_letters(label: str) -> str:
    try:
        return label_in_letters(label) if label.startswith("xn--") else label
    except ValueError:
        return "?"  # of no script


def _spelt(found: re.Match[str]) -> str:
    sign = found[0]
    is_unseen = unicodedata.category(sign) in UNSEEN or sign in EMPTY or _IS_SELECTOR.match(sign)
    return f"\\u{ord(sign):04x}" if is_unseen else sign
