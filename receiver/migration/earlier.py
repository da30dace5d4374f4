"""The content of a mailbox in an earlier database: which letter is in which dialog. Pure.

There a dialog was one document with whole letters, or went on in others (``continues``). Letters
being moved between documents stood in a note (``transfer``): a move that was running counts as
done. Ids of dialogs that were merged into others stood in ``former_ids``.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from receiver.letters.identity import MADE
from receiver.letters.letter import Document, Guess, Letter
from receiver.projecting.shape import EARLIER, complaint_of, damage

OF_THE_DIALOG = ("matched_by", "matched_id", "refused", "subject_changed")
BESIDE = ("html", "raw", "received", "source", "auth")
TEXTS = ("body", "reply")
DEFAULTS: Document = {
    "thread_index": "",
    "reply_to": [],
    "cc": [],
    "bcc": [],
    "kind": "letter",
    "bounce": None,
    "attachments": [],
    "defects": [],
}


@dataclass
class Earlier:
    """One mailbox as its documents were read, letters without texts.

    ``leads`` maps former ids to dialogs; ``records`` are corrections by id.
    """

    mailbox: str
    letters: dict[str, Letter] = field(default_factory=dict)
    leads: dict[Any, Any] = field(default_factory=dict)
    records: dict[Any, Document] = field(default_factory=dict)
    revisions: dict[Any, int] = field(default_factory=dict)
    opened_by: dict[Any, str] = field(default_factory=dict)
    _apart: set[tuple[Any, Any]] = field(default_factory=set)
    _stands: dict[str, Any] = field(default_factory=dict)
    _goes: dict[str, Any] = field(default_factory=dict)
    _guessed: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def take(self, document: Document) -> None:
        """Take in a document."""
        own, note = document["_id"], document.get("transfer")
        self.revisions[own] = document.get("revision", 0)
        head = document.get("continues", own)
        if head != own:
            self.leads[own] = head
        elif note and note["whole"]:
            self.leads[own] = note["to"]
        else:
            self.opened_by[own] = document.get("opened_by", "")
        self.leads |= {one: own for one in document.get("former_ids", []) if one != own}
        self._apart |= {(own, other) for other in document.get("apart", [])}
        under_way = [note["record"]] if note else []
        for record in [*document.get("corrections", []), *under_way]:
            self.records[record["id"]] = record
        for message in messages_in(document):
            self.letters.setdefault(
                message["key"], Letter(self.mailbox, message_of(message, texts=False))
            )
            self._guessed[message["key"]] = message.get("matched_by"), message.get("matched_id")
        self._stands |= {each["key"]: head for each in document["messages"]}
        if note:
            self._goes |= {each["key"]: note["to"] for each in note["messages"]}

    def resolve(self, one: Any) -> Any:
        """Return the dialog that an id leads to."""
        seen = set()
        while one in self.leads and one not in seen:
            seen.add(one)
            one = self.leads[one]
        return one

    def home(self) -> dict[str, Any]:
        """Return the dialog of each letter, by key."""
        return {
            key: self.resolve(self._stands.get(key, self._goes.get(key))) for key in self.letters
        }

    def apart(self) -> list[tuple[Any, Any]]:
        """Return the dialogs that a person separated, each pair once."""
        pairs = {tuple(sorted(map(self.resolve, pair))) for pair in self._apart}
        return sorted((one, other) for one, other in pairs if one != other)

    def guesses(self) -> dict[str, Guess]:
        """Return rung 4's joins as guesses: each to the letter before it in its dialog."""
        home = self.home()
        inside: defaultdict[Any, list[Letter]] = defaultdict(list)
        for key, letter in self.letters.items():
            inside[home[key]].append(letter)
        found: dict[str, Guess] = {}
        for letters in inside.values():
            letters.sort(key=lambda each: each.order)
            for number, letter in enumerate(letters):
                by, evidence = self._guessed[letter.key]
                others = letters[:number][-1:] or letters[1:2]
                if by in ("subject", "thread_index") and others:
                    found[letter.key] = Guess(others[0].key, by, evidence)
        return found


def messages_in(document: Document) -> Iterator[Document]:
    """Yield the letters of a document and of its note; a removed one left a placeholder."""
    note: Document = document.get("transfer") or {"messages": []}
    for message in (*document["messages"], *note["messages"]):
        if "message_id" in message:
            yield message


def damage_before(document: Document) -> str:
    """Return on a line which field of an earlier document cannot be read; empty if all can be."""
    messages = document.get("messages")
    if not isinstance(messages, list):
        return complaint_of("messages")
    whole = [each for each in messages if not _is_placeholder(each)]
    return damage(document | {"messages": whole}, EARLIER)


def _is_placeholder(message: Any) -> bool:
    return (
        isinstance(message, dict) and "key" in message and not {"message_id", "from"} & {*message}
    )


def message_of(earlier: Document, *, texts: bool = True) -> Document:
    """Return a letter's message in today's form, without what belongs to its dialog."""
    left_out: Sequence[str] = (*OF_THE_DIALOG, *BESIDE, *(() if texts else TEXTS))
    message = DEFAULTS | {name: value for name, value in earlier.items() if name not in left_out}
    if "@" not in message["message_id"]:
        message["known_as"] = sha256(message["key"].encode()).hexdigest()[:32] + MADE
    return message


def content_of(earlier: Document) -> Document:
    """Return what is stored of a letter beside its message."""
    return {
        "html": earlier.get("html", ""),
        "headers": [],
        "raw": earlier.get("raw"),
        "received": earlier.get("received", earlier["created"]),
    }


def copy_of(earlier: Document) -> Document:
    """Return by which way a letter came."""
    return {
        "direction": earlier["direction"],
        "source": earlier.get("source", {}),
        "auth": earlier.get("auth", []),
        "bcc": [],
    }
