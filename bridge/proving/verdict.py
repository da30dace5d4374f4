"""What became of each letter of a folder, and why one is not stored. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from bridge.ingress.imap.cursor import Cursor
from bridge.proving.spooled import Name

What = Literal["stored", "erased", "waits", "passed over", "missing", "left"]
WHATS: tuple[What, ...] = ("stored", "erased", "waits", "passed over", "missing", "left")


@dataclass(frozen=True)
class Listed:
    """A letter in the folder; ``message_id`` is empty if it has none.

    ``names`` are those that it would have in the spool.
    """

    uid: int
    size: int
    received: datetime
    message_id: str = ""
    names: frozenset[Name] = frozenset()


@dataclass(frozen=True)
class Difference:
    """A letter that is missing on one side; ``why`` says what is known of it."""

    day: date
    what: What
    uid: int
    message_id: str
    why: str


@dataclass
class FolderReport:
    """One folder: the number of letters by day and fate, and each that differs."""

    mailbox: str
    folder: str
    days: dict[date, Counter[What]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def add(self, day: date, what: What) -> None:
        """Count a letter."""
        self.days.setdefault(day, Counter())[what] += 1

    @property
    def missing(self) -> int:
        """The number of letters that are neither stored nor explained."""
        return sum(each["missing"] for each in self.days.values())


@dataclass(frozen=True)
class Surroundings:
    """What the bridge itself knows: how far it has read, what its spool holds, its limits.

    ``spooled`` says for a letter's name whether it waits or failed; ``most`` maps a setting to the
    bytes that it allows a letter.
    """

    cursor: Cursor | None
    spooled: Mapping[Name, str]
    most: Mapping[str, int]

    def too_large(self, size: int) -> str:
        """Return why a letter of this size is never read, empty if it is."""
        settings = ", ".join(name for name, most in self.most.items() if size > most)
        return f"{size} bytes are more than {settings}" if settings else ""


def why_not_stored(letter: Listed, around: Surroundings) -> tuple[What, str]:
    """Return what became of a letter that the receiver does not know."""
    cursor = around.cursor
    if spooled := sorted(around.spooled.keys() & letter.names):
        return "waits", f"{around.spooled[spooled[0]]} in the spool: python -m bridge spool list"
    if cursor is None:
        return "waits", "the folder has not been read yet"
    if too_large := around.too_large(letter.size):
        return "passed over", too_large
    if skipped := cursor.skipped.get(letter.uid):
        given_up = ", given up" if skipped.given_up else ""
        return "passed over", f"the server did not give it, {skipped.tries} tries{given_up}"
    if cursor.since and letter.uid <= cursor.until:
        since = datetime.fromisoformat(cursor.since)
        if letter.received < since:
            return "passed over", f"it came before {since:%Y-%m-%d}, when reading began"
    if letter.uid > cursor.last:
        return "waits", "it has not been read yet"
    return "missing", "it was read and is not stored, or was stored and is no more"


def judged(
    mailbox: str,
    folder: str,
    letters: Iterable[Listed],
    states: Mapping[int, tuple[str, str]],
    stored: Mapping[str, tuple[str, datetime]],
    around: Surroundings,
    since: datetime,
) -> FolderReport:
    """Return the report of a folder.

    ``states`` maps each UID to the receiver's state and the letter's key; ``stored`` maps each key
    from this folder to its Message-ID and time. Letters before ``since`` only explain what is
    stored.
    """
    report = FolderReport(mailbox, folder)
    there = {key for _, key in states.values() if key}
    # Letters with the same sender, id and date get one key: others of them are here, too.
    alike: Counter[str] = Counter()
    alike.subtract(message_id for key, (message_id, _) in stored.items() if key in there)
    for letter in letters:
        state, _ = states.get(letter.uid, ("unknown", ""))
        alike[letter.message_id] += state == "stored"
        if letter.received < since:
            continue
        day = letter.received.date()
        if state in ("stored", "erased"):
            report.add(day, "erased" if state == "erased" else "stored")
            continue
        what, why = why_not_stored(letter, around)
        report.add(day, what)
        report.differences.append(Difference(day, what, letter.uid, letter.message_id, why))
    _add_left(report, {key: each for key, each in stored.items() if key not in there}, alike)
    return report


def _add_left(
    report: FolderReport, gone: Mapping[str, tuple[str, datetime]], alike: Counter[str]
) -> None:
    """Add the stored letters that have left the folder, unless ``alike`` has another of them."""
    for message_id, received in sorted(gone.values(), key=lambda each: each[1]):
        alike[message_id] -= 1
        if alike[message_id] < 0:
            day, why = received.date(), "it is stored, and not in the folder any more"
            report.add(day, "left")
            report.differences.append(Difference(day, "left", 0, message_id, why))
