"""Where tests keep their files: in memory, if there is room for them.

Every letter that is taken, and every write to the database, waits for the disk; over all tests that
is minutes. None of them can see what these waits are for, as none cuts the power: what a kill
leaves is the same in memory. Who names a TMPDIR gets that.
"""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED = 2 * 1024**3


def in_memory() -> None:
    """Let this process and those that it starts keep temporary files in memory."""
    if "TMPDIR" in os.environ or not usable(MEMORY):
        return
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def usable(directory: Path) -> bool:
    """Tell whether there is room, and whether programs may lie there, too."""
    if not os.access(directory, os.W_OK):
        return False
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize >= NEEDED and not found.f_flag & os.ST_NOEXEC
