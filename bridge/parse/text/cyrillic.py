"""The Russian code page of bytes without a true label, by letter frequency.

The six code pages of Russian mail give the right letters in the right case under one reading only:
under others letters are rare, capitals stand inside words, or symbols appear.
"""

import re
from collections import Counter
from functools import cache, lru_cache

CODE_PAGES = ("windows-1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
MAX_SAMPLE = 20_000
RUSSIAN_ENOUGH = 25.0  # a score per character; see `best_code_page`

# Letters of Russian prose per thousand (National Corpus of the Russian Language), ё with е.
FREQUENCY = {
    **dict.fromkeys("о", 110), **dict.fromkeys("еаи", 80), **dict.fromkeys("нтс", 60),
    **dict.fromkeys("рвлк", 43), **dict.fromkeys("мдпу", 29), **dict.fromkeys("яыьгзб", 18),
    **dict.fromkeys("чйхжшю", 10), **dict.fromkeys("цщэфъ", 4),
}  # fmt: skip
# The commonest letter pairs in Russian words; a wrong code page hardly ever makes one.
_PAIR_LETTERS = (
    "стнотонаеновниравокогоосалнепотапрроерреортьликаотелатлодедаомвальзанывететиитес"
    "анетолобримаилойлескогавинисамвиихмеиземмосябыдоодчелаакдужеымнуейыеыйсовыпекись"
    "димисеруаримситрсвбопимуивьнннвсциияиеиииюютктчтэтужуюазадздщещихошашижажиупукту"
    "грдркрбррыьськятявязвлвугагидыждзн"
)
_PAIRS = frozenset(_PAIR_LETTERS[i : i + 2] for i in range(0, len(_PAIR_LETTERS), 2))
_PAIR_BONUS = 30.0
# KOI8-U and CP1125 are KOI8-R and CP866 with Ukrainian letters in place of frame characters.
_UKRAINIAN_PAGE = {
    "koi8-r": ("koi8-u", re.compile(rb"[\xa4\xa6\xa7\xad\xb4\xb6\xb7\xbd](?=[\xc0-\xff])"
                                    rb"|(?<=[\xc0-\xff])[\xa4\xa6\xa7\xad]")),
    "cp866": ("cp1125", re.compile(rb"[\xf7\xf9](?=[\xa0-\xaf\xe0-\xef])"
                                   rb"|(?<=[\xa0-\xaf\xe0-\xef])[\xf7\xf9]")),
}  # fmt: skip
_UKRAINIAN = dict.fromkeys("іїєґў", 20)
_WEIGHT = {**FREQUENCY, **_UKRAINIAN, "№": 25}  # more likely than є, which it is on a Mac
_TYPOGRAPHY = frozenset("«»—–№“”„…•·°§©’‘ \u00a0\u00ad")
_WHOLE_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{2,}+(?![A-Za-z])")
_WHOLE_RUN = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]++(?![A-Za-z])")
_LETTERS_ONLY = re.compile(
    rb"(?<![A-Za-z\x80-\xff])[\xa3\xa8\xb3\xb8\xc0-\xff]{2,}+(?![A-Za-z\x80-\xff])"
)
_RUSSIAN_WORD = re.compile(r"[^\W\d_a-zA-Z]+")
_TAG = re.compile(rb"<[^<>]*+>")
# Characters before a number, or at the same place in both code pages: «№ 15», “№ 15”.
_NUMBER_SIGN = re.compile(rb"(?<![\w.,)\]\x80-\xff])\xb9[ \xa0]?\d")
# A lone letter: «Я», «и»; no Western one stands alone.
_ALONE = dict.fromkeys((b"\xdf", b"\xff", b"\xe8", b"\xc8"), "windows-1251")
_ALONE |= dict.fromkeys((b"\xf1", b"\xd1"), "koi8-r")
_SAME_IN_BOTH = b"\x84\x85\x91\x92\x93\x94\x95\x96\x97\xa0\xa7\xab\xb0\xb7\xbb"
_LOW = bytes(range(128))
_BELOW_LETTERS = bytes(range(0xC0))
_PLAIN_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_WESTERN_SIGNS = b"\x80\x82\x84\x85\x86\x87\x8b\x91\x92\x93\x94\x95\x96\x97\x99\x9b"
_WESTERN_SIGNS += b"\xa0\xa2\xa3\xa5\xa7\xa9\xab\xae\xb0\xb4\xb7\xbb"
_TWO_HIGH = re.compile(rb"[\x80-\xff]{2}")
# A Mac's small letters are Windows's, except ё and я; these and the capitals differ.
_MAC_ONLY = re.compile(rb"[\x80-\x9f]|[\xe0-\xfe][\xde\xdf]")
# Where a Mac's words begin with capitals, Windows shows symbols: «ѓде», «†ду»; «я» and «ё» as
# capitals.
_MACS_CAPITAL = re.compile(rb"(?<![\x80-\xff])[\x80-\x9f](?=[\xe0-\xfe])")
_MACS_SMALL = re.compile(rb"[\xe0-\xfe][\xde\xdf](?![\xc0-\xdd])")
# One is enough: a Serbian or Macedonian letter before a consonant, or a symbol or quote that opens
# no word and whose letter makes a usual pair with the next; «я» at a word's end.
_SERBIAN = rb"(?<![\x80-\xff])[\x80\x81\x83\x8a\x8c-\x90\x9a\x9c-\x9f]"
_NO_CAPITAL = re.compile(
    _SERBIAN + rb"(?=[\xe1-\xe4\xe6\xe7\xea-\xed\xef-\xf2\xf4-\xf8][\xe0-\xff])"
    rb"|" + _SERBIAN + rb"(?=[\xe0-\xff]++(?<=[\xe9\xf9-\xfe]))"
    rb"|(?<![\x80-\xff])(?:\x86(?=[\xe0\xe4\xe5\xe8][\xe0-\xff])"
    rb"|\x88(?=\xe2\xe0|\xe3\xee|\xe7[\xe0\xe2]|\xeb\xfc|\xf0\xe8)"
    rb"|\x8b(?=[\xe0\xe5\xe8\xfe][\xe0-\xff]{2})|\x84(?=\xee[\xe1\xe3])|\x91(?=\xef\xe0)"
    rb"|\x93(?=\xe2\xe0)|\x87(?=\xe4\xf0))"
    rb"|(?<=[\xe0-\xfe][\xe0-\xfe])\xdf(?![\x80-\xff])|(?<=[\xe0-\xfe])\xde(?=[\xe0-\xfe])"
)
_QUOTES = (b"\x84", b"\x8b", b"\x91", b"\x93")
_QUOTE_ENDS = re.compile(rb"[\xe0-\xff.!?][\x92-\x94\x9b\xbb\"']")
_OTHER_CAPITAL = re.compile(rb"[\xc0-\xdd][\xe0-\xff]")
# Serbian and Macedonian letters behind a small one; on a Mac they are capitals, which come first.
_OF_SERBIAN = re.compile(rb"[\xe0-\xff](?:[\x90\x9a\x9c\x9d\x9e\x9f]|\xbc(?=[\xe0-\xff]))")
_ODD_SIGN = -60.0
_INNER_CAPITAL = -40.0
_SHOUTING = 15.0
# Short business words of rare letters, which frequency would assign to another code page.
_OF_BUSINESS = frozenset({
    *("акт", "гк", "дду", "дкп", "жкх", "зао", "инн", "ип", "кп", "кпп", "нко", "оао", "огрн"),
    *("ооо", "осаго", "пао", "птс", "рф", "снилс", "снт", "сро", "стс", "сф", "счет", "счёт", "тз"),
    *("тк", "ттн", "угу", "упд", "фио", "цб", "чек", "чп"),
})  # fmt: skip
_SHORT = 60
_LETTERS = re.compile(rb"[\x80-\xff]+")
_CAPITALS = re.compile(rb"[\x00-\x7f\xa8\xb9\xc0-\xdf]*")


