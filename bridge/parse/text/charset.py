"""Bytes to text when the label may be missing, misspelt or wrong (faults F03, F06, F07).

In this order: a byte order mark, the seven-bit shift encodings by their label, strict UTF-8, the
declared charset unless the text proves it wrong, and guesses (``unlabelled.py``).
"""

import codecs
import re

from bridge.parse.text.alphabets.frequencies import is_of_alphabet
from bridge.parse.text.alphabets.latin import central_page, shows_accents, with_macs_quotes
from bridge.parse.text.alphabets.of_dos import older_page
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.cyrillic import (
    CODE_PAGES,
    RUSSIAN_ENOUGH,
    best_code_page,
    count_high,
    few_russian_words,
    has_macs_capitals,
    has_only_signs,
    has_word,
    is_among_latin,
    is_mostly_high,
    makes_usual_words,
    russian_code_page,
    score_as,
    stand_together,
    with_ukrainian,
)
from bridge.parse.text.east_asian import (
    MAX_DOUBTFUL,
    accented,
    guess,
    is_few_by_label,
    is_garbled,
    is_latin,
    is_utf8_by_chance,
    is_within_words,
    read_iso_2022_jp,
    read_shifted,
    which_chinese,
    which_japanese,
    with_escapes,
)
from bridge.parse.text.mixed import MULTI_BYTE, by_code_page, read_mixed, strictly, utf8_ends
from bridge.parse.text.unlabelled import other_alphabet, without_label
from bridge.parse.text.utf7 import read_utf7

