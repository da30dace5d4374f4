"""A calendar invitation, or an answer to one, in words (RFC 5545, RFC 5546)."""

import re
from binascii import a2b_qp
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridge.parse.text.charset import read_text
from bridge.parse.text.storable import clean_line

MAX_LINES = 5000
MAX_EVENTS = 10
MAX_ATTENDEES = 50
MAX_DESCRIPTION = 4000

_PROPERTY = re.compile(r'([A-Za-z-]+)((?:;[^:;="]+=(?:"[^"]*"|[^:;"]*))*):(.*)', re.DOTALL)
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?")
_DURATION = re.compile(
    r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?"
)
_RULE = re.compile(r"(?:^|;)(FREQ|INTERVAL|COUNT|UNTIL)=([^;]*)")
_EVERY = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_ESCAPE = re.compile(r"\\([\\,;nN])")
_METHODS = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Reply to an invitation",
    "COUNTER": "Another time is proposed",
    "DECLINECOUNTER": "The other time is declined",
    "REFRESH": "The latest version is asked for",
}
_ANSWERS = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "accepted tentatively",
    "DELEGATED": "delegated",
    "COMPLETED": "completed",
    "IN-PROCESS": "is at work on it",
    "NEEDS-ACTION": "has not answered",
}
_STATUS = re.compile(r';PARTSTAT="?([A-Za-z-]+)', re.IGNORECASE)
_DELEGATED_TO = re.compile(r';DELEGATED-TO="?(?:mailto:)?([^";:,\s]{3,300})', re.IGNORECASE)
# How letters say the same answer in words: «Иван принял приглашение».
_SAID = {
    answer: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for answer, words in {
        "ACCEPTED": r"accept(?:s|ed)|приня(?:л[аи]?|т[оаы]?)|подтвердил[аи]?|"
        r"zugesagt|angenommen|accepté|aceptad[oa]|accettat[oa]|aceito",
        "DECLINED": r"declin(?:es|ed)|отклонил[аи]?|отклон[её]н[оаы]?|отказал(?:ся|ась|ись)|"
        r"abgesagt|abgelehnt|refusé|rechazad[oa]|rifiutat[oa]|recusado",
        "TENTATIVE": r"tentative(?:ly)?|под вопросом|предварительно|mit vorbehalt|provisoire|"
        r"provisional|tentativo",
    }.items()
}
_WORDS = (("DTSTART", "Starts"), ("DTEND", "Ends"), ("DUE", "Due"), ("LOCATION", "Where"))


Property = tuple[str, str]
"""Parameters and value, as written."""


@dataclass(slots=True)
class _Event:
    """The first property of each name, and all attendees."""

    first: dict[str, Property] = field(default_factory=dict)
    attendees: list[Property] = field(default_factory=list)


def invitation(source: str, method: str = "") -> str:
    """Return in words what the events of an iCalendar object say, one paragraph each.

    ``method`` comes from the part's type (RFC 6047 2.4), for an object that does not say it.
    """
    said, events = _read(source)
    method = said or method
    title = _METHODS.get(method.upper(), "Calendar entry")
    return "\n\n".join(_told(event, title, method.upper()) for event in events)


def answer_unsaid(source: str, words: str, method: str = "") -> str:
    """Return who accepts or declines, or proposes another time, if the calendar object answers an
    invitation and ``words``, the letter's own, do not say so; else an empty text.
    """
    said, events = _read(source)
    method = (said or method).upper()
    if method == "COUNTER":
        return "\n".join(filter(None, map(_proposed, events)))
    if method != "REPLY" or _is_said(words[:5_000], events):
        return ""
    told = [f"{line}: {_title_of(event)}" for event in events for line in _answers(event)]
    return "\n".join(told)


def _is_said(words: str, events: list[_Event]) -> bool:
    """Tell whether every answer of the events also stands in the words."""
    given = {_status(parameters) for event in events for parameters, _ in event.attendees}
    return bool(given) and all(
        answer in _SAID and _SAID[answer].search(words) is not None for answer in given
    )


def _status(parameters: str) -> str:
    found = _STATUS.search(parameters)
    return found.group(1).upper() if found else "NEEDS-ACTION"


def _read(source: str) -> tuple[str, list[_Event]]:
    """Return the method and the events."""
    unfolded = re.sub(r"\r?\n[ \t]", "", source[:1_000_000])
    method = ""
    events: list[_Event] = []
    inside: list[str] = []
    for line in unfolded.splitlines()[:MAX_LINES]:
        found = _PROPERTY.fullmatch(line)
        if not found:
            continue
        name, parameters, value = found.group(1).upper(), found.group(2), found.group(3)
        if name == "BEGIN":
            inside.append(value.strip().upper())
            if inside[-1] in ("VEVENT", "VTODO") and len(events) < MAX_EVENTS:
                events.append(_Event())
        elif name == "END" and inside:
            inside.pop()
        elif name == "METHOD":
            method = value.strip()
        elif events and inside and inside[-1] in ("VEVENT", "VTODO"):
            if "QUOTED-PRINTABLE" in parameters.upper():  # vCalendar 1.0
                value = read_text(a2b_qp(value.encode()))
            events[-1].first.setdefault(name, (parameters, value))
            if name == "ATTENDEE" and len(events[-1].attendees) < MAX_ATTENDEES:
                events[-1].attendees.append((parameters, value))
    return method, events


