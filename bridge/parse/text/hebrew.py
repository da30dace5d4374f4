"""Whether unlabelled bytes are Hebrew, whose letters stand where Windows-1251 has а to ъ."""

from bridge.parse.text.cyrillic import score_as

MAX_SAMPLE = 20_000
MIN_LETTERS = 6
# Russian has about 60, Hebrew read as Russian at most 43; see `cyrillic.best_code_page`.
NO_RUSSIAN = 47.0

_LETTERS = bytes(range(0xE0, 0xFB))
# Quotes, dashes, marks of vowels and of direction: in Hebrew texts, too.
_BESIDE = bytes(range(0x80)) + bytes(range(0x84, 0x98)) + b"\xa0\xa4\xab\xb7\xbb\xfd\xfe"
_FINAL = b"\xea\xed\xef\xf3\xf5"


def is_hebrew(content: bytes) -> bool:
    """Tell whether all letters are Hebrew's, final ones stand last, and nothing is Russian."""
    sample = content[:MAX_SAMPLE]
    letters = sample.translate(None, _BESIDE)
    if len(letters) < MIN_LETTERS or letters.translate(None, _LETTERS):
        return False
    ends = sum(_is_end(sample, place) for place, one in enumerate(sample) if one in _FINAL)
    finals = sum(map(sample.count, (bytes((one,)) for one in _FINAL)))
    return ends == finals and score_as(content, "windows-1251") < NO_RUSSIAN


def _is_end(sample: bytes, place: int) -> bool:
    return sample[place + 1 : place + 2].translate(None, _LETTERS) != b"" or place + 1 == len(
        sample
    )
