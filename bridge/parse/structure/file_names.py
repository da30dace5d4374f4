"""File names safe to show and to store: no path, no tricks, no cuts."""

import re
import unicodedata

from bridge.parse.text.spoilt.escapes import without_escapes
from bridge.parse.text.spoilt.misread import as_meant, without_numbers
from bridge.parse.text.storable import clean_line

MAX_NAME_BYTES = 200

_DIRECTION = re.compile("[\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What begins like a path is a path. Any other slash belongs to a date, a number or a phrase.
_PATH = re.compile(r"[A-Za-z]:[/\\]|[/\\]|~[/\\]|\.{1,2}[/\\]|[a-z]{2,10}:/", re.IGNORECASE)
_STEP = re.compile(r"[/\\]\.{1,2}[/\\]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[/\\](?=\d)")
_SLASH = re.compile(r"[/\\]")
_SPOILT = re.compile("\ufffd|\\?{2}|^(?:(?=[^.]*__)[_\\W\\d]*|_)(?:\\.\\w{1,5})?$")
_EXTENSION = re.compile(r"\w\.\w{1,5}\Z")
_IN_QUOTES = re.compile("[“„«](.+)[”“»]")


def better_name(first: str, second: str) -> str:
    """Return ``first``, or ``second`` if only the first is missing, cut off or spoilt.

    A program that cannot write a letter puts a question mark, which no file name has, or a low
    line. A name that is cut off lacks the extension that the other one has.
    """
    if first and second.startswith(first) and _EXTENSION.search(second.removeprefix(first)):
        return first if _EXTENSION.search(first) else second
    if first and not _SPOILT.search(first):
        return first
    return second if second and (not first or not _SPOILT.search(second)) else first


def safe_name(name: str) -> str:
    """Return ``name`` without path, control and direction characters, of at most 200 bytes.

    A slash that is no path's becomes ``_``, as in browsers.
    """
    name = without_numbers(without_escapes(as_meant(name)[0]))
    name = _DIRECTION.sub("", clean_line(name, 4000))
    if quoted := _IN_QUOTES.fullmatch(name):  # quotes that a program took for those of the field
        name = quoted[1]
    if _PATH.match(name) or _STEP.search(name):
        name = _SLASH.split(_BETWEEN_DIGITS.sub("_", name))[-1]
    name = unicodedata.normalize("NFC", _SLASH.sub("_", name)).strip(" .")
    encoded = name.encode()
    if len(encoded) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = f"{dot}{extension}".encode()[:20] if dot else b""
    kept = (stem or extension).encode()[: MAX_NAME_BYTES - len(tail)]
    return kept.decode("utf-8", "ignore") + tail.decode("utf-8", "ignore")
