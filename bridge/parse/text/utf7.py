"""UTF-7 (RFC 2152), run by run, as in falsely labelled text every ``+`` is a plus.

A run stands between ``+`` and ``-``: base64 of UTF-16, its last bits zero. Telephone numbers,
formulas and ``C++`` hardly ever make one, and then of characters that nobody wrote.
"""

import binascii
import re
import unicodedata
from itertools import pairwise

_RUN = re.compile(r"\+([A-Za-z0-9+/]*+)(-?)")
_OF_FOLDERS = re.compile(r"&([A-Za-z0-9+,]{3,})-")  # as IMAP names folders (RFC 9051 5.1.3)
_ONE_CASE = re.compile(r"[A-Z]?[a-z]+|[0-9+/]+")
_UNLIKELY = frozenset({"Cc", "Cn", "Co", "Cs"})


def read_utf7(content: bytes) -> str:
    """Return seven-bit ``content`` with its runs of UTF-7 read, or unchanged if they are none."""
    source = content.decode("ascii", "replace")
    if "+" not in source and "&" in source:
        return _OF_FOLDERS.sub(_of_a_folder, source)
    runs = [found for found in _RUN.finditer(source) if found.group(1)]
    read = [_read(*found.groups()) for found in runs]
    if sum(one is None for one in read) * 2 > len(read):
        return source
    texts = iter(read)

    def replace(found: re.Match[str]) -> str:
        if not found.group(1):
            return "+" if found.group(2) else found.group()
        text = next(texts)
        return found.group() if text is None else text

    return _RUN.sub(replace, source)


def _of_a_folder(found: re.Match[str]) -> str:
    return _read(found[1].replace(",", "/"), "-") or found.group()


def _read(letters: str, end: str) -> str | None:
    """Return what one run says, None if it is no run of UTF-7.

    A word between ``+`` and ``-`` is a run only if it stands for characters other than letters (☺).
    """
    if len(letters) % 4 == 1:
        return None
    content = binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    units = len(content) // 2 * 2
    if any(content[units:]) or len(letters) * 6 - units * 8 >= 6 or not units:
        return None
    if binascii.b2a_base64(content[:units]).rstrip(b"=\n") != letters.encode():
        return None  # bits behind the last character
    try:
        text = content[:units].decode("utf-16-be")
    except UnicodeDecodeError:
        return None
    if _ONE_CASE.fullmatch(letters) and not (end and all(map(_is_symbol, text))):
        return None
    return text if _is_likely(text) else None


def _is_symbol(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "SP" and not "\u2800" <= sign <= "\u28ff"  # Braille


def _is_likely(text: str) -> bool:
    """Tell whether a person may have written the characters: assigned, in few scripts."""
    if any(unicodedata.category(sign) in _UNLIKELY and sign not in "\r\n\t" for sign in text):
        return False
    blocks = [ord(sign) >> 8 for sign in text if sign.isalpha() and ord(sign) >= 0x250]
    han = sum(0x2E <= block <= 0xD7 for block in blocks)
    if 0 < han < len(blocks):
        return False
    changes = sum(one != other for one, other in pairwise(blocks))
    return han > 0 or changes * 3 <= len(blocks)
