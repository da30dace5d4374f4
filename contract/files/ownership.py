"""What a command that root runs makes within a directory belongs to whoever owns that directory.

A service has a user of its own, and people run commands beside it as root: what these leave there,
readable by their owner alone, the service could not read, nor write to.
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
    """Give what root makes within meanwhile to the directory's owner, however the block ends."""
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
    """Look again at what was opened: its name may be that of something else by now."""
    try:
        if _is_new(os.fstat(descriptor), since):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    finally:
        os.close(descriptor)


def _is_new(found: os.stat_result, since: float) -> bool:
    """Tell whether root made it since; a file of two names may have the other one elsewhere."""
    alone = stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)
    return alone and found.st_uid == 0 and found.st_ctime >= since
