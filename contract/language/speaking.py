"""The language of a text: English, unless the block that makes it speaks another.

Each part of the program has one table of texts, English to Russian; names of settings, commands and
files are the same in both. Logs are made outside such blocks and stay English.
"""

import locale
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Language = Literal["en", "ru"]
_SPOKEN: ContextVar[Language] = ContextVar("spoken", default="en")


def language_of(environ: Mapping[str, str]) -> Language:
    """Return the language of a POSIX locale (XBD 8.2): LC_ALL, then LC_MESSAGES, then LANG."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    named = next((environ[name] for name in names if environ.get(name)), "")
    is_russian = named.casefold() == "ru" or locale.normalize(named).startswith("ru_")
    return "ru" if is_russian else "en"


def language_of_log(log_format: str) -> Language | None:
    """Return the language of a refused start in the log: English if a program reads the log."""
    return "en" if log_format == "json" else None


@contextmanager
def speaking(language: Language | None = None) -> Iterator[None]:
    """Make texts in a language while the block runs: by default the terminal's."""
    token = _SPOKEN.set(language or language_of(os.environ))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def is_russian() -> bool:
    """Tell whether Russian is spoken at present."""
    return _SPOKEN.get() == "ru"


class Texts:
    """The texts of one part: each in English, with ``{names}`` in it, and in Russian."""

    def __init__(self, russian: Mapping[str, str]) -> None:
        self.russian = russian

    def __call__(self, english: str, **values: object) -> str:
        """Return a text with its values, in the spoken language."""
        text = self.russian.get(english, english) if is_russian() else english
        return text.format_map(values)

    def word(self, english: str) -> str:
        """Return a text without values, with any braces."""
        return self.russian.get(english, english) if is_russian() else english
