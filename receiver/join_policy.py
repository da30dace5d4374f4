"""Who may join a dialog, and what proves that two dialogs are one: pure.

``anyone``: references alone decide, as mailing lists need it. ``participants``: whoever has been
From, To or Cc in the dialog, and the mailbox itself where ``direction`` says ``out``.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from receiver.addresses import canonical
from receiver.letter import Letter
from receiver.people import failed_recipients, returned_by, speakers_of

Document = dict[str, Any]
Policy = Literal["participants", "anyone"]


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a stored message."""

    message_id: str
    out: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dialog that knows one of the letter's ids, or that rung 4 found.

    ``thread_ids`` and ``held`` (by the letters' keys) are those of the documents that were found:
    of a dialog that continues in others, not of all. ``opened_by`` is its first letter's key.
    """

    id: Any
    mailbox: str
    thread_ids: Set[str]
    created: datetime
    updated: datetime
    opened_by: str
    base_subject: str = ""
    held: dict[str, Held] = field(default_factory=dict)
    participants: Set[str] = frozenset()
    writers: Set[str] = frozenset()
    thread_indexes: Set[str] = frozenset()
    related: tuple[Any, ...] = ()
    former_ids: Set[Any] = frozenset()
    apart: Set[Any] = frozenset()
    continued: bool = False
    size: int = 0

    @property
    def others(self) -> Set[str]:
        """The participants without the mailbox itself."""
        return self.participants - {canonical(self.mailbox)}

    def holds_id(self, message_id: str) -> bool:
        """Tell whether a letter of this Message-ID is there, not only an answer to it."""
        return self.continued or any(each.message_id == message_id for each in self.held.values())

    def is_apart_from(self, other: "Candidate") -> bool:
        """Tell whether a person has parted the two."""
        return bool(
            self.apart & {other.id, *other.former_ids} or other.apart & {self.id, *self.former_ids}
        )


def may_join(policy: Policy, letter: Letter, dialog: Candidate, message_id: str) -> bool:
    """Tell whether the letter may join a dialog that knows this id of its."""
    if policy == "anyone":
        return True
    if message_id == letter.bounced:
        return _returns_ours(letter, dialog)
    if not letter.out and not letter.speakers & dialog.others:
        return False
    if message_id == letter.message_id and not dialog.holds_id(message_id):
        return _was_answered(letter, dialog)
    return True


def proves_one(policy: Policy, letter: Letter, dialog: Candidate) -> bool:
    """Tell whether the letter, which may join the dialog, also ties it to others.

    Under ``participants`` somebody who wrote there must be in the letter, too. Our answer to one
    reader of a newsletter quotes the newsletter, yet must not unite all who answered it; and a
    dialog that knows a copied id, with the victim in its Cc, must not be drawn into the victim's.
    """
    if policy == "anyone":
        return True
    wrote = dialog.writers - {canonical(dialog.mailbox)}
    return letter.bounced is None and bool(wrote & letter.participants)


def link_is_good(guest: Document, host: Document) -> bool:
    """Tell whether the stranger whose letter opened the dialog ``guest`` is none in ``host`` now.

    Both are whole documents. The id that he quoted must be that of a letter in ``host``.
    """
    names = {host["_id"], *host.get("former_ids", [])}
    seen = {message["message_id"] for message in host["messages"]}
    others = set(host["participants"]) - {canonical(host["mailbox"])}
    return any(
        refusal["dialog"] in names
        and refusal["id"] != message["message_id"]
        and refusal["id"] in seen
        and not others.isdisjoint(speakers_of(guest["mailbox"], message))
        for message in guest["messages"]
        if message["matched_by"] == "new"
        for refusal in message["refused"]
    )


def _returns_ours(bounce: Letter, dialog: Candidate) -> bool:
    """A bounce speaks for those whom our letter did not reach; nobody else's letter returns to us.

    So a bounce that names a letter which came in was made up to get into its dialog.
    """
    returned = [each.out for each in dialog.held.values() if each.message_id == bounce.bounced]
    return all(returned) and bool(failed_recipients(bounce.message) & dialog.others)


def _was_answered(letter: Letter, dialog: Candidate) -> bool:
    """A dialog knows the letter's own id only from answers: were those who answered asked?

    Without this, whoever guesses the id of a letter on its way would draw it into his dialog.
    """
    asked = letter.participants | {canonical(letter.mailbox)}
    if letter.out:
        asked |= {returned_by(recipient) for recipient in letter.participants}
    return bool(dialog.writers & asked)
