"""From a spool file to its event and blobs: as much of the letter as can be read.

The whole letter, else its header, else only what SMTP said, which is always there: when reading
raises, less is read at once. For a letter that kills its process ``parse_pool`` asks for less next
time.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bridge.courier.event import body_with_original, email_received, last_resort
from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.parse.sender.authentication import verdicts
from bridge.parse.sender.dkim_check import judge
from bridge.spool.attempts import tried
from bridge.spool.envelope import Delivery, read_trace
from bridge.spool.spool import HEAD_BYTES, SUFFIX
from contract.bounds import MAX_CONTENT_BYTES, MAX_DEFECTS
from contract.event import Blob
from contract.process import where

HEADER_BYTES: Final = 64 * 1024
USUAL_BYTES: Final = 64 * 1024
READINGS: Final = ("whole", "headers", "envelope")
HEADERS_ONLY: Final = "the body could not be parsed"
Keys = dict[str, str | None]


class Read(NamedTuple):
    """The result of reading a spool file: the event's JSON, its blobs, and the letter's identity.

    ``conversation`` is the first id in References or In-Reply-To, else the letter's own (RFC 5322
    3.6.4). ``contents`` are the bytes of the blobs without a path, in order.
    """

    event: bytes
    blobs: list[dict[str, object]]
    mailbox: str
    message_id: str = ""
    conversation: str = ""
    contents: Sequence[bytes] = ()


class _File(NamedTuple):
    """An attachment: its description, and its bytes if they were not written to disk."""

    told: dict[str, object]
    content: bytes | None


def read(
    path: Path, parts: Path, how: str, keys: Keys, from_yandex: bool, unwritten: int = 0
) -> Read:
    """Return the event's JSON and the blobs of a spool file; attachments are written to ``parts``.

    Attachments of up to ``unwritten`` bytes in all are not written: their bytes are returned. The
    first blob is the letter itself, ``held`` if its bytes lie in the event. ``how`` is one of
    READINGS. Raises OSError, MemoryError and ``spool.envelope.NotATrace``.
    """
    delivery, start, raw = _original(path)
    digest = raw.sha256
    attempts = tried(path.parent.parent, path.name.partition(SUFFIX)[0]).times + 1
    blob: dict[str, object] = {"sha256": digest, "size": raw.size, "path": str(path)}
    blob["start"] = start
    for reading in READINGS[READINGS.index(how) : -1]:
        try:
            if reading == "whole":
                content = _content(path, start, raw)
                letter, files = _whole(content, parts, keys, from_yandex, unwritten)
                del content
            else:
                letter, files = _headers(path, start), {}
            body, held = body_with_original(email_received(delivery, letter, raw, attempts))
        except (OSError, MemoryError):  # these say nothing about the letter
            raise
        except Exception as error:
            print(f"less is read of a letter: {where(error)}", file=sys.stderr)  # noqa: T201
            continue
        files.pop(digest, None)
        blobs = [blob | {"held": held}, *(each.told for each in files.values())]
        contents = [each.content for each in files.values() if each.content is not None]
        own = letter.message_id or ""
        first = next(iter((*letter.references, *letter.in_reply_to)), own)
        return Read(body, blobs, delivery.mailbox, own, first, contents)
    body, held = body_with_original(last_resort(delivery, raw, attempts))
    return Read(body, [blob | {"held": held}], delivery.mailbox)


def _original(path: Path) -> tuple[Delivery, int, Blob]:
    """Return the letter's blob, where the letter begins in its file, and a small letter's bytes."""
    with path.open("rb") as file:
        head = file.read(USUAL_BYTES)  # memory for HEAD_BYTES comes from the system each time
        if len(head) == USUAL_BYTES:
            head += file.read(HEAD_BYTES - USUAL_BYTES)
        delivery, start = read_trace(head, path.name.partition(SUFFIX)[0])
        content = head[start:] if len(head) < HEAD_BYTES else None
        if content is not None and len(content) <= MAX_CONTENT_BYTES:
            digest = hashlib.sha256(content).hexdigest()
            return delivery, start, Blob(sha256=digest, size=len(content), content=content)
        file.seek(start)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return delivery, start, Blob(sha256=digest, size=file.tell() - start)


def _content(path: Path, start: int, raw: Blob) -> bytes:
    if raw.content is not None:
        return raw.content
    with path.open("rb") as file:
        file.seek(start)
        return file.read()


def _whole(
    raw: bytes, parts: Path, keys: Keys, from_yandex: bool, unwritten: int
) -> tuple[ParsedLetter, dict[str, _File]]:
    """Return the whole letter as read, and its attachments by their digests."""
    letter = read_letter(raw)
    files: dict[str, _File] = {}
    for part in letter.parts:
        sha256, size = part.attachment.sha256, len(part.content)
        if sha256 in files:
            continue
        told: dict[str, object] = {"sha256": sha256, "size": size, "start": 0}
        if size <= unwritten:
            unwritten -= size
            files[sha256] = _File(told, part.content)
        else:
            parts.mkdir(mode=0o700, parents=True, exist_ok=True)
            (parts / sha256).write_bytes(part.content)
            files[sha256] = _File(told | {"path": str(parts / sha256)}, None)
    if files:  # attachments are stored now, and a large letter's DKIM check takes memory, too
        letter = letter.model_copy(update={"parts": ()})
    return judged(raw, letter, keys, from_yandex), files


def _headers(path: Path, start: int) -> ParsedLetter:
    """Return what the header says, by reading the letter without its body."""
    with path.open("rb") as file:
        file.seek(start)
        block = file.read(HEADER_BYTES).partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    letter = read_letter(block + b"\r\n\r\n")
    defects = [*letter.defects, HEADERS_ONLY]
    # No parts were read: a digest of none would equal that of every such letter.
    update = {"defects": defects[-MAX_DEFECTS:], "parts_sha256": None}
    return letter.model_copy(update=update)


def judged(raw: bytes, letter: ParsedLetter, keys: Keys, from_yandex: bool) -> ParsedLetter:
    """Return the letter with Yandex's verdicts and our own about its sender."""
    known = {name: None if key is None else key.encode("latin-1") for name, key in keys.items()}
    sender = letter.from_.address
    theirs = verdicts(letter.headers, sender) if from_yandex else ()
    ours = judge(raw, sender, known)
    auth = [*theirs, ours] if ours.dkim != "none" else [*theirs]
    return letter.model_copy(update={"auth": auth}) if auth else letter
