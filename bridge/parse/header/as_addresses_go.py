"""Address fields that programs and people write against the rules, rewritten as in RFC 5322 3.4."""

import re
from functools import lru_cache
from html import unescape

from bridge.parse.text.encoded_words import decode_words, encode_word
from bridge.parse.text.quoted_strings import split_unquoted

MAX_LABELS = 4
MAX_SHORT = 500

_SPEC = r"[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,5}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
_ORDINARY = re.compile(
    rf"(?:[A-Za-z]\w{{0,30}}\.?(?: [A-Za-z]\w{{0,30}}\.?){{0,4}} )?<{_SPEC}>|{_SPEC}", re.ASCII
)
# Decoration around an address, or substitutes for its characters.
_SCHEME = re.compile(
    r"[\[<(]\s{0,3}(?:mailto|smtp):\s{0,3}([^\s<>\[\]()]{1,320})[\])>]|\b(?:mailto|smtp):(?=\S)",
    re.I,
)
_SPOKEN = re.compile(
    r"(?<=[\w.+-])\s{0,3}(?:[(\[](?:at|собака)[)\]]|\sat\s)\s{0,3}(?=[\w-]{1,63}\.\w)", re.I
)
# A field's name inside the field, when a program joined several fields.
_LABEL = re.compile(r"(?<=,)\s{0,5}(?:to|cc|bcc):\s{0,3}(?=[^,;:]{0,200}@)", re.IGNORECASE)
_NAME_TWICE = re.compile(r"^\s*From:\s*(?=.*@)", re.IGNORECASE)
# A comma meant as the dot of a domain: in brackets, or as the whole field.
_COMMA_FOR_DOT = re.compile(
    r"(<[^<>@\s,]{1,64}@[\w.-]{1,63}),(?=[\w,.-]{2,60}>)|"
    r"(\A\s{0,5}[^<>@\s,;:\"]{1,64}@[\w.-]{1,63}),(?=[A-Za-z]{2,10}\s{0,5}\Z)"
)
# A full stop between a name and its address, when there is only one.
_STOP_BEFORE = re.compile(
    r"\A(\s{0,5}[^@<>,;:\"\s][^@<>,;:\"]{0,60})[,;:]\s{0,3}(?=<[^<>@\s]{1,64}@[^<>]*>\s*\Z)"
)
_ONE_WITH_COMMAS = re.compile(
    r"\A\s*((?!\[)[^<>@:;]{1,300}[^<>@:;,\s])\s*(<[^<>@\s,]{1,64}@[^<>]{1,253}>)\s*\Z"
)
# Brackets inside a name belong to it: «+7 (999) 123-45-67».
_BRACKETS_IN_NAME = re.compile(
    r"\A\s*([^<>@,;:\"()=]{1,100}\([^<>@,;:\"()=]{1,100}\)[^<>@,;:\"()=]{0,100}[^\s<>@,;:\"()=])\s*"
    r"(<[^<>@\s]{1,64}@[^<>]{1,253}>)\s*\Z"
)
_REMARK = re.compile(r"\s*\([^()]{0,100}\)\s*\Z")
_OF_PAGES = re.compile(r"&(?:lt|gt|quot|amp|apos|nbsp|#\d{1,6});")
# Lookalikes of an address's characters from other alphabets; dots only in domains.
_LOOK_ALIKES = str.maketrans("＠﹫‹›＜＞〈〉⟨⟩〈〉≪≫﹤﹥", "@@<><><><><><><>")
_WIDE_DOT = re.compile(r"(?<=[\w])[．。｡](?=[\w])")
_IN_OTHER_BRACKETS = re.compile(r"[«{\[]\s{0,3}([^\s«»{}\[\]<>@]{1,64}@[\w.-]{1,253})\s{0,3}[»}\]]")
# Invisible characters inside an address: joiners, marks, soft hyphens.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_IN_PERCENT = re.compile(r"%3C([^<>%\s]{1,64}(?:@|%40)[\w.-]{1,253})%3E", re.IGNORECASE)
_PERCENT_AT = re.compile(r"(<[^<>@%\s]{1,64})%40(?=[\w.-]{1,253}>)")
_SPOKEN_DOT = re.compile(r"(?<=\w)(?:\s?[(\[](?:dot|точка)[)\]]\s?|\s(?:dot|точка)\s)(?=\w)", re.I)
_ASKED = re.compile(r"(<[^<>@\s?]{1,64}@[\w.-]{1,253})\?(?!=)[^<>]{0,300}(?=>)")
_WRONG_END = re.compile(r"(<[^<>@\s\[\]]{1,64}@[\w.-]{1,253})[\])}»]\s{0,5}\Z")
# The full stop of a sentence behind a domain: ``a@example.org.``
_STOP_BEHIND = re.compile(r"(@[\w.-]{1,253}\w)\.(?=\s{0,5}(?:[,;>]|\Z))")
_TWO_DOTS = re.compile(r"(@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5})\.{2,5}(?=\w)")
# Other separators of two addresses: another alphabet's comma, «и», a slash.
_WIDE_COMMA = re.compile(r"(?<=[\w>])\s{0,3}[，；、]\s{0,3}(?=[^，；、@]{0,100}@)")
_BETWEEN_TWO = re.compile(
    r"(?<=\w)(?:\s{1,3}(?:and|und|et|y|и)\s{1,3}|\s{0,3}[/|]\s{0,3})(?=[\w.+-]{1,64}@)"
)
# ``<Jane <a@b>`` and ``<a@b, Jane <c@d>``: a bracket opened twice, or never closed.
_OPENED_TWICE = re.compile(r"<(?=[^<>@]{1,100}<)")
_UNCLOSED = re.compile(
    r"<([^<>@\s,]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})(?=,\s+[^<>@]{0,100}<)"
)
# ``a@b>, c@d``: a bracket never opened.
_UNOPENED = re.compile(r"(\A|[,;])(\s{0,5}[^\s<>@,;\"]{1,64}@[\w.-]{1,253})>(?=\s{0,5}(?:[,;]|\Z))")
# ``Jane <<a@b>>``, and ``<a@b> Jane``: doubled brackets, the name behind.
_TWICE = re.compile(r"<{2,5}\s{0,3}([^<>@\s]{1,64}@[^<>@\s]{1,253})\s{0,3}>{2,5}")
# ``<Jane Roe> <a@b>``: a name in its own brackets.
_NAME_IN_BRACKETS = re.compile(r"(\A|[,;])\s{0,5}<([^<>@,;\"]{1,100})>\s{0,3}(?=<[^<>@\s]{1,64}@)")
_NAME_BEHIND = re.compile(
    r"(\A|[,;])\s{0,5}(<[^<>@\s]{1,64}@[^<>@\s]{1,253}>)\s{1,5}"
    r"((?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,500}\?=\s{0,5}){1,20}|[^\s<>@,;:()\"=][^<>@,;:()\"=]{0,100})"
    r"(?=[,;]|\Z)"
)
_REMARK_BEHIND = re.compile(
    r"(\A|[,;])\s{0,5}(<[^<>@\s]{1,64}@[^<>@\s]{1,253}>)\s{1,5}\(([^()<>@,;:\"=]{1,100})\)(?=\s*(?:[,;]|\Z))"
)
# Name and address of one of several people in encoded words: RFC 2047 5 (3) allows only the name.
_ALL_IN_WORDS = re.compile(
    r"(\A|[,;])\s{0,5}((?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,500}\?=\s{0,5}){1,20})(?=[,;]|\Z)"
)
_PERSON = re.compile(r'\s*"?([^"<>]{0,300}?)"?\s*(<[^<>@\s,]{1,64}@[^<>@\s,]{1,253}>)\s*')
# A folded domain: it can contain no blank.
_FOLDED_DOMAIN = re.compile(
    r"<([^<>@\s\"]{1,64}@[\w.-]{1,253})\s{1,5}([\w-]{1,63}(?:\.[\w-]{1,63}){0,5})>"
)
_REMARK_INSIDE = re.compile(r"(?<=\w)\([^()@]{0,60}\)(?=@)")
_OF_PAGE = re.compile(
    r"<a\s[^<>]{0,200}?mailto:([^\s\"'<>?]{1,320})[^<>]{0,200}>([^<>]{0,200})</a\s*>", re.IGNORECASE
)
# An entry in a program's list: ``['a@b']``.
_LISTED = re.compile(r"\A\s*[\[(]\s*(['\"])([^\s'\"<>]{1,320}@[^\s'\"<>]{1,253})\1\s*[\])]\s*\Z")
_WORD_WITH_QUOTE = re.compile(r'=\?[^?\s]{1,60}\?[qQ]\?[^?"]{0,500}"[^?]{0,500}\?=')
_IN_QUOTES = re.compile(r'\s*"(.{1,500})"(\s*<[^<>]{1,500}>\s*)')
_QUOTES_INSIDE = re.compile(r'[^"]*(?:(?:(?<=[\s(«,])|\A)"[^"]+"(?=[\s)»,.]|\Z)[^"]*)+')