_WIDE = ("utf-16", "utf-32")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MIN_NARROW = 8
MAX_WIDE = 2_000
_PRINTABLE = bytes(range(32, 127)) + b"\t\r\n"
_OF_WIDE = re.compile(rb"[\x00\x04]")  # halves of blanks and of Cyrillic letters
_HZ = re.compile(rb"~\{(?:[!-)0-w][!-~]){2,}~\}")  # RFC 1843: pairs of GB 2312 between marks
_SHIFTED = frozenset({"utf-7", "hz", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr"})
_TWO_HIGH = re.compile(rb"[\x80-\xff]{2}")
_CLEARLY_BETTER = 20.0
# Each half of a surrogate pair written like a character: CESU-8, as Java and old databases do.
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# Windows's pages have letters where these have control characters, which nobody writes.
_OF_WINDOWS = {
    "iso8859-2": "cp1250", "iso8859-4": "cp1257", "iso8859-6": "cp1256", "iso8859-7": "cp1253",
    "iso8859-8": "cp1255", "iso8859-13": "cp1257",
}  # fmt: skip
_CONTROL = re.compile(rb"[\x80-\x84\x86-\x9f]")
_KOI8_CAPITAL = re.compile(rb"[a-z][\xe0-\xff]")
_LOW = bytes(range(128))
_ENOUGH_HIGH = 6
_MANY_HIGH = 200
_ENOUGH_ACCENTED = 3
_CERTAIN = 52.0  # a score that Russian has, and at most 43 of Greek, Hebrew, Arabic, Thai


# What programs write raw into headers if their text is in a seven-bit encoding.
_EIGHT_BIT = {"iso2022_kr": "cp949", "hz": "gb18030"}
_EIGHT_BIT |= dict.fromkeys(("iso2022_jp_ext", "iso2022_jp_2"), "cp932")


def header_charset(label: str) -> str:
    """Return the charset of raw header bytes beside a text with this label, empty if unknown."""
    codec = codec_of(label)
    if codec in (None, "utf-8", "utf-7") or str(codec).startswith(_WIDE):
        return ""
    return _EIGHT_BIT.get(str(codec), label)


def read_text(content: bytes, label: str = "") -> str:
    """Return ``content`` as text; ``label`` is its declared charset. Never raises."""
    if b"\x00" in content and (wide := wide_codec(content)):
        return content.decode(wide, "replace")
    if (
        content.isascii() and b"\x1b" not in content and b"~{" not in content
    ):  # nearly all header fields
        codec = codec_of(label) if label else None
        if codec is None or not (codec in _SHIFTED or codec.startswith(_WIDE)):
            return content.decode("ascii")
    if content.startswith(codecs.BOM_UTF8):
        content = content[3:]
    elif content.startswith(_WIDE_MARKS):
        return content.removesuffix(b"\r\n").decode("utf-16", "replace")  # a gateway's line end
    if b"\xed" in content:
        content = _HALVES.sub(_as_one, content)
    codec = codec_of(label)
    if codec and codec.startswith(_WIDE) and not _is_narrow(content):
        content = content.removesuffix(b"\r\n")  # a gateway's line end
        whole = content[: len(content) // 2 * 2]
        return strictly(content, codec) or strictly(whole, codec) or without_label(content)
    if content.isascii():
        return _read_seven_bit(content, codec)
    text = strictly(content, "utf-8")
    if text is not None:
        if codec in MULTI_BYTE and len(content) < MAX_DOUBTFUL:
            chance = is_utf8_by_chance(content, text, codec)
            return strictly(content, codec) or text if chance else text
        return text
    return _declared(content, codec) if codec else without_label(content)


def _as_one(halves: re.Match[bytes]) -> bytes:
    pair = halves.group().decode("utf-8", "surrogatepass")
    return pair.encode("utf-16", "surrogatepass").decode("utf-16").encode()


def wide_codec(content: bytes) -> str | None:
    """Return which UTF-16 this is, whatever its label: half of the bytes are NUL or Cyrillic's 04.

    No other text holds a NUL.
    """
    sample = content[:MAX_WIDE]
    if len(content) % 2 or content.startswith(_WIDE_MARKS) or len(sample) < MIN_NARROW:
        return None
    if not sample[1::2].translate(None, b"\x00\x04"):
        return "utf-16-le"
    return None if sample[::2].translate(None, b"\x00\x04") else "utf-16-be"


def _is_narrow(content: bytes) -> bool:
    """Tell whether text labelled UTF-16 or UTF-32 is ASCII, UTF-8 or has one byte a letter."""
    if len(content) < MIN_NARROW:
        return False
    if not content.translate(None, _PRINTABLE) or _is_russian(content):
        return True
    return not _OF_WIDE.search(content) and strictly(content, "utf-8") is not None


def _is_russian(content: bytes) -> bool:
    """Tell whether too many bytes read as Russian for chance."""
    enough = count_high(content[:1000]) >= _ENOUGH_HIGH
    return enough and best_code_page(content)[1] >= RUSSIAN_ENOUGH and is_mostly_high(content)


def _is_certainly_russian(content: bytes) -> bool:
    """Tell whether this is Russian whatever its label: no other language's text scores so high."""
    begins = content[:1000]
    high = count_high(begins)
    if high < _ENOUGH_HIGH or not is_mostly_high(content):
        return False
    if high >= _MANY_HIGH and best_code_page(begins)[1] < RUSSIAN_ENOUGH:  # Chinese, as a rule
        return False
    return best_code_page(content)[1] >= _CERTAIN


def _fits_label(content: bytes, codec: str, few: bool) -> bool:
    """Tell whether bytes that score as Russian are as likely what their label says."""
    if few:
        return not makes_usual_words(content, best_code_page(content)[0])
    return is_of_alphabet(content, codec)


def _is_russian_word(content: bytes) -> bool:
    """Tell whether bytes that do not fit their label are a word or two of Russian."""
    few = len(content.translate(None, _LOW)) < MAX_DOUBTFUL
    return few and russian_code_page(content) is not None


def _is_single_sign(content: bytes, codec: str) -> bool:
    """Tell whether this is a single two-byte character: nothing contradicts its label."""
    return len(content.strip()) == 2 and len((strictly(content, codec) or "  ").strip()) == 1


def _read_seven_bit(content: bytes, codec: str | None) -> str:
    if b"\x1b$)" in content and b"\x0e" in content:
        return read_shifted(content)
    if b"\x1b$" in content or b"\x1b(" in content:
        return strictly(content, "iso2022_jp_ext") or read_iso_2022_jp(content)
    if b"~{" in content and _HZ.search(content) and (chinese := strictly(content, "hz")):
        return chinese
    if codec == "utf-7":
        return read_utf7(content)
    if codec in _SHIFTED:
        if str(codec).startswith("iso2022_jp") and b"$" in content:
            content = with_escapes(content)
        return strictly(content, codec) or content.decode("ascii")
    return content.decode("ascii")


def _declared(content: bytes, codec: str) -> str:
    """Read by the declared charset, unless the text itself proves it wrong."""
    if codec.startswith(_WIDE):
        return without_label(content)
    if codec == "utf-8":
        return read_mixed(content) or without_label(content)
    if codec in _SHIFTED:
        if is_within_words(content):
            return without_label(content)
        japanese = strictly(content, "cp932") if codec.startswith("iso2022_jp") else None
        return japanese if japanese and not is_garbled(japanese) else without_label(content)
    if codec in ("cp1252", "iso8859-15"):
        english = with_macs_quotes(content)
        if english is not None:
            return english.decode("cp1252")
        return by_code_page(content, _mistaken(content) or older_page(content) or codec)
    if codec in CODE_PAGES or codec == "koi8-u":
        return _labelled_russian(content, codec)
    if codec in MULTI_BYTE and _is_single_sign(content, codec):
        return content.decode(codec)
    few = is_few_by_label(content, codec)
    if codec in MULTI_BYTE and not few and (is_latin(content) or is_within_words(content)):
        return without_label(content)
    if _is_certainly_russian(content) and not _fits_label(content, codec, few):
        return without_label(content)
    if codec in _OF_WINDOWS and _CONTROL.search(content):
        codec = _OF_WINDOWS[codec]
    codec = which_chinese(content, which_japanese(content, codec))
    text = strictly(content, codec)
    if text is not None:
        return text
    if codec in MULTI_BYTE:
        if _is_russian(content) or not _TWO_HIGH.search(content) or _is_russian_word(content):
            return without_label(content)
        return read_mixed(content) or content.decode(codec, "replace")
    return by_code_page(content, codec)


def _labelled_russian(content: bytes, codec: str) -> str:
    """Read text labelled with a Russian code page: it may be Western, or between lines of UTF-8."""
    if _is_western(content) or (codec.startswith("koi8") and _has_capitals_inside(content)):
        return by_code_page(content, "cp1252")
    start, end = utf8_ends(content)
    if start or end < len(content):
        inner = content[start:end]
        told = by_code_page(inner, _better_code_page(inner, codec))
        return content[:start].decode("utf-8") + told + content[end:].decode("utf-8")
    return by_code_page(content, _better_code_page(content, codec))


def _mistaken(content: bytes) -> str | None:
    """Return the true charset of a text that is labelled Western and cannot be."""
    if has_only_signs(content) or shows_accents(content.decode("latin-1")):
        return None
    if not is_mostly_high(content) and not stand_together(content):
        return few_russian_words(content) or central_page(content)
    if told := other_alphabet(content):
        return told
    page, score = best_code_page(content)
    if score >= RUSSIAN_ENOUGH and not is_among_latin(content):
        return with_ukrainian(content, page)
    return guess(content)


def _better_code_page(content: bytes, codec: str) -> str:
    page, score = best_code_page(content)
    enough = count_high(content[:1000]) >= 6
    if codec == "mac-cyrillic" and page == "windows-1251":
        return page
    if codec == "windows-1251" and page == "mac-cyrillic" and has_macs_capitals(content):
        return page
    if enough and score >= RUSSIAN_ENOUGH and score > score_as(content, codec) + _CLEARLY_BETTER:
        codec = page
    return with_ukrainian(content, codec)


def _has_capitals_inside(content: bytes) -> bool:
    """Tell whether KOI8 shows capitals behind small Latin letters, and no word: «CafИ»."""
    return _KOI8_CAPITAL.search(content) is not None and not has_word(content)


def _is_western(content: bytes) -> bool:
    """Tell whether a text labelled Russian has accented letters within Western words."""
    return accented(content) >= _ENOUGH_ACCENTED and is_latin(content)
