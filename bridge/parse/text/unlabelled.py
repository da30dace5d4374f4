"""The charset of bytes without a label: by what they cannot be, then by frequency.

UTF-8 with flaws, Russian and other alphabets, the East Asian charsets by their pairs, older pages
and spellings, then Western.
"""

from bridge.parse.text.alphabets.frequencies import alphabet_page
from bridge.parse.text.alphabets.latin import central_page
from bridge.parse.text.alphabets.of_dos import older_page
from bridge.parse.text.alphabets.spelling import spelt_page
from bridge.parse.text.alphabets.thai import is_thai
from bridge.parse.text.cyrillic import (
    best_code_page,
    has_only_signs,
    is_among_latin,
    is_mostly_high,
    russian_code_page,
    score_as,
    stand_together,
)
from bridge.parse.text.east_asian import guess, is_few_chinese, is_shift_jis
from bridge.parse.text.mixed import by_code_page, read_mixed

_NO_OTHER_ALPHABET = 47.0
_RUSSIAN_IN_CAPITALS = 45.0


def without_label(content: bytes) -> str:
    """Guess: UTF-8 with flaws, Russian, the East Asian charsets by their pairs, then Western."""
    mixed = read_mixed(content)
    if mixed is not None:
        return mixed
    told = likely_page(content) or guess(content)
    if told is None and is_few_chinese(content):
        told = "gb18030"
    if told is None and is_shift_jis(content):
        told = "cp932"
    told = told or older_page(content) or spelt_page(content)
    return by_code_page(content, told or "cp1252")


def likely_page(content: bytes) -> str | None:
    """Return the code page of a text that is not UTF-8, Western or East Asian, or None."""
    return other_alphabet(content) or russian_code_page(content)


def other_alphabet(content: bytes) -> str | None:
    """Return the page of a text that is neither Russian nor Western, or None.

    Korean is tested here, as its syllables lie where ISO 8859-5 has the commonest letters.
    """
    if has_only_signs(content):
        return None
    if not stand_together(content) and (told := central_page(content)):
        return spelt_page(content) or told
    if is_among_latin(content) or not (is_mostly_high(content) or stand_together(content)):
        return None
    if best_code_page(content)[1] >= _NO_OTHER_ALPHABET:
        return None
    if is_thai(content):
        return "cp874"
    return alphabet_page(content) or ("cp949" if _is_korean(content) else None)


def _is_korean(content: bytes) -> bool:
    """Tell whether this is Korean and not Russian in capitals of ISO 8859-5."""
    if guess(content) != "cp949":
        return False
    small = content.decode("iso8859-5").lower().encode("iso8859-5", "replace")
    return score_as(small, "iso8859-5") < _RUSSIAN_IN_CAPITALS