def is_ordinary(value: str) -> bool:
    """Tell whether a field is one person in plain letters, as most are: nothing to mend."""
    return _ORDINARY.fullmatch(value) is not None


def as_addresses_go(value: str) -> str:
    """Remove what hides an address from the reader: ``&lt;``, ``mailto:``, «(at)»."""
    if is_ordinary(value):
        return value
    return _short(value) if len(value) <= MAX_SHORT else _long(value)


@lru_cache(maxsize=128)  # a field is mended for mail-parser, then for what that leaves out
def _short(value: str) -> str:
    return _plain(value)


@lru_cache(maxsize=2)
def _long(value: str) -> str:
    return _plain(value)


def _plain(value: str) -> str:
    value = _beside_brackets(_as_written(value))
    value = _at_stops(_within_brackets(value))
    return value if "@" in value else _spoken(value)


def _as_written(value: str) -> str:
    """Undo a program's writing of an address: HTML, quotes, other alphabets, encoded words."""
    if "&" in value and _OF_PAGES.search(value):
        value = unescape(value)
    if "<a" in value or "<A" in value:
        value = _OF_PAGE.sub(r"\2 <\1>", value)
    if value[:1] in "[(":
        value = _LISTED.sub(r"\2", value)
    if '"' in value:
        value = _with_quotes(value)
    if not value.isascii():
        value = _in_usual_signs(value)
    if "=?" in value and _ALL_IN_WORDS.search(value):
        value = _ALL_IN_WORDS.sub(_out_of_words, value)
    return value


