"""RFC 2047 encoded words as senders write them: cut anywhere, badly padded, quoted, endless.

Each word must stand for whole characters (6.2, 5). But senders encode a whole text first and cut it
into words afterwards: inside a character, inside a group of four base64 letters, inside ``=D0``. So
neighbours in one charset are one run of bytes: what a word leaves unfinished goes on in the next.
One pass over the header finds each word by its two ends, so that a flood of words takes linear
time.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from bridge.parse.text.charset import read_text
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.cyrillic import CODE_PAGES, score_as

MAX_SHORT = 500
_HEAD = re.compile(r"=\? ?([^?\s=]{0,60}) ?\? ?([bBqQ]) ?\? ?")
_ENCODED_TWICE = re.compile(r"(?:\s*=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?=)++\s*")
_ESCAPE = re.compile(r"=[89A-F][0-9A-F]")
_UNENDED = {"b": re.compile(r"[A-Za-z0-9+/]{4,}={0,2}"), "q": re.compile(r"[!->@-~]{4,}")}
_GAP = re.compile(r"[ \t\r\n]*")
_USUAL = bytes.maketrans(b"-_", b"+/")  # RFC 4648 5, which some senders mistake for it
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_SOFT_BREAK = re.compile(rb"=[ \t\r\n]+(?==[0-9A-Fa-f]{2})")
_CUT_ESCAPE = re.compile(rb"=[0-9A-Fa-f]?\Z")
_VALUE = {letter: value for value, letter in enumerate(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)}  # fmt: skip
_NOT_BASE64 = bytes(set(range(256)) - _VALUE.keys() - set(b"-_"))
_RUBBISH = re.compile("[\x00-\x08\x0e-\x1a\x7f-\x84\x86-\x9f\ufffd]")


@dataclass(frozen=True, slots=True)
class _Word:
    """One encoded word: its place, its charset without a language, ``b`` or ``q``."""

    start: int
    end: int
    label: str
    encoding: str
    encoded: bytes


def decode_words(text: str) -> str:
    """Return ``text`` with its encoded words read; white space between two words goes (6.2)."""
    if "=?" not in text:
        return text
    return _decode_short(text) if len(text) <= MAX_SHORT else _replace_runs(text, _decode_run)


@lru_cache(maxsize=128)  # a field is read once by itself and once for the list of all fields
def _decode_short(text: str) -> str:
    return _replace_runs(text, _decode_run)


def clean_words(text: str, write: Callable[[str], str]) -> str:
    """Return ``text`` with every run of encoded words replaced by ``write`` of its content."""
    return _replace_runs(text, lambda run: write(_decode_run(run)))


def encode_word(text: str) -> str:
    """Return ``text`` as one encoded word of any length."""
    return f"=?utf-8?b?{b64encode(text.encode('utf-8', 'replace')).decode()}?="


def _words(text: str) -> Iterator[_Word]:
    """Find the words. Spaces and question marks may be in them: senders do not encode them.

    A word without an end reaches to the next, or to the last letter that may be encoded.
    """
    position, end = 0, 0
    while head := _HEAD.search(text, position):
        label, encoding = head.groups()
        start = head.end()
        if encoding in "qQ" and head[0].count(" ") == 1 and head[0].endswith(" "):
            start -= 1  # an unencoded blank of the text, not one inside a word's head
        if 0 <= end < start:
            end = text.find("?=", start)
        while end >= 0 and encoding in "qQ" and (later := _goes_on(text, end)):
            end = later
        following = _HEAD.search(text, start, end if end >= 0 else len(text))
        if end < 0 or following:
            found = _UNENDED[encoding.lower()].match(text, start)
            stop = found.end() if found else start
            position = stop
            if stop == start or (following and text[stop : following.start()].strip(" \t\r\n?")):
                continue
            position = following.start() if following else stop
        else:
            stop, position = end, end + 2
        yield _Word(
            head.start(),
            position,
            label.partition("*")[0],  # RFC 2231 5: a language may follow
            encoding.lower(),
            text[start:stop].encode("utf-8", "replace"),
        )


def _goes_on(text: str, end: int) -> int:
    """Return a word's later end if ``end`` is just a question mark before an escape, or 0."""
    if not _ESCAPE.match(text, end + 1):
        return 0
    later = text.find("?=", end + 2)
    return later if later > 0 and text.find("=?", end + 2, later) < 0 else 0


