"""How far a folder has been read: a small file per folder, replaced atomically.

UIDs up to ``last`` are settled, except for the last hundred, which a server may show late:
``recent`` lists those of them that are settled. ``skipped`` are letters that the server did not
give; it is asked for them again. After a first start or a renumbering, letters up to ``until`` are
taken only if they are not older than ``since``.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from bridge.ingress.imap.backoff import LONGEST_REFETCH, before_refetch, gives_up
from bridge.ingress.imap.connection import LAST_UID, OpenedFolder, Summary

OVERLAP = 100


@dataclass(slots=True)
class Skipped:
    """A letter that the server did not give: tries so far, Unix times of the first and next try."""

    tries: int
    first: float
    next: float
    received: str
    given_up: bool = False


@dataclass(slots=True)
class Cursor:
    """The place in one folder; times are ISO 8601."""

    folder: str
    uidvalidity: int
    last: int = 0
    since: str = ""
    until: int = 0
    newest: str = ""
    recent: list[int] = field(default_factory=list)
    skipped: dict[int, Skipped] = field(default_factory=dict)

    @classmethod
    def begin(cls, opened: OpenedFolder, now: datetime, days: int) -> "Cursor":
        """Return the place at which to start reading a folder for the first time."""
        until = opened.uidnext - 1 if opened.uidnext else LAST_UID
        since = (now - timedelta(days=days)).isoformat()
        last = max(until - OVERLAP, 0) if opened.uidnext and not days else 0
        return cls(opened.name, opened.uidvalidity, last=last, since=since, until=until)

    def renumbered(self, opened: OpenedFolder, now: datetime, days: int) -> "Cursor":
        """Return the place in a folder whose old UIDs no longer mean anything (RFC 3501 2.3.1.1).

        Letters are looked through again from ``days`` before the newest one taken, and from the
        oldest one never given; the receiver recognises letters taken before by their key.
        """
        known = [self.newest, *(each.received for each in self.skipped.values()), self.since]
        times = [datetime.fromisoformat(each) for each in known if each]
        return Cursor.begin(opened, min(times, default=now), max(days, 1))

    @property
    def first_to_list(self) -> int:
        """The lowest UID that may hold a letter to take."""
        return max(1, self.last - OVERLAP + 1)

    def wants(self, letter: Summary) -> bool:
        """Tell whether the letter must still be taken."""
        if letter.uid in self.recent or letter.uid in self.skipped:
            return False
        if letter.uid <= self.last - OVERLAP:
            return False
        return not (
            self.since
            and letter.uid <= self.until
            and letter.received < datetime.fromisoformat(self.since)
        )

    def settle(self, letter: Summary) -> None:
        """Count the letter as settled, whatever became of it."""
        self.last = max(self.last, letter.uid)
        recent = {*self.recent, letter.uid}
        self.recent = sorted(uid for uid in recent if uid > self.last - OVERLAP)

    def took(self, letter: Summary) -> None:
        """Move past a letter that is in the spool."""
        self.skipped.pop(letter.uid, None)
        received = letter.received.isoformat()
        if not self.newest or letter.received > datetime.fromisoformat(self.newest):
            self.newest = received
        self.settle(letter)

    def gone(self, letter: Summary) -> None:
        """Move past a letter that is no longer in the folder."""
        self.skipped.pop(letter.uid, None)
        self.settle(letter)

    def skip(self, letter: Summary, now: float, base: float) -> Skipped:
        """Move past a letter that the server did not give, and note when to ask again."""
        found = self.skipped.get(letter.uid) or Skipped(0, now, now, letter.received.isoformat())
        found.tries += 1
        found.next = now + before_refetch(found.tries, base)
        found.given_up = gives_up(now - found.first, found.tries)
        self.skipped[letter.uid] = found
        self.settle(letter)
        return found

    def due(self, now: float, base: float) -> list[Summary]:
        """Return the skipped letters that are to be asked for again.

        One that is due later than any pause of ours ends was noted by a clock that was ahead.
        """
        longest = now + base * LONGEST_REFETCH
        return [
            Summary(uid, 0, datetime.fromisoformat(skipped.received))
            for uid, skipped in sorted(self.skipped.items())
            if not now < skipped.next <= longest and not skipped.given_up
        ]

    @property
    def unreadable(self) -> int:
        """How many letters were given up."""
        return sum(skipped.given_up for skipped in self.skipped.values())


def cursor_path(directory: Path, host: str, user: str, folder: str) -> Path:
    """Return the path of a folder's cursor; ``folder`` is its name in the settings."""
    return directory / quote(f"{user}@{host}", safe="@") / (quote(folder, safe="") + ".json")


def load(path: Path) -> Cursor | None:
    """Return the cursor, None if there is none; raises ValueError if the file is damaged."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    try:
        skipped = {int(uid): Skipped(**each) for uid, each in said.pop("skipped").items()}
        return Cursor(**said, skipped=skipped)
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"{path} is no cursor: {error}") from None


def save(path: Path, cursor: Cursor) -> None:
    """Replace the file, so that after a crash there is the old cursor or the new one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(".tmp")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(asdict(cursor), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
