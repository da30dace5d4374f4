"""Thai without a true label: its bytes pair like Chinese ones, but form Thai syllables."""

import re
from collections import Counter

MAX_SAMPLE = 4_000
MIN_LETTERS = 5
COMMON_ENOUGH = 30.0
MARKED_ENOUGH = 0.12

# TIS-620: consonants, vowels above and below, tones and other marks, vowels behind and before.
_SYLLABLES = re.compile(
    rb"(?:[\xe0-\xe4]?[\xa1-\xce](?:[\xd1\xd4-\xda][\xe7-\xee]?|[\xe7-\xee][\xd1\xd4-\xda]?)?"
    rb"[\xd0\xd2\xd3\xe5]?[\xd0\xcf\xe6]?|[\xcf\xdf\xe6\xf0-\xfb\xa0\x85\x91-\x97])+"
)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MARKS = bytes(range(0xD1, 0xDB)).replace(b"\xd2\xd3", b"") + bytes(range(0xE7, 0xEF))
_COMMON = {
    sign: weight
    for signs, weight in (
        ("านรอก", 60), ("เงมยวล่้", 38), ("ัีทตสดคปิจพ", 26), ("หบะแใไ็์ุูื", 20), ("ชขผถโซศณธภ", 10)
    )
    for sign in signs
}  # fmt: skip


def is_thai(content: bytes) -> bool:
    """Tell whether every run of high bytes consists of Thai syllables, mostly of common letters."""
    sample = content[:MAX_SAMPLE]
    runs = _HIGH_RUN.findall(sample)
    if len(sample) < len(content) and runs:
        runs = runs[:-1]
    letters = b"".join(runs)
    if len(letters) < MIN_LETTERS or not all(map(_SYLLABLES.fullmatch, runs)):
        return False
    marks = len(letters) - len(letters.translate(None, _MARKS))
    counted = Counter(letters.decode("cp874", "replace"))
    common = sum(_COMMON.get(sign, 0) * count for sign, count in counted.items())
    return marks >= MARKED_ENOUGH * len(letters) and common >= COMMON_ENOUGH * len(letters)
