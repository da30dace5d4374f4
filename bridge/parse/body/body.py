"""The words of a letter, as text and as sanitised HTML.

``choose`` has split the MIME tree into files and passages, each with its plain and its HTML
alternative. A passage's text is its plain part if anything in it is visible, else the text of its
HTML; the HTML is kept beside it. What proves to be a file on the way joins the files: pictures in
``data:`` addresses, uuencoded and yEnc blocks, the content of a winmail.dat. If no passage has a
word, the letter still means something to its reader: an invitation, a piece of a split letter, a
text sent as a file or a delivery report is read instead.

No length is trusted: text and HTML are bounded for the whole letter, and cutting is recorded as a
defect.
"""

import re
from dataclasses import dataclass

from bridge.parse.body.calendar_text import answer_unsaid, invitation
from bridge.parse.body.data_pictures import MAX_PICTURES, DataPictures
from bridge.parse.body.flowed import unflow
from bridge.parse.body.page_source import as_browsers_show
from bridge.parse.containers.sealed import sealed_words
from bridge.parse.containers.uuencoded import take_files
from bridge.parse.containers.winmail import open_tnef
from bridge.parse.containers.yenc import take_yenc
from bridge.parse.header.block import read_block
from bridge.parse.rich_text.enriched import read_enriched, read_richtext
from bridge.parse.rich_text.rtf import read_rtf
from bridge.parse.structure.choice import TEXT_TYPES, Passage, choose
from bridge.parse.structure.mime import Node, cut
from bridge.parse.structure.true_type import is_source
from bridge.parse.text.charset import read_text
from bridge.parse.text.legible import has_visible, is_legible, is_prose, lost_letters
from bridge.parse.text.spoilt.misread import as_meant
from bridge.parse.text.spoilt.spelt_out import page_spelt_out, spelt_out
from bridge.parse.text.storable import clean_text
from contract.bounds import MAX_TEXT_BYTES
from contract.event import LeftOut
from contract.html.bounds import MAX_PAGE
from contract.html.html_text import text_of
from contract.html.left_out import left_out_of, together
from contract.html.sanitise import sanitise_within

MAX_WORD = 200
MAX_UNSAID = 0.2  # words that Outlook packed, if they are the letter's
CALENDAR_TYPES = ("text/calendar", "application/ics")
_RICH_TEXTS = {"text/enriched": read_enriched, "text/richtext": read_richtext}
_WORD = re.compile(r"\w+")
# Types that programs give to text of unknown type.
_NO_KIND = ("application/octet-stream", "application/text", "application/plain")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """The text, the sanitised HTML and its losses, and the parts that are files."""

    text: str
    html: str
    files: tuple[Node, ...]
    left_out: LeftOut | None = None
    defects: tuple[str, ...] = ()


def read_body(root: Node) -> Body:
    """Read the letter's words in order; files hidden in them are taken out."""
    choice = choose(root)
    opened = open_tnef(choice.files)
    reader = _Reader(opened.files)
    for passage in choice.passages:
        reader.add(passage)
    for passage, winmail in opened.words:
        if not reader.add_unsaid(passage) and winmail:
            opened.files.append(winmail)
    files = [*opened.files, *reader.pictures.files, *reader.files]
    text = "\n".join(filter(has_visible, reader.texts))
    seals = sealed_words(root)
    defects = dict.fromkeys((*opened.defects, *reader.defects, *seals))
    html = "\n".join(reader.pages)
    words = _with_answer(text, files) if text else _last_resort(root, files, seals)
    left_out = together(reader.left_out)
    return Body(words, html, tuple(files), left_out, tuple(defects))


class _Reader:
    """Reads passages one by one within the bounds of the whole letter."""

    def __init__(self, files: list[Node]) -> None:
        self.images = _image_names(files)
        self.texts: list[str] = []
        self.pages: list[str] = []
        self.left_out: list[LeftOut | None] = []
        self.files: list[Node] = []
        self.pictures = DataPictures(len(files))
        self.defects: list[str] = []
        self.page_room = MAX_PAGE
        self.html_room = MAX_TEXT_BYTES
        self.text_room = 2 * MAX_TEXT_BYTES

    def add(self, passage: Passage) -> None:
        page = "\n".join(filter(None, map(self._page, passage.pages)))
        text = "\n".join(filter(has_visible, map(self._plain, passage.plain)))
        shown = text_of(page, self.images) if not text or "??" in text else ""
        self.texts.append(shown if shown and (not text or lost_letters(text, shown)) else text)
        if page:
            self.pages.append(page)

    def add_unsaid(self, passage: Passage) -> bool:
        """Add what Outlook packed unless the letter says it; a gateway's remark does not count."""
        source = "\n".join(map(decoded, passage.plain or passage.pages))[:MAX_TEXT_BYTES]
        packed = source if passage.plain else text_of(sanitise_within(source, MAX_TEXT_BYTES), {})
        words, said = (
            set(_WORD.findall(one.casefold())) for one in (packed, "\n".join(self.texts))
        )
        unsaid = len(words - said) > len(words) * MAX_UNSAID
        if unsaid:
            self.add(passage)
        return unsaid

    def _page(self, node: Node) -> str:
        source = self._read(node)[: self.page_room + 1]
        if len(source) > self.page_room:
            self.defects.append("HTML too long, cut")
        self.page_room -= min(len(source), self.page_room)
        shown = as_browsers_show(page_spelt_out(source))
        page = sanitise_within(shown, self.html_room)
        self.left_out.append(left_out_of(source))
        self.html_room -= len(page.encode()) + 1
        return page

    def _plain(self, node: Node) -> str:
        text = clean_text(spelt_out(self._read(node)))[: self.text_room]
        if reader := _RICH_TEXTS.get(node.content_type):
            text = reader(text)
        self.text_room -= len(text)
        if node.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, node.parameters.get("delsp", "").lower() == "yes")
        text, files = take_files(text)
        self.files.extend(files)
        return text

    def _read(self, node: Node) -> str:
        label = node.charset
        undone = node.words(label)
        if undone.defect:
            self.defects.append(undone.defect)
        pieces = undone.pieces
        if node.content_type == "text/html":
            pieces = tuple(map(self.pictures.take, pieces))
            self.images = {**self.images, **self.pictures.names}
            if self.pictures.too_many:
                self.defects.append(f"more than {MAX_PICTURES} pictures in data: addresses")
        text = "".join(_text(self._yenc(piece), label, node.content_type) for piece in pieces)
        meant, defect = as_meant(text)
        if defect:
            self.defects.append(defect)
        return meant

    def _yenc(self, piece: bytes) -> bytes:
        rest, files = take_yenc(piece)
        self.files.extend(files)
        return rest


