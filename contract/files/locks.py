"""Locks on files, by which one process tells that another lives: the system frees what it held."""

import fcntl
import time
from pathlib import Path


def taken(descriptor: int) -> bool:
    """Take the lock of an open file, and tell whether that could be done."""
    for _ in range(10):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # perhaps by somebody who just looks whether it is locked
            time.sleep(0.05)
        else:
            return True
    return False


def is_held(path: Path) -> bool:
    """Tell whether a process that lives holds a file's lock; also where that cannot be told."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:  # BlockingIOError, or no right to look
        return True
    return False
