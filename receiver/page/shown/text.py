"""Text of strangers as HTML: escaped, links marked, and nothing that turns what is around it."""

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

from receiver.page.words import PageWords

MAX_SHOWN = 60_000  # signs of a letter; the rest is on a page of its own
_LINK = re.compile(r"https?://[^\s<>\"'«»“”]{3,1000}", re.IGNORECASE)
_BREAK = re.compile("\r\n|[\r\u2028\u2029]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BEHIND = ".,;:!?)]}…"
_JOINERS = "\u200c\u200d"  # of Persian words, and of emoji


def one_line(text: str) -> str:
    """Return a subject or name without signs that are not seen, or turn the direction."""
    return "".join(
        sign if sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN else " "
        for sign in text
    ).strip()


def several_lines(text: str) -> str:
    """Return a text without signs that are not seen, or turn the direction of what follows."""
    return "".join(
        sign if sign in f"\n\t{_JOINERS}" or unicodedata.category(sign) not in _UNSEEN else ""
        for sign in _BREAK.sub("\n", text)
    )


def marked(text: str) -> Markup:
    """Return a text as HTML: links can be followed, quoted lines are told from others."""
    return Markup("\n").join(_line(line) for line in several_lines(text).split("\n"))


def _line(line: str) -> Markup:
    linked = Markup("").join(_pieces(line))
    if line.lstrip().startswith(">"):
        return Markup('<span class="quoted">{}</span>').format(linked)
    return linked


def _pieces(line: str) -> Iterator[Markup]:
    end = 0
    for found in _LINK.finditer(line):
        address = found[0].rstrip(_BEHIND)
        yield escape(line[end : found.start()])
        yield Markup(
            '<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>'
        ).format(address)
        end = found.start() + len(address)
    yield escape(line[end:])


def beginning(text: str, signs: int) -> str:
    """Return the beginning of a text on one line."""
    start = one_line(" ".join(text[: 4 * signs].split()))
    return start if len(start) <= signs else start[: signs - 1].rstrip() + "…"


def size_in_words(size: int, words: PageWords) -> str:
    """Return a number of bytes as files are told: 12 KB, 3.4 MB."""
    for unit, factor in (("size.mb", 1024 * 1024), ("size.kb", 1024)):
        if size >= factor:
            number = f"{size / factor:.1f}".removesuffix(".0")
            return words(unit, n=number.replace(".", words("comma")))
    return words("size.b", n=size)