def best_code_page(content: bytes) -> tuple[str, float]:
    """Return the code page that reads ``content`` best as Russian, and its score per character.

    The score is about 40 to 60 for Russian text, below 15 for anything else.
    """
    pairs = _pairs(content)
    scores = {page: _score(pairs, page) for page in CODE_PAGES}
    if _may_be_capitals(content):
        scores["windows-1251"] += _SHOUTING
    page = max(CODE_PAGES, key=lambda name: scores[name])
    sample = content[:MAX_SAMPLE]
    if page == "mac-cyrillic" and (
        not _MAC_ONLY.search(sample)
        or (scores["windows-1251"] >= RUSSIAN_ENOUGH and _OF_SERBIAN.search(sample))
    ):
        page = "windows-1251"
    return page, scores[page]


def has_macs_capitals(content: bytes) -> bool:
    """Tell whether Russian that may be Windows's or a Mac's begins its words like a Mac.

    Once is enough if Windows shows what begins no word, or begins only Serbian words.
    """
    sample = content[:MAX_SAMPLE]
    if _OTHER_CAPITAL.search(sample):
        return False
    if len(_MACS_CAPITAL.findall(sample)) + len(_MACS_SMALL.findall(sample)) > 1:
        return True
    alone = _NO_CAPITAL.search(sample)
    return alone is not None and (alone[0][:1] not in _QUOTES or not _QUOTE_ENDS.search(sample))


