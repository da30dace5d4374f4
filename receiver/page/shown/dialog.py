"""A dialog's own facts: whose, since when, who takes part, what was corrected, and the reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from receiver.page.addresses import SHORT, letter_address
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.look_alikes import address_line
from receiver.page.shown.rows import Label, ListRow, marks_of_head, name_of, row_of
from receiver.page.shown.text import MAX_ID, MAX_REASON, one_line, own_id
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document

MAX_PEOPLE = 12


@dataclass(frozen=True)
class ShownDialog:
    """A dialog as the templates show it."""

    id: str
    mailbox: str
    person: str
    address: str
    subject: str
    count: int
    created: Moment
    updated: Moment
    turn: str
    waits: str
    since: Moment
    marks: list[Label]
    participants: list[str]
    more_people: int
    revision: int


@dataclass(frozen=True)
class ShownReason:
    """Why a letter is where it is."""

    key: str
    address: str
    person: str
    subject: str
    message_id: str
    created: Moment
    why: str
    sender: str
    ways: str


def dialog_of(dialog: Dialog, clock: Clock) -> ShownDialog:
    """Return what is shown of a dialog beside its letters."""
    head = dialog.head
    row = row_of(head, {}, clock)
    names = [name_of(head["email_from"], each) for each in reversed(dialog.conversation)]
    waits, since = "", head.get("waiting_since")
    if row.turn != "nobody" and since is not None:
        waits = clock.since(since, f"dialog.waits_{row.turn}")
    people = [address_line(each) for each in head["participants"] if each != head["mailbox"]]
    return ShownDialog(
        id=row.id,
        mailbox=head["mailbox"],
        person=next(filter(None, names), row.address),
        address=row.address,
        subject=row.subject,
        count=head["count"],
        created=clock.moment(head["created"]),
        updated=row.updated,
        turn=row.turn,
        waits=waits,
        since=row.since,
        marks=marks_of_head(head, clock),
        participants=people[:MAX_PEOPLE],
        more_people=max(len(people) - MAX_PEOPLE, 0),
        revision=head["revision"],
    )


def related_of(dialog: Dialog, heads: Iterable[Document], clock: Clock) -> list[ListRow]:
    """Return the dialogs that share an id with this one, the newest first."""
    others = {head["_id"]: head for head in heads if head["mailbox"] == dialog.head["mailbox"]}
    ordered = sorted(others.values(), key=lambda head: head["updated"], reverse=True)
    return [row_of(head, {}, clock) for head in ordered]


def reasons_shown(reasons: Document, clock: Clock) -> list[ShownReason]:
    """Return the reasons, each as the templates show it."""
    return [
        ShownReason(
            key=each["key"][:SHORT],
            address=letter_address(reasons["dialog"], each["key"]),
            person=address_line(each["from"]),
            subject=one_line(each["subject"]) or clock.words("no_subject"),
            message_id=own_id(each["message_id"], clock.words, MAX_ID),
            created=clock.moment(each["created"]),
            why=one_line(each["why"], MAX_REASON),
            sender=one_line(each["sender"], MAX_REASON),
            ways=", ".join(dict.fromkeys(way_of(one, clock) for one in each["came_by"])),
        )
        for each in reasons["messages"]
    ]


def way_of(source: dict[str, Any], clock: Clock) -> str:
    """Return by which way a copy of a letter came."""
    folder = one_line(source.get("folder", ""))
    way = clock.words(f"way.{source.get('via', 'http')}")
    return f"{way} ({folder})" if folder else way
