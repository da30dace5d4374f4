"""Quoted strings in header fields, in one pass (RFC 5322 3.2.4)."""

import re
from collections.abc import Iterator
from functools import lru_cache

_MARK = re.compile(r'\\.|"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


def segments(value: str) -> Iterator[tuple[bool, str]]:
    """Yield the stretches of ``value``: (is it quoted, its text without the quotes).

    A quote that is never closed is an ordinary character. Escapes stay as written.
    """
    start = 0
    quote: int | None = None
    for mark in _MARK.finditer(value):
        if mark.group() != '"':
            continue
        if quote is None:
            yield False, value[start : mark.start()]
            quote = mark.end()
        else:
            yield True, value[quote : mark.start()]
            start, quote = mark.end(), None
    yield False, value[start:] if quote is None else value[quote - 1 :]


def split_unquoted(value: str, separators: str) -> list[str]:
    """Split ``value`` at ``separators`` outside quotes; empty pieces are left out."""
    splitter = _splitter(separators)
    if '"' not in value:
        return [stripped for piece in splitter.split(value) if (stripped := piece.strip())]
    pieces: list[list[str]] = [[]]
    for quoted, text in segments(value):
        if quoted:
            pieces[-1].append(f'"{text}"')
            continue
        first, *more = splitter.split(text)
        pieces[-1].append(first)
        pieces.extend([one] for one in more)
    return [joined for piece in pieces if (joined := "".join(piece).strip())]


@lru_cache(maxsize=8)
def _splitter(separators: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(separators)}]")


def unescaped(text: str) -> str:
    """Undo escapes of quotes and backslashes; Outlook does not double those in paths."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
