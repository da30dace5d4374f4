"""A calendar invitation told in words (RFC 5545, RFC 5546)."""

import re
from datetime import datetime

from bridge.parse.text.storable import clean_line

MAX_LINES = 5000
MAX_EVENTS = 10
MAX_DESCRIPTION = 4000

_PROPERTY = re.compile(r'([A-Za-z-]+)((?:;[^:;="]+=(?:"[^"]*"|[^:;"]*))*):(.*)', re.DOTALL)
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?")
_ESCAPE = re.compile(r"\\([\\,;nN])")
_METHODS = {"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Reply to an invitation"}
_WORDS = (("DTSTART", "Starts"), ("DTEND", "Ends"), ("DUE", "Due"), ("LOCATION", "Where"))


def invitation(source: str) -> str:
    """Return what the events of an iCalendar object say, one paragraph each."""
    method, events = _read(source)
    title = _METHODS.get(method.upper(), "Calendar entry")
    return "\n\n".join(_told(event, title) for event in events)


def _read(source: str) -> tuple[str, list[dict[str, tuple[str, str]]]]:
    """Return the method and the events: property name to (parameters, value)."""
    unfolded = re.sub(r"\r?\n[ \t]", "", source[:1_000_000])
    method = ""
    events: list[dict[str, tuple[str, str]]] = []
    inside: list[str] = []
    for line in unfolded.splitlines()[:MAX_LINES]:
        found = _PROPERTY.fullmatch(line)
        if not found:
            continue
        name, parameters, value = found.group(1).upper(), found.group(2), found.group(3)
        if name == "BEGIN":
            inside.append(value.strip().upper())
            if inside[-1] in ("VEVENT", "VTODO") and len(events) < MAX_EVENTS:
                events.append({})
        elif name == "END" and inside:
            inside.pop()
        elif name == "METHOD":
            method = value.strip()
        elif events and inside and inside[-1] in ("VEVENT", "VTODO"):
            events[-1].setdefault(name, (parameters, value))
    return method, events


def _told(event: dict[str, tuple[str, str]], title: str) -> str:
    lines = [f"{title}: {_text(event, 'SUMMARY') or 'without a title'}"]
    for name, word in _WORDS:
        if name in event:
            lines.append(f"{word}: {_when(*event[name])}")
    if "ORGANIZER" in event:
        lines.append(f"Organizer: {_person(*event['ORGANIZER'])}")
    description = _text(event, "DESCRIPTION", MAX_DESCRIPTION)
    return "\n".join([*lines, *(("", description) if description else ())])


def _text(event: dict[str, tuple[str, str]], name: str, limit: int = 500) -> str:
    value = _ESCAPE.sub(_unescaped, event.get(name, ("", ""))[1]).strip()
    return value[:limit]


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found.group(1) in "nN" else found.group(1)


def _when(parameters: str, value: str) -> str:
    """Write a time as it stands, with its zone's name; anything else as text."""
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
