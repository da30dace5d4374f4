"""The way of one letter as a timeline: hops with their delays, the door, the store, corrections."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from receiver.page.addresses import letter_address
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.look_alikes import address_line
from receiver.page.shown.text import MAX_REASON, one_line
from receiver.page.tracing.pasted import taken_at
from receiver.page.words import PageWords
from receiver.page.words.elsewhere import in_words
from receiver.store.mongo import Document

MAX_HOPS, MAX_DEFECTS = 30, 10
FARTHEST_ZONE, BETWEEN_ZONES = timedelta(hours=14), timedelta(minutes=15)
_FROM = re.compile(r"(?<![\w-])from\s+(\S{1,200})", re.IGNORECASE)
_BY = re.compile(r"(?<![\w-])by\s+(\S{1,200})", re.IGNORECASE)
_WITH = re.compile(
    r"(?<![\w-])with\s+(\w{1,20}(?:\s+(?!(?:id|for|via|by|from|tls)\b)\w{1,20}){0,2})",
    re.IGNORECASE,
)
_IN_COMMENTS = re.compile(r"\\.|[()]", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One step of a letter's way; ``delay`` is since the step before, in words, if it is long."""

    what: str
    when: datetime | None = None
    detail: str = ""
    tone: str = "plain"
    moment: Moment | None = None
    delay: str = ""
    address: str = ""


def timeline_of(
    letter: Document,
    fields: Sequence[Sequence[str]],
    dialog: Document | None,
    why: str,
    clock: Clock,
) -> list[Step]:
    """Return all that is known of a letter's way, in order; ``fields`` are its header fields."""
    words, message = clock.words, letter["message"]
    hops = hops_of(fields, clock)
    steps = [_written(letter, fields, words), *hops]
    place = letter_address(dialog["_id"], letter["key"]) if dialog else ""
    steps += _at_doors(letter, place, clock)
    received = letter["content"].get("received")
    if received:
        way = "posted" if _is_posted(letter) else "taken"
        steps.append(Step(words(f"trace.{way}"), received, words(f"trace.{way}_means"), "safe"))
    named = [in_words(one_line(each), words) for each in message["defects"][:MAX_DEFECTS]]
    defects = ", ".join(named)
    read = words("trace.defects", defects=defects) if defects else words("trace.no_defects")
    steps.append(Step(words("trace.read"), None, read, "warn" if defects else "plain"))
    kept = f"{words('trace.kept_means')}{attempts_of(letter, words)}"
    steps.append(Step(words("trace.kept"), letter["kept"], kept, "safe"))
    steps += _taken_again(letter, words)
    if dialog is None:
        return _with_delays([*steps, Step(words("trace.not_shown"), tone="warn")], clock)
    steps.append(Step(words("trace.decided"), None, one_line(why, MAX_REASON)))
    for each in dialog.get("corrections", ()):
        if letter["key"] in each["messages"] or not each["messages"]:
            who = words("trace.by", who=one_line(each["who"]))
            what = words.n(f"done.{each['what']}_letters", len(each["messages"]))
            steps.append(Step(what, each["when"], who))
    subject = one_line(dialog["subject"]) or words("no_subject")
    steps.append(Step(words("trace.now"), None, subject, "now", address=place))
    return _with_delays(steps, clock)


def _at_doors(letter: Document, place: str, clock: Clock) -> Iterator[Step]:
    """Yield the arrival of each copy; ``place`` is the letter's address in its dialog."""
    words = clock.words
    for number, copy in enumerate(letter["copies"]):
        told = door_of(copy, clock)
        if number:
            subject = one_line(letter["message"]["subject"]) or words("no_subject")
            again = f"{told}; {words('trace.again_means', subject=subject)}"
            yield Step(words("trace.again"), None, again, "door", address=place)
        else:
            yield Step(words("trace.door"), None, told, "door")


def _written(letter: Document, fields: Sequence[Sequence[str]], words: PageWords) -> Step:
    """Return when a letter was written, or its Date if an arrival counts instead.

    That of a hop counts where the bridge could not read the Date.
    """
    created: datetime = letter["message"]["created"]
    said = next((value for name, value in fields if name.lower() == "date"), "")
    date = _written_date(said)
    is_own = _is_same(date, created) or (date is None and f"{created:%M:%S}" in said)
    arrived = [value.rpartition(";")[2] for name, value in fields if name.lower() == "received"]
    arrives = letter["content"].get("received") == created or any(
        _is_same(_written_date(each), created) for each in arrived[:MAX_HOPS]
    )
    if is_own or not arrives or not fields:
        return Step(words("trace.written"), created)
    way = "date_wrong" if date else ("date_unread" if said.strip() else "date_missing")
    detail = words(f"trace.{way}", date=one_line(said.strip()))
    return Step(words("trace.written"), None, detail, "warn")


