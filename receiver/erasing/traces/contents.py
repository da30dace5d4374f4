"""The texts that a file's or original's bytes contain once decoded: pure.

There is no parser: anything in base64, quoted-printable, encoded words (RFC 2047) or UTF-16 is
found anywhere, also in a letter within a letter, compressed by zip, gzip or as in a PDF, between
XML tags, and in folded lines of vCard and iCalendar. Pictures of text and ciphers are not read.
Each step is linear in the bytes.
"""

import binascii
import re
from collections import deque
from collections.abc import Callable, Iterator

from receiver.erasing.traces.compressed import (
    Inflating,
    may_be_compressed,
    most_inflated,
    names_listed,
)

DEPTH = 3  # a letter attached to a forwarded letter
MOST_DECODED = 6  # times the bytes themselves, all steps together
CYRILLIC = ("cp1251", "koi8-r")

_BASE64 = re.compile(
    rb"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{16,}+={0,2}(?:\r?\n[A-Za-z0-9+/]{1,200}+={0,2}(?![^\r\n]))*+"
)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_LEAST = 16  # characters in a run: what is shorter is a word
_RUN = b"A" * _LEAST
_SIGN_OR_NOT = bytes(65 if _NO_BASE64.match(bytes([each])) is None else 32 for each in range(256))
_QUOTED = re.compile(rb"=(?:[0-9A-Fa-f]{2}|(?<=[^=]=)\r?\n(?!\r?\n|--|\Z))")
_WORD = re.compile(rb"=\?[^?\s]{1,40}\?([bBqQ])\?([^?\s]{0,2000}+)\?=")
_BETWEEN = re.compile(rb"\?=\r?\n?[ \t]+=\?")
_FOLD = re.compile(rb"\r?\n[ \t]")  # RFC 6350 section 3.2, RFC 5545 section 3.1
_PARAGRAPH = re.compile(rb"</(?:\w+:)?p>|<(?:\w+:)?(?:br|tab)\b[^<>]{0,100}>")
_MARK = re.compile(rb"<[^<>]{0,2000}>")  # office programs part a word by them


def texts_in(
    content: bytes, *, words: bool, met: Callable[[bytes], None] = lambda _: None
) -> Iterator[str]:
    """Yield the texts that bytes may contain: first as they stand, then decoded.

    Without ``words``, bytes that are not UTF-8 are only read for their ASCII. ``met`` is called
    with everything that was in base64.
    """
    room, inflated = MOST_DECODED * len(content), most_inflated(len(content))
    waiting = deque([(content, 0)])
    seen: set[bytes] = set()
    while waiting:
        some, depth = waiting.popleft()
        room -= len(some)
        if room < 0:
            return
        yield from _as_text(some, words=words)
        for each in _joined(some):
            yield from _as_text(each, words=words)
        seen.add(some)
        if depth < DEPTH:
            fresh = [each for each in _decoded(some, met) if each and each not in seen]
            if within := Inflating(inflated).feed(some) if may_be_compressed(some) else b"":
                room, inflated = room + MOST_DECODED * len(within), inflated - len(within)
                fresh.append(within)
            waiting.extend((each, depth + 1) for each in fresh)


def _as_text(content: bytes, *, words: bool) -> Iterator[str]:
    try:
        yield content.decode()
    except UnicodeDecodeError:
        if words:
            yield from (content.decode(each, "replace") for each in ("utf-8", *CYRILLIC))
        else:
            yield content.decode("latin-1")
    if 0 in content:  # perhaps UTF-16, from some place on
        yield content.translate(None, b"\0").decode("latin-1")
        if words:
            yield from (content.decode(each, "replace") for each in ("utf-16-le", "utf-16-be"))


def _joined(content: bytes) -> Iterator[bytes]:
    """Yield the bytes without what splits or joins words, if there is any."""
    if b"BEGIN:V" in content:
        yield _FOLD.sub(b"", content)
    if b"<?xml" in content:
        yield _MARK.sub(b"", _PARAGRAPH.sub(b"\n", content))
    if b"PK\x01\x02" in content:
        yield names_listed(content)


def _decoded(content: bytes, met: Callable[[bytes], None]) -> Iterator[bytes]:
    parts = [*map(_from_base64, _runs_of_base64(content))]
    for each in parts:
        met(each)
    yield b"\n".join(parts)
    if 0 in content:  # not text: apparent escapes are none
        return
    if _QUOTED.search(content):
        yield binascii.a2b_qp(content)
    if b"=?" in content:
        yield _WORD.sub(_from_word, _BETWEEN.sub(b"?==?", content))


def _runs_of_base64(content: bytes) -> Iterator[bytes]:
    """Yield the matches of ``_BASE64``, tried only in runs long enough.

    By itself it would try every word, which took half of an erasure's time.
    """
    signs = content.translate(_SIGN_OR_NOT)
    at = signs.find(_RUN)
    while at >= 0:
        if found := _BASE64.match(content, at):
            yield found[0]
            at = found.end()
        else:
            at = signs.find(b" ", at)
        at = signs.find(_RUN, at) if at >= 0 else at


def _from_base64(run: bytes) -> bytes:
    packed = run.translate(None, b"\r\n=")
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))


def _from_word(found: re.Match[bytes]) -> bytes:
    if found[1] in b"bB":
        return _from_base64(_NO_BASE64.sub(b"", found[2]))
    return binascii.a2b_qp(found[2], header=True)
