"""The events of hooks: their kinds, stable names and JSON. Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

EventKind = Literal[
    "dialog.opened",
    "letter.stored",
    "letter.bounced",
    "dialog.merged",
    "dialog.corrected",
    "alarm.raised",
    "alarm.cleared",
]
KINDS: tuple[EventKind, ...] = get_args(EventKind)
TEST = "hook.test"
ID_SIGNS = 40


@dataclass(frozen=True)
class HookEvent:
    """Something that happened; ``of`` is the id of its subject, ``revision`` its number there.

    ``data`` is the content of a thin event: ids, and what kind of thing they are of.
    """

    kind: str
    when: datetime
    of: str
    revision: int
    data: Mapping[str, Any]

    def webhook_id(self, hook: str) -> str:
        """Return the event's name for a hook: the same whenever and by whomever it is sent."""
        text = json.dumps([hook, self.kind, self.data.get("mailbox"), self.of, self.revision])
        return f"evt_{hashlib.sha256(text.encode()).hexdigest()[:ID_SIGNS]}"

    def body(self, more: Mapping[str, Any]) -> bytes:
        """Return the JSON to send; ``more`` is what a full event has beside the ids."""
        when = self.when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said = {"type": self.kind, "timestamp": when, "data": {**self.data, **more}}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")

    def document(self) -> dict[str, Any]:
        """Return the stored form of an event that waits."""
        return {
            "kind": self.kind,
            "when": self.when,
            "of": self.of,
            "revision": self.revision,
            "data": dict(self.data),
        }


def event_of(document: Mapping[str, Any]) -> HookEvent:
    """Return a stored event."""
    names = ("kind", "when", "of", "revision", "data")
    return HookEvent(**{name: document[name] for name in names})
