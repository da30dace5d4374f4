"""How often a letter was tried in vain, and why it last failed: a small file in ``waits``.

Its first line is the number, the rest is the reason. Older files have only the reason.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

WAITS = "waits"
WHY_SIGNS = 2000
_NUMBERED = re.compile(r"(\d{1,9})\n(.*)", re.DOTALL)


class Tried(NamedTuple):
    """The number of attempts that failed, and the reason of the last."""

    times: int = 0
    reason: str = ""


def tried(spool: Path, letter_id: str) -> Tried:
    """Return how often a letter was tried in vain; never raises for faults of the disk."""
    try:
        # Text, as each letter is looked for: making Paths takes longer than the look.
        with open(f"{spool}/{WAITS}/{letter_id}", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            text = file.read()
    except OSError:
        return Tried()
    numbered = _NUMBERED.fullmatch(text)
    return Tried(int(numbered[1]), numbered[2]) if numbered else Tried(1, text)


def note_failure(spool: Path, letter_id: str, reason: str) -> None:
    """Record one more failed attempt; if that fails, only the log has it."""
    times = tried(spool, letter_id).times + 1
    with suppress(OSError):
        text = f"{times}\n{reason[:WHY_SIGNS]}"
        path = spool / WAITS / letter_id
        path.write_text(text, encoding="utf-8", errors="backslashreplace")


def forget(spool: Path, letter_id: str) -> None:
    """Remove the file, if there is one."""
    with suppress(OSError):
        (spool / WAITS / letter_id).unlink(missing_ok=True)
