"""The file system as the spool uses it: a few operations, each of which a test can make fail.

Each operation has a point before and one behind it (``contract.faults``), so that tests can crash
between any two steps. The idea is chasquid's ``safeio``.
"""

import fcntl
import os
from contextlib import suppress

from contract.faults import reach, shortened

# Text as well: each letter has several names, and making a Path costs more than the step itself.
Where = str | os.PathLike[str]


def create(path: Where) -> int:
    """Create a file that only its owner may read, lock it, and return its descriptor.

    The lock shows that the writer lives: unlocked files can be swept.
    """
    reach("disk.create")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    reach("disk.created")
    return descriptor


def write(descriptor: int, content: bytes) -> None:
    """Write all of ``content``; a file system may accept it in pieces."""
    rest = memoryview(content)
    while rest:
        taken = os.write(descriptor, shortened("disk.write", rest))
        rest = rest[taken:]
    reach("disk.written")


def sync(descriptor: int) -> None:
    """Return once the written bytes are on the disk."""
    reach("disk.sync")
    os.fsync(descriptor)
    reach("disk.synced")


def sync_file(path: Where) -> None:
    """Return once a file that was written without ``sync`` is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def rename(path: Where, target: Where) -> None:
    """Move a file within its file system, all at once."""
    reach("disk.rename")
    os.rename(path, target)  # noqa: PTH104 - text, see Where
    reach("disk.renamed")


def sync_directory(directory: Where) -> None:
    """Return once the names in a directory are on the disk."""
    reach("disk.sync-directory")
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    reach("disk.directory-synced")


def remove(path: Where) -> None:
    """Remove a file, if it exists."""
    reach("disk.remove")
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108 - text, see Where
    reach("disk.removed")


def is_abandoned(path: Where) -> bool:
    """Tell whether nobody writes this file any more: its writer has closed it or is dead."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
