r"""Letters that a program escaped where no reader expects it, in names and subjects.

``\u0414`` of JSON, ``\320\224`` of shells, ``%D0%94`` of URLs, ``=D0=94`` without an encoded word's
marks, and words whose marks a gateway replaced by low lines: ``=_UTF-8_B_0JQ_=``. Each is read only
if this gives at least two letters above ASCII and leaves no escape. HTML's named characters
(``&quot;``, ``&amp;``) are read, too.
"""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote_to_bytes

from bridge.parse.text.charset import read_text
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.encoded_words import decode_words

_FEWEST = 2
_OF_PAGES = re.compile(
    r"&(?:quot|amp|apos|nbsp|[lr]aquo|[mn]dash|hellip|#39|#0?3[49]|szlig|euro"
    r"|[A-Za-z]{1,2}(?:uml|acute|grave|circ|tilde|cedil|ring|slash|lig|caron));"
)
_ABOUT_PAGES = re.compile(
    r"html|xml|entit|escap|экран|сущност|\bкод|code|<|(?:\A|[\s(«])&\w{2,6};(?=[\s?!.,)»])(?<!&amp;)(?<![mn]dash;)",
    re.IGNORECASE,
)
_OF_JSON = re.compile(r"\\u([0-9A-Fa-f]{4})")
_OF_SHELLS = re.compile(r"(?:\\[23][0-7]{2}){2,}|(?:\\x[89A-Fa-f][0-9A-Fa-f]){2,}")
# A single Western letter within a word, as shells show it: ``Jalape\361o``.
_ONE_OF_SHELLS = re.compile(r"(?<=[A-Za-z])\\(3[0-7]{2})(?=[a-z]|[. _-][^\\]*\Z)")
_OF_MIME = re.compile(r"(?:=[89A-F][0-9A-F]){2,}")
_OF_ADDRESSES = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_LABEL_AHEAD = re.compile(r"([A-Za-z][\w.-]{2,40})'[A-Za-z-]{0,20}'(?=[^']*%[0-9A-Fa-f]{2})")
_WORD_BEGINS = re.compile(r"=?[?_]{1,2}([A-Za-z][A-Za-z0-9-]{2,20})[?_]([BbQq])[?_]")
_WORD_ENDS = re.compile(r"[?_]{1,2}=(?![0-9A-F]{2})")
_BETWEEN = re.compile(r"(?<=\?=)[_ ]+(?==\?)")


def without_escapes(text: str) -> str:
    """Return ``text`` with letters in place of escapes, or unchanged."""
    if "&" in text:
        text = with_signs_of_pages(text)
    if not text.isascii():
        return text
    if "\\" in text:
        text = of_shells(without_json(text))
    if "%" in text:
        text = _of_addresses(text)
    if "=" in text and "=?" not in text:
        text = _readable(_OF_MIME, text, lambda run: bytes.fromhex(run.replace("=", "")))
    return _word_remade(text) if text[:1] in ("=", "?", "_") else text


def with_signs_of_pages(text: str, fewest: int = 1) -> str:
    """Read named characters that an HTML template wrote, unless the text is about HTML."""
    found = _OF_PAGES.findall(text)
    if len(found) < fewest or _ABOUT_PAGES.search(text):
        return text
    whole = len(found) > 1 or found[0] != "&quot;" or text.count('"') == 1
    return unescape(text) if whole else text


def without_json(text: str) -> str:
    r"""Return ``text`` with letters for ``\u0414``, if there are at least two."""
    if len(_OF_JSON.findall(text)) < _FEWEST:
        return text
    units = _OF_JSON.sub(lambda found: chr(int(found[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def of_shells(text: str) -> str:
    r"""Return ``text`` with letters for ``\320\224`` and ``\xd0\x94``, if all are UTF-8."""
    read = _readable(_OF_SHELLS, text, _of_one_shell)
    return read if ":\\" in read else _ONE_OF_SHELLS.sub(_western_letter, read)


def _of_one_shell(run: str) -> bytes:
    figures = run.split("\\")[1:]
    return bytes(int(one[1:], 16) if one[0] == "x" else int(one, 8) for one in figures)


def _western_letter(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 8))
    return letter if letter.isalpha() else found.group()


def _of_addresses(text: str) -> str:
    """Read a text that is one percent-encoded word, with or without charset; not a URL."""
    ahead = _LABEL_AHEAD.match(text)
    if ahead and (codec := codec_of(ahead[1])):
        try:
            return unquote_to_bytes(text[ahead.end() :]).decode(codec)
        except UnicodeDecodeError:
            return text
    if " " in text or "://" in text or not _OF_ADDRESSES.search(text):
        return text
    content = unquote_to_bytes(text)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _in_code_page(content) or text


def _in_code_page(content: bytes) -> str:
    """Read escapes in a code page, if all are letters."""
    read = read_text(content)
    high = [sign for sign in read if sign > "\x7f"]
    return read if len(high) >= _FEWEST and all(map(str.isalpha, high)) else ""


def _readable(pattern: re.Pattern[str], text: str, content: Callable[[str], bytes]) -> str:
    try:
        return pattern.sub(lambda found: content(found.group()).decode("utf-8"), text)
    except UnicodeDecodeError:
        return text


def _word_remade(text: str) -> str:
    """Restore the marks of encoded words, and read them."""
    begins = _WORD_BEGINS.match(text)
    if begins is None or text.startswith("=?") or codec_of(begins[1]) is None:
        return text
    marked = _WORD_ENDS.sub("?=", _WORD_BEGINS.sub(r"=?\1?\2?", text))
    if not marked.endswith("?=") and "?=" not in marked:
        marked = marked.rstrip("?_") + "?="
    read = decode_words(_BETWEEN.sub(" ", marked))
    return text if "=?" in read or "\ufffd" in read else read
