"""File locks, by which one process sees that another lives: the system frees a dead one's."""

import fcntl
import time
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
