"""A letter of a conversation: its text, files and marks, and what was left out, in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from receiver.page.addresses import SHORT, path_of
from receiver.page.shown.bodies import ShownBody, bodies_of
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.look_alikes import address_line, called
from receiver.page.shown.rows import Label
from receiver.page.shown.text import file_name, one_line, size_in_words
from receiver.page.words import PageWords
from receiver.page.words.elsewhere import in_words
from receiver.store.mongo import Document

PICTURES = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp"),
        *("image/jpg", "image/pjpeg", "image/x-png"),  # not registered, but sent
    }
)
PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|gif|webp)\Z", re.IGNORECASE)  # of what is sent as bytes
MAX_THUMBNAIL = 2 * 1024 * 1024
MAX_NAMED = 5
MAX_FILES, MAX_DEFECTS = 12, 10  # beside a letter in its dialog
FILES_ON_A_PAGE = 60
LEFT_OUT = (  # beside pictures, in the order in which they are told
    *("media", "drawings", "sheets", "fonts", "hints", "scripts", "forms", "frames"),
    *("links", "redirects"),
)
SIGNS_OF_A_LINE, LINES_OF_A_PICTURE = 80, 10
HEIGHTS = {"short": 5, "low": 12, "high": 25, "higher": 40}  # for how many lines


@dataclass(frozen=True)
class File:
    """An attachment; ``picture`` is an address that shows it, or nothing."""

    name: str
    media: str
    size: str
    address: str
    picture: str


@dataclass(frozen=True)
class Undelivered:
    """Whom a letter did not reach and why, ``told`` to the reader, and as a server ``said`` it.

    Servers give reasons in English, nearly all: what has other signs is in another language.
    """

    told: str
    said: str
    is_english: bool


@dataclass(frozen=True)
class ShownLetter:
    """A letter as the templates show it."""

    key: str
    short: str
    path: str
    person: str
    address: str
    recipients: str
    ours: bool
    subject: str
    subject_changed: bool
    created: Moment
    body: ShownBody
    marks: list[Label]
    files: list[File]
    more_files: int
    defects: list[str]
    more_defects: int
    left_out: list[str]
    revealed: str
    failures: list[Undelivered]
    has_html: bool
    tall: str
    has_original: bool
    guessed: bool


def letters_of(
    mailbox: str, messages: Sequence[Document], beside: Mapping[str, Document], clock: Clock
) -> list[ShownLetter]:
    """Return the letters of a page; the first files of each, while a page has room for them."""
    found, files = [], FILES_ON_A_PAGE
    for each, body in zip(messages, bodies_of(messages, clock.words), strict=True):
        facts = beside.get(each["key"], {})
        shown = letter_of(mailbox, each, facts, clock, min(MAX_FILES, files), body)
        files -= len(shown.files)
        found.append(shown)
    return found


def letter_of(
    mailbox: str,
    message: Document,
    beside: Document,
    clock: Clock,
    most_files: int,
    body: ShownBody,
) -> ShownLetter:
    """Return a letter; ``beside`` is the result of ``Letters.beside`` for it, or nothing."""
    words = clock.words
    content = beside.get("content", {})
    path = path_of(mailbox, message["key"])
    sender = message["from"]
    return ShownLetter(
        key=message["key"],
        short=message["key"][:SHORT],
        path=path,
        person=called(sender),
        address=address_line(sender["address"]),
        recipients=recipients_of(message, words),
        ours=message["direction"] == "out",
        subject=one_line(message["subject"]) or words("no_subject"),
        subject_changed=message.get("subject_changed", False),
        created=clock.moment(message["created"]),
        body=body,
        marks=marks_of_letter(message, words),
        files=[
            file_of(each, f"{path}/files/{number}", words)
            for number, each in enumerate(message["attachments"][:most_files])
        ],
        more_files=max(len(message["attachments"]) - most_files, 0),
        defects=[in_words(one_line(each), words) for each in message["defects"][:MAX_DEFECTS]],
        more_defects=max(len(message["defects"]) - MAX_DEFECTS, 0),
        left_out=left_out_of(content.get("left_out"), words),
        revealed=revealed_in(content.get("left_out"), words),
        failures=failures_of(message, words),
        has_html=beside.get("has_html", False),
        tall=height_of(message),
        has_original=bool(content.get("raw")),
        guessed="guess" in message,
    )


def height_of(message: Document) -> str:
    """Return how high a frame shows most of a letter without being scrolled: a class of the style.

    What stands in the frame cannot be measured, as nothing may run there.
    """
    written = message["body"].splitlines()
    lines = sum(  # of empty lines together, one counts
        1 + len(each) // SIGNS_OF_A_LINE
        for before, each in zip(["", *written], written, strict=False)
        if each.strip() or before.strip()
    )
    lines += LINES_OF_A_PICTURE * sum(1 for each in message["attachments"] if each.get("inline"))
    return next((name for name, most in HEIGHTS.items() if lines <= most), "highest")


def marks_of_letter(message: Document, words: PageWords) -> list[Label]:
    """Return the marks of a letter."""
    found = []
    tones = {"bounce": "alarm", "confirmation": "alarm"}
    kind = message["kind"]
    if kind != "letter":
        found.append(Label(words(f"mark.{kind.replace('-', '_')}"), tones.get(kind, "plain")))
    if message.get("subject_changed"):
        found.append(Label(words("mark.subject_changed"), "warn"))
    if "guess" in message:
        found.append(Label(words("mark.guess"), "warn"))
    return found


def recipients_of(message: Document, words: PageWords) -> str:
    """Return to whom a letter went, the first few by name or address."""
    shown = []
    for field in ("to", "cc", "bcc"):
        people = message.get(field) or []
        if not people:
            continue
        names = [called(each) for each in people[:MAX_NAMED]]
        more = len(people) - MAX_NAMED
        listed = ", ".join(names) + (f" {words.n('letter.more_people', more)}" if more > 0 else "")
        shown.append(f"{words(f'letter.{field}')} {listed}")
    return "; ".join(shown)


def file_of(attachment: Mapping[str, Any], address: str, words: PageWords) -> File:
    """Return an attachment; a small picture is shown if its first bytes confirm its type."""
    media = attachment["content_type"].lower()
    is_named_so = PICTURE_NAME.search(attachment["filename"].strip())
    may_be = media in PICTURES or (media == "application/octet-stream" and is_named_so)
    small = may_be and attachment["size"] <= MAX_THUMBNAIL
    return File(
        name=file_name(attachment["filename"]) or words("file.unnamed"),
        media=one_line(media),
        size=size_in_words(attachment["size"], words),
        address=address,
        picture=f"{address}?picture" if small else "",
    )


def failures_of(message: Document, words: PageWords) -> list[Undelivered]:
    """Return whom a letter did not reach, and why."""
    bounce = message.get("bounce")
    found = []
    for each in (bounce["failures"] if bounce else [])[:MAX_NAMED]:
        means, said = reason_of(each, words)
        told = words("letter.failure", recipient=address_line(each["recipient"]), reason=means)
        found.append(Undelivered(f"{told}: " if means and said else told, said, said.isascii()))
    return found


def reason_of(failure: Mapping[str, Any], words: PageWords) -> tuple[str, str]:
    """Return why a letter did not reach somebody: in the reader's words, and in the server's."""
    status = one_line(failure["status"])
    said = one_line(failure["reason"] or status)
    keys = (f"bounce.{status}", f"bounce.{status.rpartition('.')[0]}", f"bounce.{status[:1]}")
    means = next((words(each) for each in keys if each in words.table), "")
    return means or ("" if said else words("letter.no_reason")), said


def left_out_of(found: Mapping[str, Any] | None, words: PageWords) -> list[str]:
    """Return in words what sanitising removed from a letter's HTML."""
    if not found:
        return []
    said = []
    if pictures := found["pictures"]:
        said.append(words.n("left_out.pictures", pictures))
        if trackers := found["trackers"]:
            said.append(words.n("left_out.trackers", trackers))
    for name in LEFT_OUT:
        if count := found.get(name):
            said.append(words.n(f"left_out.{name}", count))
    if hosts := found["hosts"]:
        listed = ", ".join(one_line(each) for each in hosts[:MAX_NAMED])
        said.append(words("left_out.hosts", hosts=listed))
    if hidden := found.get("hidden"):
        said.append(words.n("left_out.hidden", hidden))
    return said


def revealed_in(found: Mapping[str, Any] | None, words: PageWords) -> str:
    """Return in words what is shown of a letter's HTML though its style made it invisible."""
    count = (found or {}).get("revealed", 0)
    return words.n("letter.revealed", count) if count else ""