def _beside_brackets(value: str) -> str:
    """Remove what stands beside or before an address: ``mailto:``, ``?subject=``, ``To:``."""
    if ">" in value and value.count(">") > value.count("<"):
        value = _UNOPENED.sub(r"\1\2", value)
    if "%" in value:
        value = _PERCENT_AT.sub(r"\1@", _IN_PERCENT.sub(_without_percent, value))
    if ":" in value:
        value = _SCHEME.sub(lambda found: f"<{found[1]}>" if found[1] else "", value)
        value = _LABEL.sub(" ", _NAME_TWICE.sub("", value))
    if "?" in value and "@" in value:
        value = _ASKED.sub(r"\1", value)
    if ("[" in value or "{" in value) and "<" not in value:
        value = _IN_OTHER_BRACKETS.sub(r"<\1>", value)
    return value


def _within_brackets(value: str) -> str:
    """Put brackets in order: one pair, behind the name, around the address."""
    if "<<" in value:
        value = _TWICE.sub(r"<\1>", value)
    if "> " in value:
        value = _NAME_IN_BRACKETS.sub(r"\1 \2 ", value)
        value = _NAME_BEHIND.sub(r"\1 \3 \2", value)
    if "> (" in value:
        value = _REMARK_BEHIND.sub(r"\1 \3 \2", value)
    if "<" in value:
        value = _FOLDED_DOMAIN.sub(r"<\1\2>", value)
    if value.count("<") > 1:
        value = _UNCLOSED.sub(r"<\1>", _OPENED_TWICE.sub("", value))
    return value