def decoded(node: Node) -> str:
    """Return a text part's text, by its own charset label, else by one inside its HTML."""
    label = node.charset
    pieces = node.words(label).pieces
    return as_meant("".join(_text(piece, label, node.content_type) for piece in pieces))[0]


def _text(content: bytes, label: str, content_type: str) -> str:
    if len(content) > 4 * MAX_TEXT_BYTES:
        content = content[: 4 * MAX_TEXT_BYTES].rpartition(b"\n")[0] or content[:MAX_TEXT_BYTES]
    if not label and content_type == "text/html":
        meta = _META_CHARSET.search(content[:4096])
        label = meta.group(1).decode("ascii", "replace") if meta else ""
    return read_text(content, label)


def _with_answer(text: str, files: list[Node]) -> str:
    """Put who accepts or declines above the letter's words, if only a calendar part says it."""
    calendar = next(filter(_is_calendar, files), None)
    method = calendar.parameters.get("method", "") if calendar else ""
    unsaid = answer_unsaid(decoded(calendar), text, method) if calendar else ""
    return f"{unsaid}\n\n{text}" if unsaid else text


def _last_resort(root: Node, files: list[Node], seals: tuple[str, ...]) -> str:
    """Of a letter without words, read what else people can read in it."""
    for node in files:
        if _is_calendar(node):
            return invitation(decoded(node), node.parameters.get("method", ""))
        if node.content_type in ("text/rtf", "application/rtf") and not node.filename:
            rich = read_rtf(node.content)
            return rich.text or text_of(sanitise_within(rich.page, MAX_TEXT_BYTES))
        is_page_alone = node is root and node.content_type == "text/html"
        if node.content_type in TEXT_TYPES and (is_page_alone or not node.filename):
            return _attached_words(node)
        if node is root and _is_text_of_no_kind(node):
            return _attached_words(node)
        if node.content_type == "message/partial":  # RFC 2046 5.2.2
            return _of_a_piece(node)
        if node.content_type == "message/delivery-status":  # RFC 3464 2
            return clean_text(decoded(node))
    return next((f"[{seal}]" for seal in seals if seal.startswith("encrypted")), "")


def _is_text_of_no_kind(node: Node) -> bool:
    """Tell whether a letter of nothing but unnamed bytes is a text all the same."""
    if node.content_type not in _NO_KIND or node.filename:
        return False
    content = node.content
    return is_legible(content, node.charset) and is_prose(content, node.charset)


def _attached_words(node: Node) -> str:
    """Return the words of a text sent as a file, if there is nothing else to read."""
    if node.content_type == "text/html" or is_source(node):
        return text_of(sanitise_within(decoded(node)[:MAX_PAGE], MAX_TEXT_BYTES), {})
    return clean_text(decoded(node))


def _of_a_piece(node: Node) -> str:
    """Return the words of a piece of a letter; the first begins with the whole letter's header."""
    if node.parameters.get("number") != "1":
        text = clean_text(decoded(node))
        return text if " " in text[:MAX_WORD] else ""  # otherwise it is a piece of a file
    block = read_block(node.content)
    root, _ = cut(node.content, block)
    return "" if root.content_type == "message/partial" else read_body(root).text


def _is_calendar(node: Node) -> bool:
    """Tell whether a file is a calendar object, by its type or, if that says nothing, its name."""
    is_any = node.content_type in ("application/octet-stream", "text/plain")
    return node.content_type in CALENDAR_TYPES or (
        is_any and node.filename.lower().endswith(".ics")
    )


def _image_names(files: list[Node]) -> dict[str, str]:
    named = ((node.block.first("content-id"), node.filename) for node in files)
    return {read_text(content_id).strip("<> \t"): name for content_id, name in named if content_id}
