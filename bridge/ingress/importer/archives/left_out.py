"""What an archive holds that was not unpacked: told beside its letters, also if the import goes on.

Of many only the first are kept by name: an archive may have more members than memory has room for.
"""

import json
from pathlib import Path

from bridge.ingress.importer.source import NoLetter

NAMED = 1000  # more than an import tells of
NAME_LENGTH = 200


class OtherMembers:
    """Collects the members that are left out."""

    def __init__(self) -> None:
        self._named: list[tuple[str, str]] = []
        self._more = 0

    def add(self, name: str, what: str) -> None:
        """Note a member and what it is, in words."""
        if len(self._named) < NAMED:
            self._named.append((name[-NAME_LENGTH:], what))
        else:
            self._more += 1

    def write(self, folder: Path) -> None:
        """Write it down beside the folder of unpacked letters; raises OSError."""
        noted = json.dumps({"named": self._named, "more": self._more})
        _beside(folder).write_text(noted, encoding="utf-8")


def left_out(folder: Path, archive: Path) -> list[NoLetter]:
    """Return what was not unpacked of an archive; raises OSError."""
    try:
        noted = json.loads(_beside(folder).read_text(encoding="utf-8"))
    except FileNotFoundError:  # unpacked by an earlier version, whose import goes on
        return []
    told = [NoLetter(f"{archive}: {name}", what, False) for name, what in noted["named"]]
    if noted["more"]:
        told.append(NoLetter(str(archive), "", False, count=noted["more"]))
    return told


def _beside(folder: Path) -> Path:
    return folder.with_suffix(".left-out")
