"""Corrections of a dialog: those made, those that can be undone, and suggestions.

A suggestion is never carried out by itself; it is a prepared form.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.rows import ListRow, row_of
from receiver.page.shown.text import one_line
from receiver.store.dialog import Dialog
from receiver.store.mongo import Document
from receiver.why.decisions import undone_in

NEAR = 0.8  # of two subjects without their prefixes
SOON = timedelta(days=7)
MAX_CANDIDATES, MAX_CORRECTIONS = 20, 20


@dataclass(frozen=True)
class ShownCorrection:
    """A correction that was made; ``undone`` if another one took it back."""

    id: str
    kind: str
    what: str
    who: str
    when: Moment
    undone: bool


@dataclass(frozen=True)
class Suggestion:
    """A suggested correction.

    ``split`` has the key of the first letter to split off (``since``), ``merge`` another dialog
    (``other``).
    """

    what: str
    words: str
    since: str = ""
    other: str = ""


@dataclass(frozen=True)
class Correcting:
    """Everything for the page; ``number`` is the page of corrections; and how many are older."""

    corrections: list[ShownCorrection] = field(default_factory=list)
    number: int = 1
    older: int = 0
    candidates: list[ListRow] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)


def correcting(
    dialog: Dialog, others: Iterable[Document], clock: Clock, *, may: bool, number: int = 1
) -> Correcting:
    """Return what can be corrected; ``others`` are dialogs of the same user, or related ones.

    Corrections are those of page ``number``, from 1 on, the newest first.
    """
    head = dialog.head
    made = corrections_of(head, clock)
    near = [each for each in others if each["_id"] != dialog.id][:MAX_CANDIDATES]
    return Correcting(
        corrections=made[(number - 1) * MAX_CORRECTIONS : number * MAX_CORRECTIONS],
        number=number,
        older=len(made[number * MAX_CORRECTIONS :]),
        candidates=[row_of(each, {}, clock) for each in near],
        suggestions=suggestions_of(dialog, near, clock) if may else [],
    )


def corrections_of(head: Document, clock: Clock) -> list[ShownCorrection]:
    """Return the corrections of a dialog, the newest first."""
    undone, found = undone_in(head["corrections"]), []
    for each in sorted(head["corrections"], key=lambda one: one["when"], reverse=True):
        found.append(
            ShownCorrection(
                id=str(each["id"]),
                kind=each["what"],
                what=clock.words.n(f"done.{each['what']}_letters", len(each["messages"])),
                who=one_line(each["who"]),
                when=clock.moment(each["when"]),
                undone=str(each["id"]) in undone,
            )
        )
    return found


def done_of(said: str, named: str, head: Document, clock: Clock) -> tuple[str, str]:
    """Return what was just done, and the correction to undo: both may be nothing.

    ``named`` is the correction. It is not told if it was undone since, or is not this dialog's: a
    browser may go back to the URL that told it.
    """
    if said in ("undo", "nothing") or not named:
        return said, ""
    there = {each.id for each in corrections_of(head, clock) if not each.undone}
    return (said, named) if named in there else ("", "")


def suggestions_of(dialog: Dialog, others: Sequence[Document], clock: Clock) -> list[Suggestion]:
    """Return suggestions: one conversation in two dialogs, or two in one."""
    head, found = dialog.head, []
    corrected = corrections_of(head, clock)
    decided = any(not each.undone and each.kind in ("split", "move") for each in corrected)
    for each in others if not decided else ():
        apart = max(each["updated"], head["updated"]) - min(each["updated"], head["updated"])
        if each["user"] == head["user"] and apart < SOON and _alike(each, head):
            subject = one_line(each["subject"]) or clock.words("no_subject")
            words = clock.words("suggest.merge", subject=subject)
            found.append(Suggestion("merge", words, other=str(each["_id"])))
    messages, looked = dialog.conversation, _put_together(head, corrected)
    for place, each in enumerate(messages):
        if each.get("subject_changed") and place and not (looked and each["created"] <= looked):
            words = clock.words("suggest.split", subject=one_line(each["subject"]))
            found.append(Suggestion("split", words, since=each["key"]))
            break
    return found[:3]


def _put_together(head: Document, corrected: Sequence[ShownCorrection]) -> datetime | None:
    """Return when a person last put letters together here, having seen their subjects."""
    done = {each.id for each in corrected if each.kind in ("merge", "move") and not each.undone}
    return max(
        (each["when"] for each in head["corrections"] if str(each["id"]) in done), default=None
    )


def _alike(one: Document, other: Document) -> bool:
    first, second = one["base_subject"][:200], other["base_subject"][:200]
    if not first or not second:
        return False
    return first == second or SequenceMatcher(None, first, second).ratio() >= NEAR
