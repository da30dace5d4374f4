"""Content-Type and Content-Disposition: the value and its parameters (RFC 2045 5.1, RFC 2231).

The field is split as bytes, and a value becomes text only when it is complete: raw bytes and
sections may be cut inside a character, and a short raw name can be read only beside others or in
the charset that the letter names.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote, unquote_to_bytes

from bridge.parse.text.charset import read_text
from bridge.parse.text.charset_labels import codec_of
from bridge.parse.text.encoded_words import decode_words
from bridge.parse.text.quoted_strings import split_unquoted, unescaped

MAX_PARAMETERS = 100
MAX_USUAL = 100

_SECTION = re.compile(r"([^*\s]{1,100})\s?(?:\*{1,3}(\d{1,3}))?(\*{1,3})?")
# A gateway that takes stars for wildcards writes low lines.
_MASKED = re.compile(r"^((?:file)?name)_(\d{1,2})_$", re.IGNORECASE)
_LABELLED = re.compile(r"[A-Za-z0-9._-]{0,40}'[A-Za-z0-9-]{0,20}'")
_HALF_LABELLED = re.compile(r"([A-Za-z][A-Za-z0-9._-]{2,40}|)'(?=([^']*)%[0-9A-Fa-f]{2}[^']*\Z)")
_CHARSET_AHEAD = re.compile(
    r"([A-Za-z][A-Za-z0-9._-]{2,40})'[A-Za-z0-9-]{0,20}'(?=[^' ]*%[0-9A-Fa-f]{2})"
)
# ``utf-8"Name.pdf"`` and ``UTF-8''"Name.pdf"``, where the quotes are not part of the name.
_LABEL_IN_QUOTES = re.compile(r"([A-Za-z][A-Za-z0-9._-]{2,40})\"([^\"]*)\"?\Z")
_GLUED = re.compile(r"(?:^|[\s,]+)[A-Za-z][A-Za-z0-9-]{0,40}(?:\*\d{0,3}){0,2}\s*=")
_COLON = re.compile(r"(?:file)?name\*?\s*:", re.IGNORECASE)
# Misspelt names of the parameter, and what stands in place of ``=`` behind it.
_SPELT_SO = re.compile(r"\*?file[-_ ]?name(?:\[(\d{1,2})\])?(?=[\s*=])|\*name(?==)", re.IGNORECASE)
_NO_EQUALS = re.compile(r"((?:file)?name\*)(?=[A-Za-z][A-Za-z0-9._-]{2,20}'[^=]*\Z)", re.IGNORECASE)
_TWO_EQUALS = re.compile(r"((?:file)?name[*\d]{0,6})\s?==(?!\?)", re.IGNORECASE)
# Quotes between the encoded words of one name, and between its parts.
_BETWEEN_WORDS = re.compile(r"(?<=\?=)(?:[\"']\s*,?\s*[\"']?|\s*,?\s*[\"'])(?==\?)")
_BETWEEN_PARTS = re.compile(r"\"\s+\"")
_UNENDED_NAME = re.compile(r"(?:file)?name\s*=\s*[^\"'\s.][^\".]*", re.IGNORECASE)
_ENDS_A_NAME = re.compile(r"\S\.\w{1,5}\Z")
_HIGH_PERCENT = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_BLANKS = re.compile(r"(?:[^%]|%20)+")
_SIGNS = re.compile(r"(?:[^%]|%(?:2[013-9BC]|3[BD]|40|5[BD]))+", re.IGNORECASE)
_SHIFTS = b"\x1b$"
_LOST = "\ufffd"

# Misspellings of the two text types (``application/html`` is sometimes a file's).
_MEANT = {
    **dict.fromkeys(("text/htm", "text/x-html", "html/text", "html/html"), "text/html"),
    "application/xhtml+xml": "text/html",
    **dict.fromkeys(("plain/text", "text/txt", "text/text", "text/utf-8"), "text/plain"),
}
_TYPE = re.compile(r"[!#$&+\-.^_0-9A-Za-z]+/[!#$&+\-.^_0-9A-Za-z*]+")

# section number (-1: all in one) and whether it is extended: its text
_Sections = dict[tuple[int, bool], str]


def read_parameters(value: bytes, hint: str = "") -> tuple[str, dict[str, str]]:
    """Return the value in lower case and the decoded parameters by lower-case name.

    ``hint`` is the charset of raw bytes that are not UTF-8, if the letter names one.
    """
    if not value:
        return "", {}
    head, parameters = (_usual if len(value) <= MAX_USUAL else _read)(value, hint)
    return head, {**parameters}


@lru_cache(maxsize=256)  # most parts have one of a few types in a few spellings
def _usual(value: bytes, hint: str) -> tuple[str, Mapping[str, str]]:
    return _read(value, hint)


def _read(value: bytes, hint: str) -> tuple[str, Mapping[str, str]]:
    if _SHIFTS in value:  # ISO-2022-JP, whose characters may contain quotes and semicolons
        value = read_text(value, hint).encode("utf-8", "replace")
    if value.lstrip().startswith(b"=?"):  # the whole field as an encoded word
        value = decode_words(read_text(value, hint)).encode("utf-8", "replace")
    head, *pieces = split_unquoted(value.decode("latin-1"), ";") or [""]
    if glued := _GLUED.search(head):  # the semicolon behind the value is missing, or the value
        head, pieces = head[: glued.start()], [head[glued.start() :].lstrip(" ,\t\r\n"), *pieces]
    named: dict[str, _Sections] = {}
    for piece in _whole(pieces[:MAX_PARAMETERS]):
        name, equals, text = piece.partition("=")
        section = _SECTION.fullmatch(_MASKED.sub(r"\1*\2*", name.strip()))
        if equals and section:
            number = int(section.group(2)) if section.group(2) else -1
            sections = named.setdefault(section.group(1).lower(), {})
            sections.setdefault((number, bool(section.group(3))), _bare(text.strip()))
    head = _text(head, hint).strip("\"' ").lower()
    return head, {name: _chosen(sections, hint) for name, sections in named.items()}


def read_type(value: bytes, default: str) -> tuple[str, dict[str, str]]:
    """Return a Content-Type, with misspellings mended, and its parameters."""
    content_type, parameters = read_parameters(value)
    if not _TYPE.fullmatch(content_type):
        content_type = _mended_type(content_type, default)
    return _MEANT.get(content_type, content_type), parameters


def _mended_type(content_type: str, default: str) -> str:
    found = _TYPE.search(content_type)
    if found:
        return found.group()
    main = re.split(r"[^a-z]", content_type, maxsplit=1)[0]
    return {
        "text": "text/plain",
        "html": "text/html",
        **dict.fromkeys(("application", "image", "audio", "video"), "application/octet-stream"),
    }.get(main, default)


def _whole(pieces: list[str]) -> list[str]:
    """Mend what names a file: ``filename: a.pdf``, and a semicolon in an unquoted name."""
    whole: list[str] = []
    for piece in map(_spelt_right, pieces):
        if "=" in piece:
            whole.append(piece)
        elif _COLON.match(piece):
            whole.append(piece.replace(":", "=", 1))
        elif whole and _ENDS_A_NAME.search(piece) and _UNENDED_NAME.fullmatch(whole[-1]):
            whole[-1] += f";{piece}"
    return whole


def _spelt_right(piece: str) -> str:
    """Write a parameter's name and ``=`` as RFC 2183 and 2231 have them."""
    if not piece[:5].lower().startswith(("file", "name*", "*")):
        return piece
    piece = _SPELT_SO.sub(_usual_name, piece, count=1)
    return _TWO_EQUALS.sub(r"\1=", _NO_EQUALS.sub(r"\1=", piece, count=1), count=1)


