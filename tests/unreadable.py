"""A file or directory of another user: root reads everything, so root becomes somebody else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NOBODY = 65534


@contextmanager
def unreadable(path: Path, home: Path) -> Iterator[None]:
    """Take all rights from a path; all else in ``home`` is this process's meanwhile."""
    mode, was_root = path.stat().st_mode, os.geteuid() == 0
    if was_root:
        for each in (home, *home.rglob("*")):
            if each != path and not each.is_relative_to(path):
                os.chown(each, NOBODY, NOBODY, follow_symlinks=False)
        for each in home.parents:
            with suppress(OSError):
                each.chmod(each.stat().st_mode | 0o011)
    else:
        path.chmod(0)
    if was_root:
        path.chmod(0o700)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)
        path.chmod(mode)
