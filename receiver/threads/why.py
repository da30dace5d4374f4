"""Why each letter is where it is, in words: pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from receiver.letters.letter import Letter

Document = dict[str, Any]

WORDS = {
    "message_id": "a letter of this dialog names its Message-ID <{id}>",
    "bounce": "it is a bounce, and returns the letter <{id}> of this dialog",
    "in_reply_to": "its In-Reply-To names <{id}>, which belongs to this dialog",
    "references": "its References name <{id}>, which belongs to this dialog",
    "subject": "no id that it names was known, but it says that it is a reply, and this was the"
    " only dialog of its user with the subject “{id}” touched within 30 days",
    "thread_index": "no id that it names was known, but its Thread-Index begins like one here, and"
    " this was the only dialog of its user with that subject touched within 30 days",
    "new": "it opened the dialog: it names no letter that is here",
    "correction": "a person put it here",
}
REFUSED = (
    "it names <{id}> of dialog {dialog}, where its sender had been neither From, To nor Cc,"
    " so the two are only linked"
)
CORRECTIONS = {
    "merge": "the two dialogs were merged",
    "split": "{count} split off",
    "move": "{count} moved to another dialog",
    "undo": "a correction was undone",
}


def explained(
    dialog: Document,
    messages: Sequence[Document],
    elsewhere: Mapping[str, Any],
    copies: Mapping[str, Sequence[Document]],
) -> Document:
    """Return the reason for each message, and what was corrected since.

    ``elsewhere`` says in which other dialog an id is that letters of this one name, ``copies`` by
    which ways each letter came.
    """
    return {
        "dialog": dialog["_id"],
        "subject": dialog["subject"],
        "messages": [
            _message(dialog["mailbox"], each, elsewhere)
            | _arrival(each, copies.get(each["key"], ()))
            for each in messages
        ],
        "corrections": [_correction(record) for record in dialog["corrections"]],
        "related": dialog["related"],
    }


def _message(mailbox: str, message: Document, elsewhere: Mapping[str, Any]) -> Document:
    matched_by = message["matched_by"]
    cited = [one for _, one in Letter(mailbox, message).cited if one in elsewhere]
    reasons = [REFUSED.format(id=one, dialog=elsewhere[one]) for one in cited]
    if matched_by != "new" or not reasons:
        reasons.insert(0, WORDS[matched_by].format(id=message["matched_id"]))
    else:
        reasons.append("so it opened a dialog of its own")
    if message["subject_changed"]:
        reasons.append("its subject is another than the dialog's")
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


def _arrival(message: Document, copies: Sequence[Document]) -> Document:
    """Tell by which ways a letter came, and how much its sender's address is worth.

    That is a label, which decided nothing.
    """
    sender = "nobody confirmed the sender's address"
    confirmed = [each["source"] for copy in copies for each in copy["auth"] if each["aligned"]]
    if confirmed:
        sender = f"the sender's address was confirmed ({confirmed[0]})"
    if message["direction"] == "out":
        sender = "sent from the mailbox itself"
    return {"sender": sender, "came_by": [copy["source"] for copy in copies]}


def _correction(record: Document) -> Document:
    count = len(record["messages"])
    words = CORRECTIONS[record["what"]].format(
        count="one letter was" if count == 1 else f"{count} letters were"
    )
    return record | {"why": f"{words}, by {record['who']}"}