def _told(event: _Event, title: str, method: str) -> str:
    lines = [f"{title}: {_title_of(event)}", *(_answers(event) if method == "REPLY" else ())]
    if method == "COUNTER" and (proposed := _proposed(event)):
        lines.append(proposed)
    for name, word in _WORDS:
        value = _end(event) if name == "DTEND" else _shown(event, name)
        if value:
            lines.append(f"{word}: {value}")
    if repeats := _repeats(event.first.get("RRULE", ("", ""))[1]):
        lines.append(f"Repeats: {repeats}")
    if "ORGANIZER" in event.first:
        lines.append(f"Organizer: {_person(*event.first['ORGANIZER'])}")
    said = [_text(event, "COMMENT", MAX_DESCRIPTION), _text(event, "DESCRIPTION", MAX_DESCRIPTION)]
    return "\n".join([*lines, *(line for text in said if text for line in ("", text))])


def _shown(event: _Event, name: str) -> str:
    return _when(*event.first[name]) if name in event.first else ""


def _end(event: _Event) -> str:
    """Return when it ends; an end without an hour is the day after (RFC 5545 3.6.1)."""
    parameters, start = event.first.get("DTSTART", ("", ""))
    if "DTEND" in event.first:
        last, day = event.first["DTEND"][1].strip(), timedelta(days=1)
        whole_days = len(last) == 8 and _moment(last) is not None
        return _later("", last, -day, unless=start) if whole_days else _shown(event, "DTEND")
    length = _DURATION.fullmatch(event.first.get("DURATION", ("", ""))[1].strip())
    if length is None:
        return ""
    weeks, days, hours, minutes = (int(figures or 0) for figures in length.groups())
    lasts = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    if len(start.strip()) == 8 and lasts:
        lasts -= timedelta(days=1)
    return _later(parameters, start, lasts, unless=start)


def _later(parameters: str, value: str, by: timedelta, unless: str) -> str:
    at = _moment(value)
    if at is None:
        return ""
    try:
        moved = at + by
    except OverflowError:
        return ""
    shape = "%Y%m%d" if len(value.strip()) == 8 else "%Y%m%dT%H%M%S"
    written = moved.strftime(shape) + ("Z" if value.strip().endswith("Z") else "")
    return "" if written == unless.strip() else _when(parameters, written)


def _moment(value: str) -> datetime | None:
    found = _TIME.fullmatch(value.strip())
    if not found:
        return None
    year, month, day, hour, minute = (int(figures or 0) for figures in found.groups()[:5])
    try:
        return datetime(year, month, day, hour, minute)
    except ValueError:
        return None


def _repeats(rule: str) -> str:
    """Return a rule in words, if possible: ``every 2 weeks, 4 times`` (RFC 5545 3.3.10)."""
    told = dict(_RULE.findall(rule.strip().upper()))
    unit = _EVERY.get(told.get("FREQ", ""))
    if unit is None:
        return ""
    number = told.get("INTERVAL", "1")
    words = f"every {unit}" if number in ("", "1") else f"every {number[:5]} {unit}s"
    if told.get("COUNT", "").isdigit():
        return f"{words}, {told['COUNT'][:5]} times"
    return f"{words}, until {_when('', told['UNTIL'])}" if told.get("UNTIL") else words


def _title_of(event: _Event) -> str:
    return _text(event, "SUMMARY") or "without a title"


def _answers(event: _Event) -> list[str]:
    """Return who answers what: ``Anna <anna@example.ru> declined`` (RFC 5545 3.2.12)."""
    lines = []
    for parameters, value in event.attendees:
        status = _status(parameters)
        answer = _ANSWERS.get(status, status.lower())
        if status == "DELEGATED" and (other := _DELEGATED_TO.search(parameters)):
            answer = f"{answer} to {clean_line(other[1], 300)}"
        lines.append(f"{_person(parameters, value)} {answer}")
    return lines


def _proposed(event: _Event) -> str:
    """Return who proposes which time; in a counter-proposal an attendee does (RFC 5546 3.2.7)."""
    if len(event.attendees) != 1:
        return ""
    start, end = _shown(event, "DTSTART"), _end(event)
    when = f": {start}" + (f" – {end}" if end else "") if start else ""
    return f"{_person(*event.attendees[0])} proposes another time{when}"


def _text(event: _Event, name: str, limit: int = 500) -> str:
    value = _ESCAPE.sub(_unescaped, event.first.get(name, ("", ""))[1]).strip()
    return value[:limit]


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found.group(1) in "nN" else found.group(1)


def _when(parameters: str, value: str) -> str:
    """Return a time as written, with its zone's name; anything else as text."""
    found = _TIME.fullmatch(value.strip())
    if not found:
        return clean_line(_ESCAPE.sub(_unescaped, value), 500)
    year, month, day, hour, minute, utc = found.groups()
    try:
        at = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0))
    except ValueError:
        return clean_line(value, 100)
    zone = re.search(r"TZID=\"?([^\";:]+)", parameters)
    name = "UTC" if utc else zone.group(1) if zone else ""
    shape = "%d.%m.%Y %H:%M" if hour else "%d.%m.%Y"
    return f"{at.strftime(shape)} {name}".strip()


def _person(parameters: str, value: str) -> str:
    address = clean_line(re.sub("(?i)^mailto:", "", value.strip()), 300)
    name = re.search(r'CN=(?:"([^"]*)"|([^";:]*))', parameters)
    words = clean_line((name.group(1) or name.group(2) or ""), 300) if name else ""
    return f"{words} <{address}>" if words and words != address else address
