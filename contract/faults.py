"""Faults on purpose, for tests alone: crash points by name, and errors of the disk.

Where the environment names a directory in ``FAULTS_DIR``, a process that reaches the point
``spool.rename`` takes the file of that name out of it, if there is one, and does what it says:

    kill            the process ends at once, as ``kill -9`` does
    ENOSPC, EIO …   the step fails with that error
    short           a write takes only half of what it was given
    sleep 5         the step takes five seconds

A file is taken once, by one process; one that begins with ``always`` stays. Without the setting
nothing is read and every point costs one comparison.
"""

import errno
import os
import signal
import time
from pathlib import Path
from typing import Final

DIRECTORY: Final = os.environ.get("FAULTS_DIR", "")


def reach(point: str) -> None:
    """Do what is planned for this point: end the process, raise OSError, wait, or nothing."""
    if DIRECTORY:
        _act(_take(point), point)


def shortened(point: str, content: memoryview) -> memoryview:
    """Return what a write at this point accepts: all, or the first half."""
    if DIRECTORY and (action := _take(point)):
        if action == "short":
            return content[: (len(content) + 1) // 2]
        _act(action, point)
    return content


def _take(point: str) -> str:
    path = Path(DIRECTORY) / point
    try:
        action = path.read_text(encoding="ascii").strip()
        if action.startswith("always "):
            return action.removeprefix("always ")
        path.unlink()
    except FileNotFoundError:  # nothing is planned, or another process was faster
        return ""
    return action


def _act(action: str, point: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action.startswith("sleep "):
        time.sleep(float(action.removeprefix("sleep ")))
    elif action and action != "short":
        raise OSError(getattr(errno, action), f"planned at {point}")