def _at_stops(value: str) -> str:
    """Put commas, dots and comment brackets in order, in names and behind addresses."""
    if "," in value:
        for _ in range(MAX_LABELS):
            value, commas = _COMMA_FOR_DOT.subn(_with_dots, value)
            if not commas:
                break
    if "," in value and value.count("@") == 1:
        value = _ONE_WITH_COMMAS.sub(_name_in_quotes, value)
    if _STOP_BEFORE.search(value) and not value.rstrip().endswith(";"):
        value = _STOP_BEFORE.sub(r"\1 ", value)
    if "(" in value:
        value = _REMARK_INSIDE.sub("", _BRACKETS_IN_NAME.sub(r'"\1" \2', value))
    if value.count("@") > 1 and "<" not in value:
        value = _BETWEEN_TWO.sub(", ", value)
    if "@@" in value:
        value = re.sub(r"@{2,}", "@", value)
    if ".." in value:
        value = _TWO_DOTS.sub(r"\1.", value)
    if _STOP_BEHIND.search(value):
        value = _STOP_BEHIND.sub(r"\1", value)
    if value.endswith(("]", ")", "}", "»")) and "<" in value and ">" not in value:
        value = _WRONG_END.sub(r"\1>", value)
    return value


def _spoken(value: str) -> str:
    """Replace words by characters in «ivan (at) example (dot) ru»."""
    spoken = _SPOKEN.sub("@", value)
    if spoken == value:
        spoken = _SPOKEN.sub("@", _SPOKEN_DOT.sub(".", value))
    return _SPOKEN_DOT.sub(".", spoken) if "@" in spoken else value


def _in_usual_signs(value: str) -> str:
    """Replace an address's lookalike characters from other alphabets."""
    value = _WIDE_COMMA.sub(", ", value.translate(_LOOK_ALIKES))
    if "<" not in value:
        value = _IN_OTHER_BRACKETS.sub(r"<\1>", value)
    if _WIDE_DOT.search(value):
        value = re.sub(r"@[^\s<>,;]{1,253}", lambda found: _WIDE_DOT.sub(".", found.group()), value)
    if _UNSEEN.search(value):
        value = re.sub(r"[^\s<>,;\"]{1,64}@[^\s<>,;\"]{1,253}", _without_unseen, value)
    return value


def _name_in_quotes(found: re.Match[str]) -> str:
    """Quote a name with a comma before the only address: it is one person's."""
    name = _REMARK.sub("", found[1])
    if len(split_unquoted(name, ",")) < 2:
        return found.group()
    plain = name.replace("\\", "").replace('"', '\\"')
    return f'"{plain}" {found[2]}'


def _out_of_words(found: re.Match[str]) -> str:
    person = _PERSON.fullmatch(decode_words(found[2]))
    if person is None:
        return found.group()
    name = person[1].replace("\\", "")
    return f'{found[1]} "{name}" {person[2]}' if name else f"{found[1]} {person[2]}"


def _without_unseen(found: re.Match[str]) -> str:
    return _UNSEEN.sub("", found.group())


def _without_percent(found: re.Match[str]) -> str:
    return f"<{found[1].replace('%40', '@')}>"


def _with_dots(found: re.Match[str]) -> str:
    return f"{found[1] or found[2]}."


def _with_quotes(value: str) -> str:
    """Mend quotes: around a list, nested, in an encoded word, or each escaped."""
    bare = value.strip()
    if bare[0] == '"' and bare.count('"') == 1 and "<" in bare:  # which is never closed
        return bare[1:]
    if bare.count("@") > 1 and bare[0] == bare[-1] == '"' and bare.count('"') == 2:
        return bare[1:-1]
    value = _WORD_WITH_QUOTE.sub(lambda found: encode_word(decode_words(found.group())), value)
    outer = _IN_QUOTES.fullmatch(value)
    if outer and _QUOTES_INSIDE.fullmatch(outer[1]):
        inside = outer[1].replace('"', '\\"')
        return f'"{inside}"{outer[2]}'
    if '\\"' in value and value.count('"') == value.count('\\"'):
        return re.sub(r"\A([^<>]{1,500}?)\s*(?=<)", r'"\1" ', value)
    return value
