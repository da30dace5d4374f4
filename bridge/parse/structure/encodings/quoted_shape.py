"""Text labelled quoted-printable that is not, or that was encoded in part.

An encoder writes each ``=`` as ``=3D``. A text was never encoded if more of its ``=`` open nothing
than open an escape or a soft break. If neither a soft break nor ``=3D`` decides, escapes count only
where an encoder may have written them: not behind a name in a URL's query (``?id=20``), not for an
ASCII letter or digit, a control character, or half a character of UTF-8. If no charset is named the
latter may be a letter of a code page: inside a word of one case (``Caf=E9``, but not
``key=DEADBEEF``), or beside others.

A text without the label is quoted-printable if each ``=`` opens an escape in capitals or a soft
break, and the escapes are many, or letters within words.
"""

import re
from itertools import islice

from bridge.parse.structure.encodings.transfer_encoding import QUOTED_PRINTABLE, decode
from bridge.parse.structure.encodings.undone import NOT_QUOTED, Undone
from bridge.parse.text.charset_labels import codec_of

_ESCAPE = re.compile(rb"=[0-9A-Fa-f]{2}")
_ESCAPES = re.compile(rb"(?:=[0-9A-Fa-f]{2})++")
_HIGH_ESCAPE = re.compile(rb"=(?:[89A-Fa-f][0-9A-Fa-f]|3[Dd])")
_SOFT = re.compile(rb"=[ \t]*+(?:\r*+\n|\Z)")
# A line end both encoded and written: ``=0A`` or the like before a real one. If others are encoded
# within lines, the encoder means both.
_END_TWICE = re.compile(rb"(?:=0[AaDd]){1,2}(?=\r*+\n)")
_END_WITHIN = re.compile(rb"=0[AaDd](?!(?:=0[AaDd])?\r*+\n)")
# A soft break that a gateway doubled: an empty line follows.
_SOFT_EMPTY = re.compile(rb"=\r?\n\r?\n(?=[^\r\n])")
_WRAPPED = re.compile(rb"^[^\r\n]{50,77}=\r?\n\r?\n(?=[^\r\n])", re.MULTILINE)
# A word goes on in small letters after it, unlike a line that somebody ended there.
_GOES_ON = re.compile(
    rb"[A-Za-z0-9,\"')\xd0-\xf4 \t]=\r?\n\r?\n *(?:[a-z]|=D0=B[0-9A-F]|=D1=[89][0-9A-F])|"
    rb"=[89AB][0-9A-F]=\r?\n\r?\n *(?:[a-z]|=D0=B[0-9A-F]|=D1=[89][0-9A-F])"
)
_CUT_SIGN = re.compile(rb"=[CD][0-9A-F]=\r?\n\r?\n=[89AB][0-9A-F]")
_ROW = re.compile(rb"=(=++)([89A-F][0-9A-F])?")
# Characters that no text holds; ISO-2022 needs 0E, 0F and 1B, and 09, 0A, 0C, 0D are white space.
_CONTROL_ESCAPE = re.compile(rb"=(?=0[0-8Bb]|1[0-9AaC-Fc-f]|7[Ff])")
_PARAMETER = re.compile(rb"[?&;][\w.%\[\]-]{1,60}\Z")
_RAW_PARAMETER = re.compile(rb"[?&;][\w.%\[\]-]{1,60}=(?=[0-9A-Fa-f]{2}(?!=[0-9A-Fa-f]{2}))")
_PLAIN_ESCAPE = re.compile(rb"=(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])")
_WORD_BEFORE = re.compile(rb"(?:[A-Za-z]|=[89A-F][0-9A-F]){0,20}\Z")
_WORD_BEHIND = re.compile(rb"(?:[A-Za-z]|=[89A-F][0-9A-F]){0,20}")
_CAPITAL = re.compile(rb"=[0-9A-F]{2}")
_SHIFT = re.compile(rb"=1B[$(]")  # ISO-2022, of which little else is encoded
_LETTER = re.compile(rb"[A-Za-z]")
# ``<p class=3D"a">``; and lines of an encoder's full length that end in a soft break.
_ATTRIBUTE = re.compile(rb"<[A-Za-z][^<>]{0,300}[A-Za-z]=3D[\"'\w#]")
_LONG_SOFT = re.compile(rb"^[^\n]{62,75}=\r?$", re.MULTILINE)
MIN_SOFT = 2
MIN_ESCAPES = 12
MIN_WITHIN_WORDS = 3
MAX_RUNS = 200
MAX_NAME = 64
MIN_CERTAIN = 4
WEIGHT_OF_PLAIN = 2  # of escapes that no encoder writes, to each that one does


