"""Damage by programs to base64 on its way, undone: letters, line ends, glued text.

Each repair is made only if its result is base64.
"""

import re

MIN_LINE = 40
MAX_LABEL = 120

BASE64_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_USUAL = bytes.maketrans(b"-_", b"+/")
# Base64 that a gateway glued to its own tags: ``<p>…</p>0JfQ…`` and ``…0YwuCg==</div>``.
_BEHIND_TAG = re.compile(rb"(?<=>)(?=[A-Za-z0-9+/]{40})")
_BEFORE_TAG = re.compile(
    rb"(^[A-Za-z0-9+/]++={0,2}|>[A-Za-z0-9+/]{40,}+={0,2})(?=</?[A-Za-z!])", re.M
)
# A footer glued to the last line of base64, behind its padding: ``…LuLg==This message is``.
_BEFORE_WORDS = re.compile(
    rb"^(?:[A-Za-z0-9+/]{4})++[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=)"
    rb"(?=[^\s=]++[ \t])",
    re.M,
)
# The same without padding: only the capital that begins a sentence shows it.
_LAST_LINE = (
    rb"^(?:[A-Za-z0-9+/]{40,}|(?:(?<=[A-Za-z0-9+/]{40}\n)|(?<=[A-Za-z0-9+/]{40}\r\n))"
    rb"[A-Za-z0-9+/]{2,})"
)
_BEFORE_SENTENCE = re.compile(_LAST_LINE + rb"(?=[A-Z][a-z]{2,}[:,]?[ \t])", re.M)
# Only the words show such footers, which begin in capitals or small letters.
_FIRST_WORD = re.compile(_LAST_LINE + rb"(?=[:,!]?[ \t]+\S)", re.M)
_OPENERS = (
    *(b"confidentiality", b"confidential", b"disclaimer", b"attention", b"important", b"external"),
    *(b"warning", b"caution", b"notice", b"please", b"privileged", b"vertraulich", b"this"),
)
_IN_CAPITALS = (
    *(b"VIRUS", b"LEGAL", b"NOTE", b"THESE", b"YOUR", b"THE", b"SENT", b"AVISO", b"AVERTISSEMENT"),
    *(b"DIESE", b"DIESES", b"HINWEIS", b"WICHTIG", b"ESTE", b"ESTA", b"QUESTA", b"QUESTO", b"CE"),
)
_LAST_OF_TWO, _LAST_OF_THREE = b"AQgw", b"AEIMQUYcgkosw048"  # bits that an encoder leaves at zero
# What programs write in place of a line end within base64.
_END_WRITTEN = re.compile(rb"<br\s{0,2}/?>|\\r|\\n")
_DATA = re.compile(rb"\A\s*data:[^,\s]{0,100};base64,\s*")
_PERCENT = re.compile(rb"%(2[BbFf]|3[Dd]|0[AaDd])")


def is_clean(content: bytes) -> bool:
    """Tell whether the text is only base64 and line ends."""
    return not content.translate(None, BASE64_BYTES)


def is_whole(content: bytes) -> bool:
    """Tell whether the number of letters is one that every encoder writes; «OK» has two."""
    return len(b"".join(content.split())) % 4 == 0


def in_usual_letters(content: bytes) -> bytes:
    """Return base64 in MIME's alphabet, if all of it is in that of URLs (RFC 4648 5)."""
    if b"+" in content or b"/" in content or not (b"-" in content or b"_" in content):
        return content
    usual = content.translate(_USUAL)
    return usual if len(content) >= MIN_LINE and is_clean(usual) else content


def _without_address(content: bytes) -> bytes:
    """Return base64 without what made it part of a URL: ``data:…,`` before it, ``%2B``."""
    if b"," in content[:MAX_LABEL]:
        content = _DATA.sub(b"", content)
    if b"%" not in content:
        return content
    signs = _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), content)
    return signs if len(signs) >= MIN_LINE and is_clean(signs) else content


def _with_ends(content: bytes) -> bytes:
    """Return base64 with real line ends in place of a program's substitutes."""
    if b"<br" not in content and b"\\n" not in content:
        return content
    ended = _END_WRITTEN.sub(b"\n", content)
    return ended if len(ended) >= MIN_LINE and is_clean(ended) else content


def plus_for_blank(content: bytes) -> bytes | None:
    """Return the whole base64 that results from ``+`` for each blank, or None."""
    if b"+" in content or b" " not in content.strip() or len(content) < MIN_LINE:
        return None
    restored = content.strip(b"\r\n").replace(b" ", b"+")
    return restored if is_clean(restored) and is_whole(restored) else None


def with_lines_apart(content: bytes) -> bytes:
    """Put base64 on lines of its own if a gateway glued its tags or footer to it."""
    if b"=" in content:
        content = _BEFORE_WORDS.sub(rb"\g<0>\n", content)
    content = _BEFORE_SENTENCE.sub(rb"\g<0>\n", _FIRST_WORD.sub(_before_opener, content))
    return _BEHIND_TAG.sub(b"\n", _BEFORE_TAG.sub(rb"\1\n", content))


def _before_opener(found: re.Match[bytes]) -> bytes:
    """Split base64 from the first word of a footer glued to it, before which it may end."""
    glued = found.group()
    for word in (*_OPENERS, *_IN_CAPITALS):
        letters = glued[: -len(word)]
        written = glued[len(letters) :]
        if written in (word, word.upper()) and _may_end(letters):
            return letters + b"\n" + written
    return glued


def _may_end(letters: bytes) -> bool:
    """Tell whether an encoder that writes no padding may have ended here."""
    over = len(letters) % 4
    if over in (0, 1):
        return over == 0
    return letters[-1] in (_LAST_OF_TWO if over == 2 else _LAST_OF_THREE)


def mended(content: bytes) -> bytes:
    """Return base64 in MIME's alphabet, taken out of a URL, with its line ends."""
    return _with_ends(in_usual_letters(_without_address(content)))
