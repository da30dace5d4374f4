"""HTML turned into text that reads as the letter did."""

import re
from html import unescape

_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def text_of(page: str) -> str:
    """Return the text of sanitised HTML."""
    return unescape(_TAG.sub("", _BREAK.sub("\n", re.sub(r"\s+", " ", page)))).strip()
