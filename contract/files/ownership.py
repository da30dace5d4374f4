"""Files that a command run by root makes in a directory are given to the directory's owner.

A service has its own user, and people run commands beside it as root: files left by these, readable
only by their owner, the service could neither read nor write.
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

COARSE_SECONDS = 1.0  # file systems note times by a clock that ticks slowly
LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def given_to_owner(directory: Path) -> Iterator[None]:
    """Give what root makes in the directory to its owner, however the block ends."""
    begun = time.time() - COARSE_SECONDS
    try:
        yield
    finally:
        if os.geteuid() == 0:
            with suppress(OSError):  # there may be no such directory
                _give(directory.resolve(), begun)


def _give(directory: Path, since: float) -> None:
    owner = directory.stat()
    if owner.st_uid == 0:
        return
    for _, folders, files, place in os.fwalk(directory):
        for name in (*folders, *files):
            with suppress(OSError):  # it has gone, or is a link
                if _is_new(os.stat(name, dir_fd=place, follow_symlinks=False), since):
                    _give_one(os.open(name, LOOK, dir_fd=place), owner, since)


def _give_one(descriptor: int, owner: os.stat_result, since: float) -> None:
    """Check again what was opened: its name may belong to something else by now."""
    try:
        if _is_new(os.fstat(descriptor), since):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    finally:
        os.close(descriptor)


def _is_new(found: os.stat_result, since: float) -> bool:
    """Tell whether root made it since then; a file with two names may have one elsewhere."""
    alone = stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)
    return alone and found.st_uid == 0 and found.st_ctime >= since
