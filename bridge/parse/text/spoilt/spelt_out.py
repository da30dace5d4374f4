r"""Texts and HTML whose letters a program escaped once too often.

``&#1047;`` and ``\u0417`` where no reader expects them, ``&amp;#1047;`` in HTML, ``&quot;`` in
plain text become letters if most of the text is like that. A few escapes are what the text is
about; what begins like JSON or HTML is meant literally.
"""

import re
from html import unescape
from urllib.parse import unquote_to_bytes

from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.spoilt.escapes import of_shells, with_signs_of_pages, without_json
from bridge.parse.text.spoilt.misread import with_whole_signs

_MOST = 8
_MANY_TAGS = 4
_HEAD = 4_000
_IS_SOURCE = re.compile(r"\s*[{\[<\"']")
_WRITTEN_OUT = re.compile(r"&#(?:\d{3,6}|[xX][0-9A-Fa-f]{2,5});|\\u[0-9A-Fa-f]{4}")
_TWICE = re.compile(r"&amp;(?=#(?:\d{2,6}|[xX][0-9A-Fa-f]{2,5});)")
_ANY_TWICE = re.compile(r"&amp;(?:#\w{2,6}|[A-Za-z]{2,8});")
_NAMED_TWICE = re.compile(r"&amp;(?=[A-Za-z]{2,8};)")
_OTHER_ESCAPES = re.compile(r"\\([nrt\"/\\])")
_PLAIN_LETTER = re.compile(r"[A-Za-z]")
_ENDS = {"n": "\n", "r": "", "t": "\t"}
# A text that is only encoded words, or percent-encoding without a blank.
_ALL_WORDS = re.compile(r"(?:\s*=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{1,500}\?=)+\s*")
_ALL_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}|[\w.+*~!'()-])+", re.ASCII)
_HIGH_PERCENT = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_TAG = re.compile(r"<style\b.*?</style\s*>|<[^<>]*+>", re.DOTALL | re.IGNORECASE)
_TAGS = "html|head|body|div|p|table|span|font|center"
_OPENS_ESCAPED = re.compile(rf"\s*&lt;(?:!doctype html|{_TAGS}|br|meta|style)\b", re.IGNORECASE)
_ENDS_ESCAPED = re.compile(rf"&lt;(?:/(?:{_TAGS})|br ?/?)\s*&gt;\s*\Z", re.IGNORECASE)


def spelt_out(text: str) -> str:
    """Return the words of a plain text most of whose letters are escaped, as in HTML."""
    if "&amp;#" in text and _is_mostly_escapes(once := _TWICE.sub("&", text)):
        text = once
    if _is_mostly_escapes(text):
        if "&#" in text:
            return unescape(text)
        return _OTHER_ESCAPES.sub(lambda found: _ENDS.get(found[1], found[1]), without_json(text))
    if "&" in text:
        return with_signs_of_pages(text, fewest=2)
    if not text.isascii():
        return text
    if "=?" in text and _ALL_WORDS.fullmatch(text):
        return decode_words(text)
    if "%" in text and _ALL_PERCENT.fullmatch(bare := text.strip()):
        return _of_an_address(bare)
    return of_shells(text) if text.count("\\") >= _MOST else text


def _of_an_address(text: str) -> str:
    """Read a text that a form or program percent-encoded, if most of it is letters."""
    if len(_HIGH_PERCENT.findall(text)) * 6 < len(text):
        return text
    spaced = text if "%20" in text else text.replace("+", " ")
    try:
        return unquote_to_bytes(spaced).decode("utf-8")
    except UnicodeDecodeError:
        return text


def page_spelt_out(source: str) -> str:
    """Return HTML source with letters for what it shows as escapes, if these are the main part."""
    source = with_whole_signs(source)
    if _ANY_TWICE.search(source):
        shown = _TAG.sub(" ", source)
        if _TWICE.search(shown) and _is_mostly_escapes(_TWICE.sub("&", shown)):
            return _TWICE.sub("&", source)
        shown = unescape(shown)
        if with_signs_of_pages(shown, fewest=2) != shown:
            return _NAMED_TWICE.sub("&", source)
    if "\\u0" in source and _is_mostly_escapes(_TAG.sub(" ", source)):
        return without_json(source)
    if source.count("&lt;") >= _MANY_TAGS and _OPENS_ESCAPED.match(_TAG.sub(" ", source[:_HEAD])):
        shown = _TAG.sub(" ", source)
        return unescape(shown) if _ENDS_ESCAPED.search(shown[-_HEAD:]) else source
    return source


def _is_mostly_escapes(text: str) -> bool:
    if ("&#" not in text and "\\u" not in text) or not text.isascii():
        return False
    rest, escapes = _WRITTEN_OUT.subn("", text)
    if escapes < _MOST or escapes < len(_PLAIN_LETTER.findall(rest)):
        return False
    return not _IS_SOURCE.match(text)
