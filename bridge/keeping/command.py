"""``backup`` and ``restore`` of what the bridge alone has."""

import argparse
import sys
from pathlib import Path

from bridge.keeping import restoring
from bridge.keeping.archive import prune, write
from bridge.keeping.restoring import NoArchive, NotEmpty
from bridge.settings import BridgeSettings
from bridge.spool.spool import SpoolInUse


def add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``backup`` takes."""
    parser.add_argument("place", type=Path, metavar="DIR", help="an archive is written there")
    parser.add_argument("--keep", type=int, default=0, metavar="N", help="only the N newest stay")


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``restore`` takes."""
    parser.add_argument("archive", type=Path, metavar="FILE", help="an archive of backup")


def backup(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if the disk does not take it."""
    try:
        path, letters = write(settings, arguments.place)
        gone = prune(arguments.place, arguments.keep)
    except OSError as error:
        return _failed(f"{error.filename or arguments.place}: {error.strerror}")
    print(f"{path}: {letters} letters{f', {gone} older ones dropped' if gone else ''}")  # noqa: T201
    return 0


def restore(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if it cannot be read, or there are letters already."""
    try:
        count = restoring.restore(settings, arguments.archive)
    except (NotEmpty, NoArchive, SpoolInUse) as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"{error.filename or arguments.archive}: {error.strerror}")
    print(f"{count} letters are back in {settings.spool}")  # noqa: T201 - a command's output
    return 0


def _failed(why: str) -> int:
    print(why, file=sys.stderr)  # noqa: T201 - a command's output
    return 1