def _replace_runs(text: str, write: Callable[[list[_Word]], str]) -> str:
    if "=?" not in text:
        return text
    output: list[str] = []
    run: list[_Word] = []
    position = 0
    for word in _words(text):
        gap = text[position : word.start]
        if not run or not _GAP.fullmatch(gap):
            if run:
                output.append(write(run))
                run = []
            output.append(gap)
        run.append(word)
        position = word.end
    if run:
        output.append(write(run))
    output.append(text[position:])
    return "".join(output)


def _decode_run(run: list[_Word]) -> str:
    """Read a run; if the result is only encoded words again, it was encoded twice."""
    text = _read_run(run)
    return _replace_runs(text, _read_run) if _ENCODED_TWICE.fullmatch(text) else text


def _read_run(run: list[_Word]) -> str:
    """Read neighbours in one charset together."""
    stretches: list[list[_Word]] = []
    for word in run:
        if stretches and _same(stretches[-1][-1].label, word.label):
            stretches[-1].append(word)
        else:
            stretches.append([word])
    return "".join(map(_read, stretches))


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower() or (
        codec_of(one) is not None and codec_of(one) == codec_of(other)
    )


def _read(words: list[_Word]) -> str:
    """Read words of one charset: each by itself, or as one run, whichever reads better.

    A sender that omits the padding of whole words looks like one that cuts inside a group, unless
    the left-over bits decide; otherwise the better reading does.
    """
    label = words[0].label
    content = _joined(words, carry_all=False)
    text = read_text(content, label)
    others = [_joined(words, carry_all=True)] if len(words) > 1 else []
    if _badness(text, content, label)[0]:  # perhaps a fold stands inside a character
        unfolded = (replace(word, encoded=_unfolded(word.encoded)) for word in words)
        others.append(_joined(list(unfolded), carry_all=True))
    for other in others:
        if other == content:
            continue
        read = read_text(other, label)
        if _badness(read, other, label) < _badness(text, content, label):
            text, content = read, other
    return text


def _unfolded(encoded: bytes) -> bytes:
    """Remove blanks of folds, and soft line breaks before them (RFC 2045 6.7)."""
    return b"".join(_SOFT_BREAK.sub(b"", encoded).split())


def _badness(text: str, content: bytes, label: str) -> tuple[int, float]:
    """Return how badly a text reads: by impossible characters, then by how Russian it is."""
    codec = codec_of(label)
    rubbish = len(_RUBBISH.findall(text))
    if codec == "utf-8":
        try:
            content.decode(codec)
        except UnicodeDecodeError:
            rubbish += 1
    return rubbish, -score_as(content, codec) if codec in CODE_PAGES else 0.0


def _joined(words: list[_Word], carry_all: bool) -> bytes:
    """Return the bytes of ``words``; ``carry_all``: every open group goes on in the next word."""
    output = bytearray()
    carried, encoding = b"", ""
    for word in words:
        if carried and word.encoding != encoding:
            output += _decode(carried, encoding)
            carried = b""
        encoding = word.encoding
        content, carried = _split(carried + word.encoded, encoding, carry_all)
        output += _decode(content, encoding)
    if carried == b"=" and encoding == "q" and _HEX.search(words[-1].encoded):  # a soft break
        carried = b""
    return bytes(output + _decode(carried, encoding))


def _split(encoded: bytes, encoding: str, carry_all: bool) -> tuple[bytes, bytes]:
    """Return the part of a word that can be decoded alone, and the part left for the next word."""
    if encoding == "q":
        cut = _CUT_ESCAPE.search(encoded)
        return (encoded[: cut.start()], cut.group()) if cut else (encoded, b"")
    letters = encoded.translate(_USUAL, _NOT_BASE64)
    whole = len(letters) // 4 * 4
    rest = letters[whole:]
    padded = encoded.rstrip().endswith(b"=")
    if rest and (_is_open(rest) or (carry_all and not padded)):
        return letters[:whole], rest
    return letters, b""


def _is_open(rest: bytes) -> bool:
    """Tell whether one to three letters cannot be the end: bits that must be zero are set."""
    if len(rest) == 1:
        return True
    return bool(_VALUE[rest[-1]] & (0b1111 if len(rest) == 2 else 0b11))


def _decode(encoded: bytes, encoding: str) -> bytes:
    if encoding == "q":
        spaced = encoded.replace(b"_", b" ")
        return _HEX.sub(lambda found: bytes((int(found.group(1), 16),)), spaced)
    letters = encoded.translate(_USUAL, _NOT_BASE64)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
