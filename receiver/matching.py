"""Which dialog a letter belongs to: a pure decision with its reason.

The rungs, of which the first that decides wins: the letter is stored already; its own Message-ID
is known, because an answer to it came first; an id in In-Reply-To, then in References from the
newest back, is known; a new dialog.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from receiver.letter import Letter

MatchedBy = Literal["key", "message_id", "in_reply_to", "references", "new"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dialog that knows one of the letter's ids; ``opened_by`` is its first letter's key."""

    id: Any
    thread_ids: frozenset[str]
    created: datetime
    opened_by: str
    holds_letter: bool = False


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The letter is stored already."""

    dialog: Candidate
    matched_by: MatchedBy = "key"


@dataclass(frozen=True, slots=True)
class Join:
    """The letter joins a dialog and brings it ``claims``: ids that no dialog has yet."""

    dialog: Candidate
    matched_by: MatchedBy
    matched_id: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """The letter opens a dialog of its own."""

    claims: tuple[str, ...]
    matched_by: MatchedBy = "new"


Decision = Duplicate | Join | Open


def decide(letter: Letter, candidates: Sequence[Candidate]) -> Decision:
    """Return where the letter goes, given every dialog that knows one of its ids or its key."""
    for candidate in candidates:
        if candidate.holds_letter:
            return Duplicate(candidate)
    owners = {known: dialog for dialog in candidates for known in dialog.thread_ids}
    claims = tuple(message_id for message_id in letter.ids if message_id not in owners)
    for rung, message_id in _rungs(letter):
        if message_id in owners:
            return Join(owners[message_id], rung, message_id, claims)
    return Open(claims)


def opens_earlier(letter: Letter, dialog: Candidate) -> bool:
    """Tell whether the letter was written before all that the dialog holds so far."""
    return (letter.created, letter.key) < (dialog.created, dialog.opened_by)


def _rungs(letter: Letter) -> Iterator[tuple[MatchedBy, str]]:
    yield "message_id", letter.message_id
    for message_id in letter.in_reply_to:
        yield "in_reply_to", message_id
    for message_id in reversed(letter.references):
        yield "references", message_id
