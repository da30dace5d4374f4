"""East Asian text without a true label, recognised by byte pairs; and ISO-2022-JP as mailed."""

import re
from collections import Counter

MAX_SAMPLE = 20_000

_HIGH = re.compile(rb"[\x80-\xff]")
_EUC_PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_BIG5_PAIR = re.compile(rb"[\xa1-\xf9][\x40-\x7e\xa1-\xfe]")
_KANA = re.compile(rb"[\x82\x83][\x40-\x7e\x80-\xf1]")
_SJIS_PAIR = re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf]")
_ESCAPE = re.compile(rb"\x1b(\$\(?[@BDOPQ]|\([BJIH])")
# Remains of the escapes around Japanese, and the pairs between them.
_BACK_TO_ASCII = re.compile(rb" ?\(([BJ])")
_PAIRS = re.compile(rb"(?:[!-t][!-~])+")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_INSIDE = re.compile(rb"(?<=[a-z])[\xc0-\xff]{2}(?=[a-z])")  # «Größe»; Chinese has none
_WORD = re.compile(rb"[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*+")
_KANA_LEADS = re.compile(rb"[\x81-\x83]")
_MIN_PAIRS = 3
_LOW = bytes(range(128))
_WITHIN = re.compile(
    rb"(?<=[A-Za-z])[\xc0-\xff]{1,2}(?=[a-z])|(?<=[a-z])[\xc0-\xff](?![A-Za-z\x80-\xff])"
)
_COMMON_HANZI = re.compile(
    rb"(?<![A-Za-z\x80-\xff])(?:[\xb0-\xd7][\xa1-\xfe]){2,}(?![A-Za-z\x80-\xff])"
)
# «Tschüß»: one or two small letters behind a plain one, where East Asian sets have rare characters.
_WITHIN_WORDS = re.compile(
    rb"(?:[\x00-\x7f]*[A-Za-z][\xdf-\xf6\xf8-\xff]{1,2}(?![\x80-\xff]))++[\x00-\x7f]*+"
)
_CAPITAL_INSIDE = re.compile(rb"[\xe0-\xff\xaa\xba][\xc0-\xd6\xd8-\xde]")
_NO_WESTERN_LETTER = re.compile(rb"[\xa1-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbe\xd7\xf7]")
# Korean and Chinese of seven bits (RFC 1557, RFC 1922): between SO and SI, named by an escape.
_SHIFT = re.compile(rb"\x1b\$\)[A-Z]|([\x0e\x0f])")
_KOREAN = b"\x1b$)C"
_NOT_WESTERN = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # bytes that cp1252 leaves out
_TWO_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]{2}")
_MIXED = re.compile("[\uff61-\uff9f]|[a-z][\u3041-\u9fff]|[\u3041-\u9fff][a-z]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_LETTER = re.compile("[A-Za-z]")
_LATIN_OR_SIGN = re.compile("[\x00-\x40\x5b-\x60\x7b-\x7e\u00c0-\u024f]*")
_CYRILLIC_OR_SIGN = re.compile("[\x00-\x40\x5b-\x60\x7b-\x7e\u0430-\u043f]*")
_RUSSIAN_VOWEL = re.compile("[аеио]")
_EXTENSION = re.compile(r"\.\w{1,5}\Z")
MAX_DOUBTFUL = 20
# The first bytes of a set's commonest characters: hanzi of daily use, hangul.
_COMMON_LEADS = {
    "gb18030": range(0xB0, 0xD8), "cp949": range(0xB0, 0xC9), "big5hkscs": range(0xA4, 0xC7),
}  # fmt: skip
_EXTENDED_LATIN = {0x0180 >> 7, 0x0200 >> 7, 0x0280 >> 7}
_FIRST_LETTER = 0xC0  # in Western charsets
_FIRST_RARE = 0xC9  # where Big5's second plane begins
_OF_NOBODY = re.compile("[\ue000-\uf8ff]")  # left to private use by a set
_NARROW_IN_WORD = re.compile("[A-Za-z][\uff61-\uff9f]|[\uff61-\uff9f][A-Za-z]")


def guess(content: bytes) -> str | None:
    """Return the codec that the pairs of high bytes indicate, or None.

    The tests use the rows of common characters: kana in rows 4 and 5 of JIS X 0208, hangul in rows
    16 to 40 of KS X 1001, common hanzi in rows 16 to 55 of GB 2312 and in the first plane of Big5.
    """
    sample = content[:MAX_SAMPLE]
    if _fills(_EUC_PAIR, sample):
        leads = Counter(pair[0] for pair in _EUC_PAIR.findall(sample))
        words = sum(count for lead, count in leads.items() if lead >= 0xA4)
        if _share(leads, 0xA4, 0xA5, words) > 0.2:
            return "euc_jp"
        if _share(leads, 0xB0, 0xC8, words) > 0.97 and words > _MIN_PAIRS:
            return "cp949"
        if _share(leads, 0xB0, 0xD7, words) > 0.7:
            return "gb18030"
    if _fills(_SJIS_PAIR, sample) and len(_KANA.findall(sample)) > _MIN_PAIRS:
        return "cp932"
    if _fills(_BIG5_PAIR, sample):
        leads = Counter(pair[0] for pair in _BIG5_PAIR.findall(sample))
        words = sum(count for lead, count in leads.items() if lead >= 0xA4)
        if words and _share(leads, 0xA4, 0xC6, words) > 0.7:
            return "big5hkscs"
    return None


def _fills(pair: re.Pattern[bytes], sample: bytes) -> bool:
    """Tell whether pairs take up all but stray high bytes."""
    rest, pairs = pair.subn(b"", sample)
    if pairs < _MIN_PAIRS or len(_HIGH.findall(rest)) > pairs // 20:
        return False
    return not is_latin(sample)


def is_latin(content: bytes) -> bool:
    """Tell whether the high bytes are accented letters among plain ones.

    An accented letter and the plain one behind it also make a pair of Big5 or GBK. But in East
    Asian words high bytes outnumber the others, and most have another beside them.
    """
    sample = content[:MAX_SAMPLE]
    words = b"".join(_WORD.findall(sample))
    high = len(_HIGH.findall(words))
    if not high or _KANA_LEADS.search(words):
        return False
    return len(words) >= 2 * high and _among_plain(sample) * 3 >= high


def is_within_words(content: bytes) -> bool:
    """Tell whether all high bytes are small Western letters behind plain ones in their words."""
    return _WITHIN_WORDS.fullmatch(content) is not None


def accented(content: bytes) -> int:
    """Return how many letters above ASCII have plain ones on both sides."""
    return len(_WITHIN.findall(content[:MAX_SAMPLE]))


def is_few_chinese(content: bytes) -> bool:
    """Tell whether a few bytes, such as a name, are Chinese (GB 2312), as no Western word is.

    Common characters side by side, no letters beside them, and no letters if read as Western.
    """
    high = content.translate(None, _LOW)
    runs = _COMMON_HANZI.findall(content) if 4 <= len(high) <= 2 * MAX_DOUBTFUL else []
    if not runs or sum(map(len, runs)) < len(high):
        return False
    return bool(_NO_WESTERN_LETTER.search(high) or _CAPITAL_INSIDE.search(content))


def is_few_by_label(content: bytes, codec: str) -> bool:
    """Tell whether a few bytes, such as a name, are only common characters of their charset.

    In Big5 the second byte may be a plain letter; then most of the first are signs in a Western
    text, which do not stand before letters: ``±i®R``.
    """
    common = _COMMON_LEADS.get(codec)
    if common is None or len(content) >= MAX_DOUBTFUL:
        return False
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        return False
    signs = [sign.encode(codec) for sign in text if sign > "\x7f"]
    if codec == "big5hkscs":
        fits = sum(sign[0] < _FIRST_LETTER for sign in signs) * 2 >= len(signs)
    else:
        fits = all(sign[1] > 0xA0 for sign in signs)
    return len(signs) > 1 and fits and all(sign[0] in common for sign in signs)


def _among_plain(sample: bytes) -> int:
    return len(_ALONE.findall(sample)) + 2 * len(_INSIDE.findall(sample))


def _share(leads: Counter[int], first: int, last: int, words: int) -> float:
    inside = sum(count for lead, count in leads.items() if first <= lead <= last)
    return inside / words if words else 0.0


def read_iso_2022_jp(content: bytes) -> str:
    """Read ISO-2022-JP with the characters added by Microsoft and NEC (circled numbers, №)."""
    output: list[str] = []
    mode = b"(B"
    position = 0
    for escape in _ESCAPE.finditer(content):
        output.append(_segment(content[position : escape.start()], mode))
        mode, position = escape.group(1), escape.end()
    output.append(_segment(content[position:], mode))
    return "".join(output)


def with_escapes(content: bytes) -> bytes:
    """Return ISO-2022-JP with escapes that a gateway removed or blanked: ``$B$3$s(B``.

    At least one pair must be kana. Each stretch is looked at once, for linear time.
    """
    output: list[bytes] = []
    position = 0
    for end in _BACK_TO_ASCII.finditer(content):
        start = content.find(b"$B", position, end.start())
        pairs = content[start + 2 : end.start()] if start >= 0 else b""
        kana = b"$" in pairs[::2] or b"%" in pairs[::2]
        if kana and _PAIRS.fullmatch(pairs):
            output += [content[position:start].removesuffix(b" "), b"\x1b$B", pairs, b"\x1b("]
            output.append(end[1])
        else:
            output.append(content[position : end.end()])
        position = end.end()
    return b"".join([*output, content[position:]])


def read_shifted(content: bytes) -> str:
    """Read ISO-2022-KR and ISO-2022-CN."""
    codec = "cp949" if _KOREAN in content else "gb18030"
    output: list[str] = []
    position, shifted = 0, False
    for found in _SHIFT.finditer(content):
        output.append(_shifted(content[position : found.start()], codec if shifted else "ascii"))
        position = found.end()
        if found[1]:
            shifted = found[1] == b"\x0e"
    output.append(_shifted(content[position:], codec if shifted else "ascii"))
    return "".join(output)


def _shifted(piece: bytes, codec: str) -> str:
    if codec != "ascii":
        piece = bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece)
    return piece.decode(codec, "replace")


