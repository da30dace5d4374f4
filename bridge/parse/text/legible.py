"""Whether bytes are a text that somebody wrote, or the result of a wrong reading."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from bridge.parse.text.charset import read_text, wide_codec
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.cyrillic import RUSSIAN_ENOUGH, best_code_page, count_high
from bridge.parse.text.mixed import MULTI_BYTE, strictly

MAX_SAMPLE = 20_000
MIN_LATIN = 0.7
MIN_LONG = 60
MIN_FOREIGN = 4

_RUBBISH = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x10-\x1a\x1c-\x1f\x7f]")  # except ISO 2022's
_CUT = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
# Invisible characters other than white space: joiners, direction marks, fillers, soft hyphens.
_VISIBLE = re.compile(
    r"[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\x00-\x1f\x7f]"
)
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_ASCII = re.compile("[\x00-\x7f]+")
_LETTER = re.compile(r"[^\W\d_]")
_LINK = re.compile(r"\w{3,8}:(?://)?[^\s<>?]{1,2000}\?[^\s<>]*")
_EVERYDAY = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]")


def is_legible(content: bytes, label: str) -> bool:
    """Tell whether ``content`` reads as text: without control characters, in a fitting charset."""
    sample = content[:MAX_SAMPLE]
    if _is_binary(sample, label):
        return False
    text = read_text(sample, label)
    if _RUBBISH.search(text.rstrip("\ufffd")):
        return False
    if sample.isascii() or sample.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return True
    try:
        _CUT.sub(b"", sample).decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return True
    return _fits(sample, text, codec_of(label))


def _is_binary(sample: bytes, label: str) -> bool:
    """Tell whether there are control characters, which every charset has at the same places."""
    if not _CONTROLS.search(sample) or sample.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return False
    wide = str(codec_of(label)).startswith(("utf-16", "utf-32"))
    return not wide and (b"\x00" not in sample or wide_codec(sample) is None)


def _fits(sample: bytes, text: str, codec: str | None) -> bool:
    """Tell whether a text that is not UTF-8 is probable in its charset."""
    if is_mostly_ascii(sample):
        return True
    if best_code_page(sample)[1] >= RUSSIAN_ENOUGH:
        return True
    if codec in MULTI_BYTE and _is_east_asian(text):
        return True
    return codec not in (None, "utf-8", "cp1252") and len(sample) >= MIN_LONG


def _is_east_asian(text: str) -> bool:
    """Tell whether nearly all above ASCII are everyday East Asian characters."""
    high = len(_NOT_ASCII.findall(text))
    return len(_EVERYDAY.findall(text)) * 10 >= high * 9 > 0


def is_mostly_ascii(sample: bytes) -> bool:
    """Tell whether as many bytes are ASCII as in a Western language."""
    return len(sample) - count_high(sample) >= MIN_LATIN * len(sample)


def has_rubbish(content: bytes, label: str) -> bool:
    """Tell whether the charset makes characters of these bytes that no text holds."""
    return _RUBBISH.search(read_text(content[:MAX_SAMPLE], label)) is not None


def has_visible(text: str) -> bool:
    """Tell whether ``text`` has anything visible."""
    return _VISIBLE.search(text) is not None


def lost_letters(text: str, told: str) -> bool:
    """Tell whether a program wrote question marks in ``text`` for letters that ``told`` has."""
    if "??" not in text or not text.isascii():
        return False
    told = _LINK.sub("", told)  # a link's target may have some, and the text need not show it
    lost = _LINK.sub("", text).count("?") - told.count("?")
    return lost >= 2 and len(_NOT_ASCII.findall(told)) * 2 >= lost


def is_prose(content: bytes, label: str) -> bool:
    """Tell whether a legible text consists of words: mostly letters, with white space between.

    One word in UTF-8 is enough if it is in another alphabet.
    """
    sample = content[:MAX_SAMPLE]
    text = read_text(sample, label).strip()
    words = text.split()
    is_utf8 = not sample.isascii() and strictly(_CUT.sub(b"", sample), "utf-8") is not None
    if is_utf8 and len(_LETTER.findall(_ASCII.sub("", text))) >= MIN_FOREIGN:
        return True
    return len(words) > 1 and len(_LETTER.findall(text)) * 10 > len("".join(words)) * 6