def with_ukrainian(content: bytes, page: str) -> str:
    """Return ``page``, or its variant with Ukrainian letters if the text needs them."""
    wider, letters = _UKRAINIAN_PAGE.get(page, (page, None))
    return wider if letters and letters.search(content[:MAX_SAMPLE]) else page


def score_as(content: bytes, code_page: str) -> float:
    """Return how Russian the non-ASCII characters are under ``code_page``, per character."""
    return _score(_pairs(content), code_page)


def _pairs(content: bytes) -> list[tuple[int, int, int]]:
    """Return each byte above ASCII with the one before it, and how often this pair occurs."""
    sample = content[:MAX_SAMPLE]
    counted = Counter(zip(b" " + sample, sample, strict=False))
    return [(before, byte, count) for (before, byte), count in counted.items() if byte >= 0x80]


def _score(pairs: list[tuple[int, int, int]], code_page: str) -> float:
    signs = _signs_of(code_page)
    total, number = 0.0, 0
    for before, byte, count in pairs:
        number += count
        total += count * _sign_score(signs[before], signs[byte])
    return total / number if number else 0.0


@cache
def _signs_of(code_page: str) -> str:
    return "".join(bytes((byte,)).decode(code_page, "replace") for byte in range(256))


def count_high(content: bytes) -> int:
    """Count the bytes above ASCII."""
    return len(content.translate(None, _LOW))


def _may_be_capitals(content: bytes) -> bool:
    """Tell whether a text is in capitals by Windows's code page and in small letters by KOI8.

    All capitals are as usual as all small letters in file names and subjects; capitals are
    improbable only within other text.
    """
    return _CAPITALS.fullmatch(content[:MAX_SAMPLE]) is not None


def has_only_signs(content: bytes) -> bool:
    """Tell whether all non-ASCII bytes are quotes, dashes and the like, no letters."""
    return not content[:MAX_SAMPLE].translate(None, _LOW + _WESTERN_SIGNS)


def is_mostly_high(content: bytes) -> bool:
    """Tell whether letters above ASCII make up most words, as in no Western language."""
    sample = content[:MAX_SAMPLE]
    high = count_high(sample)
    return high >= 3 and high * 2 > len(sample) - len(sample.translate(None, _PLAIN_LETTERS))


def stand_together(content: bytes) -> bool:
    """Tell whether the bytes above ASCII make whole words: in Western words they touch letters."""
    sample = content[:MAX_SAMPLE]
    high = count_high(sample)
    return high >= 4 and sum(map(len, _WHOLE_WORD.findall(sample))) * 10 >= high * 7


def has_word(content: bytes) -> bool:
    """Tell whether any word has only bytes above ASCII, at least two."""
    return _WHOLE_WORD.search(content) is not None


