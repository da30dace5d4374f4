"""What a person leaves in letters of others, and how that is taken out: pure.

Others' letters stay, without him: he goes from the address fields; the quoted history goes
(``reply`` is what is new in a letter), then every line that he wrote, his address, his full name,
and a subject that he chose. HTML and original go, for both repeat all of that, as do header fields
that name him. Letters that only name an id of his are not touched.
"""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract.reading.addresses import canonical
from contract.reading.written import Sought
from receiver.letters.belonging import named_in
from receiver.letters.letter import Letter
from receiver.letters.subject import base_subject
from receiver.store.mongo import Document
from receiver.store.packed import packed, unpacked

ERASED = "[erased]"
LONG_LINE = 20
_QUOTED = re.compile(r"^[>|\s]+")


@dataclass(frozen=True)
class Traces:
    """What tells of a person: canonical address, full names, lines, subjects, ids of letters.

    ``others`` are addresses of other people that end as his.
    """

    person: str
    names: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @cached_property
    def _sought(self) -> Sought:
        return Sought(self.person, self.others)

    def mentioned_in(self, text: str) -> bool:
        """Tell whether a text has his address, however it is spelt."""
        return self._sought.is_in(text)

    def names_him(self, text: str) -> bool:
        """Tell whether a text has something of his that would be taken out of it."""
        return self.cleaned(text) != text

    def quoted_in(self, letter: Letter) -> bool:
        """Tell whether a letter has a long line of his, his full name, or a subject of his."""
        message = letter.message
        body = str(message["body"])
        lines = {each for each in map(line_of, body.splitlines()) if len(each) >= LONG_LINE}
        named = self._named
        return (
            not self.lines.isdisjoint(lines)
            or letter.base_subject in self.subjects
            or bool(named and named.search(body))
        )

    def cleaned(self, text: str) -> str:
        """Return a text without what he wrote or is called by."""
        kept = [
            each
            for each in text.split("\n")
            if not line_of(each) or line_of(each) not in self.lines
        ]
        text = "\n".join(kept)
        text = self._sought.replaced(text, ERASED)
        named = self._named
        return named.sub(ERASED, text) if named else text

    def told_by(self, spooled: Document) -> bool:
        """Tell whether a letter in a spool, as its bridge reported it, tells of him."""
        subject, words = spooled["subject"], (spooled["subject"], spooled["reason"])
        return (
            spooled["message_id"].strip("<> ") in self.ids
            or base_subject(subject) in self.subjects
            or any(map(self.names_him, words))
        )

    def without(self, value: Any) -> Any:
        """Return a value of any shape without what names him."""
        if isinstance(value, str):
            return self.cleaned(value)
        if isinstance(value, list):
            return [self.without(each) for each in value if not self._is_him(each)]
        if isinstance(value, dict):
            return {
                name: self._file_name(each) if name == "filename" else self.without(each)
                for name, each in value.items()
            }
        return value

    def _is_him(self, value: Any) -> bool:
        if isinstance(value, dict):
            value = value.get("address", value.get("recipient"))
        return isinstance(value, str) and "@" in value and canonical(value) == self.person

    def _file_name(self, name: str) -> str:
        """Return a file's name without him; its ending, whatever it is, is no part of a domain."""
        stem, dot, ending = self.cleaned(name).rpartition(".")
        return f"{self.cleaned(stem)}{dot}{ending}"

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        if not self.names:
            return None
        either = "|".join(re.escape(each) for each in sorted(self.names, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def traces_of(person: str, letters: Iterable[Letter], opening: frozenset[str]) -> Traces:
    """Return what letters of a person, with their texts, say of him.

    ``opening`` are the keys of those that gave their dialogs a subject.
    """
    names: set[str] = set()
    lines: set[str] = set()
    subjects: set[str] = set()
    ids: set[str] = set()
    for letter in letters:
        message = letter.message
        people = [message["from"], *message["reply_to"], *message["to"], *message["cc"]]
        for each in people:
            name = " ".join(each["name"].split())
            if canonical(each["address"]) == person and " " in name and "@" not in name:
                names.add(name)
        if person in {canonical(message["from"]["address"]), *letter.speakers}:
            new = message["reply"] or message["body"]
            lines |= {line_of(each) for each in new.splitlines()}
            ids.add(letter.message_id)
            if letter.key in opening:
                subjects.add(letter.base_subject)
    return Traces(
        person,
        frozenset(names),
        frozenset(lines - {""}),
        frozenset(subjects - {""}),
        frozenset(ids),
    )


def united(person: str, found: Iterable[Traces], others: frozenset[str]) -> Traces:
    """Return what several mailboxes tell of one person."""
    every = list(found)
    kinds = ("names", "lines", "subjects", "ids")
    both = {kind: frozenset().union(*(getattr(each, kind) for each in every)) for kind in kinds}
    return Traces(person, **both, others=others)


def like_him(person: str, people: Iterable[str]) -> frozenset[str]:
    """Return those addresses of other people that end as his: ``d'ivan@`` beside ``ivan@``."""
    return frozenset(each for each in people if each != person and each.endswith(person))


def why_touched(traces: Traces, document: Document, *, linked: bool) -> str | None:
    """Return how a letter of others tells of a person; None if it does not.

    ``linked`` means that it stands beside his letters, or names one. Only there are lines and names
    looked for: elsewhere they are anybody's.
    """
    mailbox, message = document["mailbox"], document["message"]
    if traces.person in named_in(mailbox, message):
        return "names"
    if any(map(traces.mentioned_in, texts_of(document))):
        return "mentions"
    return "quotes" if linked and traces.quoted_in(Letter(mailbox, message)) else None


def texts_of(document: Document) -> list[str]:
    """Return every text of a letter's document, apart from its original and files."""
    message, content = document["message"], document["content"]
    texts = [message["subject"], message["body"], message["reply"], content.get("html", "")]
    texts += [each["filename"].rpartition(".")[0] for each in message["attachments"]]
    texts += _strings([message["attachments"], document["copies"]])
    if content.get("headers"):
        texts += _strings(json.loads(_text(content["headers"]) or "[]"))
    return texts


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a value of any shape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def redacted(traces: Traces, document: Document, files: frozenset[str]) -> Document:
    """Return the fields of a letter's document as they are without a person.

    ``files`` are the digests of attachments that stay.
    """
    message, content = dict(document["message"]), dict(document["content"])
    new_words = message["reply"] if message["reply"].strip() else message["body"]
    untouched = {name: message[name] for name in ("key", "message_id", "thread_index")}
    message = traces.without(message) | untouched
    message["body"] = traces.cleaned(new_words)
    if base_subject(document["message"]["subject"]) in traces.subjects:
        message["subject"] = ERASED
    for name in ("in_reply_to", "references"):
        message[name] = [one for one in document["message"][name] if one not in traces.ids]
    if message.get("original_from") and traces.person == canonical(
        document["message"]["original_from"]["address"]
    ):
        message.pop("original_from")
    message["attachments"] = [each for each in message["attachments"] if each["sha256"] in files]
    kept = json.loads(unpacked(content["headers"])) if content.get("headers") else []
    content["headers"] = packed([each for each in kept if not _tells(traces, each)])
    content |= {"html": "", "raw": None}
    content.pop("original", None)
    ending = f"\n{traces.person}"
    known = [one for one in document["known"] if one not in traces.ids]
    return {
        "message": message,
        "content": content,
        "copies": traces.without(document["copies"]),
        "known": [one for one in known if not one.endswith(ending)],
        "digests": sorted(files),
        "redacted": True,
    }


def _tells(traces: Traces, field: list[str]) -> bool:
    name, value = field[0].casefold(), field[1]
    quotes_subject = name == "subject" and base_subject(value) in traces.subjects
    ids = any(one in value for one in traces.ids)
    return quotes_subject or ids or traces.cleaned(value) != value


def _text(kept: bytes) -> str:
    try:
        return unpacked(kept).decode("utf-8", "replace")
    except zlib.error:
        return ""


def line_of(text: str) -> str:
    """Return a line as it is compared: without what marks it as quoted."""
    return " ".join(_QUOTED.sub("", text).split()).casefold()
