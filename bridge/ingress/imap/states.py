"""The state of each watcher, in a file, so that ``ping`` in another process can tell it."""

import json
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bridge.note import Note
from contract.files.locks import is_held, stays_held

State = Literal["starting", "watching", "waiting", "refused", "no folder"]
HEALTH = "imap/health.json"  # within DATA_DIR
LOCK = "lock"  # beside it, locked by the process that follows the mailboxes
PATIENCE_SECONDS = 900.0
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder's state and its cause, since when, and when it was last looked at (Unix times)."""

    state: State
    since: float
    seen: float
    detail: str = ""
    unreadable: int = 0
    worked: bool = False


class FolderStates:
    """The states of all watchers of this process; thread-safe."""

    def __init__(self, path: Path) -> None:
        self._note = Note(path)
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._write()

    def say(self, name: str, state: State, detail: str = "", unreadable: int = 0) -> None:
        """Record the state of the watcher of this name."""
        now = time.time()
        with self._lock:
            before = self._entries.get(name)
            same = before is not None and before.state == state
            since = before.since if before is not None and same else now
            seen = now if state == "watching" or before is None else before.seen
            worked = state == "watching" or (before is not None and before.worked)
            self._entries[name] = Entry(state, since, seen, detail, unreadable, worked)
            self._write()

    def _write(self) -> None:
        self._note.write({name: asdict(entry) for name, entry in self._entries.items()})


def complaints(path: Path, poll: float, now: float, users: Collection[str] = ()) -> Iterator[str]:
    """Yield what is wrong with the watchers that write to ``path``; nothing when all is well.

    States from an earlier run do not count. ``users`` are the accounts that must be followed.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if is_held(path.with_name(LOCK)):
            yield f"nobody knows whether IMAP is watched: {path} is not written: is the disk full?"
            return
        yield f"IMAP is not watched: no bridge has begun to, by DATA_DIR ({path.parent})"
        return
    except (OSError, ValueError):
        yield f"IMAP is not watched: {path} cannot be read: is DATA_DIR another user's?"
        return
    if not is_held(path.with_name(LOCK)):
        yield f"IMAP is not watched: no bridge is running, by DATA_DIR ({path.parent})"
        return
    for user in users:
        if not any(name.startswith(f"{user} ") for name in entries):
            yield f"{user}: no bridge follows this mailbox, by DATA_DIR ({path.parent})"
    for name, said in entries.items():
        entry = Entry(**said)
        if entry.state in ("refused", "no folder"):
            yield f"{name}: {entry.state}: {entry.detail}"
        elif entry.state == "waiting" and not entry.worked:
            yield f"{name}: never read yet: {entry.detail}"
        elif entry.state == "starting" and not entry.worked and now - entry.since > START_SECONDS:
            yield f"{name}: not logged in for {now - entry.since:.0f} s"
        elif entry.state == "waiting" and now - entry.since > PATIENCE_SECONDS:
            yield f"{name}: waiting for {now - entry.since:.0f} s: {entry.detail}"
        elif now - entry.seen > max(PATIENCE_SECONDS, 3 * poll):
            yield f"{name}: not looked at for {now - entry.seen:.0f} s"
        elif entry.unreadable:
            yield f"{name}: {entry.unreadable} letters that the server does not give"


def refused_in(path: Path) -> list[str]:
    """Return the watchers whose login was refused; none if the file is unreadable."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [name for name, said in entries.items() if said["state"] == "refused"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def watched_by_another(directory: Path) -> str:
    """Return that another process has the cursors, in words."""
    return (
        f"another bridge follows the mailboxes of {directory}: stop it, or choose another DATA_DIR"
    )


def is_watched(directory: Path) -> bool:
    """Tell whether another process has the cursors, and keeps them."""
    return stays_held(directory / LOCK)
