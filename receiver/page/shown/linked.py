"""A letter's text as HTML: with links, and with quoted lines marked.

Our additions are bounded, as a text may consist of links: beyond a page's room they stay text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from receiver.page.shown.look_alikes import told_beside
from receiver.page.shown.text import several_lines
from receiver.page.words import PageWords

_LINK = re.compile(r"https?://[^\s<>\"'«»“”]{3,1000}", re.IGNORECASE)
_BEHIND = ".,;:!?…"
_CLOSING = {")": "(", "]": "[", "}": "{"}
_QUOTED = re.compile(r"^[^\S\n]*>.*(?:\n[^\S\n]*>.*)*", re.MULTILINE)
_OPENING = '<span class="quoted">'


@dataclass
class MarkRoom:
    """How many bytes may still be added to texts; ``is_short`` once a link had no room."""

    left: int
    is_short: bool = False

    def holds(self, size: int) -> bool:
        """Take room for ``size`` bytes, if there is that much."""
        if size > self.left:
            return False
        self.left -= size
        return True


def marked(text: str, room: MarkRoom, words: PageWords) -> Markup:
    """Return a text as HTML, with marks and links as long as there is room.

    Behind a link that looks like another stands where it leads.
    """
    return Markup("".join(_runs(several_lines(text), room, words)))  # noqa: S704 - each is escaped


def _runs(text: str, room: MarkRoom, words: PageWords) -> Iterator[str]:
    """Yield quoted and unquoted parts; adjacent quoted lines share one mark."""
    end = 0
    for found in _QUOTED.finditer(text):
        yield from _pieces(text[end : found.start()], room, words)
        end = found.start()
        if not room.holds(len(_OPENING) + len("</span>")):
            break
        yield _OPENING
        yield from _pieces(found[0], room, words)
        yield "</span>"
        end = found.end()
    yield from _pieces(text[end:], room, words)


def _pieces(text: str, room: MarkRoom, words: PageWords) -> Iterator[str]:
    end = 0
    for found in _LINK.finditer(text):
        address = _without_sentence(found[0])
        shown = escape(address)
        opening, told = f'<a href="{shown}" target=_blank>', ""
        if leads := told_beside(address, "", words):
            told = f' <span class="leads">{escape(leads)}</span>'
        if not room.holds(len(opening.encode()) + len("</a>") + len(told.encode())):
            room.is_short = True
            break
        yield f"{escape(text[end : found.start()])}{opening}{shown}</a>{told}"
        end = found.start() + len(address)
    yield escape(text[end:])


def _without_sentence(address: str) -> str:
    """Return a URL without the sentence's punctuation: ``(language)`` is its own."""
    while (last := address[-1]) in _BEHIND or last in _CLOSING:
        if last in _CLOSING and address.count(_CLOSING[last]) >= address.count(last):
            break
        address = address[:-1]
    return address