def _usual_name(found: re.Match[str]) -> str:
    return f"filename*{found[1]}" if found[1] else "filename"


def _bare(text: str) -> str:
    if "?=" in text and "=?" in text:
        text = _BETWEEN_WORDS.sub(" ", text)
    if text.count('"') > 2:
        text = _BETWEEN_PARTS.sub(" ", text)
    if text.startswith('"'):
        inside, _, rest = text[1:].partition('"')
        whole = inside + rest if rest.startswith(".") else inside  # ``"a".pdf``
        return unescaped(whole if text.count('"') == 2 else text.strip('"'))
    if text.count('"') == 1:  # its other half is lost
        return text.rstrip('"')
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def _text(raw: str, hint: str) -> str:
    return read_text(raw.encode("latin-1"), hint)


def _chosen(sections: _Sections, hint: str) -> str:
    """Return the best form of a parameter given in several (RFC 2231 3, RFC 6266 4.3).

    The extended form comes first in any order, then the sections, then the plain one. An unreadable
    form is skipped.
    """
    forms = []
    if (-1, True) in sections:
        forms.append(_joined([(True, sections[-1, True])], hint))
    if any(number >= 0 for number, _ in sections):
        forms.append(_joined(_in_order(sections), hint))
    if (-1, False) in sections:
        forms.append(_plain(sections[-1, False], hint))
    return next((form for form in forms if form.strip() and _LOST not in form), forms[0])


