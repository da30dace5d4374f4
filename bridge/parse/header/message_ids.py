"""Message-ID, In-Reply-To and References as senders write them (RFC 5322 3.6.4)."""

import re
from collections.abc import Iterator, Set
from html import unescape
from urllib.parse import unquote

from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.storable import clean_text
from contract.bounds import MAX_IDS, MAX_MESSAGE_ID

MAX_PROSE = 8 * 1024

_BRACKETED = re.compile(rf"<([^<>]{{1,{MAX_MESSAGE_ID}}})>")
_ESCAPED = re.compile(r"<%3C([^<>\s]{1,900}?)%3E>")
_SCHEME = re.compile(r"\A(?:mailto|mid|cid|message-?id|msg-?id|news|urn):", re.IGNORECASE)
_UNCLOSED = re.compile(r"<([^<>\s]{1,900}@[^<>\s]{1,900})\s+(?=<)")
# A comment behind an id may name a person (RFC 5322 3.6.4 allows comments there).
_REMARK = re.compile(r"(?<=>)\s*\([^()]{0,300}\)")
_BARE = re.compile(rf"[^\s<>,;\"]{{1,{MAX_MESSAGE_ID}}}")
_PROSE = re.compile(r"<[^<>]*>|[^\s<>]+")
# Between a name and its address, or a word for a letter and its id: 300 are enough.
_BEFORE = 300
_LETTER = r"message|mail|letter|note|article|post|reply|письм|сообщени|nachricht"
_DAY = r"\b(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс)"
_NAME = rf"(?:(?!{_LETTER}|{_DAY})[^<>\d:])*"
_PERSON_BEFORE = re.compile(
    r"\b(?:from|by|von|de)\b(?:(?!\b(?:of|on|at|vom|от)\b)[^<>])*$"  # from Ivan <…>
    rf"|\b(?:of|от)\s{_NAME}$",  # of Ivan <…>, but not of 2 March <…>
    re.IGNORECASE,
)
_PERSON_AFTER = re.compile(r"\s*(?:['’]s\b|wrote\b|writes\b|пи(?:шет|сала?)\b)", re.IGNORECASE)
_NAME_ADDRESS = re.compile(
    rf"(?!.*(?:{_LETTER}))\s*(?:\"[^\"<>]*\"|[^\W\d]+(?:\s+[^\W\d]+)+)\s*<[^<>]*>\s*",
    re.IGNORECASE,
)


def own_id(value: str) -> str | None:
    """Return the letter's Message-ID without brackets, None if it has none."""
    text = _written_out(value).strip()
    # The inside of <1."A"<a@b>> is a person's address, which letters of others may share.
    nested = text.startswith("<") and text.endswith(">>")
    if not nested and (found := _BRACKETED.search(text)):
        text = found.group(1)
    squeezed = re.sub(r"\s+|[<>]", "", text)[:MAX_MESSAGE_ID]
    return squeezed or None


def references(value: str, own: str | None) -> tuple[str, ...]:
    """Return the ids of a References field, oldest first, at most ``MAX_IDS``."""
    return _bounded(_ids(_written_out(value)), own)


def in_reply_to(value: str, own: str | None, people: Set[str] = frozenset()) -> tuple[str, ...]:
    """Return the ids of an In-Reply-To field; ``people`` are the letter's addresses, casefolded.

    From prose only the last id in brackets is taken: ``Message from A <a@b> of Monday <id>`` names
    a person first (RFC 822 4.6.2 allowed phrases). Somebody's address without brackets, or in
    prose, is no id.
    """
    value = _written_out(value)[:MAX_PROSE]
    if _is_prose(value):
        named = [] if _NAME_ADDRESS.fullmatch(value) else list(_ids_in_prose(value))
        return _bounded([text for text in named if text.casefold() not in people][-1:], own)
    found = _ids(value)
    if "<" not in value:
        found = [text for text in found if text.casefold() not in people]
    return _bounded(found, own)


def _ids_in_prose(value: str) -> Iterator[str]:
    """Yield the texts in brackets that are not said to be people."""
    for found in _BRACKETED.finditer(value):
        before = max(value.rfind(">", 0, found.start()) + 1, found.start() - _BEFORE)
        said = _PERSON_BEFORE.search(value, before, found.start())
        text = _squeezed(found.group(1))
        if text and not said and not _PERSON_AFTER.match(value, found.end()):
            yield text


def _is_prose(value: str) -> bool:
    words = [word for word in _PROSE.findall(value) if not word.startswith("<")]
    return any("@" not in word and word.strip(",;") for word in words)


def _written_out(value: str) -> str:
    """Undo what programs did to a whole field: encoded words, ``&lt;``, ``%3C`` for the bracket.

    The result may contain control characters, which no header line could have.
    """
    written = decode_words(value) if "=?" in value else value
    if "&lt;" in written:
        written = unescape(written)
    if "%3C" in written:
        written = unquote(written) if "<" not in written else _ESCAPED.sub(_unquoted, written)
    if "\\<" in written or "\\>" in written:
        written = written.replace("\\<", "<").replace("\\>", ">")
    if "«" in written and "<" not in written:
        written = written.replace("«", "<").replace("»", ">")
    if written.count("<") > written.count(">"):
        written = _UNCLOSED.sub(r"<\1> ", written)
    if "(" in written:
        written = _REMARK.sub("", written)
    return value if written == value else clean_text(written)


def _unquoted(found: re.Match[str]) -> str:
    return f"<{unquote(found[1])}>"


def _ids(value: str) -> list[str]:
    found = _BRACKETED.findall(value) or _BARE.findall(value)
    return [text for one in found for text in map(_squeezed, _apart(one)) if text]


def _apart(text: str) -> list[str]:
    """Split several ids in one pair of brackets; otherwise blanks inside are folding."""
    words = text.split()
    return words if all("@" in word.strip("@") for word in words) else [text]


def _squeezed(text: str) -> str:
    """Remove folding inside an id; an id without ``@`` never joins letters."""
    squeezed = _SCHEME.sub("", "".join(text.split()))
    if squeezed[:1] + squeezed[-1:] in ("[]", "''", '""'):
        squeezed = squeezed[1:-1]
    return squeezed if "@" in squeezed else ""


def _bounded(ids: list[str], own: str | None) -> tuple[str, ...]:
    unique = [one for one in dict.fromkeys(ids) if one != own]
    if len(unique) > MAX_IDS:
        unique = unique[:1] + unique[-(MAX_IDS - 1) :]
    return tuple(unique)
