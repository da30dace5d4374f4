"""Why each letter of a dialog is where it is, from the store, in words."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from receiver.filing.collections import Store
from receiver.letters.letter import Letter
from receiver.store.dialog import Dialog
from receiver.store.letters import IDS, MANY
from receiver.store.mongo import Document
from receiver.why.decisions import Decided, decided_of
from receiver.why.wording import ENGLISH, Wording

BY_ID = frozenset({"bounce", "in_reply_to", "references", "message_id"})
AT_ONCE = 100  # letters, each of which takes the store up to some milliseconds


@dataclass(frozen=True)
class Elsewhere:
    """A letter in another dialog: the dialog, and its key."""

    dialog: Any
    key: str


async def reasons_of(
    store: Store,
    dialog: Dialog,
    words: Wording = ENGLISH,
    messages: Sequence[Document] | None = None,
) -> Document:
    """Return each letter's reason, and why the letters elsewhere that it names are not here.

    ``messages`` are some of the dialog's letters: only these are explained and looked up.
    """
    told = dialog.conversation if messages is None else messages
    mailbox = dialog.head["mailbox"]
    elsewhere = await _elsewhere(store, dialog, told) if dialog.head["related"] else {}
    copies: dict[str, Any] = {}
    for start in range(0, len(told), MANY):
        some = [each["key"] for each in told[start : start + MANY]]
        kept = await store.letters.documents(mailbox, some, {"key": 1, "copies": 1})
        copies |= {key: each["copies"] for key, each in kept.items()}
    carriers = await _carriers(store, dialog, told)
    return explained(dialog.head, told, elsewhere, copies, words, carriers)


async def reasons_in_parts(
    store: Store, dialog: Dialog, words: Wording = ENGLISH
) -> AsyncIterator[Document]:
    """Yield the reasons of a dialog's letters in order, some at a time, as ``reasons_of``."""
    for start in range(0, len(dialog.conversation), AT_ONCE):
        some = dialog.conversation[start : start + AT_ONCE]
        yield await reasons_of(store, dialog, words, some)


async def _carriers(store: Store, dialog: Dialog, told: Sequence[Document]) -> Counter[str]:
    """Return how many letters of the dialog have each Message-ID by which letters are there.

    They are looked up if the dialog was read without them.
    """
    mailbox = dialog.head["mailbox"]
    if len(dialog.messages) == dialog.head["count"]:
        return _carriers_in(mailbox, dialog.messages)
    decided = sorted({each["matched_id"] for each in told if each["matched_by"] in BY_ID})
    found = await store.letters.knowing(mailbox, decided, IDS)
    heads = await store.dialogs.heads({each.dialog for each in found})
    here = (each for each in found if heads.get(each.dialog, {}).get("_id") == dialog.id)
    return Counter(each.letter.message_id for each in here)


def _carriers_in(mailbox: str, messages: Sequence[Document]) -> Counter[str]:
    return Counter(Letter(mailbox, each).message_id for each in messages)


async def _elsewhere(
    store: Store, dialog: Dialog, told: Sequence[Document]
) -> dict[str, Elsewhere]:
    """Return the other dialogs that have the ids named by letters."""
    mailbox, elsewhere = dialog.head["mailbox"], dict[str, Elsewhere]()
    cited = sorted({one for each in told for _, one in Letter(mailbox, each).cited})
    for start in range(0, len(cited), MANY):
        found = await store.letters.knowing(mailbox, cited[start : start + MANY], IDS)
        heads = await store.dialogs.heads({each.dialog for each in found})
        for each in found:
            head = heads.get(each.dialog)
            if head and head["_id"] != dialog.id:
                elsewhere[each.letter.message_id] = Elsewhere(head["_id"], each.letter.key)
    return elsewhere


def explained(
    dialog: Document,
    messages: Sequence[Document],
    elsewhere: Mapping[str, Elsewhere],
    copies: Mapping[str, Sequence[Document]],
    words: Wording = ENGLISH,
    carriers: Counter[str] | None = None,
) -> Document:
    """Return the reason for each message, and its corrections since.

    ``elsewhere`` maps ids that letters name to other dialogs, ``copies`` maps letters to the ways
    they came by. ``carriers`` counts the dialog's letters by their Message-IDs; without it,
    ``messages`` are all of them.
    """
    decided = decided_of(dialog["corrections"])
    if carriers is None:
        carriers = _carriers_in(dialog["mailbox"], messages)
    return {
        "dialog": dialog["_id"],
        "subject": dialog["subject"],
        "messages": [
            _message(dialog["mailbox"], each, elsewhere, decided, words, carriers)
            | _arrival(each, copies.get(each["key"], ()), words)
            for each in messages
        ],
        "corrections": [_correction(record, words) for record in dialog["corrections"]],
        "related": dialog["related"],
        "related_more": bool(dialog.get("related_more")),
    }


def _message(
    mailbox: str,
    message: Document,
    elsewhere: Mapping[str, Elsewhere],
    decided: Decided,
    words: Wording,
    carriers: Counter[str],
) -> Document:
    matched_by, key = message["matched_by"], message["key"]
    reasons, any_parted = [], False
    for _, one in Letter(mailbox, message).cited:
        if other := elsewhere.get(one):
            parted = decided.parted(key, other.key)
            any_parted = any_parted or parted
            said = words.parted if parted else words.refused
            reasons.append(said.format(id=one, dialog=other.dialog))
    put = [
        words.put[each["what"]].format(who=each["who"])
        for each in decided.told_of(message, any_parted)
    ]
    if put and matched_by in ("new", "correction"):
        reasons = put + reasons
    elif matched_by != "new" or not reasons:
        reasons = [_matched(message, words, carriers), *put, *reasons]
    else:
        reasons.append(words.apart)
    if message["subject_changed"]:
        reasons.append(words.renamed)
    return {
        "key": message["key"],
        "message_id": message["message_id"],
        "from": message["from"]["address"],
        "subject": message["subject"],
        "created": message["created"],
        "matched_by": matched_by,
        "matched_id": message["matched_id"],
        "why": "; ".join(reasons),
    }


def _matched(message: Document, words: Wording, carriers: Counter[str]) -> str:
    """Tell what decided: a Message-ID may be that of two letters, or of one that never came."""
    matched_by, one = message["matched_by"], message["matched_id"]
    said = words.matched[matched_by]
    if matched_by == "message_id":
        said = words.same_id if carriers[one] > 1 else said
    elif matched_by in BY_ID and not carriers[one]:
        said = words.named_too
    return said.format(id=one)


def _arrival(message: Document, copies: Sequence[Document], words: Wording) -> Document:
    """Tell by which ways a letter came, and how trustworthy its sender's address is.

    That is only a label, which decided nothing.
    """
    sender = words.unconfirmed
    confirmed = [each["source"] for copy in copies for each in copy["auth"] if each["aligned"]]
    if confirmed:
        sender = words.confirmed.format(source=confirmed[0])
    if message["direction"] == "out":
        sender = words.ours
    return {"sender": sender, "came_by": [copy["source"] for copy in copies]}


def _correction(record: Document, words: Wording) -> Document:
    count = len(record["messages"])
    one, several = words.corrected[record["what"]]
    what = one if count == 1 else several.format(count=count)
    return record | {"why": words.corrected_by.format(what=what, who=record["who"])}
