"""Which fields stored documents must have for others to be read at all: pure.

A document may lack one of them only if somebody wrote it by hand, or a disk did. It is named then,
with the field; the others are read.
"""

from datetime import datetime
from typing import Any, Final

from bson import ObjectId

Document = dict[str, Any]
Shape = Any
"""A type; some, of which one must do; a list of what each element is; or fields by name.

A name that ends in ``?`` may be missing.
"""

NOTHING = type(None)
BINARY: Final = bytes
_PERSON: Document = {"name": str, "address": str}
_RAW: Document = {"sha256": str, "size": int}
_ATTACHMENTS: list[Document] = [_RAW]
_FAILURE: Document = {"recipient": str}
_BOUNCE: Document = {"message_id": (str, NOTHING), "failures": [_FAILURE]}
_GUESS: Document = {"to": str, "by": str, "evidence": str}
_MESSAGE: Document = {
    "subject": str,
    "body?": str,
    "reply?": str,
    "created": datetime,
    "key": str,
    "message_id": str,
    "known_as?": str,
    "in_reply_to": [str],
    "references": [str],
    "thread_index": str,
    "from": _PERSON,
    "to": [_PERSON],
    "cc": [_PERSON],
    "bcc?": [_PERSON],
    "reply_to": [_PERSON],
    "original_from?": _PERSON,
    "direction": str,
    "kind": str,
    "bounce": (NOTHING, _BOUNCE),
    "attachments": [_RAW | {"inline": bool}],
    "defects": [str],
    "guess?": (NOTHING, _GUESS),
}
LETTER: Document = {
    "mailbox": str,
    "key": str,
    "dialog": ObjectId,
    "known": [str],
    "stood?": (ObjectId, NOTHING),
    "message": _MESSAGE,
}
"""A letter, as dialogs are made from it."""
BYTES: Document = {
    "mailbox": str,
    "message": {"attachments": _ATTACHMENTS},
    "content": ({"raw": _RAW, "original?": BINARY}, {"raw": NOTHING, "original?": NOTHING}),
}
"""A letter, as it names bytes."""
FACT: Document = {
    "mailbox": str,
    "what": str,
    "who": str,
    "when": datetime,
    "keys": [str],
    "rest": [str],
    "joins": [str],
    "opened": (ObjectId, NOTHING),
    "undoes": (ObjectId, str, NOTHING),
    "dialogs": [ObjectId],
}
_PLACE: Document = {"key": str, "created": datetime}
PART: Document = {"mailbox": str, "revision": int, "part_of": ObjectId, "messages": [_PLACE]}
HEAD: Document = {
    "mailbox": str,
    "revision": int,
    "messages": [_PLACE],
    "parts": [ObjectId],
    "opened_by": str,
    "related": [ObjectId],
    "related_more": bool,
    "corrections": [{"id": object}],
}
_EARLIER_MESSAGE: Document = {
    "key": str,
    "subject": str,
    "body": str,
    "created": datetime,
    "message_id": str,
    "in_reply_to": [str],
    "references": [str],
    "thread_index?": str,
    "from": _PERSON,
    "to": [_PERSON],
    "cc?": [_PERSON],
    "bcc?": [_PERSON],
    "reply_to?": [_PERSON],
    "direction": str,
    "kind?": str,
    "bounce?": (NOTHING, _BOUNCE),
    "attachments?": [_RAW | {"inline": bool}],
    "defects?": [str],
    "html?": str,
    "raw?": (NOTHING, _RAW),
    "received?": datetime,
    "source?": dict,
    "auth?": list,
}
_RECORD: Document = {
    "id": (ObjectId, str),
    "what": str,
    "who": (str, NOTHING),
    "when": datetime,
    "from": ObjectId,
    "to": ObjectId,
    "messages?": [str],
}
_PLACEHOLDER: Document = {"key": str}
EARLIER: Document = {
    "mailbox": str,
    "revision?": int,
    "messages": [_EARLIER_MESSAGE],
    "continues?": ObjectId,
    "former_ids?": [ObjectId],
    "apart?": [ObjectId],
    "opened_by?": str,
    "corrections?": [_RECORD],
    "transfer?": (
        NOTHING,
        {
            "whole": bool,
            "to": ObjectId,
            "record": _RECORD,
            "messages": [_EARLIER_MESSAGE],
        },
    ),
}
"""A document of a version before 0.2."""


def damage(document: Document, shape: Document) -> str:
    """Return on a line which field is not as it must be; empty if all are."""
    field = _wrong_field(document, shape, "")
    return complaint_of(field) if field else ""


def complaint_of(field: str) -> str:
    """Return the line that tells of a field."""
    return f"its field {field} is missing or damaged"


def _wrong(value: Any, shape: Shape, path: str) -> str:
    match shape:
        case dict():
            return _wrong_field(value, shape, path) if isinstance(value, dict) else path
        case list():
            if not isinstance(value, list):
                return path
            inside = (_wrong(each, shape[0], f"{path}.{place}") for place, each in enumerate(value))
            return next((each for each in inside if each), "")
        case tuple():
            ways = [_wrong(value, each, path) for each in shape]
            return "" if "" in ways else max(ways, key=len)
        case _:
            fits = isinstance(value, shape) and (shape is not int or not isinstance(value, bool))
            return "" if fits else path


def _wrong_field(document: Document, shape: Document, path: str) -> str:
    for name, inner in shape.items():
        own = name.removesuffix("?")
        if own not in document:
            if own == name:
                return f"{path}.{own}".lstrip(".")
        elif found := _wrong(document[own], inner, f"{path}.{own}".lstrip(".")):
            return found
    return ""
