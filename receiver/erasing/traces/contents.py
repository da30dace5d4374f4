"""The texts that a file's or original's bytes contain once decoded: pure.

There is no parser: anything in base64, quoted-printable, encoded words (RFC 2047) or UTF-16 is
found anywhere, also in a letter within a letter, compressed by zip, gzip or as in a PDF, between
XML tags, in escapes of JSON, and in folded lines of vCard and iCalendar. Pictures of text and
ciphers are not read.
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
from receiver.erasing.traces.wide import wide_texts

DEPTH = 3  # within a file: a letter attached to a forwarded letter
MOST_DECODED = 6  # times the bytes themselves, all steps together
CYRILLIC = ("cp1251", "koi8-r")

_BASE64 = re.compile(
    rb"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{16,}+={0,2}(?:\r?\n[A-Za-z0-9+/]{1,200}+={0,2}(?![^\r\n]))*+"
)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_LEAST = 16  # characters in a run: what is shorter is a word
_LEAST_BINARY = 64  # bytes: what is shorter is most often no file, and read with others of its kind
_RUN = b"A" * _LEAST
_SIGN_OR_NOT = bytes(65 if _NO_BASE64.match(bytes([each])) is None else 32 for each in range(256))
_QUOTED = re.compile(rb"=(?:[0-9A-Fa-f]{2}|(?<=[^=]=)\r?\n(?!\r?\n|--|\Z))")
_WORD = re.compile(rb"=\?[^?\s]{1,40}\?([bBqQ])\?([^?\s]{0,2000}+)\?=")
# As it stands, in a URL and in HTML, before what may be a domain: binary data has few.
_AT_SIGNS = [
    re.compile(each + rb"(?=[\w.%-]{0,2}[\xc2-\xf4][\x80-\xbf]|[\w.%-]{3})", re.IGNORECASE)
    for each in (
        rb"@",
        rb"%(?:25){0,3}40",
        rb"&(?:#0{0,5}64|#x0{0,5}40|commat);",
        rb"\\(?:u00|x)40",
    )
]
_NUMERO = "\u2116"  # in windows-1251 what is a superscript one in latin-1
_BYTE_ORDER = re.compile(rb"\xff\xfe|\xfe\xff")  # in latin-1 two letters before an address
_SIGNS = re.compile(rb"[^\0-\x20]*+")
_WORD_BEGINS = re.compile(rb"=\?")
_BETWEEN = re.compile(rb"\?=\r?\n?[ \t]+=\?")
_FOLD = re.compile(rb"\r?\n[ \t]")  # RFC 6350 section 3.2, RFC 5545 section 3.1
_ESCAPED = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|[nrtbf])")  # RFC 8259 section 7
_PARAGRAPH = re.compile(rb"</(?:\w+:)?p>|<(?:\w+:)?(?:br|tab)\b[^<>]{0,100}>")
_MARK = re.compile(rb"<[^<>]{0,2000}>")  # office programs part a word by them


def texts_in(
    content: bytes, *, words: bool, met: Callable[[bytes], None] | None = None
) -> Iterator[str]:
    """Yield the texts that bytes may contain: first as they stand, then decoded.

    Without ``words``, bytes that are not UTF-8 are only read for their ASCII. ``met``, if the bytes
    are an original, is called at last with what was in base64 in it, if all of that was read as it
    would be by itself.
    """
    room, inflated = MOST_DECODED * len(content), most_inflated(len(content))
    waiting = deque([(content, DEPTH if met is None else DEPTH + 1)])
    seen: set[bytes] = set()
    encoded: list[bytes] = []
    while waiting:
        some, depth = waiting.popleft()
        room -= len(some)
        if room < 0:
            return
        yield from _as_text(some, words=words)
        for each in _joined(some):
            yield from _as_text(each, words=words)
        seen.add(some)
        if depth:
            parts = [*map(_from_base64, _runs_of_base64(some))]
            encoded += parts if some is content else ()
            fresh = [*_told_apart(parts), *_decoded(some)]
            fresh = [each for each in fresh if each and each not in seen]
            if within := Inflating(inflated).feed(some) if may_be_compressed(some) else b"":
                room, inflated = room + MOST_DECODED * len(within), inflated - len(within)
                fresh.append(within)
            waiting.extend((each, depth - 1) for each in fresh)
    if met and inflated > 0:
        for each in encoded:
            met(each)


def _told_apart(parts: list[bytes]) -> Iterator[bytes]:
    """Yield the texts among some bytes as one, and each of the others by itself.

    Otherwise a picture, or a random number in a header field, would decide how a text beside it is
    read.
    """
    yield b"\n\n".join(each for each in parts if 0 not in each)
    others = [each for each in parts if 0 in each]
    yield from (each for each in others if len(each) >= _LEAST_BINARY)
    yield b"\n\n".join(each for each in others if len(each) < _LEAST_BINARY)


def _as_text(content: bytes, *, words: bool) -> Iterator[str]:
    try:
        yield content.decode()
    except UnicodeDecodeError:
        if words:
            yield from (content.decode(each, "replace") for each in ("utf-8", *CYRILLIC))
        else:
            yield "".join(_word_by_word(content))
    yield from wide_texts(content)
    if 0 in content:  # perhaps UTF-16, from some place on
        plain = _BYTE_ORDER.sub(b"\n", content).translate(None, b"\0")
        yield "".join(_word_by_word(plain))
        if words:
            yield from (content.decode(each, "replace") for each in ("utf-16-le", "utf-16-be"))


def _word_by_word(content: bytes) -> Iterator[str]:
    """Yield the words that may have an address each in its encoding, and what is between them.

    An original has parts in several, and one byte of another must not decide for all of it.
    """
    done = 0
    for at in sorted(each.start() for sign in _AT_SIGNS for each in sign.finditer(content)):
        if at < done:
            continue
        before = _SIGNS.match(content[done:at][::-1])
        after = _SIGNS.match(content, at)
        start, end = at - len(before[0]) if before else at, after.end() if after else at
        yield content[done:start].decode("latin-1")
        try:
            yield content[start:end].decode()
        except UnicodeDecodeError:
            yield content[start:end].decode("latin-1").replace("\xb9", _NUMERO)
        done = end
    yield content[done:].decode("latin-1")


def _joined(content: bytes) -> Iterator[bytes]:
    """Yield the bytes without what splits or joins words, if there is any."""
    if b"BEGIN:V" in content:
        yield _FOLD.sub(b"", content)
    if b"<?xml" in content:
        yield _MARK.sub(b"", _PARAGRAPH.sub(b"\n", content))
    if b"\\u" in content:
        yield _ESCAPED.sub(_from_escape, content)
    if b"PK\x01\x02" in content:
        yield names_listed(content)


def _decoded(content: bytes) -> Iterator[bytes]:
    if quoted := b"\n".join(map(binascii.a2b_qp, _stretches(content, _QUOTED))):
        yield quoted
    if words := b"\n".join(_stretches(content, _WORD_BEGINS)):
        yield _WORD.sub(_from_word, _BETWEEN.sub(b"?==?", words))


def _stretches(content: bytes, sign: re.Pattern[bytes]) -> Iterator[bytes]:
    """Yield what has a sign, as far as it is without zeros: all of it, if it is text."""
    at = 0
    while found := sign.search(content, at):
        start = content.rfind(b"\0", at, found.start()) + 1 or at
        at = content.find(b"\0", found.end())
        yield content[start : at if at >= 0 else len(content)]
        if at < 0:
            return


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


def _from_escape(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode("utf-8", "replace") if found[1] else b"\n"


def _from_word(found: re.Match[bytes]) -> bytes:
    if found[1] in b"bB":
        return _from_base64(_NO_BASE64.sub(b"", found[2]))
    return binascii.a2b_qp(found[2], header=True)
