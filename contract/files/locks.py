"""File locks, by which one process sees that another lives: the system frees a dead one's."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def taken(descriptor: int) -> bool:
    """Take the lock of an open file; return False if another has it."""
    for _ in range(10):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # perhaps a process that only checks whether it is locked
            time.sleep(0.05)
        else:
            return True
    return False


def stays_held(path: Path) -> bool:
    """Tell whether a process holds a file's lock for longer than the end of another takes.

    False also if that is unknown: who takes the lock is told why it cannot be had.
    """
    for _ in range(10):
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        except OSError:
            return False
        else:
            return False
    return True


@contextmanager
def opened_to_lock(place: Path, name: str) -> Iterator[int]:
    """Open a directory's lock file; where that is another user's, the directory itself."""
    try:
        found = os.open(place / name, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        found = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield found
    finally:
        os.close(found)


def is_held(path: Path) -> bool:
    """Tell whether a living process holds a file's lock; True also if that is unknown."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:  # BlockingIOError, or no right to look
        return True
    return False
