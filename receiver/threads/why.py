"""Why each letter is where it is, in words: pure."""

from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]

WORDS = {
    "message_id": "its own Message-ID <{id}> was known here: an answer to it had come first",
    "bounce": "it is a bounce, and returns the letter <{id}> of this dialog",
    "in_reply_to": "its In-Reply-To names <{id}>, which belongs to this dialog",
    "references": "its References name <{id}>, which belongs to this dialog",
    "subject": "no id that it names was known, but it says that it is a reply, and this was the"
    " only dialog of its user with the subject “{id}” touched within 30 days",
    "thread_index": "no id that it names was known, but its Thread-Index begins like one here, and"
    " this was the only dialog of its user with that subject touched within 30 days",
    "new": "it names no letter that was known, so it opened a dialog",
}
REFUSED = (
    "it names <{id}> of dialog {dialog}, where its sender had been neither From, To nor Cc,"
    " so the two are only linked"
)
CORRECTIONS = {
    "merge": "dialog {from} was merged into {to}",
    "split": "{count} split off from {from} into {to}",
    "move": "{count} moved from {from} to {to}",
}


def explained(dialog: Document, messages: Sequence[Document]) -> Document:
    """Return the reason for each message, and what was corrected since."""
    return {
        "dialog": dialog["_id"],
        "subject": dialog["subject"],
        "messages": [_message(message) for message in messages],
        "corrections": [_correction(record) for record in dialog["corrections"]],
        "related": dialog["related"],
    }


def _message(message: Document) -> Document:
    matched_by = message["matched_by"]
    reasons = [REFUSED.format(**refusal) for refusal in message["refused"]]
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
        "sender": _sender(message),
    }


def _sender(message: Document) -> str:
    """Tell how much the sender's address is worth: a label, which decided nothing."""
    if message["direction"] == "out":
        return "sent from the mailbox itself"
    for verdict in message["auth"]:
        if verdict["aligned"]:
            return f"the sender's address was confirmed ({verdict['source']})"
    return "nobody confirmed the sender's address"


def _correction(record: Document) -> Document:
    count = len(record.get("messages", []))
    words = CORRECTIONS[record["what"]].format(
        **{"from": record["from"], "to": record["to"]},
        count="one letter was" if count == 1 else f"{count} letters were",
    )
    if record["who"]:
        words += f", by {record['who']}"
    elif "message_id" in record:
        words += f", because letter <{record['message_id']}> refers to both"
    elif "link" in record:
        words += ", because the stranger whose letter had linked them was brought in"
    else:
        words += ", because both knew the same ids"
    return record | {"why": words}
