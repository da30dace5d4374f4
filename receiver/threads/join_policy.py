"""Who may join a dialog, and what proves that two dialogs are one: pure.

``anyone``: references alone decide, as mailing lists need it. ``participants``: whoever has been
From, To or Cc in the dialog, and the mailbox itself where ``direction`` says ``out``.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from receiver.letters.addresses import canonical
from receiver.letters.letter import Letter, cited_ids
from receiver.letters.people import failed_recipients, people_of, returned_by, speakers_of

Document = dict[str, Any]
Policy = Literal["participants", "anyone"]


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a stored message; ``speakers`` as in ``receiver.letters.people``."""

    message_id: str
    out: bool
    speakers: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dialog that knows one of the letter's ids, or that rung 4 found.

    ``thread_ids`` and ``held`` (by the letters' keys) are those of the documents that were found:
    of a dialog that continues in others, not of all. ``opened_by`` is its first letter's key.
    ``citers`` says, by ids of the letter that are known there and not held, who named them.
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
    citers: Mapping[str, Set[str]] = field(default_factory=dict)
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

    @property
    def held_ids(self) -> Set[str]:
        """The Message-IDs of the letters that are there."""
        return {each.message_id for each in self.held.values()}

    def holds_id(self, message_id: str) -> bool:
        """Tell whether a letter of this Message-ID is there, not only an answer to it."""
        return message_id in self.thread_ids and message_id in self.held_ids

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
    if message_id == letter.message_id and dialog.holds_id(message_id):
        return _is_its_writers(letter, dialog)
    if not letter.out and not letter.speakers & dialog.others:
        return False
    if message_id == letter.message_id:
        return _was_answered(letter, dialog)
    return letter.out or answers_a_held(letter, dialog) or _were_asked(letter, dialog, message_id)


def answers_a_held(letter: Letter, dialog: Candidate) -> bool:
    """Tell whether the letter names one that is there, and not only one that is named there."""
    return any(map(dialog.holds_id, letter.ids))


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

    Both are whole documents. He is let in as he would be if his letter, which names one there,
    came now; unless something else that it names has given it a home, and it does not address
    the writer there: then it would unite what others have written.
    """
    held = {each["message_id"]: each for each in host["messages"]}
    others = set(host["participants"]) - {canonical(host["mailbox"])}
    for message in guest["messages"]:
        cited = cited_ids(message)
        speakers = speakers_of(guest["mailbox"], message)
        if message["matched_by"] != "new" or cited.isdisjoint(held) or others.isdisjoint(speakers):
            continue
        asked = (speakers_of(host["mailbox"], held[one]) for one in cited & held.keys())
        named_here = (one for one in guest["messages"] if one["message_id"] in cited)
        at_home = any(speakers_of(guest["mailbox"], one) != speakers for one in named_here)
        if not at_home or not people_of(message).isdisjoint(frozenset().union(*asked)):
            return True
    return False


def _returns_ours(bounce: Letter, dialog: Candidate) -> bool:
    """A bounce speaks for those whom our letter did not reach; nobody else's letter returns to us.

    So a bounce that names a letter which came in was made up to get into its dialog.
    """
    returned = [each.out for each in dialog.held.values() if each.message_id == bounce.bounced]
    return all(returned) and bool(failed_recipients(bounce.message) & dialog.others)


def _were_asked(letter: Letter, dialog: Candidate, message_id: str) -> bool:
    """Both name a letter that nobody has seen: does this one address those who named it there?

    Were it enough that they address its sender, a stranger who names such an id with a user in
    his Cc would draw the user's letters into his dialog, and whose letter came first would matter.
    """
    return not letter.participants.isdisjoint(dialog.citers.get(message_id, ()))


def _is_its_writers(letter: Letter, dialog: Candidate) -> bool:
    """Another letter there has the same Message-ID: did the same person write both?"""
    writers = (
        each.speakers for each in dialog.held.values() if each.message_id == letter.message_id
    )
    return any(letter.speakers and letter.speakers == each for each in writers)


def _was_answered(letter: Letter, dialog: Candidate) -> bool:
    """A dialog knows the letter's own id only from answers: were those who answered asked?

    Without this, whoever guesses the id of a letter on its way would draw it into his dialog.
    """
    asked = letter.participants | {canonical(letter.mailbox)}
    if letter.out:
        asked |= {returned_by(recipient) for recipient in letter.participants}
    return not asked.isdisjoint(dialog.citers.get(letter.message_id, ()))
