"""Which dialog a letter belongs to: a pure decision with its reason.

The rungs, of which the first that decides wins: the letter is stored already; its own Message-ID
is known, because an answer to it came first; the id of the letter that a bounce returns; an id in
In-Reply-To, then in References from the newest back, is known; it says that it is a reply, and
its user has exactly one dialog of that subject; a new dialog. Who may join, ``join_policy`` says.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from receiver.letters.letter import Letter, named_by
from receiver.threads.join_policy import Candidate, Policy, may_join, proves_one

MatchedBy = Literal[
    "key", "message_id", "bounce", "in_reply_to", "references", "subject", "thread_index", "new"
]
SUBJECT_WINDOW = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A dialog that knows an id of the letter's, whose sender is a stranger there."""

    dialog: Candidate
    message_id: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The letter is stored already."""

    dialog: Candidate
    matched_by: MatchedBy = "key"


@dataclass(frozen=True, slots=True)
class Join:
    """The letter joins a dialog and brings it ``claims``: ids that no dialog has yet.

    ``merges`` are the dialogs that the letter proves to be one with it. ``takes_from`` is a
    dialog that holds the letter's own id with less right, and gives it up first.
    """

    dialog: Candidate
    matched_by: MatchedBy
    matched_id: str
    claims: tuple[str, ...]
    merges: tuple[Candidate, ...] = ()
    refused: tuple[Refusal, ...] = ()
    takes_from: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """The letter opens a dialog of its own, linked to those where its sender is a stranger."""

    claims: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()
    takes_from: Candidate | None = None
    matched_by: MatchedBy = "new"
    matched_id: str | None = None


Decision = Duplicate | Join | Open


def decide(letter: Letter, candidates: Sequence[Candidate], policy: Policy) -> Decision:
    """Return where the letter goes by its ids, given every dialog that knows one or its key."""
    for candidate in candidates:
        if letter.key in candidate.held:
            return Duplicate(candidate)
    owners = {known: dialog for dialog in candidates for known in dialog.thread_ids}
    welcome, refused, takes_from = _sorted_out(letter, owners, policy)
    unowned = tuple(known for known in letter.ids if known not in owners)
    if takes_from:
        unowned = (letter.message_id, *unowned)
    if not welcome:
        named = [one for one in letter.ids if one in owners and one not in unowned]
        own = () if letter.message_id in unowned else (letter.sentinel,)
        return Open((*own, *unowned, *_notes(letter, named, owners)), refused, takes_from)
    (rung, message_id, dialog), merges = _united(welcome, letter, policy)
    united = {dialog.id, *(each.id for each in merges)}
    refused = tuple(each for each in refused if each.dialog.id not in united)
    strange = {each.dialog.id for each in refused}
    not_ours = [one for one in letter.ids if one in owners and owners[one].id in strange]
    claims = (*unowned, *_notes(letter, not_ours, owners))
    return Join(dialog, rung, message_id, claims, merges, refused, takes_from)


def by_subject(letter: Letter, similar: Sequence[Candidate], otherwise: Open) -> Join | Open:
    """Return where a letter goes that no id places: to the one dialog that it can be a reply in.

    ``similar`` are the dialogs of the letter's user with its base subject. Two are none: a guess
    between them would be wrong half of the time.
    """
    found = [
        dialog
        for dialog in similar
        if dialog.created - CLOCKS_DIFFER <= letter.created <= dialog.updated + SUBJECT_WINDOW
        and (letter.says_reply or letter.thread_prefix in dialog.thread_indexes)
    ]
    if len(found) != 1:
        return otherwise
    [dialog] = found
    rung: MatchedBy = "subject" if letter.says_reply else "thread_index"
    evidence = letter.base_subject if letter.says_reply else letter.thread_prefix
    claims = tuple(one for one in otherwise.claims if "@" in one)
    refused = tuple(each for each in otherwise.refused if each.dialog.id != dialog.id)
    return Join(dialog, rung, evidence, claims, (), refused, otherwise.takes_from)


def ties(
    letter: Letter, own: Candidate, others: Sequence[Candidate], policy: Policy
) -> tuple[list[Candidate], list[Candidate]]:
    """Return what a letter that is in ``own`` is tied to, if it is looked at again.

    These are the dialogs that are one with its own, and those where its sender is a stranger.
    """
    found = decide(letter, [each for each in others if not own.is_apart_from(each)], policy)
    if isinstance(found, Duplicate):
        return [], []
    alone = own.held.keys() <= {letter.key}
    one = [
        each
        for each in ((found.dialog, *found.merges) if isinstance(found, Join) else ())
        if alone or all(proves_one(policy, letter, dialog) for dialog in (own, each))
    ]
    return one, [each.dialog for each in found.refused]


def may_be_a_reply(letter: Letter) -> bool:
    """Tell whether rung 4 has anything to look for.

    Without a subject there is nothing, and a letter that came in from our own address has no user.
    """
    if not letter.base_subject or not (letter.out or letter.speakers):
        return False
    return letter.says_reply or bool(letter.thread_prefix)


def opens_earlier(letter: Letter, dialog: Candidate) -> bool:
    """Tell whether the letter was written before all that the dialog holds so far."""
    return (letter.created, letter.key) < (dialog.created, dialog.opened_by)


Welcome = tuple[MatchedBy, str, Candidate]


def _sorted_out(
    letter: Letter, owners: dict[str, Candidate], policy: Policy
) -> tuple[list[Welcome], tuple[Refusal, ...], Candidate | None]:
    welcome: list[Welcome] = []
    refused: list[Refusal] = []
    takes_from = None
    for rung, message_id in _rungs(letter):
        answered = letter.participants if letter.out or rung == "message_id" else letter.speakers
        for person in sorted(answered):
            dialog = owners.get(named_by(message_id, person))
            if dialog and (letter.out or letter.speakers & dialog.others):
                welcome.append((rung, message_id, dialog))
        dialog = owners.get(message_id)
        if dialog is None:
            continue
        if may_join(policy, letter, dialog, message_id):
            welcome.append((rung, message_id, dialog))
            continue
        refused.append(Refusal(dialog, message_id))
        if rung == "message_id" and not dialog.holds_id(message_id):
            takes_from = dialog
    known_there = {dialog.id for _, _, dialog in welcome}
    refused += [
        Refusal(dialog, letter.message_id)
        for known, dialog in owners.items()
        if known.startswith(named_by(letter.message_id, "")) and dialog.id not in known_there
    ]
    return welcome, tuple({each.dialog.id: each for each in refused[::-1]}.values()), takes_from


def _united(
    welcome: Sequence[Welcome], letter: Letter, policy: Policy
) -> tuple[Welcome, tuple[Candidate, ...]]:
    """Return the rung that decides, and the dialogs that are one with the one that it names."""
    proved = [each for each in welcome if proves_one(policy, letter, each[2])]
    if not proved:
        return welcome[0], ()
    group = [proved[0][2]]
    for _, _, dialog in proved[1:]:
        if all(dialog.id != each.id and not dialog.is_apart_from(each) for each in group):
            group.append(dialog)
    return proved[0], tuple(group[1:])


def _notes(letter: Letter, ids: Iterable[str], owners: dict[str, Candidate]) -> Iterator[str]:
    """Note that the letter's sender names ids which are, or may be, another dialog's."""
    for message_id in ids:
        for person in () if letter.out else letter.speakers:
            if named_by(message_id, person) not in owners:
                yield named_by(message_id, person)


def _rungs(letter: Letter) -> Iterator[tuple[MatchedBy, str]]:
    yield "message_id", letter.message_id
    if letter.bounced:
        yield "bounce", letter.bounced
    for message_id in letter.in_reply_to:
        yield "in_reply_to", message_id
    for message_id in reversed(letter.references):
        yield "references", message_id
