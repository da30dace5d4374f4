"""Central European, Turkish and Baltic text without a true label, garbled by Western readers.

These languages have letters where Western pages have others. A text is taken for one of them only
if, read as Western, it shows what no Western language writes («przesy³ka», «dìkuji», «teþekkür»),
and every letter above ASCII is one of that language's.
"""

import re
from dataclasses import dataclass

MAX_SAMPLE = 20_000

MOST_HIGH = 1.0  # Polish has one letter above ASCII to ten plain ones
_PLAIN = re.compile("[A-Za-z]")
_HIGH = re.compile("[^\x00-\x7f]")
_SIGNS = "«»—–’‘“”„…•·°§©®™€\u00a0\u00ad\u00b4"


@dataclass(frozen=True, slots=True)
class _Language:
    """A code page, its letters as cp1252 shows them, and patterns that its texts must match so."""

    page: str
    letters: frozenset[str]
    shown: tuple[re.Pattern[str], ...]


def _language(page: str, letters: str, *shown: str) -> _Language:
    both = frozenset(letters + letters.upper())
    return _Language(page, both, tuple(re.compile(one) for one in shown))


_L = "[A-Za-z\u00c0-\u00ff]"
# The upside-down question mark within a word may be any lost character: «you¿ll».
_Z_AND_OTHERS = rf"(?s:{_L}¿{_L}.*[æê³ñ¶]|[æê³ñ¶].*{_L}¿{_L})"
_LANGUAGES = (
    _language(  # Polish
        "cp1250", "¹æê³ñóœŸ¿¥£¯",
        rf"{_L}{{2}}[³Ÿ¹£¯]{_L}|{_L}[³Ÿ¹£¯]{_L}{{2}}|(?<!\w)³[a-z]{{3}}|{_Z_AND_OTHERS}",
    ),
    _language(
        "iso8859-2", "±æê³ñó¶¼¿¡£¦¬¯",
        rf"{_L}{{2}}[³¼±¶£¯]{_L}|{_L}[³¼±¶£¯]{_L}{{2}}|[a-z]{{3}}±(?!\w)|(?<!\w)[³¶][a-z]{{3}}"
        rf"|{_Z_AND_OTHERS}",
    ),
    _language(  # Czech and Slovak
        "cp1250", "áèïéìíòóøšúùýžôåâ¾¼ä", r"[ìøèùòï¾]", r"(?s)[ýšž¾]|ø.*[áí]|[áí].*[øì]"
    ),
    _language(
        "iso8859-2", "áèïéìíòóø¹»úùý¾ôåâµ¥ä©«®", r"[ìøèùòï¹¾»]",
        rf"(?s){_L}[¹¾»]{_L}|(?<!\w)[¹¾][a-z]|ý.*[ìø]|[ìø].*ý|ø.*[áí]|[áí].*[øì]",
    ),
    _language("cp1250", "áéíóöúüõû", r"[õû](?!e)", r"[áéí]", r"[öüó]"),  # Hungarian
    _language("cp1254", "çðýöþüâîû", rf"{_L}[þð]|þ[a-z]|(?s:[çüö].*ý|ý.*[çüö])", r"[çüýöÇÜÝÖ]"),
    _language("cp1257", "àáèéæëðøóûþ", rf"{_L}[þð]|[þð][aeiou]", r"[èëàûÈ]"),  # Lithuanian
    _language("cp1257", "âèçìîíïòðûþ", r"[ðþò]", r"[âîìï]", r"[èçþûâî]"),  # Latvian
    _language("cp1250", "ãâîºþª", rf"{_L}[ºþ]{_L}|[a-z]{{2}}þ|\bº[a-z]", r"[ãâîþº]"),  # Romanian
    _language("cp1250", "èæšžð", r"[èæð]", r"[šžŠŽ]"),  # Croatian, Serbian, Slovene
    _language("iso8859-2", "èæ¹¾ð©®", r"[èæð]", rf"{_L}[¹¾]{_L}|(?<!\w)[¹¾][a-z]"),
)  # fmt: skip


# What people type to try accents: letters in a run, and how many there must be. No Russian word
# consists of them.
_TRIED = {
    **dict.fromkeys(map(frozenset, ("äöå", "æøå", "éèà", "éèàç", "éèàùç", "éèêë", "ëïö")), 3),
    **dict.fromkeys(map(frozenset, ("àèìòù", "àèéìòù", "àéù", "é", "ä", "ö", "ü", "àé")), 4),
}
_RUN = re.compile("[\u00c0-\u00ff]{2,}")


# A Mac's quotes as Entourage wrote them under a Western label: ¹ for ’, ³ and ² for “ and ”.
_MACS_APOSTROPHE = re.compile(rb"[A-Za-z]\xb9(?:s|t|d|m|ll|re|ve)\b")
_RAISED_ELSEWHERE = re.compile(rb"(?<![A-Za-z])\xb9")
_MACS_OPENING = re.compile(rb"(?<!\w)\xb3(?=\w)")
_ONLY_MACS = bytes(range(128)) + b"\xb9\xb3\xb2"


def with_macs_quotes(content: bytes) -> bytes | None:
    """Return English with a Mac's quotes corrected: «that¹s»; None if it has none."""
    if b"\xb9" not in content or content.translate(None, _ONLY_MACS):
        return None
    if not _MACS_APOSTROPHE.search(content) or _RAISED_ELSEWHERE.search(content):
        return None
    content = content.replace(b"\xb9", b"\x92")
    quoted, opened = _MACS_OPENING.subn(b"\x93", content)
    return quoted.replace(b"\xb2", b"\x94") if opened else content


def shows_accents(text: str) -> bool:
    """Tell whether all runs of letters above ASCII try out accents: «Test åäö», «ÆØÅ», «éèà»."""
    runs = _RUN.findall(text[:MAX_SAMPLE])
    return bool(runs) and all(
        len(run) >= _TRIED.get(frozenset(run.lower()), len(run) + 1) for run in runs
    )


def central_page(content: bytes) -> str | None:
    """Return the code page in which ``content`` (not UTF-8) is in such a language, or None."""
    shown = content[:MAX_SAMPLE].decode("cp1252", "replace")
    high = [sign for sign in _HIGH.findall(shown) if sign not in _SIGNS]
    letters = set(high)
    if not letters or len(high) > MOST_HIGH * len(_PLAIN.findall(shown)):
        return None
    for language in _LANGUAGES:
        if letters <= language.letters and all(one.search(shown) for one in language.shown):
            return language.page
    return None
