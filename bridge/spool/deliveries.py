"""The log of deliveries: for 30 days it leads from an id to a dialog.

One line of JSON for each letter, in files that change each day and at ``FILE_BYTES``; the oldest
are removed if there are too many. Several processes may write at once: each line is one ``write``
to a file opened for appending (POSIX write, O_APPEND). A line begins with a line feed instead of
ending with one, so that a line cut short by a crash spoils no other.

The log only helps people: no letter waits for it, and a failed write is logged and dropped.
"""

import json
import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

log = logging.getLogger(__name__)

KEPT_DAYS = 30
DAY_SECONDS = 86400
FILE_BYTES = 8 * 1024 * 1024
ALL_BYTES = 256 * 1024 * 1024
NAME = "delivered"
_FILE = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{4,})\.jsonl")

Ending = Literal["delivered", "dropped", "erased"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A letter that has left the spool; ``when`` is a Unix time.

    ``dialog``, ``outcome``, ``matched_by`` and ``letter`` (its key) come from the receiver's
    answer, as far as it has them. ``ending`` is ``dropped`` if a person deleted the letter from
    ``failed``, ``erased`` if it was deleted together with all that is known of somebody.
    """

    id: str
    when: float
    mailbox: str = ""
    message_id: str = ""
    dialog: str = ""
    outcome: str = ""
    matched_by: str = ""
    letter: str = ""
    ending: Ending = "delivered"


class Deliveries:
    """The log in one directory; safe in any thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._current: tuple[int, int] | None = None  # the day and the descriptor
        self._fails = False

    @classmethod
    def beside(cls, spool: Path) -> "Deliveries":
        """Return the log beside a spool."""
        return cls(spool.parent / NAME)

    def note(self, delivered: Delivered) -> None:
        """Append a delivery; blocks, and never raises for faults of the disk."""
        named = ((name, getattr(delivered, name)) for name in Delivered.__slots__)
        fields = {name: value for name, value in named if value}
        line = b"\n" + json.dumps(fields, ensure_ascii=True).encode()
        with self._lock:
            try:
                os.write(self._descriptor(delivered.when), line)
                self._fails = False
            except OSError as error:
                if not self._fails:
                    words = "what is delivered is not noted for trace: %s: %s"
                    log.warning(words, self._directory, error.strerror)
                self._fails = True

    def find(self, words: str) -> Iterator[Delivered]:
        """Yield the deliveries with this id, beginning of an id, or Message-ID.

        The oldest first; incomplete lines are skipped. Blocks.
        """
        needle = json.dumps(words)[1:-1].encode()
        for path in self._files():
            with suppress(OSError), path.open("rb") as file:
                for line in file:
                    found = _read(line) if needle in line else None
                    if found and (found.id.startswith(words) or found.message_id == words):
                        yield found

    @property
    def oldest(self) -> datetime | None:
        """The day of the oldest file."""
        for path in self._files():
            return _day(path)
        return None

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return sorted(path for path in self._directory.iterdir() if _FILE.fullmatch(path.name))
        return []

    def _descriptor(self, now: float) -> int:
        """Return the descriptor of today's file, or of a new one if it is full."""
        day = int(now // DAY_SECONDS)
        if self._current is not None:
            of, descriptor = self._current
            found = os.fstat(descriptor)
            if of == day and found.st_nlink and found.st_size < FILE_BYTES:
                return descriptor
            self._current = None
            os.close(descriptor)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = self._files()
        path = self._next(datetime.fromtimestamp(now, UTC).date().isoformat(), files)
        self._forget(files, now)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._current = day, descriptor
        return descriptor

    def _next(self, today: str, files: list[Path]) -> Path:
        """Return the file to go on with: the same for all processes that ask."""
        last = max((path.name for path in files if path.name.startswith(today)), default="")
        number = int(last.split(".")[1]) if last else 0
        if last and _size(self._directory / last) >= FILE_BYTES:
            number += 1
        return self._directory / f"{today}.{number:04d}.jsonl"

    def _forget(self, files: list[Path], now: float) -> None:
        """Remove files that are too old, then the oldest while there is too much."""
        first = datetime.fromtimestamp(now - KEPT_DAYS * DAY_SECONDS, UTC)
        sizes = {path: _size(path) for path in files}
        for path in files:
            if _day(path).date() < first.date() or sum(sizes.values()) > ALL_BYTES - FILE_BYTES:
                path.unlink(missing_ok=True)
                sizes.pop(path)


def delivered(letter_id: str, mailbox: str, message_id: str, answer: bytes) -> Delivered:
    """Return what is known of a letter that the receiver took; ``answer`` may be anything."""
    said = {}
    with suppress(ValueError, UnicodeDecodeError):
        said = json.loads(answer)
    known = said if isinstance(said, dict) else {}
    dialog, outcome, matched_by, key = (
        str(known.get(name) or "")[:200] for name in ("dialog", "outcome", "matched_by", "letter")
    )
    if outcome == "erased":  # an erased person wants nothing to be known
        return Delivered(letter_id, time.time(), mailbox, outcome=outcome)
    return Delivered(letter_id, time.time(), mailbox, message_id, dialog, outcome, matched_by, key)


def _read(line: bytes) -> Delivered | None:
    """Return what a line says; None if it is not one of ours."""
    try:
        said = json.loads(line)
        known = {name: said[name] for name in Delivered.__slots__ if name in said}
        texts = all(isinstance(each, str) for name, each in known.items() if name != "when")
        return Delivered(**known) if texts and isinstance(known["when"], float) else None
    except (ValueError, TypeError, KeyError):
        return None


def _size(path: Path) -> int:
    """Return a file's size in bytes, 0 if another process has removed it."""
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _day(path: Path) -> datetime:
    return datetime.fromisoformat(path.name.partition(".")[0]).replace(tzinfo=UTC)
