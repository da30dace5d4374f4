"""The addresses in a text, by their shape alone: for hints, never for who wrote.

``email.utils.getaddresses`` recurses on nested comments, so a sender can make it raise.
"""

import re

MAX_CHARACTERS = 4000

_IN_BRACKETS = re.compile(r"<\s{0,10}([^\s<>@]{1,320}@[^\s<>@]{1,320})\s{0,10}>")
_BARE = re.compile(r"[^\s<>()\[\],;:\"@]{1,320}@[^\s<>()\[\],;:\"@]{1,320}")


def addresses_named(value: str) -> list[str]:
    """Return the addresses in angle brackets, or all if there are none there, in lower case."""
    text = value[:MAX_CHARACTERS].lower()
    return _IN_BRACKETS.findall(text) or _BARE.findall(text)
