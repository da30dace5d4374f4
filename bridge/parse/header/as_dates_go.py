"""Dates that programs write against the rules, rewritten as in RFC 5322 3.3."""

import re
from html import unescape
from unicodedata import normalize
from urllib.parse import unquote

from bridge.parse.text.encoded_words import decode_words

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------", '"')
_QUOTED_SIGN = re.compile(r"=(2[0BCD]|3A)")
_UNSIGNED = re.compile(r"(?<=:\d{2})\s+(0\d[0-5]0)(?=\s*(?:\(|$))")
_SHORT = re.compile(r"(?<=:\d{2})\s*([+-])(\d{1,3})(?=\s*(?:\(|$))")  # +3, +03 and +300
_WITH_COLON = re.compile(r"(?<=:\d{2})\s*([+-])(\d{1,2}):(\d{2})(?::\d{2})?(?=\s*(?:\(|$))")
# MSK (UTC+3): the number says more.
_NAME_BEFORE_SHIFT = re.compile(
    r"(?<=:\d{2})\s+[^\W\d_]{2,5}\s*(?=\(\s*(?:GMT|UTC)\s?[+-]\s?\d)", re.IGNORECASE
)
_BLANK_IN_ZONE = re.compile(
    r"(:\d{2}\s*(?:GMT|UTC)?\s*[+-])\s+(?=\d{1,2}(?::?\d{2})?\s*(?:\(|$))", re.IGNORECASE
)
# Between the hour and a numeric zone, which says more: a doubled sign, a word.
_BEFORE_ZONE = re.compile(
    r"(?<=:\d{2})\s*(?:[+-](?=[+-]\d{4}$)|"
    r"\s(?![+-]\d{4}\b|\d{4}\b|[ap]\.?m)\S{1,10}\s+(?=[+-]\d{4}\s*$))",
    re.IGNORECASE,
)
_BUDDHIST = re.compile(r"(?<=\s)(25[5-9]\d|26[0-4]\d)(?=\s+\d{1,2}:)")
_YEARS_OF_BUDDHA = 543
_NO_PLACE = re.compile(r"(?<=:\d{2})\s*[+-](?:2[4-9]|[3-9]\d)\d{2}(?=\s*(?:\(|$))")
# EST5EDT is winter or summer time: ET.
_BOTH_NAMES = re.compile(r"\b([A-Z])ST-?\d{1,2}[A-Z]DT\b")
# In names of this kind in the tz database the sign is reversed: Etc/GMT-3 is +0300.
_ETC = re.compile(r"\bEtc/(?:GMT|UTC)([+-])(\d{1,2})\b")
_BY_MOSCOW = re.compile(r"\b(?:MSK|МСК)\s?([+-]\d{1,2})(?![:\d])")
_MOSCOW = 3
_BLANK_BEFORE_COMMA = re.compile(r"\s+,")
_REMARKS = re.compile(r"\([^()]{0,100}\)")
_FIGURES_AT_THE_END = re.compile(r"[+-]\d{4}\s*\Z")
_DOTS_IN_CLOCK = re.compile(r"\b(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?=\s?[ap]\.?m\b)", re.IGNORECASE)
_HALF_DAY_BEFORE = re.compile(r"(上午|午前|오전|下午|午後|오후)\s?(\d{1,2}:\d{2}(?::\d{2})?)")
# The same date repeated behind a comma.
_SECOND_DATE = re.compile(r"(?<=:\d{2} [+-]\d{4})\s*[,;].*")
_ZONE_AS_REMARK = re.compile(r"(?<=:\d{2})\s*[A-Za-z]{0,5}\s*\(\s*([+-]\d{2}:?\d{2})\s*\)\s*$")
_CLOCK_IN_WORDS = re.compile(
    r"\b(\d{1,2})\s?[hч]\s?(\d{2})(?:\s?(?:m|min|мин)\s?(\d{2})\s?[sс]?)?(?![\w:])",
    re.IGNORECASE,
)
_DAY_IN_NUMBERS = re.compile(
    r"^\s*[^\W\d_]{2,14}\.?,?\s+(?=\d{4}[-/.年]\s?\d|\d{1,2}([-/.])\d{1,2}\1\d{2,4}\b)"
)
_DAY_BEHIND = re.compile(
    r"(?<=\d)\s?\([^()\d]{1,12}\)\s*(?=\d)|"
    r"(?:(?<=[-/.]\d{2})|(?<=[-/.]\d{4}))\s+[^\W\d_]{2,12}[.,]{0,2}\s+(?=\d{1,2}:\d{2})"
)
_COMMA_BY_YEAR = re.compile(r"(?<=[^\W\d_]),(?=\s+\d{4},?\s+\d{1,2}:)|(?<=\s\d{4}),(?=\s+\d{1,2}:)")
# A numeric month, and an hour that comes first.
_ALL_IN_FIGURES = re.compile(
    r"^(?:[^\W\d_]{1,14}\.?,?\s+)?(\d{1,2}) (0?[1-9]|1[0-2]) ((?:19|20)\d{2})(?= \d{1,2}:)"
)
_HOUR_FIRST = re.compile(r"^(\d{1,2}:\d{2}(?::\d{2})?),?\s+([^:]{5,40}?\d{4})((?:\s[^:]*)?)$")
_BLANKS_IN_CLOCK = re.compile(r"\b(\d{1,2})(\s?):(\s?)(\d{1,2})(?:\s?:\s?(\d{1,2}))?(?![\d:])")
_FULL_STOP = re.compile(rf"(?<=\d)\.\s*(?={_MONTH}\b)|(?<=\b[A-Z][a-z]{{2}})\.(?=\s+\d{{4}})")
_RUN_TOGETHER = re.compile(rf"(?<!\d)(\d{{1,2}})({_MONTH})(\d{{4}})(?!\d)")
_OF_A_LOG = re.compile(rf"\b(\d{{1,2}})/({_MONTH})/(\d{{4}}):(?=\d{{1,2}}:)")
# A repeated field name, 2nd for 2, «at» before the hour, fractions of a second.
_EXTRAS = re.compile(
    r"\A\s*Date:\s*|\b(\d{1,2})(?:st|nd|rd|th)\b|"
    r"(?<![^\W\d_])(?:at|à|às|um|alle|kl\.?|klo|в|о|om|a las)\s+(?=\d{1,2}[:.]\d{2})|"
    r"(?<=:\d\d:\d\d)[.,]\d{1,9}(?=\s*[+-]|\s*$)",
    re.IGNORECASE,
)


