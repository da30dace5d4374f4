"""The spool: a Maildir in which a letter lies from its 250 until the webhook has it.

States are directories and a change of state is a rename, so ``ls`` and ``mv`` work on it: ``tmp``
(being written), ``new`` and ``cur`` (waiting; a mail program that opens the Maildir moves letters
from one to the other), ``failed`` (refused for good, with the reason beside the letter). The file's
modification time is the time of the next attempt; ``waits`` holds, for each letter tried in vain,
how often and why. https://cr.yp.to/proto/maildir.html
"""

import errno
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from bridge.spool import disk
from bridge.spool.attempts import WAITS, begin_again, forget, note_failure, tried
from bridge.spool.envelope import Delivery, read_trace
from contract.faults import reach
from contract.files.locks import stays_held, taken

SUFFIX = ".eml"
HEAD_BYTES = 512 * 1024
STALE_SECONDS = 36 * 3600
LOCK = "lock"


class SpoolInUse(Exception):
    """Another courier already empties this spool."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter in the spool: its id, its file, and the Unix time of its next attempt.

    ``size`` is in bytes. ``written`` is the time of an attempt that is already written down, if it
    lies beyond the next. ``conversation`` is an id that the letters of its conversation probably
    share (``bridge.spool.conversation``), empty where it is not known.
    """

    id: str
    path: Path
    due: float
    size: int = 0
    written: float = 0.0
    conversation: bytes = b""


