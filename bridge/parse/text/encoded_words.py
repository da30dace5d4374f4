"""RFC 2047 encoded words as senders write them: split inside a character, badly padded, quoted.

One pass over the header and bounded patterns, so that a flood of words stays linear.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable

from bridge.parse.text.charset import read_text
from bridge.parse.text.charset_labels import codec_of

# The text is lax on purpose: spaces and question marks stand in words that senders really write.
_WORD = re.compile(
    r"=\?([^?\s=]{1,60})\?([bBqQ])\?((?:[^?]|\?(?!=)){0,3000}?)\?=(?!=[0-9A-Fa-f]{2})"
)
_GAP = re.compile(r"[ \t\r\n]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def decode_words(text: str) -> str:
    """Return ``text`` with its encoded words read; white space between two words goes (6.2)."""
    return _replace_runs(text, _decode_run)


def clean_words(text: str, write: Callable[[str], str]) -> str:
    """Return ``text`` with every run of encoded words replaced by ``write`` of what it says."""
    return _replace_runs(text, lambda run: write(_decode_run(run)))


def encode_word(text: str) -> str:
    """Return ``text`` as one encoded word of any length."""
    return f"=?utf-8?b?{b64encode(text.encode('utf-8', 'replace')).decode()}?="


def _replace_runs(text: str, replace: Callable[[list[re.Match[str]]], str]) -> str:
    output: list[str] = []
    run: list[re.Match[str]] = []
    position = 0
    for word in _WORD.finditer(text):
        gap = text[position : word.start()]
        if not run or not _GAP.fullmatch(gap):
            if run:
                output.append(replace(run))
                run = []
            output.append(gap)
        run.append(word)
        position = word.end()
    if run:
        output.append(replace(run))
    output.append(text[position:])
    return "".join(output)


def _decode_run(run: list[re.Match[str]]) -> str:
    """Join the bytes of neighbours in one charset first: senders split inside a character."""
    pieces: list[tuple[str, bytearray]] = []
    for word in run:
        label, encoding, encoded = word.groups()
        label = label.partition("*")[0]  # RFC 2231 5: a language may follow
        content = _decode_one(encoding, encoded)
        if pieces and _same(pieces[-1][0], label):
            pieces[-1][1].extend(content)
        else:
            pieces.append((label, bytearray(content)))
    return "".join(read_text(bytes(content), label) for label, content in pieces)


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower() or (
        codec_of(one) is not None and codec_of(one) == codec_of(other)
    )


def _decode_one(encoding: str, encoded: str) -> bytes:
    raw = encoded.encode("utf-8", "replace")
    if encoding in "qQ":
        spaced = raw.replace(b"_", b" ")
        return _HEX.sub(lambda found: bytes((int(found.group(1), 16),)), spaced)
    letters = _NOT_BASE64.sub(b"", raw)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
