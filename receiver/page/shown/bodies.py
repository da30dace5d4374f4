"""A letter's text for the page: new words, the rest folded, links as far as a page has room.

Only what ``reply`` proves to be history is folded. If it is empty, or everything, the whole text is
shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from receiver.page.shown.linked import MarkRoom, marked
from receiver.page.shown.text import MAX_SHOWN, without_gaps
from receiver.page.words import PageWords
from receiver.page.words.of_the_bridge import in_reader_words
from receiver.store.mongo import Document

MARKS_ON_A_PAGE = 16 * 1024  # bytes of links and marks of quoted lines


@dataclass(frozen=True)
class ShownBody:
    """A letter's text; ``added`` is how many bytes of it are our links and marks."""

    new_words: Markup
    rest: Markup | None
    cut: bool
    unlinked: bool
    added: int


def bodies_of(messages: Sequence[Document], words: PageWords) -> list[ShownBody]:
    """Return the texts of a page's letters, which share its room by need.

    A text that needs little gets all of it; the others share the rest.
    """
    found = [body_of(each, MARKS_ON_A_PAGE, words) for each in messages]
    left = MARKS_ON_A_PAGE
    by_need = sorted(range(len(found)), key=lambda number: found[number].added)
    for done, number in enumerate(by_need):
        share = left // (len(found) - done)
        if found[number].added > share:
            found[number] = body_of(messages[number], share, words)
        left -= found[number].added
    return found


def body_of(message: Document, most: int, words: PageWords) -> ShownBody:
    """Return a letter's text with at most ``most`` bytes of links and marks."""
    room = MarkRoom(most)
    new, rest = folded(message["body"], message["reply"])
    new_words, others = (in_reader_words(each[:MAX_SHOWN], words) for each in (new, rest))
    return ShownBody(
        new_words=marked(without_gaps(new_words), room, words),
        rest=marked(without_gaps(others), room, words) if rest else None,
        cut=len(new) > MAX_SHOWN or len(rest) > MAX_SHOWN,
        unlinked=room.is_short,
        added=most - room.left,
    )


def folded(body: str, reply: str) -> tuple[str, str]:
    """Return the shown part of a text, and the folded part: nothing, the end, or all of it."""
    new, whole = reply.strip(), body.strip()
    if not new or new == whole:
        return whole or new, ""
    if whole.startswith(new):
        return new, whole[len(new) :].strip("\n")
    return new, whole
