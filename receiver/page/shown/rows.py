"""A row of the list of dialogs: who, about what, the newest words, and marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.look_alikes import address_line, called
from receiver.page.shown.text import beginning, one_line
from receiver.page.words.of_the_bridge import in_reader_words
from receiver.store.mongo import Document
from receiver.why.decisions import undone_in

SNIPPET = 160


@dataclass(frozen=True)
class Label:
    """A word that a row or letter is marked with; ``tone`` is of the style."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class ListRow:
    """One dialog in a list."""

    id: str
    person: str
    address: str
    subject: str
    words: str
    ours: bool
    count: int
    has_files: bool
    marks: list[Label]
    updated: Moment
    waits: str
    since: Moment
    turn: str
    revision: int


def row_of(head: Document, newest: Mapping[str, Document], clock: Clock) -> ListRow:
    """Return the row of a dialog; ``newest`` has its newest letter's words, by key."""
    message = newest.get(head.get("newest", ""), {})
    since = head.get("waiting_since")
    turn = head.get("waiting", "nobody")
    waits = ""
    if turn == "us" and since is not None:
        waits = clock.since(since, "row.waits_us")
    said = (message.get("reply", "").strip() or message.get("start", ""))[: 4 * SNIPPET]
    return ListRow(
        id=str(head["_id"]),
        person=name_of(head["email_from"], message) or address_line(head["email_from"]),
        address=address_line(head["email_from"]),
        subject=one_line(head["subject"]) or clock.words("no_subject"),
        words=beginning(in_reader_words(said, clock.words), SNIPPET),
        ours=message.get("direction") == "out",
        count=head["count"],
        has_files="attachment" in head.get("has", ()),
        marks=marks_of_head(head, clock),
        updated=clock.moment(head["updated"]),
        waits=waits,
        since=clock.moment(since or head["updated"]),
        turn=turn,
        revision=head.get("revision", 0),
    )


def name_of(address: str, message: Mapping[str, Any]) -> str:
    """Return the name that a letter gives somebody, or nothing."""
    for each in (message.get("from"), *message.get("to", ())):
        if each and each["address"].casefold() == address.casefold() and each["name"]:
            return called(each)
    return ""


def marks_of_head(head: Document, clock: Clock) -> list[Label]:
    """Return the marks of a dialog."""
    words, kinds, has = clock.words, head.get("kinds", ()), head.get("has", ())
    found = []
    if "confirmation" in kinds:
        found.append(Label(words("mark.confirmation"), "alarm"))
    if "bounce" in has:
        found.append(Label(words("mark.bounce"), "alarm"))
    if "defect" in has:
        found.append(Label(words("mark.defect"), "warn"))
    if head.get("related"):
        found.append(Label(words("mark.related"), "warn"))
    corrections = head.get("corrections", ())
    undone = undone_in(corrections)
    if any(each["what"] != "undo" and str(each["id"]) not in undone for each in corrections):
        found.append(Label(words("mark.corrected")))
    if "auto-reply" in kinds:
        found.append(Label(words("mark.auto_reply")))
    if "list" in kinds:
        found.append(Label(words("mark.list")))
    return found
