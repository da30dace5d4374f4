"""Content-Type and Content-Disposition: the value and its parameters (RFC 2045 5.1, RFC 2231)."""

import re
from urllib.parse import unquote_to_bytes

from bridge.parse.charset import read_text
from bridge.parse.encoded_words import decode_words

MAX_PARAMETERS = 100
_PIECE = re.compile(
    r";[\s;]*([^\s=;\"]{1,100})\s*=\s*"
    r"(?:\"((?:[^\"\\]|\\.)*)\"?|'([^']*)'(?=\s*(?:;|$))|([^;]*))",
    re.DOTALL,
)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?", re.DOTALL)


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the leading value in lower case and the decoded parameters by lower-case name."""
    head, semicolon, _ = value.partition(";")
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    tail = value[len(head) :] if semicolon else ""
    for count, found in enumerate(_PIECE.finditer(tail)):
        if count >= MAX_PARAMETERS:
            break
        name, number, extended, text = _piece(found)
        sections.setdefault(name, {}).setdefault(number, (extended, text))
    return head.strip().strip("\"'").lower(), {
        name: _joined(pieces) for name, pieces in sections.items()
    }


def _piece(found: re.Match[str]) -> tuple[str, int, bool, str]:
    section = _SECTION.fullmatch(found.group(1))
    assert section is not None  # noqa: S101 - the pattern takes any text
    quoted, single, bare = found.group(2, 3, 4)
    if quoted is not None:
        # Outlook writes unescaped back slashes of paths; only a quote or one of its own is escaped.
        text = re.sub(r'\\(["\\])', r"\1", quoted)
    else:
        text = single if single is not None else bare.strip()
    number = section.group(2)
    return section.group(1).lower(), int(number) if number else -1, bool(section.group(3)), text


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
