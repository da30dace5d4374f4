"""In which language a text is told: English, unless the block it is made in speaks another.

A part of the program has one table of its texts, English to Russian; names of settings, commands
and files are the same in both. Logs are made outside of such blocks, and stay English.
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
    """Return in which language a start is refused on the log: English where a program reads it."""
    return "en" if log_format == "json" else None


@contextmanager
def speaking(language: Language | None = None) -> Iterator[None]:
    """Have texts be told in a language while the block runs: that of the terminal if none."""
    token = _SPOKEN.set(language or language_of(os.environ))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def is_russian() -> bool:
    """Tell whether Russian is spoken just now."""
    return _SPOKEN.get() == "ru"


class Texts:
    """The texts of one part: each English one, with ``{names}`` in it, and the Russian one."""

    def __init__(self, russian: Mapping[str, str]) -> None:
        self.russian = russian

    def __call__(self, english: str, **values: object) -> str:
        """Return a text with its values, in the language that is spoken."""
        text = self.russian.get(english, english) if is_russian() else english
        return text.format_map(values)

    def word(self, english: str) -> str:
        """Return a text that has no values, braces and all."""
        return self.russian.get(english, english) if is_russian() else english