def new_id() -> str:
    """Return a spool id: sorts by time, cannot be guessed, and fits a ``webhook-id``."""
    microseconds = max(0, time.time_ns() // 1000)  # a clock before 1970 would give it a sign
    return f"{microseconds:016d}-{secrets.token_hex(8)}"


def age(letter_id: str, now: float) -> float:
    """Return the seconds since the letter was taken in, by its id alone."""
    return max(0.0, now - int(letter_id.partition("-")[0]) / 1e6)


class Draft:
    """A letter that is being written; others see it only once it is committed.

    Thread-safe: a connection may be lost while a write is running.
    """

    def __init__(self, spool: "Spool", letter_id: str) -> None:
        self.id = letter_id
        self._name = letter_id + SUFFIX
        self._path = spool.tmp / self._name
        self._new = spool.new
        self._lock = threading.Lock()
        self._descriptor = disk.create(self._path)
        self._open = True

    def write(self, content: bytes) -> None:
        """Add bytes to the letter; raises OSError for a fault of the disk, or after ``discard``."""
        with self._lock:
            if not self._open:
                raise OSError(errno.ECANCELED, "the draft was discarded")
            disk.write(self._descriptor, content)

    def commit(self) -> None:
        """Put the letter on disk for good: file, rename, directory, in this order.

        Raises OSError, and then nothing is stored.
        """
        commit([self])

    def seal(self) -> None:
        """Bring every byte to the disk."""
        with self._lock:
            if not self._open:
                raise OSError(errno.ECANCELED, "the draft was discarded")
            disk.sync(self._descriptor)

    def publish(self) -> None:
        """Show the letter to the courier, under its name in ``new``."""
        disk.rename(self._path, self._new / self._name)

    def settle(self) -> None:
        """Bring the letter's new name to the disk."""
        disk.sync_directory(self._new)

    def close(self) -> None:
        """Close the file; it stays where it is."""
        with self._lock:
            if self._open:
                self._open = False
                os.close(self._descriptor)

    def discard(self) -> None:
        """Drop the letter; nobody was told that it was taken."""
        self.close()
        for path in (self._path, self._new / self._name):
            with suppress(OSError):  # what cannot be removed now is swept at the next start
                path.unlink(missing_ok=True)


def commit(drafts: Sequence[Draft]) -> None:
    """Put several copies of one letter on disk for good, all of them or none.

    Raises OSError. A crash can leave some in ``new``; the client was not told 250 and sends the
    letter again, which the receiver recognises by its key.
    """
    try:
        for draft in drafts:
            draft.seal()
        for draft in drafts:
            draft.publish()
        for draft in drafts[:1]:
            draft.settle()
    except BaseException:
        for draft in drafts:
            draft.discard()
        raise
    for draft in drafts:
        draft.close()


class Spool:
    """The directories of one spool; every method blocks, so call them off the event loop."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tmp, self.new, self.cur = root / "tmp", root / "new", root / "cur"
        self.failed = root / "failed"
        self.waits = root / WAITS

    def prepare(self) -> Self:
        """Create missing directories, readable by their owner alone."""
        for directory in (self.root, self.tmp, self.new, self.cur, self.failed, self.waits):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Claim the spool for this process's courier; raises SpoolInUse if another has it."""
        with (self.root / LOCK).open("wb") as lock:
            if not taken(lock.fileno()):
                raise SpoolInUse(f"DATA_DIR: {self.used_by_another}")
            yield

    @property
    def is_locked(self) -> bool:
        """Whether another process has claimed the spool, and keeps it."""
        return stays_held(self.root / LOCK)

    @property
    def used_by_another(self) -> str:
        """That another process has the spool, in words."""
        return f"another bridge or import works on {self.root}: stop it, or choose another DATA_DIR"

    def sweep(self, now: float) -> int:
        """Remove drafts that a crash left behind; their senders were never told 250."""
        stale = [path for path in self.tmp.iterdir() if _is_stale(path, now)]
        for path in stale:
            path.unlink(missing_ok=True)
        waiting = {letter.id for letter in self.waiting()}
        for path in self.waits.iterdir():
            if path.name not in waiting:
                path.unlink(missing_ok=True)
        return len(stale)

    def path_of(self, letter_id: str) -> Path:
        """Return the path of a letter that was just put into the spool."""
        return self.new / (letter_id + SUFFIX)

    def draft(self, letter_id: str) -> Draft:
        """Open a new letter for writing."""
        return Draft(self, letter_id)

    def waiting(self, closed: list[OSError] | None = None) -> Iterator[Waiting]:
        """Yield every letter that waits for its delivery, in no order.

        A letter whose file cannot be examined (a bad sector, links in a circle) is due now with
        size 0, so that it hides no other. A directory that may not be listed goes to ``closed``;
        without it OSError is raised.
        """
        for directory in (self.new, self.cur):
            try:
                listed = os.scandir(directory)
            except OSError as error:
                if closed is None:
                    raise
                closed.append(error)
                continue
            with listed as entries:
                for entry in entries:
                    letter_id, suffix, _flags = entry.name.partition(SUFFIX)
                    if suffix and _is_id(letter_id):
                        try:
                            found = entry.stat()
                        except FileNotFoundError:  # delivered or moved since the listing
                            continue
                        except OSError:
                            yield Waiting(letter_id, Path(entry.path), 0.0)
                            continue
                        path = Path(entry.path)
                        yield Waiting(letter_id, path, found.st_mtime, found.st_size)

    def defer(self, letter: Waiting, until: float) -> None:
        """Write down when the letter is to be tried next."""
        reach("spool.defer")
        os.utime(letter.path, (until, until))
        reach("spool.deferred")

    def explain(self, letter: Waiting, reason: str) -> None:
        """Record for people why the letter waits; if that fails, only the log has it."""
        note_failure(self.root, letter.id, reason)

    def remove(self, letter: Waiting) -> None:
        """Remove a letter that the webhook has taken."""
        disk.remove(letter.path)
        if not letter.written:  # it was tried before, or its first attempt is not known
            forget(self.root, letter.id)

    def fail(self, letter: Waiting, reason: str, now: float) -> None:
        """Move a letter that is refused for good to ``failed``; its reason is written first."""
        note = {
            "id": letter.id,
            "reason": reason,
            "attempts": str(tried(self.root, letter.id).times + 1),
            "first_attempt": _utc(now - age(letter.id, now)),
            "last_attempt": _utc(now),
        }
        target = self.failed / (letter.id + SUFFIX)
        self._write_note(target.with_suffix(".json"), note)
        disk.rename(letter.path, target)
        disk.sync_directory(self.failed)
        forget(self.root, letter.id)

    def try_again(self, path: Path) -> bool:
        """Make a letter due now, even a failed one; return False if it has left meanwhile."""
        try:
            os.utime(path, (0, 0))
            if path.parent == self.failed:
                begin_again(self.root, path.stem, path)
                path.rename(self.new / path.name)
                path.with_suffix(".json").unlink(missing_ok=True)
        except FileNotFoundError:
            return False
        return True

    def _write_note(self, path: Path, note: Mapping[str, str]) -> None:
        draft = self.tmp / f"{path.name}.{secrets.token_hex(4)}"
        descriptor = disk.create(draft)
        try:
            text = json.dumps(note, ensure_ascii=False, indent=1) + "\n"
            disk.write(descriptor, text.encode("utf-8", "backslashreplace"))
            disk.sync(descriptor)
            disk.rename(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)


def read_head(path: Path) -> tuple[Delivery, bytes]:
    """Return the delivery of a spool file and the beginning of its letter, at least its header."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    delivery, start = read_trace(head, path.name.partition(SUFFIX)[0])
    return delivery, head[start:]


def _is_id(name: str) -> bool:
    stamp, dash, token = name.partition("-")
    return bool(dash and token) and stamp.isascii() and stamp.isdigit()


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _is_stale(path: Path, now: float) -> bool:
    try:
        old = path.stat().st_mtime < now - STALE_SECONDS
    except OSError:  # it has gone, or nothing can be said of it
        return False
    return old or disk.is_abandoned(path)
