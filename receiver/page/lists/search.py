"""The results of a search in the list: letters, each with its dialog and the words around."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from receiver.page.addresses import letter_address
from receiver.page.serving import Visit
from receiver.page.shown.clock import Moment
from receiver.page.shown.look_alikes import address_line, called
from receiver.page.shown.text import one_line
from receiver.page.words.elsewhere import in_words
from receiver.search.query import QueryWrong, wanted_of
from receiver.search.searching import CursorWrong, FoundLetter, Searching
from receiver.search.snippet import Snippet

LETTERS = 50
MAX_ALONE = 8  # parts of a query that are looked for alone


@dataclass(frozen=True)
class FoundRow:
    """A letter that was found, as the list shows it."""

    dialog: str
    address: str
    person: str
    email: str
    subject: str
    words: Markup
    ours: bool
    created: Moment


@dataclass(frozen=True)
class SearchShown:
    """A page of results; ``wrong`` says what is invalid in the query.

    Of a query that finds nothing, ``missing`` names what finds nothing alone, too; ``apart`` says
    that each part of it is found, but no letter has all.
    """

    rows: list[FoundRow]
    next: str = ""
    wrong: str = ""
    missing: str = ""
    apart: bool = False


async def search(searching: Searching, visit: Visit, mailbox: str, asked: str) -> SearchShown:
    """Return what is found in a mailbox; raises StoreUnavailable."""
    try:
        found = await searching.search([mailbox], asked, visit.asked("after") or None, LETTERS)
    except (QueryWrong, CursorWrong) as error:
        return SearchShown([], wrong=in_words(one_line(str(error)), visit.words))
    if not found.letters and not found.next and not visit.asked("after"):
        return await _nothing(searching, visit, mailbox, asked)
    return SearchShown([_row(each, visit) for each in found.letters], found.next or "")


async def _nothing(searching: Searching, visit: Visit, mailbox: str, asked: str) -> SearchShown:
    """Look for each part of a query alone, and say which ones no letter has."""
    parts = wanted_of(asked)
    if not 1 < len(parts) <= MAX_ALONE:
        return SearchShown([])
    missing: list[str] = []
    for each in parts:
        try:
            found = await searching.search([mailbox], each, None, 1)
        except QueryWrong:  # a sign between words, which is looked for nowhere
            continue
        if not found.letters and not found.next:
            missing.append(one_line(each))
    return SearchShown([], missing=", ".join(missing), apart=not missing)


def _row(found: FoundLetter, visit: Visit) -> FoundRow:
    message = found.message
    sender = message["from"]
    return FoundRow(
        dialog=str(found.dialog),
        address=letter_address(found.dialog, found.key),
        person=called(sender),
        email=address_line(sender["address"]),
        subject=one_line(message["subject"]) or visit.words("no_subject"),
        words=marked_words(found.snippet),
        ours=message["direction"] == "out",
        created=visit.clock.moment(message["created"]),
    )


def marked_words(snippet: Snippet) -> Markup:
    """Return a snippet as HTML, with the matches marked."""
    pieces, end = [], 0
    for start, stop in sorted(snippet.marks):
        if start < end:
            continue
        pieces.append(escape(one_space(snippet.text[end:start])))
        pieces.append(Markup("<mark>{}</mark>").format(one_space(snippet.text[start:stop])))
        end = stop
    pieces.append(escape(one_space(snippet.text[end:])))
    return Markup("").join(pieces)


def one_space(text: str) -> str:
    """Return a piece of text without invisible characters; its outer blanks stay."""
    before = " " if text[:1].isspace() else ""
    behind = " " if text[-1:].isspace() and text.strip() else ""
    return before + one_line(text, len(text) + 1) + behind
