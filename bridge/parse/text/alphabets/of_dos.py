"""Western text in a DOS or Mac page with a wrong label or none: «Gr”áe», «FŸr».

Read as Windows's Western page, its letters are characters that never stand within a word, or
control characters. It is taken for an older page only if it has more of these than quotes and
dashes where Windows has them, and if that page has a Western letter for every byte, in the case
that its place in the word requires.
"""

import re

MAX_SAMPLE = 20_000
PAGES = ("cp850", "mac-roman")

# Windows's characters between a letter and a small one, or a low quote behind one; at the ends of
# words control characters.
_WITHIN = re.compile(
    rb"[\x81-\x84\x86-\x8a\x8c-\x90\x94\x98-\x9b\x9d\x9f\xa1-\xa5\xa7](?:"
    rb"(?<=[A-Za-z][\x81-\x84\x86-\x88\x8a\x8c-\x90\x94\x98\x99\x9b\x9d\x9f\xa1-\xa5\xa7])"
    rb"(?=[\x80-\xff]?[a-z])"
    rb"|(?<=[a-z]\x9a)(?=\xa7[a-z])"
    rb"|(?<![A-Za-z\x80-\xff].)(?<=[\x81\x8d\x8f\x90\x9d])(?=[a-z])"
    rb"|(?<=[a-z][a-z][\x81\x82\x8d\x8f\x90\x9d])(?![A-Za-z\x80-\xff]))"
)
# Letters of a Mac where Windows has dashes, quotes and dots, which do stand between letters:
# recognised by the commonest words with them.
_BETWEEN_LETTERS = re.compile(rb"[A-Za-z][\x91\x95-\x97](?=[A-Za-z\x92])")
_WORDS_OF_MAC = re.compile(
    rb"(?i:ma\x96an|espa\x96|se\x96or|peque\x96[oa]|compa\x96\x92|contrase\x96|tama\x96o|campa\x96a|"
    rb"monta\x96a|\bni\x96[oa]s?\b|\b(?:el|un|al|del|este) a\x96o\b|\d a\x96os\b|cumplea\x96os|"
    rb"dise\x96[oa]|ense\x96|\ba\x96adi|due\x96[oa]|extra\x96[oa]|oto\x96o|acompa\x96|rese\x96a|"
    rb"[cs]i\x97n\b|\bm\x97vil|\bc\x97mo\b|na\x95[vf]|\bma\x95s\b|\bno\x91l\b|citro\x91n|isra\x91l)"
)
_BEFORE, _BEHIND = 12, 8  # bytes of a word
_AS_WINDOWS_DOES = re.compile(
    rb"(?<![A-Za-z\x80-\xff])[\x84\x93](?=[A-Za-z0-9])|(?<=[A-Za-z.,!?])[\x93\x94](?![A-Za-z\x80-\xff])"
    rb"|[A-Za-z]\x92(?:[stdm]|ll|re|ve)\b|(?<= )[\x96\x97](?= )|\x85(?![A-Za-z\x80-\xff])"
)
_TELLS_NOTHING = bytes({*range(256)} - {*range(0x81, 0xA8)} | {0x85, 0x92, 0x9C, 0x9E, 0xA0, 0xA6})
_USUAL = "éäöüáóíñçèàß"
_LETTERS = _USUAL + "úêâîôûëïåæøãõìòùÿœ"
_SIGNS = "«»¿¡°§€£–—‘’“”„…º\u00a0"
_ALLOWED = frozenset(_LETTERS + _LETTERS.upper() + _SIGNS)
_CAPITAL_INSIDE = re.compile(r"[a-zà-ÿœ][A-ZÀ-ÞŒ]")


def older_page(content: bytes) -> str | None:
    """Return the DOS or Mac page in which bytes that are not UTF-8 are words, or None."""
    sample = content[:MAX_SAMPLE]
    if not sample.translate(None, _TELLS_NOTHING):
        return None
    of_mac = sum(
        _WORDS_OF_MAC.search(sample[max(0, at - _BEFORE) : at + _BEHIND]) is not None
        for at in (found.start() for found in _BETWEEN_LETTERS.finditer(sample))
    )
    shown = len(_WITHIN.findall(sample)) + of_mac
    if not shown or shown <= len(_AS_WINDOWS_DOES.findall(sample)):
        return None
    fitting = {page: sample.decode(page) for page in (PAGES[1:] if of_mac else PAGES)}
    fitting = {page: text for page, text in fitting.items() if _is_western(text)}
    return max(fitting, key=lambda page: _usual(fitting[page])) if fitting else None


def _is_western(text: str) -> bool:
    return all(sign in _ALLOWED for sign in text if sign > "\x7f") and not _CAPITAL_INSIDE.search(
        text
    )


def _usual(text: str) -> int:
    return sum(text.count(sign) for sign in _USUAL)
