"""When the last archive was finished, in a file for the doctor, the alarm and /metrics."""

import json
import logging
import time
from pathlib import Path

from contract.doctor.checkup import BACKUP_AHEAD_HOURS, BACKUP_HOURS

log = logging.getLogger(__name__)

NAME = "backup.json"  # within DATA_DIR


def say_backed_up(directory: Path) -> None:
    """Record that an archive is finished; if that fails, it is a backup all the same."""
    partial = directory / f".{NAME}"
    try:
        partial.write_text(json.dumps({"when": time.time()}), encoding="utf-8")
        partial.rename(directory / NAME)
    except OSError as error:
        why = f"{error.filename or directory}: {error.strerror}"
        log.warning("doctor and alarm will not know of this backup: %s", why)


def backed_up(directory: Path) -> float | None:
    """Return the Unix time of the last archive, None if none is known."""
    try:
        said = json.loads((directory / NAME).read_text(encoding="utf-8"))
        return float(said["when"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_old(when: float | None) -> bool:
    """Tell whether the last backup is too old or in the future; without any nobody wants one."""
    if when is None:
        return False
    return not -BACKUP_AHEAD_HOURS <= (time.time() - when) / 3600 <= BACKUP_HOURS