def quoted_text(content: bytes, label: str) -> Undone:
    """Decode words, unless more of their ``=`` open nothing than open an escape."""
    if is_no_quoted_printable(content, label):
        return Undone((content,), NOT_QUOTED)
    if _mostly_by_chance(content, label):
        if not _has_letters_of_utf8(content):
            return Undone((content,), NOT_QUOTED)
        content = _RAW_PARAMETER.sub(rb"\g<0>3D", content)
    if not str(codec_of(label)).startswith(("utf-16", "utf-32")):  # which are full of them
        content = _CONTROL_ESCAPE.sub(b"=3D", content)
        if b"=0" in content and not _END_WITHIN.search(content):
            content = _END_TWICE.sub(b"", content)
    if b"==" in content:
        content = _ROW.sub(_written_out, content)
    if (b"=\r\n\r\n" in content or b"=\n\n" in content) and _breaks_are_doubled(content):
        content = _SOFT_EMPTY.sub(b"=\n", content)
    return Undone((decode(content, QUOTED_PRINTABLE),))


def _breaks_are_doubled(content: bytes) -> bool:
    """Tell whether an empty line follows every soft break, where the lines wrap."""
    doubled = len(_SOFT_EMPTY.findall(content))
    if doubled != len(_SOFT.findall(content.rstrip(b"=\r\n\t "))):
        return False
    if len(_WRAPPED.findall(content)) == doubled or _CUT_SIGN.search(content):
        return True
    return doubled > 1 and len(_GOES_ON.findall(content)) == doubled


def _written_out(row: re.Match[bytes]) -> bytes:
    """Encode a row of ``=`` that is not quoted-printable; an escape may follow it."""
    if row.group(2):
        return b"=3D" * len(row.group(1)) + b"=" + row.group(2)
    return b"=3D" * len(row.group())


def is_no_quoted_printable(content: bytes, label: str) -> bool:
    """Tell whether a text was never encoded though its label says so."""
    if b"=" not in content:
        return False
    if b"==" in content:
        content = _ROW.sub(b"", content)  # a line drawn with ``=`` proves nothing
    marks = content.count(b"=")
    escapes, breaks = len(_ESCAPE.findall(content)), len(_SOFT.findall(content))
    if marks - escapes - breaks > escapes + breaks:
        return not _has_true_escapes(content, label)
    return not content.isascii() and not breaks and not _HIGH_ESCAPE.search(content)


def _mostly_by_chance(content: bytes, label: str) -> bool:
    """Tell whether most apparent escapes are just what follows ``=`` in somebody's text."""
    if b"=3D" in content or _SOFT.search(content):
        return False
    balance, signs, words = 0, 0, False
    for run in islice(_ESCAPES.finditer(content), MAX_RUNS):
        before = content[max(run.start() - MAX_NAME, 0) : run.start()]
        behind = content[run.end() : run.end() + MAX_NAME]
        if _PARAMETER.search(before):
            balance -= 1
        elif not _fits(run.group(), label):
            of_a_word = _is_of_a_word(before, run.group(), behind)
            words = words or of_a_word
            signs += not of_a_word
            balance += of_a_word
        elif before[-1:].isalnum() and _PLAIN_ESCAPE.match(run.group()):
            balance -= WEIGHT_OF_PLAIN
        else:
            balance += 1
    return balance - (0 if words else signs) < 0  # of 5 =80 in a text with caf=E9: €


