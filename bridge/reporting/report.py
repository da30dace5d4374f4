"""The report to the receiver: letters in the spool and states of watchers; blocks."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bridge.spool.inventory import SpooledLetter, attempts_of, stored
from bridge.spool.spool import Spool
from bridge.trace.whose import shortened, whose
from contract.bridge.report import MAX_FOLDERS, MAX_LETTERS, HeldLetter, WatchedFolder

FRESH_SECONDS = 5.0


def held(spool: Spool, now: float) -> list[HeldLetter]:
    """Return letters that people may ask about: failed ones first, then the oldest waiting.

    Without those that came a moment ago, which are on their way.
    """
    known = [
        each for each in stored(spool, now) if each.state == "failed" or each.age >= FRESH_SECONDS
    ]
    letters = sorted(known, key=lambda each: (each.state != "failed", each.id))
    return [_held(each, now) for each in letters[:MAX_LETTERS]]


def _held(letter: SpooledLetter, now: float) -> HeldLetter:
    tried, told = attempts_of(letter), whose(letter.path)
    return HeldLetter(
        id=letter.id,
        state=letter.state,
        came=_moment(now - letter.age),
        due=_moment(letter.due) if letter.state == "waiting" and letter.due > 0 else None,
        reason=shortened([tried.reason]),
        attempts=tried.times,
        size=letter.size,
        is_read=told.is_read,
        **told.reported(),
    )


def folders(path: Path) -> Iterator[WatchedFolder]:
    """Yield the states of the watchers, from their file."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for name, said in list(entries.items())[:MAX_FOLDERS]:
        yield WatchedFolder(
            name=shortened([name]),
            state=str(said["state"]),
            since=_moment(said["since"]),
            seen=_moment(said["seen"]),
            detail=shortened([said["detail"]]),
        )


def try_now(spool: Spool, letter_id: str) -> bool:
    """Make a letter due now, even a failed one; return False if there is none with this id."""
    for letter in stored(spool, time.time()):
        if letter.id == letter_id:
            return spool.try_again(letter.path)
    return False


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0.0), 4e9), UTC)