def _is_same(date: datetime | None, created: datetime) -> bool:
    """Tell whether a Date is this time; the bridge may know a zone that is not read here."""
    if date is None:
        return False
    apart = abs((date.replace(tzinfo=UTC) if date.tzinfo is None else date) - created)
    if date.tzinfo is None and apart <= FARTHEST_ZONE:
        apart %= BETWEEN_ZONES
        apart = min(apart, BETWEEN_ZONES - apart)
    return apart < timedelta(seconds=1)


def _taken_again(letter: Document, words: PageWords) -> list[Step]:
    """Return when SMTP took further copies, and by which ids."""
    found = []
    for number in sorted(letter.get("again", ())):
        with suppress(ValueError, OverflowError, OSError):
            taken = taken_at(number)
            found.append(Step(words("trace.taken_again"), taken, number, "door"))
    return found


def hops_of(fields: Sequence[Sequence[str]], clock: Clock) -> list[Step]:
    """Return the hops in the letter's Received fields, the first one first."""
    received = [value for name, value in fields if name.lower() == "received"][:MAX_HOPS]
    return [_hop(value, clock) for value in reversed(received)]


def _hop(value: str, clock: Clock) -> Step:
    trace, _, date = value.rpartition(";")
    clauses = without_comments(trace or value)
    said, by, way = _FROM.search(clauses), _BY.search(clauses), _WITH.search(clauses)
    parts = [
        clock.words("trace.from", host=one_line(said[1])) if said else "",
        clock.words("trace.to", host=one_line(by[1])) if by else "",
        one_line(way[1]) if way else "",
    ]
    return Step(clock.words("trace.hop"), _date(date), " ".join(filter(None, parts)))


def without_comments(value: str) -> str:
    """Return a field's value without comments, nested or not: RFC 5322 3.2.2.

    An unclosed bracket is no comment.
    """
    kept, depth, begun, after = list[str](), 0, 0, 0
    for sign in _IN_COMMENTS.finditer(value):
        if sign[0] == "(":
            begun = begun if depth else sign.start()
            depth += 1
        elif sign[0] == ")" and depth:
            depth -= 1
            if not depth:
                kept.append(value[after:begun])
                after = sign.end()
    return " ".join([*kept, value[after:]])


def _date(text: str) -> datetime | None:
    found = _written_date(text)
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _written_date(text: str) -> datetime | None:
    """Return a time as it is written: without a zone where none is named that is known here."""
    try:
        return parsedate_to_datetime(text.strip()[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def door_of(copy: Mapping[str, Any], clock: Clock) -> str:
    """Return by which door a copy came, from whom, and who confirmed its sender."""
    words, source = clock.words, copy["source"]
    parts = [words(f"way.{source.get('via', 'http')}")]
    for name in ("folder", "peer", "mail_from"):
        if source.get(name):
            shown = (address_line if name == "mail_from" else one_line)(str(source[name]))
            parts.append(words(f"trace.{name}", value=shown))
    if source.get("rcpt_to"):
        value = ", ".join(address_line(each) for each in source["rcpt_to"][:5])
        parts.append(words("trace.rcpt_to", value=value))
    if protocol := one_line(source.get("protocol", "")):
        way = "trace.by_tls" if is_by_tls(protocol) else "trace.in_clear"
        parts.append(words(way, protocol=protocol))
    confirmed = [each for each in copy.get("auth", ()) if each.get("aligned")]
    if confirmed:
        parts.append(words("trace.confirmed", source=one_line(confirmed[0]["source"])))
    elif copy["direction"] == "out":
        parts.append(words("trace.own"))
    else:
        parts.append(words("trace.unconfirmed"))
    return "; ".join(parts)


def is_by_tls(protocol: str) -> bool:
    """Tell whether a name for Received's ``with`` clause says TLS (RFC 3848: ESMTPS, ESMTPSA)."""
    return protocol.upper().removesuffix("A").endswith("S")


def attempts_of(letter: Document, words: PageWords) -> str:
    """Return how often a bridge tried to deliver a letter, nothing without a bridge."""
    if _is_posted(letter):
        return ""
    number = letter["content"].get("attempts", 1)
    if number == 1:
        return f"; {words('trace.first_attempt')}"
    return f"; {words('trace.later_attempt', n=number)}"


def _is_posted(letter: Document) -> bool:
    """Tell whether a letter came over HTTP first, without a bridge."""
    return bool(letter["copies"][0]["source"].get("via", "http") == "http")


def _with_delays(steps: Sequence[Step], clock: Clock) -> list[Step]:
    """Return the steps with their times in words, and how long each took."""
    found, before = [], None
    for step in steps:
        if step.when is None:
            found.append(step)
            continue
        passed = step.when - before if before else timedelta(0)
        delay = ""
        if abs(passed) >= timedelta(seconds=1) and abs(passed) < timedelta(days=3650):
            sign = "−" if passed < timedelta(0) else "+"
            delay = f"{sign} {clock.span(abs(passed), alone=True)}"
        before = step.when
        found.append(replace(step, moment=clock.moment(step.when), delay=delay))
    return found
