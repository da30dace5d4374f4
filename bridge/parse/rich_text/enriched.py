"""Older rich text as plain text: ``text/enriched`` (RFC 1896), ``text/richtext`` (RFC 1341)."""

import re

_COMMAND = re.compile(r"<(/?)([A-Za-z0-9-]{1,60})>")
_HIDDEN = re.compile(r"<(param|comment)>.{0,500}?</\1>", re.IGNORECASE | re.DOTALL)
_LINE_ENDS = re.compile(r"\n+")
_MEANS = {"nl": "\n", "lt": "<", "np": "\n\n"}


def read_enriched(text: str) -> str:
    """Return what ``text/enriched`` says: single line ends are blanks, ``<<`` is ``<``."""
    text = _HIDDEN.sub("", text.replace("\r\n", "\n"))
    text = _LINE_ENDS.sub(lambda found: "\n" * (len(found.group()) - 1) or " ", text)
    pieces = [_COMMAND.sub("", piece) for piece in text.split("<<")]
    return "<".join(pieces).strip()


def read_richtext(text: str) -> str:
    """Return what ``text/richtext`` says (7.1.3): line ends are blanks, lines end with ``<nl>``."""
    text = _HIDDEN.sub("", text.replace("\r\n", "\n")).replace("\n", " ")
    return _COMMAND.sub(_meaning, text).strip()


def _meaning(command: re.Match[str]) -> str:
    closes, name = command.group(1), command.group(2).lower()
    if name == "paragraph" and closes:
        return "\n\n"
    return "" if closes else _MEANS.get(name, "")
