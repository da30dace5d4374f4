"""How often a letter was tried in vain, and why it last failed: a small file in ``waits``.

Its first line is the number, the rest is the reason. Older files have only the reason. Behind the
number stands how many of these attempts came before a person had it tried again.
"""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

WAITS = "waits"
WHY_SIGNS = 2000
_NUMBERED = re.compile(r"(\d{1,9})(?: (\d{1,9}))?\n(.*)", re.DOTALL)


class Tried(NamedTuple):
    """The number of attempts that failed, and the reason of the last.

    ``before`` of them were made before the letter failed for good and was to be tried again.
    """

    times: int = 0
    reason: str = ""
    before: int = 0


def tried(spool: Path, letter_id: str) -> Tried:
    """Return how often a letter was tried in vain; never raises for faults of the disk."""
    try:
        # Text, as each letter is looked for: making Paths takes longer than the look.
        with open(f"{spool}/{WAITS}/{letter_id}", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            text = file.read()
    except OSError:
        return Tried()
    numbered = _NUMBERED.fullmatch(text)
    if not numbered:
        return Tried(1, text)
    return Tried(int(numbered[1]), numbered[3], int(numbered[2] or 0))


def note_beside(path: Path) -> dict[str, str]:
    """Return why and when a letter in ``failed`` failed; empty if there is no note beside it."""
    try:
        note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    named = note.items() if isinstance(note, dict) else ()
    return {str(name): str(value) for name, value in named}


def tried_and_failed(path: Path) -> Tried:
    """Return how often a letter in ``failed`` was tried, and why it failed."""
    note = note_beside(path)
    times = note.get("attempts", "")
    is_number = times.isascii() and times.isdecimal() and len(times) < 10
    return Tried(int(times) if is_number else 1, note.get("reason", ""))


def begin_again(spool: Path, letter_id: str, path: Path) -> None:
    """Record how often a letter in ``failed`` was tried before it is tried again, if possible."""
    failed = tried_and_failed(path)
    _write(spool, letter_id, Tried(failed.times, failed.reason, failed.times))


def note_failure(spool: Path, letter_id: str, reason: str) -> None:
    """Record one more failed attempt; if that fails, only the log has it."""
    known = tried(spool, letter_id)
    _write(spool, letter_id, Tried(known.times + 1, reason, known.before))


def _write(spool: Path, letter_id: str, known: Tried) -> None:
    number = f"{known.times} {known.before}" if known.before else f"{known.times}"
    with suppress(OSError):
        text = f"{number}\n{known.reason[:WHY_SIGNS]}"
        path = spool / WAITS / letter_id
        path.write_text(text, encoding="utf-8", errors="backslashreplace")


def forget(spool: Path, letter_id: str) -> None:
    """Remove the file, if there is one."""
    with suppress(OSError):
        (spool / WAITS / letter_id).unlink(missing_ok=True)
