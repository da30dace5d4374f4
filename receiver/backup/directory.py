"""The backups that stand in one directory: their names, which are complete, and what is hidden."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from contract.sealing.seal import SUFFIX as SEALED
from receiver.backup.layout import MANIFEST, PARTIAL, is_file

_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{12}Z", re.ASCII)


def name_at(moment: datetime) -> str:
    """Return the name of a backup that began at this moment; names sort by time."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H%M%S%fZ}"


def is_named_as_one(path: Path) -> bool:
    """Tell whether a directory's name is that of a complete backup."""
    return _NAME.fullmatch(path.name) is not None


def is_ahead(backup: Path) -> bool:
    """Tell whether a backup's name lies in the future: the clock was wrong, then or now."""
    return backup.name > name_at(datetime.now(UTC))


def complete(place: Path) -> list[Path]:
    """Return the complete backups in a directory, the oldest first.

    Before them come those ahead of the clock: nobody knows how old they are.
    """
    if not place.is_dir():
        return []
    names = (MANIFEST, f"{MANIFEST}{SEALED}")
    found = [each for each in place.iterdir() if any(is_file(each / one) for one in names)]
    whole = sorted(each for each in found if not each.name.startswith(PARTIAL))
    return sorted(whole, key=is_ahead, reverse=True)


def closed(place: Path) -> list[OSError]:
    """Return why some of what is in a directory is hidden: another user's, as lost+found is."""
    found = list[OSError]()
    for each in sorted(place.iterdir()) if place.is_dir() else ():
        try:
            os.stat(each / MANIFEST)  # noqa: PTH116 - Path.exists says no of what is hidden
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            error.filename = str(each)
            found.append(error)
    return found
