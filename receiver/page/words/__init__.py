"""The page's words in English and in Russian: two tables of the same keys, a file for each part.

A list of forms is for a number: one and several in English; one, two to four, and five in Russian.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True)
class PageWords:
    """The words of one language."""

    language: Language
    table: Mapping[str, str | list[str]]

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key, with values in their places; raises KeyError."""
        text = self.table[key]
        if not isinstance(text, str):
            raise KeyError(f"{key} is for a number")
        return text.format(**values) if values else text

    def n(self, key: str, count: int, **values: object) -> str:
        """Return the words for a number of something."""
        forms = self.forms(key)
        return forms[form_of(self.language, count)].format(n=self.number(count), **values)

    def forms(self, key: str) -> list[str]:
        """Return all forms of a key; raises KeyError."""
        found = self.table[key]
        if isinstance(found, str):
            raise KeyError(f"{key} is not for a number")
        return found

    def spans(self) -> dict[str, list[str]]:
        """Return the forms of lengths of time, for the script that counts on in an open page."""
        return {name: self.forms(f"time.{name}") for name in ("days", "hours", "minutes")}

    def number(self, count: int) -> str:
        """Return a whole number, its thousands apart."""
        text = f"{count:,}"
        return text if self.language == "en" else text.replace(",", "\u202f")


def form_of(language: Language, count: int) -> int:
    """Return which form a number takes (CLDR: en, and ru for whole numbers)."""
    if language == "en":
        return int(count != 1)
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else 2


@cache
def words_of(language: Language) -> PageWords:
    """Return the words of a language."""
    table: dict[str, str | list[str]] = {}
    for path in sorted(Path(__file__).with_name(language).glob("*.toml")):
        table |= tomllib.loads(path.read_text(encoding="utf-8"))
    return PageWords(language, table)


def language_of(accepted: str) -> Language:
    """Return the language for an Accept-Language (RFC 9110 12.5.4): the one with more weight.

    A reader of neither gets English.
    """
    weights = dict.fromkeys(LANGUAGES, 0.0)
    for each in accepted.split(",")[:50]:
        name, _, quality = each.strip().lower().partition(";")
        primary = name.strip().partition("-")[0]
        weight = _weight(quality)
        for language in LANGUAGES:
            if primary == language:
                weights[language] = max(weights[language], weight)
    return "ru" if weights["ru"] > weights["en"] else "en"


def _weight(quality: str) -> float:
    if not quality:
        return 1.0
    name, _, value = quality.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