def as_dates_go(value: str) -> str:
    """Return ``value`` without extra text around and in the date, and with its zone mended."""
    value = decode_words(value)
    if not value.isascii():
        value = normalize("NFKC", value)
    value = value.translate(_DASHES).strip("'; \t<>[]")
    if "&" in value:
        value = unescape(value)
    if "%" in value:
        value = unquote(value)
    if "=" in value:
        value = _QUOTED_SIGN.sub(lambda found: chr(int(found[1], 16)), value)
    value = _SECOND_DATE.sub("", value)
    value = _ZONE_AS_REMARK.sub(r" \1", _DAY_IN_NUMBERS.sub("", _DAY_BEHIND.sub(" ", value)))
    value = _HOUR_FIRST.sub(r"\2 \1\3", _ALL_IN_FIGURES.sub(r"\1.\2.\3", value))
    value = _BLANKS_IN_CLOCK.sub(_whole_clock, _COMMA_BY_YEAR.sub("", value))
    value = _CLOCK_IN_WORDS.sub(_clock, value)
    value = _RUN_TOGETHER.sub(r" \1 \2 \3", value)
    value = _OF_A_LOG.sub(r"\1 \2 \3 ", _FULL_STOP.sub(" ", value))
    value = _BLANK_IN_ZONE.sub(r"\1", value)
    if "(" in value:
        value = _NAME_BEFORE_SHIFT.sub(" ", value)
    value = _SHORT.sub(_of_four, _UNSIGNED.sub(r" +\1", value))
    if value.count(":") > 1:
        value = _WITH_COLON.sub(_with_colon, value)
    value = _ETC.sub(_turned_round, _DOTS_IN_CLOCK.sub(_clock, value))
    value = _BY_MOSCOW.sub(_from_moscow, value)
    if "(" in value and _FIGURES_AT_THE_END.search(value):
        value = _BLANK_BEFORE_COMMA.sub(",", _REMARKS.sub(" ", value)).strip()
    if not value.isascii():
        value = _HALF_DAY_BEFORE.sub(_half_day_behind, value)
    value = _BUDDHIST.sub(lambda found: str(int(found[1]) - _YEARS_OF_BUDDHA), value)
    value = _BEFORE_ZONE.sub(" ", value)
    value = _BOTH_NAMES.sub(r"\1T", value)
    value = _EXTRAS.sub(lambda found: found[1] or "", value)
    return _NO_PLACE.sub("", value)


def _clock(found: re.Match[str]) -> str:
    return ":".join(filter(None, found.groups()))


def _whole_clock(found: re.Match[str]) -> str:
    hour, *_, minute, second = found.groups()
    if " " not in found.group() and "\t" not in found.group():
        return found.group()
    return ":".join(f"{figure:0>2}" for figure in (hour, minute, second) if figure)


def _from_moscow(found: re.Match[str]) -> str:
    return f"{int(found[1]) + _MOSCOW:+03d}00"


def _turned_round(zone: re.Match[str]) -> str:
    return f"{'-' if zone[1] == '+' else '+'}{zone[2]:0>2}00"


def _half_day_behind(found: re.Match[str]) -> str:
    return f" {found[2]} {'AM' if found[1] in ('上午', '午前', '오전') else 'PM'}"


def _with_colon(zone: re.Match[str]) -> str:
    return f" {zone[1]}{zone[2]:0>2}{zone[3]}"


def _of_four(zone: re.Match[str]) -> str:
    sign, figures = zone.groups()
    return f" {sign}{figures:0>4}" if len(figures) == 3 else f" {sign}{figures:0>2}00"
