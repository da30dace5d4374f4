"""Numbers on a command line, within stated bounds: types for argparse.

A number of days, years or seconds too large for a clock is a mistake, and so are NaN and negatives.
"""

import argparse
import math
from collections.abc import Callable

from contract.language.refusals import told

MOST_DAYS = 36_525  # a century
MOST_HOURS = 8_784  # a year
MOST_SECONDS = 86_400
MOST_COPIES = 1_000_000
_LONGEST = 20


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds; it raises ArgumentTypeError."""

    def read(text: str) -> int:
        digits = text.removeprefix("-")
        is_one = digits.isascii() and digits.isdigit() and len(text) <= _LONGEST
        if is_one and least <= int(text) <= most:
            return int(text)
        words = "must be a whole number from {least} to {most}, not {text}"
        raise _refusal(words, least, most, text)

    return read


def number(least: float, most: float) -> Callable[[str], float]:
    """Return a reader of numbers within bounds; it raises ArgumentTypeError."""

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not least <= found <= most:  # false also for a NaN
            raise _refusal("must be a number from {least} to {most}, not {text}", least, most, text)
        return found

    return read


def _refusal(words: str, least: float, most: float, text: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(told(words, least=least, most=most, text=repr(text[:40])))


days = whole_number(0, MOST_DAYS)
copies = whole_number(0, MOST_COPIES)
hours_apart = number(0.01, MOST_HOURS)
"""For what is done again and again: with no time between it would fill the disk."""
seconds = number(0, MOST_SECONDS)
