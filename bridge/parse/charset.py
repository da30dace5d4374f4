"""Bytes to text when the label may be missing, misspelt or wrong (faults F03, F06, F07).

The order: a byte order mark, the seven-bit shift encodings by their label, UTF-8 strictly, the
declared charset, Russian code pages by letter frequency, the rest.
"""

import codecs
import re

from bridge.parse.cyrillic import CODE_PAGES, best_code_page, is_mostly_high, score_as

# Labels that Python lacks, and labels that senders use for a larger set than they name; the
# larger sets are those of https://encoding.spec.whatwg.org/#names-and-labels.
_ALIASES = {
    "win1251": "windows-1251", "windows1251": "windows-1251", "cp1251": "windows-1251",
    "xcp1251": "windows-1251", "1251": "windows-1251", "ansi1251": "windows-1251",
    "koi8": "koi8-r", "koi8r": "koi8-r", "koi8u": "koi8-u", "koi8ru": "koi8-u",
    "xmaccyrillic": "mac-cyrillic", "maccyrillic": "mac-cyrillic", "866": "cp866",
    "dos866": "cp866", "alt": "cp866", "xcp866": "cp866",
    "iso88591": "cp1252", "latin1": "cp1252", "l1": "cp1252", "iso88591windows": "cp1252",
    "xwindows1252": "cp1252", "ansi": "cp1252", "iso88599": "cp1254", "iso8859": "cp1252",
    "iso885911": "cp874", "tis620": "cp874", "iso88598i": "iso8859-8", "iso88598e": "iso8859-8",
    "gb2312": "gb18030", "gbk": "gb18030", "xgbk": "gb18030", "cngb": "gb18030",
    "gb231280": "gb18030", "euccn": "gb18030", "big5": "big5hkscs", "xbig5": "big5hkscs",
    "cnbig5": "big5hkscs", "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932",
    "windows31j": "cp932", "mskanji": "cp932", "ksc5601": "cp949", "ksc56011987": "cp949",
    "euckr": "cp949", "ks_c_56011987": "cp949", "windows949": "cp949", "xeuckr": "cp949",
    "unicode11utf7": "utf-7", "xunicode20utf7": "utf-7", "xutf7": "utf-7", "unicode": "utf-16",
    "utf8mb4": "utf-8", "unicode11utf8": "utf-8", "xutf8": "utf-8", "macintosh": "mac-roman",
    "xmacroman": "mac-roman", "xeucjp": "euc-jp", "iso2022jp": "iso2022_jp_ext",
    "iso2022jp2": "iso2022_jp_2", "csiso2022jp": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "iso2022kr": "iso2022_kr", "hzgb2312": "hz", "visual": "iso8859-8", "logical": "iso8859-8",
}  # fmt: skip
_SAY_NOTHING = frozenset(
    {"", "ascii", "usascii", "ansix341968", "unknown", "xunknown", "unknown8bit", "default", "none"}
    | {"8bit", "7bit", "binary", "xuserdefined", "iso646us"}
)
_SHIFTED = frozenset({"utf-7", "hz", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr"})
_NOT_TEXT = frozenset(
    {"base64", "hex", "bz2", "zlib", "quopri", "uu", "rot13", "idna", "punycode", "mbcs", "oem"}
    | {"unicode_escape", "raw_unicode_escape", "undefined"}
)
_CONTROL_OF_1252 = re.compile("[\x80-\x9f]")
_RUSSIAN_ENOUGH = 25.0
_CLEARLY_BETTER = 20.0


def codec_of(label: str) -> str | None:
    """Return the Python codec for a charset label, or None where the label says nothing."""
    squeezed = re.sub(r"[^a-z0-9]", "", label.lower()[:60])
    if squeezed in _SAY_NOTHING:
        return None
    name = _ALIASES.get(squeezed)
    if name is None:
        try:
            name = codecs.lookup(label.strip(" \t\"'").lower()[:60]).name
        except (LookupError, UnicodeError, ValueError):
            return _by_number(squeezed)
    return None if name.replace("-", "_") in _NOT_TEXT else _ALIASES.get(_squeeze(name), name)


def read_text(content: bytes, label: str = "") -> str:
    """Return ``content`` as text; ``label`` is its declared charset. Never raises."""
    if content.startswith(codecs.BOM_UTF8):
        content = content[3:]
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    codec = codec_of(label)
    if codec and codec.startswith(("utf-16", "utf-32")):
        return _strict(content, codec) or _without_label(content)
    if content.isascii():
        return _read_seven_bit(content, codec)
    text = _strict(content, "utf-8")
    if text is not None:
        return text
    return _declared(content, codec) if codec else _without_label(content)


def _squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _by_number(squeezed: str) -> str | None:
    """Read ``x-windows-1251-foo`` and the like by the code page's number."""
    found = re.search(r"(?:cp|win|windows|ibm|dos|ms)(\d{3,4})", squeezed)
    if not found:
        return None
    try:
        return codecs.lookup("cp" + found.group(1)).name
    except LookupError:
        return None


def _strict(content: bytes, codec: str) -> str | None:
    try:
        text = content.decode(codec)
        text.encode("utf-8")  # some codecs let lone surrogates through
    except (UnicodeError, LookupError):
        return None
    return text


def _read_seven_bit(content: bytes, codec: str | None) -> str:
    if codec in _SHIFTED:
        return _strict(content, codec) or content.decode(codec, "replace")
    if b"\x1b$" in content or b"\x1b(" in content:
        return _strict(content, "iso2022_jp_ext") or content.decode("ascii")
    return content.decode("ascii")


def _declared(content: bytes, codec: str) -> str:
    """Read by the declared charset, unless the text itself says that the label is wrong."""
    if codec == "utf-8":
        return _nearly_utf8(content)
    if codec in _SHIFTED:
        return _without_label(content)
    text = _strict(content, codec)
    if codec == "cp1252" and is_mostly_high(content):
        page, score = best_code_page(content)
        if score >= _RUSSIAN_ENOUGH:
            return _by_code_page(content, page)
    if codec in CODE_PAGES or codec == "koi8-u":
        return _by_code_page(content, _better_code_page(content, codec))
    if text is not None:
        return text
    if codec in ("gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "euc-jp"):
        return content.decode(codec, "replace")
    return _by_code_page(content, codec)


def _better_code_page(content: bytes, codec: str) -> str:
    page, score = best_code_page(content)
    enough = sum(byte >= 0x80 for byte in content[:1000]) >= 6
    if enough and score >= _RUSSIAN_ENOUGH and score > score_as(content, codec) + _CLEARLY_BETTER:
        return page
    return codec


def _by_code_page(content: bytes, codec: str) -> str:
    """Decode a one-byte charset; a byte it leaves open is the control sign (WHATWG 9.1)."""
    text = _strict(content, codec)
    if text is not None:
        return text
    return "".join(_one(bytes((byte,)), codec) for byte in content)


def _one(byte: bytes, codec: str) -> str:
    try:
        return byte.decode(codec)
    except UnicodeError:
        return byte.decode("latin-1")


def _nearly_utf8(content: bytes) -> str:
    """Read text labelled UTF-8 that is not: most of it may be, some lines of it, or nothing."""
    repaired = content.decode("utf-8", "replace")
    broken = repaired.count("\ufffd")
    whole = sum(sign > "\x7f" for sign in repaired) - broken
    if whole > broken * 3:
        return repaired
    return _without_label(content)


def _without_label(content: bytes) -> str:
    """Guess: Russian first, then the East Asian multi-byte charsets, then Western."""
    if is_mostly_high(content) or sum(byte >= 0x80 for byte in content[:10_000]) < 30:
        page, score = best_code_page(content)
        if score >= _RUSSIAN_ENOUGH:
            return _by_code_page(content, page)
    return _by_code_page(content, "cp1252")
