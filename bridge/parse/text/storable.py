"""Strings made storable: no NUL, no lone surrogate, within a bound."""

import re

_UNFIT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
# An encoded CR before an unencoded line end belongs to that line end.
_CR_LINE_END = re.compile("\r(?:\r{0,2}\n)?")
_RARE_LINE_END = re.compile("[\x0c\x85\u2028\u2029]")
_TERMINALS = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")  # a colour, as terminals have it
_RARE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def clean_text(text: str) -> str:
    r"""Return ``text`` with ``\n`` line ends and without control characters (faults F02, F18)."""
    if text.isprintable():  # most header fields: one quick look
        return text
    if "\r\r" in text:
        text = _CR_LINE_END.sub("\n", text)
    elif "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _RARE.search(text):  # most texts have none, and need no copy
        text = _TERMINALS.sub("", text)
        text = _UNFIT.sub("", _RARE_LINE_END.sub("\n", text))
    return text


def clean_line(text: str, limit: int) -> str:
    """Return ``text`` on one line, white space squeezed, of at most ``limit`` characters."""
    return " ".join(clean_text(text[: limit * 4]).split())[:limit]


def cut_text(text: str, limit: int) -> str:
    """Return at most ``limit`` bytes of UTF-8 of ``text``, never half a character."""
    if len(text) * 4 <= limit:
        return text
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")
