"""The true type of a text part despite its Content-Type: HTML source, plain text, or nothing."""

import re
from html import unescape

from bridge.parse.structure.encodings.base64_mended import MIN_LINE, is_clean
from bridge.parse.structure.encodings.transfer_encoding import decode, known
from bridge.parse.structure.mime import Node
from bridge.parse.text.charset import read_text
from bridge.parse.text.legible import has_visible

MAX_BLANK = 4096
MAX_TAGLESS = 64 * 1024
MAX_STANDING_IN = 600

_REMARKS = rb"\s*(?:<!--(?:[^-]|-(?!->))*+-->\s*|<\?xml[^<>]{0,200}>\s*)*"
_PAGE_START = re.compile(_REMARKS + rb"(?:<!doctype html\b|<html\b)", re.IGNORECASE)
_META_START = re.compile(_REMARKS + rb"<meta\s+(?:http-equiv|charset)\s*=", re.IGNORECASE)
_MARKUP_START = re.compile(
    _REMARKS
    + rb"<(?:!doctype html|html|head|body|div|p|table|span|br|font|meta|style|center)\b[^<>]*>",
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
# What programs write for readers without HTML: in any language it names HTML, MIME or the browser.
_STANDS_IN = re.compile(
    r"html|\bmime\b|browser|браузер|navigat(?:eur|ore)|navegador|przeglądar|prohlížeč|tarayıcı|"
    r"text version (?:is )?(?:not |un)available|\bno (?:plain )?text version|text/plain|"
    r"(?:нет|без) текстовой версии|e-?mail (?:reader|client|program)|"
    r"ブラウザ|浏览器|瀏覽器|\ben ligne\b|web[ -]?version|веб-верси|онлайн-верси",
    re.IGNORECASE,
)
_NO_TEXT = re.compile(
    r"\W*(?:no ?(?:plain)?text|null|undefined|none|nil|n/?a|empty|(?:plain ?)?text(?: ?version)?|"
    r"text ?only|alt(?:ernative)? ?text|\{\{[^{}]*\}\}|%\w+%|\*\|[^|*]{1,60}\|\*|"
    r"нет текста|без текста|пусто)\W*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\W*(?:sent from (?:my|mail|outlook)|отправлено (?:с|из)|von meinem .{1,40} gesendet|"
    r"envoyé de mon|enviado desde mi|inviato da)\b.{0,60}",
    re.IGNORECASE | re.DOTALL,
)
# Placeholders of pictures in a text: not words.
_PICTURE_MARK = re.compile(
    r"!?\[[^\[\]]{0,200}\]\(cid:[^()\s]{1,300}\)|!\[\]\([^()\s]{1,300}\)|"
    r"\[\s*(?:cid:|(?:inline )?image\b|img\b|logo\b|picture\b|bild\b|"
    r"изображени|рисунок|картинк|логотип|"
    r"https?://[^\s\[\]]{1,300}\.(?:png|jpe?g|gif|svg|webp)\b)[^\[\]]{0,200}\]|"
    r"<[^<>]{1,300}\.(?:png|jpe?g|gif|svg|webp|bmp)[^<>]{0,60}>|\bcid:[^\s\[\]<>]{1,200}",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://\S+")
_WORDS = re.compile(r"\w+")
MAX_WORDS = 40
_SIGNS = re.compile(r"\W+")


def is_source(node: Node) -> bool:
    """Tell whether text labelled plain is HTML source.

    A whole page begins as one; a piece of one begins with a tag and ends with a closing one.
    """
    begins = _beginning(node)
    if _META_START.match(begins):
        return True
    if _PAGE_START.match(begins):
        return _CLOSING.search(begins) is not None
    if not _MARKUP_START.match(begins):
        return False
    ends = begins if len(node.encoded) <= MAX_BLANK else _last(node)
    return _MARKUP_END.search(ends) is not None


def is_source_beside_page(node: Node) -> bool:
    """Tell whether a plain alternative to an HTML part is that HTML's source."""
    begins = _beginning(node)
    return _MARKUP_START.match(begins) is not None and _CLOSING.search(begins) is not None


def _beginning(node: Node) -> bytes:
    """Return the first bytes of a part, also if it is unlabelled base64."""
    begins = decode(node.encoded[:MAX_BLANK], node.encoding)
    if begins[:1] == b"P" and len(begins) >= MIN_LINE and is_clean(begins[:MIN_LINE]):
        begins = node.words(node.charset).pieces[0][:MAX_BLANK]  # base64 of ``<``
    return begins


def _last(node: Node) -> bytes:
    """Return the end of a long part; base64 is decoded whole, as its groups start at the top."""
    if known(node.encoding) != "base64":
        return decode(node.encoded[-MAX_BLANK:], node.encoding)
    return decode(node.encoded, node.encoding)[-MAX_BLANK:]


def is_tagless(node: Node) -> bool:
    """Tell whether text labelled HTML is plain text in lines, without any tag."""
    if len(node.encoded) > MAX_TAGLESS:
        return False
    content = decode(node.encoded, node.encoding)
    if b"\n" not in content.strip() or b"\x00" in content:
        return False
    return _ANY_TAG.search(content) is None


def stands_in(node: Node, pages: tuple[Node, ...], subject: str) -> bool:
    """Tell whether a plain alternative only stands in for the HTML.

    It holds no words but picture marks, the letter's subject, a template's word for nothing, or a
    remark that there is HTML («Your client …»), and the HTML says something else.
    """
    if not 0 < len(node.encoded) <= MAX_STANDING_IN:
        return False
    text = _PICTURE_MARK.sub(" ", unescape(_text(node)))
    said = _squeezed(text)
    is_remark = _is_remark(text)
    if said and not is_remark and (not subject or said != _squeezed(subject)):
        return False
    shown = " ".join(unescape(_TAG.sub(" ", _text(page))) for page in pages)
    of_page = _squeezed(shown)
    if not said or said not in of_page:
        return len(of_page) > 1 and (not is_remark or _is_other_text(text, shown))
    return len(of_page) > len(said)


def says_the_same(plain: Node, page: Node) -> bool:
    """Tell whether a text and HTML have the same words in the same order."""
    if max(len(plain.encoded), len(page.encoded)) > MAX_TAGLESS:
        return False
    said = _squeezed(_text(plain))
    return bool(said) and said == _squeezed(unescape(_TAG.sub(" ", _text(page))))


def _is_remark(text: str) -> bool:
    if len(_WORDS.findall(text)) > MAX_WORDS or len(_LINK.findall(text)) > 1:
        return False
    return bool(_STANDS_IN.search(text) or _NO_TEXT.fullmatch(text) or _TAIL.fullmatch(text))


def _is_other_text(text: str, shown: str) -> bool:
    """Tell whether most words of a text are missing in the HTML."""
    words = {one.casefold() for one in _WORDS.findall(_LINK.sub(" ", text))}
    of_page = {one.casefold() for one in _WORDS.findall(shown)}
    return len(words & of_page) * 2 <= len(words)


def _squeezed(text: str) -> str:
    """Return only the letters and digits, without links."""
    return _SIGNS.sub("", _LINK.sub(" ", text)).replace("_", "").casefold()


def shows_nothing(node: Node) -> bool:
    """Tell whether a text part has nothing visible; a long one is not examined."""
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
