"""Message-ID, In-Reply-To and References as senders write them (RFC 5322 3.6.4)."""

import re

from contract.event import MAX_IDS

MAX_LENGTH = 1000
MAX_PROSE = 8 * 1024

_BRACKETED = re.compile(r"<([^<>]{1,1000})>")
_BARE = re.compile(r"[^\s<>,;\"]{1,1000}")
_PERSON = re.compile(r"\b(?:from|by|von|de|от)\b(?:(?!\b(?:of|on|vom|от)\b)[^<>])*$", re.IGNORECASE)
_PROSE = re.compile(r"<[^<>]*>|[^\s<>]+")


def own_id(value: str) -> str | None:
    """Return the letter's Message-ID without brackets, or None where there is none."""
    found = _BRACKETED.search(value)
    text = found.group(1) if found else value.strip().strip("<>").strip()
    squeezed = re.sub(r"\s+", "", text)[:MAX_LENGTH]
    return squeezed or None


def references(value: str, own: str | None) -> tuple[str, ...]:
    """Return the ids of a References field, oldest first, at most ``MAX_IDS``."""
    return _bounded(_ids(value), own)


def in_reply_to(value: str, own: str | None) -> tuple[str, ...]:
    """Return the ids of an In-Reply-To field.

    From prose at most one is taken, the last in brackets: ``Message from A <a@b> of Monday <id>``
    names a person first (RFC 822 4.6.2 allowed phrases).
    """
    value = value[:MAX_PROSE]
    if _is_prose(value):
        named = [
            _squeezed(found.group(1))
            for found in _BRACKETED.finditer(value)
            if not _PERSON.search(value, _bracket_before(value, found.start()), found.start())
        ]
        return _bounded([text for text in named if text][-1:], own)
    return _bounded(_ids(value), own)


def _is_prose(value: str) -> bool:
    words = [word for word in _PROSE.findall(value) if not word.startswith("<")]
    return any("@" not in word and word.strip(",;") for word in words)


def _bracket_before(value: str, position: int) -> int:
    return max(value.rfind(">", 0, position), 0)


def _ids(value: str) -> list[str]:
    found = _BRACKETED.findall(value) or _BARE.findall(value)
    return [text for text in map(_squeezed, found) if text]


def _squeezed(text: str) -> str:
    """Remove folding inside an id; an id without ``@`` never joins letters."""
    squeezed = re.sub(r"\s+", "", text)
    return squeezed if "@" in squeezed else ""


def _bounded(ids: list[str], own: str | None) -> tuple[str, ...]:
    unique = [one for one in dict.fromkeys(ids) if one != own]
    if len(unique) > MAX_IDS:
        unique = unique[:1] + unique[-(MAX_IDS - 1) :]
    return tuple(unique)
