"""Text that a program misread under a wrong code page before writing it into the letter.

The label is true then, and the letter is garbage all the same. Three kinds are undone, each only if
the whole text reads well under the second reading, so that what somebody wrote on purpose stays:

- UTF-8 misread as an old code page and written as UTF-8 again: «Ð¡Ñ‡Ñ‘Ñ‚» or «РЎС‡С‘С‚» for «Счёт».
  Hardly any other text is UTF-8 a second time.
- Russian in one code page misread as another: «Ñ÷¸ò» or «яВЕР» for «Счёт». No language has words
  made of accented letters alone, or going on in capitals after a small letter; and the second
  reading must be Russian by letter frequency, the first must not.
- Letters as HTML numbers where there is no HTML: ``&#1057;``.
"""

import re
from html import unescape

from bridge.parse.text.alphabets.latin import shows_accents
from bridge.parse.text.cyrillic import best_code_page, is_mostly_high, score_as, stand_together

TWICE = "text written as UTF-8 twice"
OTHER_PAGE = "Russian text read under another code page before it was sent"
MAX_SAMPLE = 2_000
MAX_READINGS = 3  # the result of a misreading may have been misread again
_FEWEST = 2
_MANY = 6
_SURELY_RUSSIAN, _BETTER = 40.0, 15.0  # scores of `best_code_page`
_TOOK_FOR = ("cp1252", "windows-1251", "koi8-r", "cp866")


def _letters_of(page: str) -> dict[int, str]:
    """Return what programs show for each byte above ASCII; undefined bytes stay."""
    return {byte: bytes((byte,)).decode(page, "ignore") or chr(byte) for byte in range(0x80, 0x100)}


def _as_bytes(page: str) -> dict[int, int]:
    """Return the byte of each character of a page, and of C1 controls, as Latin-1 has them."""
    controls = {code: code for code in range(0x80, 0xA0)}
    return controls | {ord(sign): byte for byte, sign in _letters_of(page).items()}


_BYTES = {page: _as_bytes(page) for page in _TOOK_FOR}
_BYTES["windows-1251"][0xFFFD] = 0x98  # the only byte that this page leaves out: half of «И»


# Quotes, dashes and smiles, as a Western and as a Russian page show them; one is enough.
_SIGN = re.compile("\u00e2\u20ac.|вЂ.|\u00f0\u0178..|рџ..")


def _begins_and_goes_on(page: str) -> str:
    """Return a pattern for the bytes of a letter in UTF-8, two in Europe, as a page shows them."""
    shown = _letters_of(page)
    leads = "".join(shown[byte] for byte in range(0xC2, 0xE0))
    if page != "cp1252":  # of the commonest letters
        leads = "".join(shown[byte] for byte in (0xC2, 0xC3, 0xD0, 0xD1, 0xD2))
    rest = {chr(byte) for byte in range(0x80, 0xA0)} | {shown[byte] for byte in range(0x80, 0xC0)}
    goes_on = re.escape("".join(sorted(rest)))
    of_three = f"|[\u00e0-\u00ef][{goes_on}]{{2}}" if page == "cp1252" else ""
    return f"[{leads}][ {goes_on}]{of_three}"


# One Western European letter, within a word or before a number: «GrÃ¼n», «Â£15».
_ONE_LETTER = re.compile(
    "(?:[A-Za-z]Ã{0}|Ã{0}[a-z])|Â[\u00a0£§©®°]".replace(
        "{0}", "[\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]"
    )
)
_SEQUENCE = {page: re.compile(_begins_and_goes_on(page)) for page in _TOOK_FOR}
# What an ordinary text never has. Of Russian readings «Рё», «Р», «—» and their like are left out,
# which stand side by side in real text, too.
_ODD = re.compile(
    "[\u00c2-\u00df][\x80-\xbf\u2018-\u2122\u0152-\u0192\u02c6\u02dc]"  # by cp1252
    "|[\u00e0-\u00ef][\x80-\xbf\u2018-\u2122\u0152-\u0192\u02c6\u02dc]{2}"
    f"|{_SIGN.pattern}"
    "|[ВГРСТ][\x80-\x9f\u0402-\u040f\u0452-\u045f\u0490\u0491°±µ¶¤¦¬®]"  # by windows-1251
    "|[бцпя][\u2320-\u25a0]"  # by koi8-r
    "|[\u251c\u252c\u2565-\u256a][\u2500-\u2593А-Яа-я]"  # by cp866
    "|\\b[а-яё][А-ЯЁ]{2}"
    "|[\u00c0-\u00ff]{3}"
)
_INVERTED = re.compile(r"\b[а-яё][А-ЯЁ]{2}")
# Cheap first tests: every misreading has a character of both kinds, unless it only swaps capitals
# and small letters.
_STRANGE = re.compile(
    "[^\x00-\x7fА-яЁё«»–—‘’“”„…€№\u00a0\u2028-\u202f\u2e80-\ufffc\U00010000-\U0010ffff]"
)
_MARK = re.compile(
    "[\x80-\xbf\u0152-\u0192\u02c6\u02dc\u0402-\u040f\u0452-\u045f\u0490\u0491\u2018-\u2122"
    "\u2320-\u25a0]|[\u00c0-\u00ff]{3}"
)
_CAPITALS = re.compile("[А-ЯЁ][А-ЯЁ]")
_SMALL = re.compile("[а-яё]{2}")
_HALF_LOST = re.compile(rb"\xd0(?:\?|(?=[\xd0-\xd2]|[^ \x80-\xff]|\Z))")
_SOFT_BLANK = re.compile(rb"([\xc2-\xdf]) ")
# A surrogate pair as two numbers: «&#55357;&#56832;», as old libraries write an emoji.
_HALVES = re.compile(
    r"&#(?:x(d[89ab]\w\w)|(5(?:529[6-9]|5[3-9]\d\d|6[0-2]\d\d|631\d)));"
    r"&#(?:x(d[c-f]\w\w)|(5(?:632\d|6[3-9]\d\d|7[0-2]\d\d|73[0-3]\d|734[0-3])));",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"&#(?:\d{3,6}|[xX][0-9A-Fa-f]{2,5});")


