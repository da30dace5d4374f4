"""Guesses a letter's conversation from its raw header, before it is parsed.

While many letters wait, those of one conversation are parsed and sent together, which costs the
receiver less. Only the order depends on the guess; the receiver decides where a letter belongs.
"""

import re

HEADER_BYTES = 32 * 1024
_NAMING = (b"\nreferences:", b"\nin-reply-to:", b"\nmessage-id:")
_ID = re.compile(rb"(?:[^<\n]++|\n[ \t])*+(<[^>\n]{1,200}>)")  # the first of a field, may be folded


def conversation_of(content: bytes) -> bytes:
    """Return the first id that the letter names, or else its own; empty if there is none."""
    end = content.find(b"\r\n\r\n", 0, HEADER_BYTES)
    header = content[: end if end >= 0 else HEADER_BYTES]
    lower = b"\n" + header.lower()  # so that a field's line end is at its own place in here
    for name in _NAMING:
        place = lower.find(name)
        if place >= 0 and (found := _ID.match(header, place)):
            return found[1]
    return b""
