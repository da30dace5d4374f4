"""What a letter, and its message in a dialog, loses by the kinds that are due. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from receiver.reply.new_words import PROOF
from receiver.store.mongo import Document


def without(kinds: list[str], message: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written anew in a message that loses these kinds."""
    fields: dict[str, Any] = {}
    if "attachments" in kinds and message["attachments"]:
        fields["attachments"] = []
    if "text" in kinds:
        fields |= {name: "" for name in ("body", "reply") if message[name]}
        if has_reasons(message):
            fields["bounce"] = message["bounce"] | {
                "failures": [each | {"reason": ""} for each in message["bounce"]["failures"]]
            }
    return fields


def has_reasons(message: Mapping[str, Any]) -> bool:
    """Tell whether a letter says in some server's words whom one did not reach, and why."""
    bounce = message.get("bounce")
    return any(each["reason"] for each in (bounce["failures"] if bounce else ()))


def shown_without(kinds: list[str], message: Document) -> Document:
    """Return a dialog's message that loses these kinds, and the other reading of its text, too."""
    left_out = {PROOF} if "text" in kinds else set()
    shown = message | without(kinds, message)
    return {name: value for name, value in shown.items() if name not in left_out}


def has(document: Document, kind: str) -> bool:
    """Tell whether a letter's document has something of a kind."""
    content, message = document["content"], document["message"]
    match kind:
        case "originals":
            return bool(content.get("raw"))
        case "html":
            return bool(content.get("html"))
        case "attachments":
            return bool(message["attachments"])
        case _:
            return bool(message["body"] or message["reply"] or has_reasons(message))


def trimmed(document: Document, kinds: Sequence[str]) -> tuple[Document, set[str]]:
    """Return the fields of a letter's document that are written anew, and those left out."""
    message, content = document["message"], document["content"]
    fields: Document = {
        f"message.{name}": value for name, value in without([*kinds], message).items()
    }
    left_out: set[str] = set()
    if "originals" in kinds:
        fields["content.raw"] = None
        left_out.add("content.original")
    if "html" in kinds:
        fields["content.html"] = ""
    if "text" in kinds:
        left_out.add("content.headers")
    named = set() if "attachments" in kinds else {one["sha256"] for one in message["attachments"]}
    raw = content.get("raw")
    if raw and "originals" not in kinds and "original" not in content:
        named.add(raw["sha256"])
    if named:
        fields["digests"] = sorted(named)
    else:
        left_out.add("digests")
    fields["trimmed"] = sorted({*document.get("trimmed", ()), *kinds})
    return fields, left_out