def is_among_latin(content: bytes) -> bool:
    """Tell whether most letters above ASCII share a word with plain ones: «päivää».

    A one-letter word proves nothing: Italian has «è» as Russian has «и».
    """
    sample = content[:MAX_SAMPLE]
    high = count_high(sample)
    runs = list(map(len, _WHOLE_RUN.findall(sample)))
    alone = runs.count(1)
    return (sum(runs) - alone) * 2 < high - alone


def few_russian_words(content: bytes) -> str | None:
    """Return the code page of a text whose only foreign words are one or two short Russian ones.

    "Да" alone is too little for statistics. But no Western word consists only of accented letters,
    and both code pages of Russian mail have their letters where Western ones have theirs; dashes,
    quotes, no-break spaces and ¾ lie elsewhere and are not words.
    """
    sample = _TAG.sub(b" ", content[:MAX_SAMPLE])
    words = _LETTERS_ONLY.findall(sample)
    letters = len(sample.translate(None, _BELOW_LETTERS))
    if not words or sum(map(len, words)) < letters or all(len(set(word)) < 2 for word in words):
        return None
    pages = {page: score_as(b" ".join(words), page) for page in ("windows-1251", "koi8-r")}
    if _may_be_capitals(b" ".join(words)):
        pages["windows-1251"] += _SHOUTING
    page = max(pages, key=lambda name: pages[name])
    return page if pages[page] >= RUSSIAN_ENOUGH else None


def makes_usual_words(content: bytes, page: str) -> bool:
    """Tell whether its words begin like Russian ones and enough of their pairs are usual.

    A name of three Chinese characters has six bytes, which frequency alone may take for Russian.
    """
    words = _RUSSIAN_WORD.findall(content.decode(page, "replace").replace("ё", "е"))
    if any(word != word.upper() and word[1:] != word[1:].lower() for word in words):
        return False
    pairs = [word[i : i + 2].lower() for word in words for i in range(len(word) - 1)]
    return sum(pair in _PAIRS for pair in pairs) * 5 >= len(pairs) * 2 > 0


@lru_cache(maxsize=16_384)  # the same letter pairs come again in each text
def _sign_score(before: str, letter: str) -> float:
    small = letter.lower().replace("ё", "е")
    if small in _WEIGHT:
        capital = letter != letter.lower()
        if capital and before.isalpha() and before == before.lower():
            return _INNER_CAPITAL
        bonus = _PAIR_BONUS if before.lower() + small in _PAIRS else 0.0
        return _WEIGHT[small] + bonus - (_SHOUTING if capital else 0.0)
    return 5.0 if letter in _TYPOGRAPHY else _ODD_SIGN


def russian_code_page(content: bytes) -> str | None:
    """Return the code page in which ``content`` (not UTF-8) reads as Russian, or None."""
    if len(content) <= _SHORT and _is_of_business(content):
        return "windows-1251"
    letters_meet = _TWO_HIGH.search(content) is not None  # «å ä ö» is not Russian
    if (
        letters_meet
        and not is_among_latin(content)
        and (is_mostly_high(content) or stand_together(content))
    ):
        page, score = best_code_page(content)
        if score >= RUSSIAN_ENOUGH:
            return with_ukrainian(content, page)
    return few_russian_words(content) or _ALONE.get(content.strip()) or _numbered(content)


def _is_of_business(content: bytes) -> bool:
    """Tell whether all words are known Russian business words in Windows's page: «СЧЕТ 15»."""
    words = _LETTERS.findall(content)
    return bool(words) and all(
        word.decode("windows-1251", "replace").lower() in _OF_BUSINESS for word in words
    )


def _numbered(content: bytes) -> str | None:
    """Return the code page of a text with «№ 15» and no letter above ASCII.

    Elsewhere the byte is a superscript 1, which stands behind what it belongs to.
    """
    if b"\xb9" not in content or not _NUMBER_SIGN.search(content):
        return None
    rest = _NUMBER_SIGN.sub(b"", content).translate(None, _LOW + _SAME_IN_BOTH)
    return None if rest else "windows-1251"