def _has_letters_of_utf8(content: bytes) -> bool:
    """Tell whether a run of escapes spells letters of UTF-8, which chance does not."""
    for run in islice(_ESCAPES.findall(content), MAX_RUNS):
        signs = bytes.fromhex(run.replace(b"=", b"").decode())
        if len(signs) >= MIN_CERTAIN and min(signs) >= 0x80 and _is_utf8(signs):
            return True
    return False


def _is_utf8(signs: bytes) -> bool:
    try:
        return bool(signs.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _is_of_a_word(before: bytes, run: bytes, behind: bytes) -> bool:
    """Tell whether escapes that are not UTF-8 are letters of a word in a Western code page.

    Encoders write capitals (RFC 2045 6.7, rule 1); several high bytes in a row are no chance.
    """
    signs = bytes.fromhex(run.replace(b"=", b"").decode())
    if run != run.upper() or min(signs) < 0x80:
        return False
    if len(signs) > 1:
        return True
    start, end = _WORD_BEFORE.search(before), _WORD_BEHIND.match(behind)
    spelt = (start.group() if start else b"") + run + (end.group() if end else b"")
    word = decode(spelt, QUOTED_PRINTABLE).decode("cp1252", "replace")
    plain = sum(map(str.isascii, word))
    return word.isalpha() and plain != 1 and (word.islower() or word.isupper() or word.istitle())


def _fits(run: bytes, label: str) -> bool:
    """Tell whether escapes stand for characters that a text of this charset may hold."""
    if _CONTROL_ESCAPE.search(run):
        return False
    if codec_of(label) not in (None, "utf-8"):
        return True
    return _is_utf8(decode(run, QUOTED_PRINTABLE))


def _has_true_escapes(content: bytes, label: str) -> bool:
    """Tell whether a half-encoded text has escapes of letters that fit the charset."""
    runs = [run for run in _ESCAPES.findall(content) if _HIGH_ESCAPE.search(run)]
    if codec_of(label) not in (None, "utf-8"):
        return bool(runs)
    try:
        return bool(runs) and all(decode(run, QUOTED_PRINTABLE).decode("utf-8") for run in runs)
    except UnicodeDecodeError:
        return False


def is_quoted_without_label(content: bytes) -> bool:
    """Tell whether a text without the label is quoted-printable from end to end."""
    marks = content.count(b"=")
    if not marks or not content.isascii():
        return False
    escapes = len(_CAPITAL.findall(content))
    if marks != escapes + len(_SOFT.findall(content)):
        return False
    if _SHIFT.search(content) or (marks > escapes and _ATTRIBUTE.search(content)):
        return True  # HTML in which no encoder would leave lines that long
    if sum(b" " in line for line in _LONG_SOFT.findall(content)) >= MIN_SOFT:
        return True
    signs = len(b"".join(content.split()))
    many = escapes >= MIN_ESCAPES and escapes * 6 >= signs
    throughout = escapes >= MIN_CERTAIN and escapes * 30 >= signs * 9  # only a few marks
    return many or throughout or _within_words(content) >= MIN_WITHIN_WORDS


def _within_words(content: bytes) -> int:
    """Count the non-ASCII letters that escapes spell within words; UTF-8 counts more."""
    found = 0
    for run in islice(_ESCAPES.finditer(content), MAX_RUNS):
        signs = decode(run.group(), QUOTED_PRINTABLE)
        if min(signs) < 0x80:
            continue
        before = content[max(run.start() - MAX_NAME, 0) : run.start()]
        behind = content[run.end() : run.end() + MAX_NAME]
        if _PARAMETER.search(before):
            return 0
        beside = bool(_LETTER.match(before[-1:])) + bool(_LETTER.match(behind[:1]))
        found += 2 * beside if _is_utf8(signs) else _is_of_a_word(before, run.group(), behind)
    return found
