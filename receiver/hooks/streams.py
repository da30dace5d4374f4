"""The sources of events: five collections, each read in the order of a time that never changes.

The theory is in ``receiver.changes.state``: rows become visible out of order, so a position stays
behind the present, and hot rows are told and remembered. In addition a row may not be ready to be
told: a letter that no dialog shows yet, a correction that is not carried out. The position does not
pass it; later rows are told meanwhile.

Openings are read from existing dialogs. The opening of a dialog that was gone before anybody looked
is told with its merging: repeated, under the same name, if it cannot be seen that it was told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from receiver.changes.state import Row
from receiver.hooks.event import EventKind, HookEvent
from receiver.store.mongo import Document
from receiver.web.v1.cursor import milliseconds


@dataclass(frozen=True)
class Stream:
    """One collection's events, by a ``time`` of its documents; an ``index`` begins with it.

    ``fields`` are those that ``events`` needs in addition; the index begins with the mailbox if the
    documents are ``of_mailboxes``.
    """

    name: str
    collection: str
    time: str
    index: str
    kinds: tuple[EventKind, ...]
    fields: tuple[str, ...]
    events: Callable[[Document], list[HookEvent]]
    of_mailboxes: bool = True

    @property
    def projection(self) -> Document:
        """The fields to read of a document."""
        fields = dict.fromkeys((self.time, *self.fields), 1)
        return fields | ({"mailbox": 1} if self.of_mailboxes else {})

    def place(self, document: Document) -> tuple[Any, Any]:
        """Return the sort key of a document."""
        return document[self.time], document["_id"]

    def row(self, document: Document) -> Row:
        """Return a document's row; its time tells repeated events apart."""
        when = document[self.time]
        return Row(document["_id"], when, milliseconds(when))


def _opened(document: Document) -> list[HookEvent]:
    data = {"mailbox": document["mailbox"], "dialog": str(document["_id"])}
    when = document["opened"]
    return [HookEvent("dialog.opened", when, data["dialog"], milliseconds(when), data)]


def _stored(document: Document) -> list[HookEvent]:
    """Return the events of a letter; ``dialog`` is the one that shows it."""
    message, when = document["message"], document["kept"]
    data: dict[str, Any] = {
        "mailbox": document["mailbox"],
        "letter": document["key"],
        "dialog": str(document["dialog"]),
        "direction": message["direction"],
        "kind": message["kind"],
    }
    found = [HookEvent("letter.stored", when, document["key"], 0, data)]
    if bounce := message.get("bounce"):
        data = data | {"bounced": bounce["message_id"]}
        found.append(HookEvent("letter.bounced", when, document["key"], 0, data))
    return found


def _merged(document: Document) -> list[HookEvent]:
    if document["into"] is None:  # its letters were erased
        return []
    when = document["changed"]
    data = {
        "mailbox": document["mailbox"],
        "dialog": str(document["into"]),
        "gone": str(document["_id"]),
    }
    revision = document.get("revision", milliseconds(when))
    merged = HookEvent("dialog.merged", when, data["gone"], revision, data)
    return [*(_opened(document) if document.get("opened") else ()), merged]


def _corrected(document: Document) -> list[HookEvent]:
    data = {
        "mailbox": document["mailbox"],
        "dialog": str(document["dialogs"][0]),
        "dialogs": [str(each) for each in document["dialogs"]],
        "correction": str(document["_id"]),
        "what": document["what"],
    }
    return [HookEvent("dialog.corrected", document["when"], data["correction"], 0, data)]


def _alarm(kind: EventKind, time: str) -> Callable[[Document], list[HookEvent]]:
    def events(document: Document) -> list[HookEvent]:
        data = {"alarm": document["name"], "says": document["says"]}
        return [HookEvent(kind, document[time], str(document["_id"]), 0, data)]

    return events


STREAMS: tuple[Stream, ...] = (
    Stream("opened", "dialogs", "opened", "opened_lately", ("dialog.opened",), (), _opened),
    Stream(
        "letters",
        "letters",
        "kept",
        "kept_lately",
        ("letter.stored", "letter.bounced"),
        ("key", "dialog", "message.direction", "message.kind", "message.bounce.message_id"),
        _stored,
    ),
    Stream(
        "merged",
        "gone",
        "changed",
        "gone_lately",
        ("dialog.opened", "dialog.merged"),
        ("into", "revision", "opened"),
        _merged,
    ),
    Stream(
        "corrected",
        "facts",
        "when",
        "decided_lately",
        ("dialog.corrected",),
        ("dialogs", "what", "shown"),
        _corrected,
    ),
    Stream(
        "raised",
        "alarms",
        "raised",
        "raised_lately",
        ("alarm.raised",),
        ("name", "says", "mailboxes"),
        _alarm("alarm.raised", "raised"),
        of_mailboxes=False,
    ),
    Stream(
        "cleared",
        "alarms",
        "cleared",
        "cleared_lately",
        ("alarm.cleared",),
        ("name", "says", "mailboxes"),
        _alarm("alarm.cleared", "cleared"),
        of_mailboxes=False,
    ),
)
