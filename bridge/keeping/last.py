"""When the last archive was finished, in a file for the doctor, the alarm and /metrics."""

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from contract.doctor.checkup import BACKUP_AHEAD_HOURS, BACKUP_HOURS

log = logging.getLogger(__name__)

NAME = "backup.json"  # within DATA_DIR


def say_backed_up(directory: Path, others: int = 0) -> None:
    """Record that an archive is finished; if that fails, it is a backup all the same.

    ``others`` are archives of another DATA_DIR beside it.
    """
    partial = directory / f".{NAME}"
    try:
        partial.write_text(json.dumps({"when": time.time(), "others": others}), encoding="utf-8")
        partial.rename(directory / NAME)
    except OSError as error:
        why = f"{error.filename or directory}: {error.strerror}"
        log.warning("doctor and alarm will not know of this backup: %s", why)


@dataclass(frozen=True)
class LastBackup:
    """The Unix time of the last archive, None if unknown; how many of others are beside it."""

    when: float | None = None
    others: int = 0


def last_backup(directory: Path) -> LastBackup:
    """Return what is known of the last archive."""
    try:
        said = json.loads((directory / NAME).read_text(encoding="utf-8"))
        return LastBackup(float(said["when"]), int(said.get("others", 0)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return LastBackup()


def is_old(when: float | None) -> bool:
    """Tell whether the last backup is too old or in the future; without any nobody wants one."""
    if when is None:
        return False
    return not -BACKUP_AHEAD_HOURS <= (time.time() - when) / 3600 <= BACKUP_HOURS