def _in_order(sections: _Sections) -> list[tuple[bool, str]]:
    """Return the numbered sections; of two with one number the extended one counts."""
    numbers = sorted({number for number, _ in sections if number >= 0})
    return [
        (extended, sections[number, extended])
        for number in numbers
        for extended in [(number, True) in sections]
    ]


def _joined(pieces: list[tuple[bool, str]], hint: str) -> str:
    """Join sections; senders cut anywhere, also inside a character and inside ``%D0``."""
    label = ""
    any_extended = any(extended for extended, _ in pieces)
    first_extended, first = pieces[0]
    quoted = _LABEL_IN_QUOTES.match(first) if first_extended else None
    if quoted and codec_of(quoted[1]):
        label, first = quoted.groups()
        pieces = [(True, first), *pieces[1:]]
    elif first_extended and _LABELLED.match(first):
        label, _, first = first.split("'", 2)
        pieces = [(True, first.strip('"') if len(pieces) == 1 else first), *pieces[1:]]
    elif (
        first_extended
        and (half := _HALF_LABELLED.match(first))
        and (not half[2] or not half[1] or codec_of(half[1]))
    ):
        label, _, first = first.partition("'")
        pieces = [(True, first), *pieces[1:]]
    content, waiting = bytearray(), ""
    for extended, text in pieces:
        # A forgotten star is more likely than a literal percent sign.
        if extended or (any_extended and _HIGH_PERCENT.search(text)):
            # Some name the charset in each section.
            waiting += _LABELLED.sub("", text, count=1) if label and _says(text, label) else text
        else:
            content += unquote_to_bytes(waiting.encode("latin-1")) + text.encode("latin-1")
            waiting = ""
    content += unquote_to_bytes(waiting.encode("latin-1"))
    return decode_words(read_text(bytes(content), label or hint))


def _says(text: str, label: str) -> bool:
    return text[: len(label) + 1].casefold() == f"{label}'".casefold()


def _plain(raw: str, hint: str) -> str:
    """Read a plain parameter: encoded words are not allowed there, but frequent (RFC 2231 8)."""
    text = decode_words(decode_words(_text(raw, hint)))  # some encode an encoded name
    if "%" not in text:
        return text
    if not text.isascii():  # «Счёт%20за%20март.pdf»: a browser that left the letters unencoded
        return text.replace("%20", " ") if " " not in text and _BLANKS.fullmatch(text) else text
    return _percent_decoded(text) or text


def _percent_decoded(text: str) -> str | None:
    """Read a name percent-encoded as a whole, without its star and maybe without charset.

    Such a name has no blank, and its bytes are characters of another script, or only blanks.
    """
    if text[:6].upper() == "%3D%3F":  # an encoded word
        return decode_words(unquote(text))
    ahead = _CHARSET_AHEAD.match(text)
    encoded = text[ahead.end() :] if ahead else text
    if " " in encoded:
        return None
    if ahead and codec_of(ahead[1]):
        return read_text(unquote_to_bytes(encoded), ahead[1])
    if not _HIGH_PERCENT.search(encoded):
        is_name = not ahead and "%20" in encoded and _SIGNS.fullmatch(encoded)
        return unquote(encoded) if is_name else None
    content = unquote_to_bytes(encoded)
    if ahead:
        return read_text(content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
