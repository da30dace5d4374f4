"""When two texts count as the same."""

import re
import unicodedata
from difflib import SequenceMatcher

ENOUGH_ALIKE = 0.98
MAX_WORDS = 3000

_IMAGE = re.compile(r"\[(?:image: |encrypted with )[^\]]*\]")  # our own marks
_NO_SIGN = re.compile("[\u200b\ufeff\u00ad\x00]")


def alike(wanted: str, ours: str) -> bool:
    """Tell whether two texts are the same but for white space and one word in fifty."""
    first, second = words_of(wanted), words_of(ours)
    return (
        same_signs("".join(first), "".join(second))
        or near(first, second)
        or _near_but_for_lost_signs(first, second)
    )


def _near_but_for_lost_signs(first: list[str], second: list[str]) -> bool:
    """Tell whether the texts are near where the judge left out the signs it could not read."""
    readable = [_readable(word) for word in second]
    most = sum(map(len, readable)) * 2 > sum(map(len, second))
    return most and "".join(first).isascii() and near(first, readable)


def same_signs(wanted: str, ours: str) -> bool:
    """Tell whether two lines are equal, where the judge could read them.

    Where it could not it wrote U+FFFD, ``ï¿½`` for that, or left the sign out.
    """
    if wanted == ours:
        return True
    if "\ufffd" in wanted or "ï¿½" in wanted:
        pieces = re.split("(?:\ufffd|ï¿½)+", wanted)
        pattern = "[^\x00-\x7f]*".join(map(re.escape, pieces))
        return bool(re.fullmatch(pattern, ours))
    return len(wanted) * 2 > len(ours) and wanted.isascii() and wanted == _readable(ours)


def _readable(text: str) -> str:
    return "".join(sign for sign in text if sign < "\x80")


def near(first: list[str], second: list[str]) -> bool:
    """Tell whether at most one word in fifty differs."""
    first, second = first[:MAX_WORDS], second[:MAX_WORDS]
    if abs(len(first) - len(second)) > max(1, 0.05 * max(len(first), len(second))):
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ENOUGH_ALIKE


def words_of(value: str) -> list[str]:
    """Return the words; marks of our own and invisible signs are none."""
    value = unicodedata.normalize("NFC", _IMAGE.sub(" ", _NO_SIGN.sub("", value)))
    return value.split()


def differ(wanted: object, ours: object) -> tuple[object, object] | tuple[()]:
    """Return nothing where both are the same, else both."""
    if isinstance(wanted, str) and isinstance(ours, str) and same_signs(wanted, ours):
        return ()
    return () if wanted == ours else (wanted, ours)


def one_line(value: str) -> str:
    """Return a line, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", value.replace("\x00", "")).split())
