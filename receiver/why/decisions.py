"""People's decisions about a dialog's letters, from its list of corrections: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Decided:
    """The corrections in force: by letter's key the newest that counts.

    ``taken`` are splits and moves, which separated a letter from others; ``put`` are merges and
    moves. ``joined`` is the newest of these and ``merged`` the newest merge, whose list names only
    the letters of one side. ``erased`` are keys of letters left by an erasure.
    """

    taken: Mapping[str, Record] = field(default_factory=dict)
    put: Mapping[str, Record] = field(default_factory=dict)
    joined: Record | None = None
    merged: Record | None = None
    erased: frozenset[str] = frozenset()

    def of(self, message: Mapping[str, Any]) -> Record | None:
        """Return the correction by which a letter is where it is, None if no correction is why."""
        key = message["key"]
        taken = self.taken.get(key)
        if taken and not (self.merged and self.merged["when"] > taken["when"]):
            return taken
        if message.get("matched_by") != "correction":
            return None
        return self.put.get(key) or (None if key in self.erased else self.joined)

    def told_of(self, message: Mapping[str, Any], parted: bool) -> list[Record]:
        """Return the corrections to be told with a letter: what took it away, what put it here.

        ``parted``: it names a letter elsewhere that people put it apart from, which a merge with a
        third dialog has not undone.
        """
        put = self.of(message)
        away = self.taken.get(message["key"]) if parted else None
        return [each for each in (away, put if put is not away else None) if each is not None]

    def parted(self, key: str, other: str) -> bool:
        """Tell whether people took one of two letters away from the other's dialog."""
        return key in self.taken or other in self.taken


def decided_of(corrections: Iterable[Record]) -> Decided:
    """Return what is in force of a dialog's corrections."""
    listed = sorted(corrections, key=lambda each: each["when"])
    undone = undone_in(listed)
    counts = [each for each in listed if str(each["id"]) not in undone]
    joining = [each for each in counts if each["what"] in ("merge", "move")]
    merges = [each for each in joining if each["what"] == "merge"]
    return Decided(
        taken=_by_key(each for each in counts if each["what"] in ("split", "move")),
        put=_by_key(joining),
        joined=joining[-1] if joining else None,
        merged=merges[-1] if merges else None,
        erased=frozenset(_by_key(each for each in counts if each["what"] == "erasure")),
    )


def undone_in(corrections: Iterable[Record]) -> set[str]:
    """Return the ids of the corrections that were undone, and not by an undone one."""
    undone: set[str] = set()
    for each in sorted(corrections, key=lambda one: one["when"], reverse=True):
        if each["what"] == "undo" and str(each["id"]) not in undone:
            undone.add(str(each["undoes"]))
    return undone


def _by_key(records: Iterable[Record]) -> dict[str, Record]:
    return {key: each for each in records for key in each["messages"]}