def which_japanese(content: bytes, codec: str) -> str:
    """Return ``codec``, or the other of Shift_JIS and EUC-JP if the bytes can only be that."""
    if codec not in ("cp932", "euc_jp"):
        return codec
    told = guess(content)
    if told in ("euc_jp", "cp932") and told != codec:
        try:
            as_labelled = content.decode(codec)
        except UnicodeDecodeError:
            return told
        return told if _HALF_WIDTH.search(as_labelled) else codec
    return codec


def which_chinese(content: bytes, codec: str) -> str:
    """Return ``codec``, or the other of GB 2312 and Big5 if the bytes can only be that.

    Common characters of Big5 lie where GB 2312 has none, and half of GB 2312's common ones where
    Big5 has rare ones.
    """
    told = guess(content) if codec in ("gb18030", "big5hkscs") else codec
    if told == codec:
        return codec
    sample = content[:MAX_SAMPLE]
    if told == "gb18030":
        pairs = _EUC_PAIR.findall(sample)
        rare = sum(pair[0] >= _FIRST_RARE for pair in pairs)
        return told if rare >= 2 and rare * 6 >= len(pairs) else codec
    as_labelled = sample.decode(codec, "ignore")
    return told if told == "big5hkscs" and _OF_NOBODY.search(as_labelled) else codec