def as_meant(text: str) -> tuple[str, str]:
    """Return a text as it was before a program misread it, and a defect if there was one."""
    if text.isascii() or not _may_be_odd(text[:MAX_SAMPLE]):
        return text, ""
    meant = _utf8_of(text)
    if meant is not None:
        for _ in range(MAX_READINGS - 1):
            meant = _utf8_of(meant) or meant
        return meant, TWICE
    russian = _russian_of(text)
    return (russian, OTHER_PAGE) if russian is not None else (text, "")


def _utf8_of(text: str) -> str | None:
    """Return the UTF-8 text that a program took for an old code page, or None."""
    sample = text[:MAX_SAMPLE]
    for page in _TOOK_FOR:
        enough = len(_SEQUENCE[page].findall(sample)) >= _FEWEST or _SIGN.search(sample)
        if enough or (page == "cp1252" and _ONE_LETTER.search(sample)):
            once = _read_once(text, page)
            if once is not None:
                return once
    return None


def _may_be_odd(sample: str) -> bool:
    if _STRANGE.search(sample) and _MARK.search(sample):
        return _ODD.search(sample) is not None
    return bool(_CAPITALS.search(sample) and _INVERTED.search(sample))


def _read_once(text: str, page: str) -> str | None:
    """Return the UTF-8 text in the characters' bytes; no-break spaces may have become plain."""
    content = _encoded(text, page)
    if content is None:
        return None
    if page == "windows-1251":
        content = _HALF_LOST.sub(b"\xd0\x98", content)
    try:
        return _SOFT_BLANK.sub(b"\\1\xa0", content).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _russian_of(text: str) -> str | None:
    """Return a text that is no Russian as it stands, if another page makes it Russian."""
    found = []
    for page in _TOOK_FOR[:3]:
        content = _encoded(text, page)
        if content is None or not _is_in_no_language(text, content, page):
            continue
        meant, score = best_code_page(content)
        if score >= max(_SURELY_RUSSIAN, score_as(content, page) + _BETTER):
            found.append((score, content.decode(meant, "replace")))
    return max(found)[1] if found else None


def _is_in_no_language(text: str, content: bytes, page: str) -> bool:
    """Tell whether no word is one that people write, Western or Cyrillic, beyond chance."""
    if sum(byte >= 0xC0 for byte in content[:MAX_SAMPLE]) < _MANY:
        return False
    if page == "cp1252":
        return is_mostly_high(content) and stand_together(content) and not shows_accents(text)
    return bool(_INVERTED.search(text[:MAX_SAMPLE])) and not _SMALL.search(text[:MAX_SAMPLE])


def _encoded(text: str, page: str) -> bytes | None:
    try:
        return text.translate(_BYTES[page]).encode("latin-1")
    except UnicodeEncodeError:
        return None


def without_numbers(text: str) -> str:
    """Return ``text`` with letters for HTML numbers, if at least two are above ASCII."""
    if "&#" not in text:
        return text
    whole = with_whole_signs(text)  # two numbers may be one character
    numbers = _NUMBER.findall(whole)
    few = len(numbers) < _FEWEST and whole == text
    if few or any(unescape(number) < "\x80" for number in numbers):
        return text
    return _NUMBER.sub(lambda found: unescape(found.group()), whole)


def with_whole_signs(source: str) -> str:
    """Return ``source`` with one number for the two of a surrogate pair."""
    return _HALVES.sub(_as_one, source) if "&#" in source else source


def _as_one(halves: re.Match[str]) -> str:
    high, low = (
        int(hexadecimal, 16) if hexadecimal else int(decimal)
        for hexadecimal, decimal in (halves.group(1, 2), halves.group(3, 4))
    )
    return f"&#{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00};"
