"""The letters of the corpus and what others say they hold.

Two judges. ``own``: what a source's project asserts about its letters (``expect.json``).
``reference``: what an independent reader made of each letter (``reference/*.json``), a second
opinion. A key that a judge leaves out is not compared.
"""

import glob
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

# What zammad writes for an empty body.
FOOTER = 200
# Sources that count by RFC 8621 4.1.4, where a text part can be an attachment too.
COUNTING_TEXTS = ("stalwart",)
NOTHING = "no visible content"

Record = dict[str, Any]


@dataclass(frozen=True)
class Digest:
    """A text too long to be kept: its length, its head, and its digest, white space collapsed."""

    length: int
    head: str
    sha256: str


@dataclass(frozen=True)
class Expected:
    """What one judge says about one letter; None where it says nothing."""

    sender: str | None = None
    name: str | None = None
    subject: str | None = None
    text: str | Digest | None = None
    html: str | None = None
    attachments: int | None = None
    names: tuple[str, ...] | None = None
    sizes: tuple[int, ...] | None = None
    digests: tuple[str, ...] = ()
    texts_may_count: bool = False
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] | None = None
    date: str | None = None


@dataclass(frozen=True)
class Sample:
    """One letter under one judge."""

    judge: str
    source: str
    path: str
    raw: bytes
    expected: Expected

    @property
    def name(self) -> str:
        """The letter's name within the corpus."""
        return f"{self.source}/{self.path}"


def samples(corpus: Path) -> Iterator[Sample]:
    """Yield every letter once per judge, in a steady order."""
    for file in sorted(corpus.glob("*/expect.json")):
        source = file.parent.name
        for path, record in sorted(json.loads(file.read_bytes())["files"].items()):
            letter = file.parent / path
            expected = replace(
                _own(record),
                digests=_digests_in_tree(letter.with_suffix(".json")),
                texts_may_count=source in COUNTING_TEXTS,
            )
            yield from _sample("own", source, letter, path, expected)
    for letter in sorted(corpus.glob("*/*/*.msg")):
        digests = _digests_beside(letter)
        if digests:
            source, path = letter.parents[1].name, f"{letter.parent.name}/{letter.name}"
            yield from _sample("own", source, letter, path, Expected(digests=digests))
    for file in sorted((corpus / "reference").glob("*.json")):
        source = file.stem.replace("threads_", "threads/")
        for path, record in sorted(json.loads(file.read_bytes()).items()):
            expected = _reference(record)
            yield from _sample("reference", source, corpus / source / path, path, expected)


def _sample(judge: str, source: str, file: Path, path: str, expected: Expected) -> Iterator[Sample]:
    if file.is_file():
        yield Sample(judge, source, path, file.read_bytes(), expected)


def _digests_beside(letter: Path) -> tuple[str, ...]:
    """Digests of the binary parts that the source keeps decoded beside the letter (mime4j)."""
    decoded = letter.parent.glob(f"{glob.escape(letter.stem)}_decoded_*.bin")
    return tuple(sha256(file.read_bytes()).hexdigest() for file in sorted(decoded))


def _digests_in_tree(file: Path) -> tuple[str, ...]:
    """Digests of the binary attachments in a source's tree of parts (stalwart)."""
    if not file.is_file():
        return ()
    tree = json.loads(file.read_bytes())
    bodies = [tree["parts"][number]["body"] for number in tree["attachments"]]
    return tuple(
        sha256(bytes(content)).hexdigest()
        for body in bodies
        if isinstance(body, dict)
        for kind, content in body.items()
        if kind in ("Binary", "InlineBinary")
    )


def _own(record: Record) -> Expected:
    names = record.get("attachment_names")
    text, html = record.get("text"), record.get("html")
    nothing = NOTHING in (text, html)
    return Expected(
        sender=record.get("from_email"),
        name=record.get("from_name"),
        subject=record.get("subject"),
        text="" if nothing else text,
        html=None if nothing else html,
        attachments=record.get("attachments"),
        names=tuple(name for name in names if name) if names is not None else None,
        message_id=record.get("message_id"),
        date=record.get("date"),
    )


def _reference(record: Record) -> Expected:
    sender = record["from"][0] if record["from"] else (None, None)
    references = record["references"] or []
    if isinstance(references, str):
        references = [references]
    return Expected(
        sender=sender[1] or None,
        name=sender[0] if sender[1] else None,
        subject=record["subject"],
        text=_beside_html(record),
        html=record["html"] if isinstance(record["html"], str) else None,
        attachments=len(record["attachments"]),
        names=tuple(str(one[0]) for one in record["attachments"] if one[0]),
        sizes=tuple(int(one[2]) for one in record["attachments"] if one[2] is not None),
        message_id=record["messageId"],
        in_reply_to=record["inReplyTo"],
        references=tuple(references),
        date=record["date"],
    )


def _beside_html(record: Record) -> str | Digest | None:
    """Return the text, or None where all words are in the HTML (and at most a list's footer)."""
    text = _text(record["text"])
    size = text.length if isinstance(text, Digest) else len(text or "")
    html = record["html"]
    whole = html["len"] if isinstance(html, dict) else len(html or "")
    return None if html and (size < FOOTER or not size) and whole > size else text


def _text(value: str | Record | None) -> str | Digest | None:
    if isinstance(value, dict):
        return Digest(value["len"], value["head"], value["sha256"])
    return value
