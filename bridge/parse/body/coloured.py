"""Answers that a page shows in another colour below the questions; its plain text loses this."""

import re
from itertools import pairwise

from bridge.parse.reply.answered.answers import asks_something
from contract.html.colours import COLOUR_MARK, GROUND_MARK, is_vivid
from contract.html.sanitise import TOKEN, without_entities

_QUICK = (f'style="{COLOUR_MARK}"', f'style="{GROUND_MARK}"')
_FONT = re.compile(r'color="([^"]{1,40})"')
_ENDS_LINE = frozenset({
    "br", "p", "div", "li", "tr", "td", "th", "table", "blockquote", "pre", "ul", "ol", "dl",
    "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "address", "section", "article",
})  # fmt: skip
_VOID = frozenset({"br", "hr", "img", "col"})
_WORD = re.compile(r"[^\W_]+")
_LONGEST_PAGE = 400_000
_FIRST_WORDS = 5
# «Срок поставки: 10 дней», but no output of a program.
_LABEL = re.compile(r"[^\W\d_][^:：/@]{1,60}[:：](?:\s|$)(?!.*://)")
# «Jane Roe wrote:» asks nothing.
_NO_QUESTION = re.compile(r"@|\d{1,2}:\d{2}|://|\b(?:wrote|пишет|schrieb)\b")
_NEAR = 4
"""Lines from one label with something coloured behind to the next; one alone may be a stress."""

Line = tuple[str, str]
"""What a line shows as the rest of the page, and what in a colour behind it."""


def answers_in_colour(page: str) -> frozenset[str]:
    """Return the first words of each answer that ``page`` (sanitised HTML) shows in a colour.

    An answer is a coloured line right under an uncoloured one that asks something, or coloured
    words behind a question or behind two labels with colons.
    """
    marked = any(mark in page for mark in _QUICK)
    if not marked and not any(map(is_vivid, set(_FONT.findall(page)))):
        return frozenset()
    lines = _lines(page[:_LONGEST_PAGE])
    found = {below[1] for above, below in pairwise(lines) if not below[0] and _asks_plainly(above)}
    found |= {coloured for plain, coloured in lines if coloured and plain.endswith("?")}
    labelled = [i for i, (plain, coloured) in enumerate(lines) if coloured and _LABEL.match(plain)]
    for one, next_one in pairwise(labelled):
        if next_one - one <= _NEAR:
            found |= {lines[one][1], lines[next_one][1]}
    return frozenset(map(key_of, found)) - {""}


def key_of(text: str) -> str:
    """Return a text's first words with blanks around, to be sought among the letter's words."""
    words = _WORD.findall(text.casefold())[:_FIRST_WORDS]
    return f" {' '.join(words)} " if words else ""


def _asks_plainly(line: Line) -> bool:
    plain, coloured = line
    return not coloured and not _NO_QUESTION.search(plain) and asks_something(plain)


def _lines(page: str) -> list[Line]:
    """Return a page's lines, split into plain and coloured; a line that ends plain is plain."""
    found: list[Line] = []
    coloured_at: list[bool] = []
    colours = links = plain = 0
    pieces: list[str] = []
    for token in TOKEN.finditer(page):
        closing, name, attributes = token.group(1, 2, 3)
        if not name:
            pieces.append(without_entities(token.group()))
            if not (colours and not links) and pieces[-1].strip():
                plain = len(pieces)
            continue
        if name in _ENDS_LINE and pieces:
            found.append(("".join(pieces[:plain]).strip(), "".join(pieces[plain:]).strip()))
            pieces, plain = [], 0
        if name in _VOID:
            continue
        links += (name == "a") * (-1 if closing else 1)
        if not closing:
            coloured_at.append(bool(attributes) and _is_coloured(name, attributes))
            colours += coloured_at[-1]
        elif coloured_at:
            colours -= coloured_at.pop()
    found.append(("".join(pieces[:plain]).strip(), "".join(pieces[plain:]).strip()))
    return [line for line in found if any(line)]


def _is_coloured(name: str, attributes: str) -> bool:
    if any(mark in attributes for mark in _QUICK):
        return True
    colour = _FONT.search(attributes) if name == "font" else None
    return colour is not None and is_vivid(colour[1])
