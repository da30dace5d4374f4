"""Single lines by which a client introduces a letter: a header field, a heading, a dated line."""

import re

ENDS = (":", "：", ">", "*")
"""What a sentence that introduces a quotation ends in."""

_FIELD = re.compile(r"[*_|]*\s?[^\W\d_][\w '’/.-]{0,30}[*_]*\s?[:：][*_]*\s+\S")
# Clients' names for writer, addressee and subject; «Телефон:» is an answer in a form.
_HEADER = re.compile(
    r"[*_|]*\s?(?:from|sent|to|cc|subject|reply-to|от|отправлено|кому|копия|тема)[*_]*\s?[:：][*_]*\s",
    re.IGNORECASE,
)
# Git prints these above a filed change; no client names a writer so.
_OF_A_CHANGE = re.compile(r"(?:author|commit|committer)(?:date|-id)?: ", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}:\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2}|(?<![\d.-])(?:19|20)\d{2}(?![\d.-])")
_RULED = re.compile(r"^\W*-{2,}.*-{2,}\W*$")


def is_field(line: str) -> bool:
    """Whether a line looks like a copied header field."""
    shown = line.strip("> \t")
    return _FIELD.match(shown) is not None and _OF_A_CHANGE.match(shown) is None


def is_header(line: str) -> bool:
    """Whether a line is a copied header field by its name, and has more than a word or two."""
    shown = line.strip("> \t")
    return _HEADER.match(shown) is not None and ("@" in shown or len(shown.split()) > 2)


def introduces(line: str) -> bool:
    """Whether a line alone may introduce a quotation: a heading, or a date and a colon."""
    shown = line.strip("> \t")
    if is_heading(shown):
        return True
    return is_dated(shown) and (is_field(shown) or shown.endswith(ENDS))


def is_dated(line: str) -> bool:
    """Whether a line holds an hour, a day or a year."""
    return _DATE.search(line) is not None


def is_heading(line: str) -> bool:
    """Whether words stand between dashes."""
    return _RULED.search(line) is not None
