"""From any charset label that senders write to the codec that reads it."""

import codecs
import re
from functools import lru_cache

MAX_LABEL = 60

# Labels that Python lacks, and labels that senders use for a larger set than named; the larger sets
# are those of https://encoding.spec.whatwg.org/#names-and-labels.
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
    "gb231280": "gb18030", "isogb2312": "gb18030", "isoir58": "gb18030",
    "euccn": "gb18030", "big5": "big5hkscs", "xbig5": "big5hkscs", "cnbig5": "big5hkscs",
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932",
    "windows31j": "cp932", "mskanji": "cp932", "ksc5601": "cp949", "ksc56011987": "cp949",
    "ksc56011989": "cp949", "ksc56011992": "cp949", "ksx1001": "cp949",
    "euckr": "cp949", "ks_c_56011987": "cp949", "windows949": "cp949", "xeuckr": "cp949",
    "imaputf7": "utf-7", "utf7imap": "utf-7", "imap4utf7": "utf-7", "ximap4modifiedutf7": "utf-7",
    "unicode11utf7": "utf-7", "xunicode20utf7": "utf-7", "xutf7": "utf-7", "unicode": "utf-16",
    "utf8mb4": "utf-8", "unicode11utf8": "utf-8", "xutf8": "utf-8", "macintosh": "mac-roman",
    "xmacroman": "mac-roman", "xeucjp": "euc-jp", "iso2022jp": "iso2022_jp_ext",
    "iso2022jp2": "iso2022_jp_2", "csiso2022jp": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "iso2022kr": "iso2022_kr", "hzgb2312": "hz", "visual": "iso8859-8", "logical": "iso8859-8",
}  # fmt: skip
# Windows code pages that have only numbers, as Outlook's winmail.dat names them
# (https://learn.microsoft.com/windows/win32/intl/code-page-identifiers).
_NUMBERS = {
    "1200": "utf-16-le", "1201": "utf-16-be", "10000": "mac-roman", "10007": "mac-cyrillic",
    "20866": "koi8-r", "21866": "koi8-u", "28591": "cp1252", "28592": "iso8859-2",
    "28595": "iso8859-5", "28597": "iso8859-7", "28599": "cp1254", "28605": "iso8859-15",
    "50220": "iso2022_jp_ext", "51932": "euc_jp", "51949": "cp949", "54936": "gb18030",
}  # fmt: skip
# Windows's names of font alphabets, where a program took one for the charset ([MS-WMF] 2.1.1.5).
_OF_FONTS = {
    "128": "cp932", "129": "cp949", "134": "gb18030", "136": "big5hkscs", "161": "cp1253",
    "162": "cp1254", "177": "cp1255", "178": "cp1256", "186": "cp1257", "204": "windows-1251",
    "222": "cp874", "238": "cp1250",
}  # fmt: skip
_SAY_NOTHING = frozenset(
    {"", "ascii", "usascii", "ansix341968", "unknown", "xunknown", "unknown8bit", "default", "none"}
    | {"8bit", "7bit", "binary", "xuserdefined", "iso646us"}
)
_NOT_TEXT = frozenset(
    {"base64", "hex", "bz2", "zlib", "quopri", "uu", "rot13", "idna", "punycode", "mbcs", "oem"}
    | {"unicodeescape", "rawunicodeescape", "undefined"}
)


def codec_of(label: str) -> str | None:
    """Return the Python codec for a charset label, None if the label says nothing."""
    return _codec_of(label[:MAX_LABEL]) if label else None


@lru_cache(maxsize=256)
def _codec_of(label: str) -> str | None:
    squeezed = re.sub(r"[^a-z0-9]", "", label.lower())
    if squeezed in _SAY_NOTHING:
        return None
    name = _ALIASES.get(squeezed) or _OF_FONTS.get(squeezed)
    if name is None:
        name = _known(label.strip(" \t\"'").lower()) or _known(squeezed)
        if name is None:
            return _by_number(squeezed)
    return None if _squeeze(name) in _NOT_TEXT else _ALIASES.get(_squeeze(name), name)


def _known(label: str) -> str | None:
    try:
        return codecs.lookup(label).name
    except (LookupError, UnicodeError, ValueError):
        return None


def _squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _by_number(squeezed: str) -> str | None:
    """Read ``x-windows-1251-foo`` and the like by the code page's number."""
    found = re.search(r"(?:cp|win|windows|ibm|dos|ms)(\d{3,5})", squeezed)
    if not found:
        return None
    if found[1] in _NUMBERS:
        return _NUMBERS[found[1]]
    try:
        name = codecs.lookup("cp" + found[1]).name
    except LookupError:
        return None
    return _ALIASES.get(_squeeze(name), name)
