"""What a dialog shows of its letters, and says of itself: a function of the letters alone."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set
from typing import Any

from receiver.letters.letter import Letter
from receiver.reply.new_words import Replies
from receiver.threads.group import may_open, opening_of
from receiver.threads.whose_turn import WhoseTurn, turn_after

Document = dict[str, Any]

MAX_PEOPLE = 1000
MAX_INDEXES = 20
GROWS = (
    *("updated", "newest", "participants", "writers", "thread_indexes", "waiting", "waiting_since"),
    *("aside", "kinds", "has", "noticed"),
)
"""What a dialog says of itself that changes with each letter: see ``summary_after``."""
# The subjects of these say what happened to a letter, not what the writer writes about.
WRITTEN_BY_PROGRAMS = frozenset(["auto-reply", "bounce"])


def messages_of(letters: Sequence[Letter], corrected: Set[str] = frozenset()) -> list[Document]:
    """Return the messages of a dialog in order, each with the reason why it is there.

    ``corrected`` are the keys of letters that a person put there.
    """
    joined = corrected | {each.key for each in letters if each.guess}
    opening = opening_of(letters, joined)
    carriers = Counter(each.message_id for each in letters)
    citers = Counter(one for each in letters for _, one in each.cited)
    base, replies = opening.base_subject, Replies(letters)
    return [
        shown(letter, reason_of(letter, opening.key, carriers, citers), base, replies)
        for letter in sorted(letters, key=lambda each: each.order)
    ]


def shown(letter: Letter, reason: tuple[str, str | None], base: str, replies: Replies) -> Document:
    """Return a letter's message in a dialog of this base subject, with the reason why it is there.

    ``replies`` knows at least the letters of the dialog that it names.
    """
    own = letter.base_subject
    changed = letter.message["kind"] not in WRITTEN_BY_PROGRAMS and bool(own) and own != base
    return replies.read(letter) | {
        "matched_by": reason[0],
        "matched_id": reason[1],
        "subject_changed": changed,
    }


def reason_of(
    letter: Letter, opening: str, carriers: Counter[str], citers: Counter[str]
) -> tuple[str, str | None]:
    """Return ``matched_by`` and ``matched_id``: the best reason for a letter to be in its dialog.

    ``opening`` is the key of the letter that opens it; ``carriers`` counts the letters there by
    their ids, ``citers`` by the ids that they name. A guess stays one when the letter is answered:
    that says where the answer belongs, not why the letter was put there.
    """
    if letter.key == opening:
        return "new", None
    for rung, one in letter.cited:
        if carriers[one]:
            return rung, one
    if carriers[letter.message_id] > 1:
        return "message_id", letter.message_id
    if letter.guess:
        return letter.guess.by, letter.guess.evidence
    for rung, one in letter.cited:
        if citers[one] > 1:
            return rung, one
    if citers[letter.message_id]:
        return "message_id", letter.message_id
    return "correction", None


def summary_of(
    letters: Sequence[Letter], corrected: Set[str] = frozenset(), related: Collection[Any] = ()
) -> Document:
    """Return a dialog's head fields: whose it is, what about, who takes part, since when.

    ``related`` are the dialogs that share an id with it.
    """
    joined = corrected | {each.key for each in letters if each.guess}
    opening = opening_of(letters, joined)
    return {
        "email_from": opening.email_from,
        "user": opening.user,
        "subject": opening.message["subject"],
        "base_subject": opening.base_subject,
        "created": opening.created,
        "opened_by": opening.key,
        "none_opens": not may_open(letters, joined) or None,  # as where an earlier version wrote
        **summary_after(letters, {"related": related}),
    }


def summary_after(letters: Iterable[Letter], before: Document) -> Document:
    """Return a dialog's head fields with more letters, except those of its opening letter.

    These are later than all that it had at ``before``. The fields include those that it is found
    by: whose turn it is, and the kinds and properties of its letters.
    """
    new = sorted(letters, key=lambda each: each.order)
    turn = turn_after(new, turn_of(before))
    has = {*before.get("has", ())}.union(*map(_has, new))
    kinds = {*before.get("kinds", ()), *(each.message["kind"] for each in new)}
    indexes = [{each.thread_prefix} for each in new]
    return {
        "updated": new[-1].created,
        "newest": new[-1].key,
        "participants": _union(before, "participants", (each.people for each in new), MAX_PEOPLE),
        "writers": _union(before, "writers", (each.writers for each in new), MAX_PEOPLE),
        "thread_indexes": _union(before, "thread_indexes", indexes, MAX_INDEXES),
        "waiting": turn.waiting,
        "waiting_since": turn.since,
        "aside": sorted(turn.aside) or None,  # as it is where an earlier version wrote
        "kinds": sorted(kinds),
        "has": sorted(has),
        "noticed": noticed_of(kinds, has, before.get("related", ())),
    }


def turn_of(head: Document) -> WhoseTurn:
    """Return whose turn it is in a dialog, by its head."""
    people, aside = head.get("participants", ()), head.get("aside") or ()
    since = head.get("waiting_since")
    return WhoseTurn(head.get("waiting", "nobody"), since, frozenset(people), frozenset(aside))


def noticed_of(kinds: Collection[str], has: Collection[str], related: Collection[Any]) -> int:
    """Return how much a person should look at a dialog: 2 if something is to be confirmed.

    1 is for letters that came back or could not be read as they should, and for dialogs that share
    an id with another one, whose people are strangers there; 0 for all others.
    """
    if "confirmation" in kinds:
        return 2
    return int(bool(related or {"bounce", "defect"}.intersection(has)))


def _has(letter: Letter) -> set[str]:
    message = letter.message
    found = {
        "attachment": any(not each["inline"] for each in message["attachments"]),
        "bounce": message["kind"] == "bounce",
        "defect": bool(message["defects"]),
    }
    return {name for name, there in found.items() if there}


def _union(before: Document, name: str, more: Iterable[Set[str]], limit: int) -> list[str]:
    """Return a list of a dialog with new entries, each once, up to a bound."""
    found = dict.fromkeys(before.get(name, ()))
    for each in more:
        found |= dict.fromkeys(sorted(each - {""}))
    return list(found)[:limit]
