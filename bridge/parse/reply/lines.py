"""A letter's text as lines, with the quote mark ``>`` recognised."""

import re
from dataclasses import dataclass, field

from bridge.parse.reply.folded_off import mark_folded_off

# Byte-order marks, zero-width and direction marks: clients put them before an attribution.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
INVISIBLE |= dict.fromkeys((0x034F, 0x061C, 0x180E, *range(0x202A, 0x202F), *range(0x2061, 0x2065)))
INVISIBLE[0xA0] = ord(" ")
INVISIBLE[0x202F] = ord(" ")

_UNSEEN = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")  # tested first, as most lines have none
# The Bat! marks a quoted line with its writer's initials: «СП> Добрый день».
_INITIALS = re.compile(r"\s?[A-ZА-ЯЁ]{1,3}>+(?: |$)")
_ENDS_NO_QUOTE = ">:："
_LONGEST_ADDRESS = 200

MAX_LINE = 400
"""No client's attribution, header or signature line is longer; longer lines are only words."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a letter; ``quoted[i]`` says whether line ``i`` carries a quote mark.

    ``following[i]`` is the first non-blank line at or after ``i``, ``next_quoted[i]`` the first
    quoted one; both are ``len(text)`` if there is none.
    """

    text: list[str]
    quoted: list[bool]
    following: list[int]
    next_quoted: list[int]
    _bare: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.text)

    def blank(self, i: int) -> bool:
        """Whether nothing is visible on line ``i``; a quote mark is visible."""
        return self.following[i] != i

    def bare(self, i: int) -> str:
        """Line ``i`` without quote marks and invisible characters, or ``""`` if it is long."""
        if i not in self._bare:  # the same line is asked for again and again
            self._bare[i] = self._without_marks(i)
        return self._bare[i]

    def _without_marks(self, i: int) -> str:
        line = self.text[i]
        if len(line) > MAX_LINE:
            return ""
        if not self.quoted[i]:
            return plain(line)
        initials = _INITIALS.match(line)
        return plain(line[initials.end() :] if initials else line).lstrip("> \t")


def plain(line: str) -> str:
    """The line without invisible characters and outer blanks."""
    if line.isascii() or not _UNSEEN.search(line):
        return line.strip()
    return line.translate(INVISIBLE).strip()


def split(body: str) -> Lines:
    """Split a body into lines; CRLF and CR end a line as LF does."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = [line.lstrip()[:1] for line in text]
    quoted = [mark == ">" for mark in first]
    for i, line in enumerate(text if ">" in body else ()):
        if quoted[i]:
            if line.rstrip()[-1:] in _ENDS_NO_QUOTE or "From " in line:
                quoted[i] = not _not_a_quote(line, _unquoted_above(text, quoted, i))
        elif ">" in line[:6]:
            quoted[i] = _INITIALS.match(line) is not None
    if True in quoted:
        mark_folded_off(text, quoted)
    size = following_one = next_one = len(text)
    following, next_quoted = [size] * (size + 1), [size] * (size + 1)
    for i in range(size - 1, -1, -1):
        if first[i]:
            following_one = i
            if quoted[i]:
                next_one = i
        following[i] = following_one
        next_quoted[i] = next_one
    return Lines(text, quoted, following, next_quoted)


def _unquoted_above(text: list[str], quoted: list[bool], i: int) -> str:
    """The line above; with the one above it, if an address alone stands between brackets."""
    if not i or quoted[i - 1]:
        return ""
    above = text[i - 1]
    alone = i > 1 and not quoted[i - 2] and len(above) < _LONGEST_ADDRESS and "@" in above
    return text[i - 2] + above if alone else above


def _not_a_quote(line: str, before: str) -> bool:
    """Whether a leading ``>`` is no quote mark.

    It is mbox's ``>From ``, GroupWise's ``>>> Jane 3:46 PM >>>``, or ends a folded address.
    """
    if line.startswith(">") and line.lstrip(">").startswith("From "):
        return True
    if line.startswith(">>> ") and line.rstrip().endswith(" >>>") and any(map(str.isdigit, line)):
        return True
    wrapped = len(line) < 60 and before.count("<") > before.count(">")
    return wrapped and line.rstrip().endswith((":", "："))
