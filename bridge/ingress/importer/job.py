"""How far an import has come: a small file, so that an import that was killed can go on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bridge.ingress.importer.source import Position


@dataclass(slots=True)
class Counts:
    """How many letters ended in which way."""

    new: int = 0
    duplicate: int = 0
    failed: int = 0
    erased: int = 0

    @property
    def all(self) -> int:
        """The number of these letters."""
        return self.new + self.duplicate + self.failed + self.erased


@dataclass(slots=True)
class Job:
    """The place to go on from, and the counts of the letters before it.

    Letters are settled in any order, as several are on their way at once; the place moves only over
    letters settled without a gap. What is delivered again is a duplicate.
    """

    path: Path
    fingerprint: str
    after: Position | None = None
    counts: Counts = field(default_factory=Counts)
    _next: int = 0
    _settled: dict[int, tuple[Position, str]] = field(default_factory=dict)

    @classmethod
    def resume(cls, directory: Path, what: list[str], fingerprint: str) -> "Job":
        """Return the job that imports ``what``, at the place where it stopped.

        It starts anew if the source has changed since, as its places then mean other letters.
        """
        name = hashlib.sha256("\0".join(what).encode("utf-8", "surrogateescape")).hexdigest()
        path = directory / f"{name[:32]}.json"
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            if said["fingerprint"] == fingerprint:
                return cls(path, fingerprint, Position(**said["after"]), Counts(**said["counts"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return cls(path, fingerprint)

    def settle(self, letters: Sequence[tuple[int, Position, str]]) -> None:
        """Record how letters ended.

        Each is a tuple: its number in this run's reading, its place, and a name from ``Counts``.
        """
        for number, after, outcome in letters:
            self._settled[number] = (after, outcome)
        moved = False
        while self._next in self._settled:
            self.after, said = self._settled.pop(self._next)
            setattr(self.counts, said, getattr(self.counts, said) + 1)
            self._next += 1
            moved = True
        if moved:
            self._save()

    def finish(self) -> None:
        """Forget the place: the next run of the same command starts anew."""
        self.path.unlink(missing_ok=True)

    def _save(self) -> None:
        if self.after is None:
            return
        partial = self.path.with_suffix(".tmp")
        said = {
            "fingerprint": self.fingerprint,
            "after": asdict(self.after),
            "counts": asdict(self.counts),
        }
        partial.write_text(json.dumps(said), encoding="utf-8")
        partial.rename(self.path)
