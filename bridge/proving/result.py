"""What the last comparison found, in a file, so that the bridge tells it on /metrics."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.proving.verdict import FolderReport

NAME = "reconcile.json"


@dataclass(frozen=True)
class LastResult:
    """When the last comparison ended (Unix time), and missing letters by mailbox and folder."""

    when: float
    missing: dict[str, int]


def write(directory: Path, reports: Sequence[FolderReport]) -> None:
    """Replace the file."""
    missing = {f"{each.mailbox} {each.folder}": each.missing for each in reports}
    partial = directory / f".{NAME}"
    partial.write_text(json.dumps({"when": time.time(), "missing": missing}), encoding="utf-8")
    partial.rename(directory / NAME)


def read(directory: Path) -> LastResult | None:
    """Return the last result, or None if there is none that can be read."""
    try:
        said = json.loads((directory / NAME).read_text(encoding="utf-8"))
        return LastResult(float(said["when"]), {str(k): int(v) for k, v in said["missing"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
