"""How many more files fit on a disk: each takes an inode, and many small ones take all."""

import os
from pathlib import Path

LEAST_INODES = 1000


def inodes_left(directory: Path) -> int | None:
    """Return the inodes that are free for an ordinary user, None where they are not counted."""
    try:
        found = os.statvfs(directory)
    except OSError:
        return None
    return found.f_favail if found.f_files else None
