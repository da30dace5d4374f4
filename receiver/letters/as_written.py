"""A letter's header as written, before any reading: pure.

A better reader reads the same field differently. The field itself is the same in every copy of the
letter, except for folding.
"""

import re
from collections.abc import Iterable

MAX_HEADER = 256 * 1024

# The fields that identify a letter without a Message-ID (receiver.letters.nameless), as written.
_TELLING = ("subject", "from", "to", "cc", "reply-to", "in-reply-to", "references")
_WANTED = ("message-id", "date", "sender", "return-path", *_TELLING)
_FIELD = re.compile(
    rb"^(%s)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % "|".join(_WANTED).encode(),
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(rb"\n\r*\n")
_BRACKETED = re.compile(r"<([^<>]{1,1000})>")

Fields = dict[str, tuple[bytes, ...]]


def fields_of(original: bytes) -> Fields:
    """Return the fields that identify a letter, with all their occurrences in its bytes."""
    start = len(original) - len(original.lstrip(b"\r\n"))
    end = _END.search(original, start, start + MAX_HEADER)
    head = original[start : end.start() if end else start + MAX_HEADER]
    return _named((name.decode(), value) for name, value in _FIELD.findall(head))


def fields_in(headers: Iterable[tuple[str, str] | list[str]]) -> Fields:
    """Return the same from decoded header fields; nothing if there are none at all."""
    return _named((name, text.encode()) for name, text in headers if name.lower() in _WANTED)


def ids_before(fields: Fields) -> set[str]:
    """Return the Message-ID as earlier readers took it: the text in brackets, or all there is.

    They decoded no encoded word in it, no ``&lt;`` and no ``%3C``.
    """
    values = [value.decode("utf-8", "replace") for value in fields.get("message-id", ())]
    inside = [found[1] if (found := _BRACKETED.search(value)) else value for value in values]
    return {squeezed for one in inside if (squeezed := re.sub(r"\s+|[<>]", "", one)[:1000])}


def is_plain(fields: Fields, message_id: str) -> bool:
    """Tell whether every reader reads this id: one field with nothing but the id in brackets."""
    return "@" in message_id and fields.get("message-id") == (f"<{message_id}>".encode(),)


def same_sender_and_date(one: Fields, other: Fields) -> bool:
    """Tell whether From and Date are written the same; False if both are missing."""
    names = ("from", "date")
    return any(map(one.get, names)) and all(one.get(name) == other.get(name) for name in names)


def tell_the_same(one: Fields, other: Fields) -> bool:
    """Tell whether two headers say the same about a letter without a Message-ID."""
    return bool(one and other) and all(one.get(name) == other.get(name) for name in _TELLING)


def _named(found: Iterable[tuple[str, bytes]]) -> Fields:
    fields: Fields = {}
    for name, value in found:
        fields[name.lower()] = (*fields.get(name.lower(), ()), b" ".join(value.split()))
    return fields
