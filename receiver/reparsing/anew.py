"""What changes in a stored letter when its original is read again. Pure.

Its key, its Message-ID and its name stay, whatever is read now: others name it by them, and copies
are recognised by them. So do its direction and its guess, which do not come from its bytes.
Everything else becomes what the original says.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from receiver.letters.arrival import Arrival
from receiver.letters.letter import Letter
from receiver.store.mongo import Document
from receiver.store.packed import packed, unpacked
from receiver.words import texts

KEPT = ("key", "message_id", "known_as", "direction", "guess")
LONG = ("body", "reply", "html")
MOST_SHOWN = 60


@dataclass(frozen=True)
class Rewritten:
    """The changes to one letter: ``fields`` to set and ``left_out`` to remove, by MongoDB's paths.

    ``letter`` is the letter afterwards, and ``told`` has one line for each field that changes.
    """

    letter: Letter
    fields: Document = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.left_out)


def changes_of(document: Document, read: Arrival) -> Rewritten:
    """Return the changes to a letter's document, with ``read`` from its original."""
    old: Document = document["message"]
    new = read.letter.message | {name: old[name] for name in KEPT if name in old}
    new = {name: value for name, value in new.items() if name not in KEPT or name in old}
    new["bcc"] = old["bcc"] or new["bcc"]  # perhaps another copy's
    fields: Document = {}
    left_out = set()
    told = []
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            left_out.add(f"message.{name}")
        elif old.get(name) != new[name] or name not in old:
            fields[f"message.{name}"] = new[name]
        else:
            continue
        told.append(_line(name, old.get(name), new.get(name)))
    for name, before, now in _beside(document["content"], read.content):
        if before != now:
            told.append(_line(name, before, now))
            if now is None:
                left_out.add(f"content.{name}")
            else:
                fields[f"content.{name}"] = packed(now) if name == "headers" else now
    if "message.attachments" in fields:
        digests = _digests(new, document["content"])
        if digests:
            fields["digests"] = digests
        elif "digests" in document:
            left_out.add("digests")
    return Rewritten(Letter(document["mailbox"], new), fields, frozenset(left_out), tuple(told))


def _beside(content: Document, read: Document) -> list[tuple[str, Any, Any]]:
    """Return what is stored beside the message: name, before, now."""
    headers = json.loads(unpacked(content["headers"])) if content.get("headers") else []
    return [
        ("html", content.get("html", ""), read["html"]),
        ("headers", headers, read["headers"]),
        ("left_out", content.get("left_out"), read.get("left_out")),
    ]


def _digests(message: Document, content: Document) -> list[str]:
    named = {each["sha256"] for each in message["attachments"]}
    if content.get("raw") and "original" not in content:
        named.add(content["raw"]["sha256"])
    return sorted(named)


def _line(name: str, before: Any, now: Any) -> str:
    """Return how a field changes: of texts and lists only the length."""
    if name in LONG:
        told = "{name}: {before} → {now} characters"
        return texts(told, name=name, before=len(before or ""), now=len(now or ""))
    if name in ("headers", "attachments", "to", "cc", "bcc", "reply_to", "references"):
        return f"{name}: {len(before or [])} → {len(now or [])}"
    return f"{name}: {_shown(before)} → {_shown(now)}"


def _shown(value: Any) -> str:
    text = texts.word("nothing") if value is None else str(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