def is_garbled(text: str) -> bool:
    """Tell whether Western bytes were read as Shift_JIS: rare symbols, narrow kana in words."""
    return _OF_NOBODY.search(text) is not None or _NARROW_IN_WORD.search(text) is not None


def is_shift_jis(content: bytes) -> bool:
    """Tell whether a short text is in Shift_JIS: not Western, and whole characters."""
    if not _NOT_WESTERN.search(content):
        return False
    try:
        text = content.decode("cp932")
    except UnicodeDecodeError:
        return False
    return bool(_TWO_JAPANESE.search(text)) and not _MIXED.search(text)


def is_utf8_by_chance(content: bytes, text: str, codec: str) -> bool:
    """Tell whether text under an East Asian label is UTF-8 only by chance: «лл» for 谢谢.

    A few bytes may be both. The label wins if the UTF-8 reading is no word: accented letters
    without plain ones, Russian ones without a vowel, or letters of two alphabets.
    """
    text = _EXTENSION.sub("", text)
    letters = [sign for sign in text if sign > "\x7f"]
    if not 2 <= len(letters) <= MAX_DOUBTFUL or _LETTER.search(text):
        return False
    if codec == "gb18030" and _LATIN_OR_SIGN.fullmatch(text):
        return True
    if _CYRILLIC_OR_SIGN.fullmatch(text):
        return codec == "gb18030" and not _RUSSIAN_VOWEL.search(text)
    alphabets = {ord(sign) >> 7 for sign in letters}
    mixed = len(alphabets) > 1 or alphabets <= _EXTENDED_LATIN
    return mixed and is_few_by_label(content, codec)


def _segment(piece: bytes, mode: bytes) -> str:
    if mode.startswith(b"$"):
        pairs = bytes(byte | 0x80 for byte in piece if 0x21 <= byte <= 0x7E)
        return pairs.decode("euc_jis_2004", "replace")
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in piece).decode("shift_jis", "replace")
    return piece.decode("ascii", "replace")
