"""What a text part is where its Content-Type does not say: a page's source, plain text, nothing."""

import re
from html import unescape

from bridge.parse.structure.mime import Node
from bridge.parse.structure.transfer_encoding import decode, known
from bridge.parse.text.charset import read_text
from bridge.parse.text.legible import has_visible

MAX_BLANK = 4096
MAX_TAGLESS = 64 * 1024
MAX_STANDING_IN = 600

_PAGE_START = re.compile(rb"\s*(?:<!doctype html\b|<html\b)", re.IGNORECASE)
_MARKUP_START = re.compile(
    rb"\s*<(?:!doctype html|html|head|body|div|p|table|span|br|font|meta|style|center)\b[^<>]*>",
    re.IGNORECASE,
)
_CLOSING = re.compile(rb"</(?:html|body|div|p|table|span|font)\s*>|<br\s*/?>", re.IGNORECASE)
_MARKUP_END = re.compile(rb"(?:</(?:html|body|div|p|table|span|font|center)|<br)\s*/?>\s*\Z", re.I)
_ANY_TAG = re.compile(rb"<[A-Za-z/!?]|&[A-Za-z#]")
_TAG = re.compile(
    r"<!--.*?-->|<(style|script|title)\b.*?</\1\s*>|<[^<>]*+>", re.DOTALL | re.IGNORECASE
)
_SHOWN_TAG = re.compile(r"<(?:img|video|svg|hr|input|v:imagedata)\b", re.IGNORECASE)
_NO_HEX = re.compile(rb"[G-Zg-z]")
# What programs write for those who cannot see the page, in place of what the page says.
_STANDS_IN = re.compile(
    r"(?:support|display|capable|enabled|compatible|view|see|read|requires?|only)\b.{0,60}\bhtml\b|"
    r"\bhtml\b.{0,60}\b(?:support|capable|enabled|compatible|viewer|client|reader|browser|format|"
    r"version|only)|"
    r"(?:поддержива|просмотр|отобража|включите|формат|верси).{0,60}html|"
    r"html.{0,60}(?:поддержива|просмотр|отобража|формат|верси)",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS = re.compile(r"\W+")


def is_source(node: Node) -> bool:
    """Tell whether what is labelled plain text is the source of a page.

    A whole page begins as one; a piece of one begins with a tag and ends with a closing one.
    """
    begins = decode(node.encoded[:MAX_BLANK], node.encoding)
    if _PAGE_START.match(begins):
        return _CLOSING.search(begins) is not None
    if not _MARKUP_START.match(begins):
        return False
    ends = begins if len(node.encoded) <= MAX_BLANK else _last(node)
    return _MARKUP_END.search(ends) is not None


def is_source_beside_page(node: Node) -> bool:
    """Tell whether an alternative to a page that is labelled plain text is the page's source."""
    begins = decode(node.encoded[:MAX_BLANK], node.encoding)
    return _MARKUP_START.match(begins) is not None and _CLOSING.search(begins) is not None


def _last(node: Node) -> bytes:
    """The end of a long part; base64 is decoded whole, as its groups are counted from the start."""
    if known(node.encoding) != "base64":
        return decode(node.encoded[-MAX_BLANK:], node.encoding)
    return decode(node.encoded, node.encoding)[-MAX_BLANK:]


def is_tagless(node: Node) -> bool:
    """Tell whether what is labelled a page is plain text in lines, without any tag."""
    if len(node.encoded) > MAX_TAGLESS:
        return False
    content = decode(node.encoded, node.encoding)
    if b"\n" not in content.strip() or b"\x00" in content:
        return False
    return _ANY_TAG.search(content) is None


def stands_in(node: Node, pages: tuple[Node, ...]) -> bool:
    """Tell whether a plain alternative only says that there is a page («Your client …»).

    The page itself does not say so.
    """
    if not 0 < len(node.encoded) <= MAX_STANDING_IN:
        return False
    text = _text(node)
    if not _STANDS_IN.search(text):
        return False
    words = _SIGNS.sub("", text).casefold()
    shown = "".join(_SIGNS.sub("", unescape(_TAG.sub(" ", _text(page)))) for page in pages)
    return words not in shown.casefold()


def shows_nothing(node: Node) -> bool:
    """Tell whether a text part holds nothing that anybody sees; a long one is not looked at."""
    encoded, encoding = node.encoded.strip(), known(node.encoding)
    if not encoded or len(encoded) > MAX_BLANK:
        return not encoded
    is_page = node.content_type == "text/html"
    if not is_page and encoding != "base64" and _NO_HEX.search(encoded):
        return False
    text = _text(node)
    if is_page:
        if _SHOWN_TAG.search(text):
            return False
        text = unescape(_TAG.sub(" ", text))
    return not has_visible(text)


def _text(node: Node) -> str:
    return "".join(read_text(piece, node.charset) for piece in node.words(node.charset).pieces)
