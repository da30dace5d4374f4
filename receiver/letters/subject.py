"""Base subjects and reply prefixes: RFC 5256 2.1, extended to what mail programs really write.

The RFC knows ``Re``, ``Fw`` and ``Fwd``; other languages' words are in ``contract.subject``.
Repeated prefixes are all removed, and so are marks of lists and filters. One rule is narrower than
the RFC's: a leading ``[…]`` with a digit in it stays, because ``[order 17]`` and ``[order 18]`` are
two matters and not the name of a list.
"""

import re

from contract.subject import mark_of, outermost_prefix, prefix_of, visible

MAX_BASE = 300

_TRAILER = re.compile(r"\s*\(fwd\)\s*$", re.IGNORECASE)
_WRAPPED = re.compile(r"\[\s*fwd\s*:(.*)\]\s*", re.IGNORECASE)


def base_subject(subject: str) -> str:
    """Return the form in which the subjects of one conversation are equal text.

    It is empty for a subject of nothing but prefixes, and such a subject says nothing.
    """
    text = visible(subject)
    while True:
        before = text
        text = _TRAILER.sub("", text)
        if prefix := prefix_of(text):
            text = text[prefix.end :]
        elif (mark := mark_of(text)) and not _numbered(mark):
            text = text[len(mark) :]
        elif wrapped := _WRAPPED.fullmatch(text):
            text = wrapped[1]
        text = text.strip()
        if text == before:
            return text.casefold()[:MAX_BASE].strip()


def says_reply(subject: str) -> bool:
    """Tell whether the outermost prefix says reply; a forwarded letter's does not."""
    prefix = outermost_prefix(subject)
    return prefix is not None and prefix.replies


def _numbered(mark: str) -> bool:
    return any(character.isdigit() for character in mark)
