"""The letters that people dropped from ``failed``: the newest hundred, for thirty days, in a file.

They were taken with 250 and are in no dialog, so whoever asks for one is to be told who did it.
"""

import getpass
import json
import logging
import os
from collections.abc import Sequence, Set
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from bridge.spool.deliveries import KEPT_DAYS
from bridge.trace.whose import Whose, shortened
from contract.bridge.report import MAX_LETTERS, DroppedLetter
from contract.reading.addresses import canonical, with_untagged
from contract.reading.written import addresses_in

log = logging.getLogger(__name__)

NAME = "dropped.json"


def remember(directory: Path, letter_id: str, whose: Whose, now: float) -> None:
    """Record in a DATA_DIR that whoever runs this command dropped a letter; raises OSError."""
    letter = DroppedLetter(
        id=letter_id,
        at=datetime.fromtimestamp(now, UTC),
        who=shortened([_own_name()]),
        **whose.reported(),
    )
    _write(directory / NAME, [*dropped(directory), letter][-MAX_LETTERS:])


def dropped(directory: Path) -> list[DroppedLetter]:
    """Return what was dropped, the oldest first; blocks."""
    try:
        rows = json.loads((directory / NAME).read_text(encoding="utf-8"))
        found = [DroppedLetter.model_validate_json(json.dumps(row)) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, ValidationError) as error:
        # Read every few seconds: a warning would fill the log.
        log.debug("which letters were dropped is forgotten: %s", error)
        return []
    since = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    return [each for each in found if each.at >= since]


def forget_in(directory: Path, people: Set[str]) -> int:
    """Forget the dropped letters that name one of these canonical addresses; raises OSError.

    Returns how many there were.
    """
    rows = dropped(directory)
    stay = [each for each in rows if not _named_in(each) & people]
    if len(stay) < len(rows):
        _write(directory / NAME, stay)
    return len(rows) - len(stay)


def _named_in(letter: DroppedLetter) -> set[str]:
    lists = (letter.mail_from, letter.rcpt_to, letter.people)
    named = with_untagged(canonical(one) for each in lists for one in each.split(", "))
    return named | addresses_in(letter.subject)


def _write(path: Path, letters: Sequence[DroppedLetter]) -> None:
    rows = [each.model_dump(mode="json") for each in letters]
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    partial.touch(mode=0o600)
    try:
        partial.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        with suppress(OSError):  # root may have dropped it, and the bridge is to read it
            os.chown(partial, path.parent.stat().st_uid, path.parent.stat().st_gid)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        return ""
