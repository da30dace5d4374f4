"""Content-Type and Content-Disposition: the value and its parameters (RFC 2045 5.1, RFC 2231)."""

import re
from urllib.parse import unquote_to_bytes

from bridge.parse.text.charset import read_text
from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.quoted_strings import split_unquoted, unescaped

MAX_PARAMETERS = 100
_SECTION = re.compile(r"([^*]{1,100})(?:\*(\d{1,3}))?(\*)?")


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the leading value in lower case and the decoded parameters by lower-case name."""
    head, *pieces = split_unquoted(value, ";") or [""]
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in pieces[:MAX_PARAMETERS]:
        name, equals, text = piece.partition("=")
        section = _SECTION.fullmatch(name.strip())
        if equals and section:
            number = int(section.group(2)) if section.group(2) else -1
            named = sections.setdefault(section.group(1).lower(), {})
            named.setdefault(number, (bool(section.group(3)), _bare(text.strip())))
    return head.strip("\"' ").lower(), {name: _joined(pieces) for name, pieces in sections.items()}


def _bare(text: str) -> str:
    if text.startswith('"'):
        return unescaped(text[1:].partition('"')[0] if text.count('"') == 2 else text.strip('"'))
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """Join the sections of one parameter (RFC 2231 3); a plain one is the second choice."""
    if set(pieces) == {-1} and not pieces[-1][0]:
        return decode_words(pieces[-1][1])
    numbers = [number for number in sorted(pieces) if number >= 0] or [-1]
    label, content = "", bytearray()
    any_extended = False
    for number in numbers:
        extended, text = pieces[number]
        any_extended = any_extended or extended
        if extended:
            if number in (-1, numbers[0]) and text.count("'") >= 2:
                label, _, text = text.split("'", 2)
            content += unquote_to_bytes(text)
        else:
            content += text.encode("utf-8", "replace")
    text = read_text(bytes(content), label)
    return text if any_extended else decode_words(text)
