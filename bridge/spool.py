"""The spool: a Maildir in which a letter lies from its 250 until the webhook has it.

States are directories and a move is a rename, so ``ls`` and ``mv`` are tools for it: ``tmp``
(being written), ``new`` and ``cur`` (waiting; a mail program that opens the Maildir moves letters
from one to the other), ``failed`` (refused for good, with the reason beside the letter). The time
of the next attempt is the file's modification time. https://cr.yp.to/proto/maildir.html
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from bridge.envelope import Delivery, read_trace

SUFFIX = ".eml"
HEAD_BYTES = 512 * 1024
STALE_SECONDS = 36 * 3600


class SpoolInUse(Exception):
    """Another courier already empties this spool."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter in the spool: its id, its file, and the Unix time of its next attempt."""

    id: str
    path: Path
    due: float


def new_id() -> str:
    """Return a spool id: sorts by time, cannot be guessed, and fits a ``webhook-id``."""
    return f"{time.time_ns() // 1000:016d}-{secrets.token_hex(8)}"


def age(letter_id: str, now: float) -> float:
    """Return the seconds since the letter was taken in, from its id alone."""
    return max(0.0, now - int(letter_id.partition("-")[0]) / 1e6)


class Draft:
    """A letter that is being written; it exists for others only once it is committed."""

    def __init__(self, spool: "Spool", letter_id: str) -> None:
        self.id = letter_id
        self._spool = spool
        self._path = spool.tmp / (letter_id + SUFFIX)
        self._file: BinaryIO = self._path.open("xb")

    def write(self, content: bytes) -> None:
        """Add bytes to the letter; raises OSError where the disk does."""
        self._file.write(content)

    def commit(self) -> None:
        """Put the letter on disk for good: file, rename, directory, in this order."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.rename(self._spool.new / self._path.name)
        _sync_directory(self._spool.new)

    def discard(self) -> None:
        """Forget the letter; nobody was told that it was taken."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Spool:
    """The directories of one spool; every method blocks, so call them off the event loop."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tmp, self.new, self.cur = root / "tmp", root / "new", root / "cur"
        self.failed = root / "failed"

    def prepare(self) -> Self:
        """Create the directories where they are missing, readable by their owner alone."""
        for directory in (self.root, self.tmp, self.new, self.cur, self.failed):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Claim the spool for this process's courier; raises SpoolInUse if another has it."""
        with (self.root / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SpoolInUse(f"another courier works on {self.root}") from None
            yield

    def sweep(self, now: float) -> int:
        """Remove drafts that a crash left behind; their senders were never told 250."""
        stale = [path for path in self.tmp.iterdir() if path.stat().st_mtime < now - STALE_SECONDS]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def draft(self, letter_id: str) -> Draft:
        """Open a new letter for writing."""
        return Draft(self, letter_id)

    def waiting(self) -> Iterator[Waiting]:
        """Yield every letter that waits for its delivery, in no order."""
        for directory in (self.new, self.cur):
            with os.scandir(directory) as entries:
                for entry in entries:
                    letter_id, suffix, _flags = entry.name.partition(SUFFIX)
                    if suffix and _is_id(letter_id):
                        try:
                            yield Waiting(letter_id, Path(entry.path), entry.stat().st_mtime)
                        except FileNotFoundError:  # delivered or moved since the listing
                            continue

    def defer(self, letter: Waiting, until: float) -> None:
        """Write down when the letter is to be tried next."""
        os.utime(letter.path, (until, until))

    def remove(self, letter: Waiting) -> None:
        """Forget a letter that the webhook has taken."""
        letter.path.unlink(missing_ok=True)

    def fail(self, letter: Waiting, reason: str, now: float) -> None:
        """Move a letter that is refused for good to ``failed``, its reason written first."""
        note = {
            "id": letter.id,
            "reason": reason,
            "first_attempt": _utc(now - age(letter.id, now)),
            "last_attempt": _utc(now),
        }
        target = self.failed / (letter.id + SUFFIX)
        target.with_suffix(".json").write_text(
            json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        letter.path.rename(target)
        _sync_directory(self.failed)


def read_head(path: Path) -> tuple[Delivery, bytes]:
    """Return the delivery of a spool file and the beginning of its letter, the header at least."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    delivery, start = read_trace(head)
    return delivery, head[start:]


def _is_id(name: str) -> bool:
    stamp, dash, token = name.partition("-")
    return bool(dash and token) and stamp.isascii() and stamp.isdigit()


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
