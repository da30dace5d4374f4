"""The list of reviewed dependencies, and its differences from what is pinned."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import Version

from tests.servers import ROOT

_PIN = re.compile(r"([\w.-]+)==(\S+)")
_NEVER = re.compile(r"\b[AL]?GPL", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One dependency; ``advisories`` names the version that ends each and what it means here."""

    version: str
    licence: str
    advisories: Mapping[str, Mapping[str, str]]


def read_pins(text: str) -> dict[str, str]:
    """Return name and version of every line that pins one."""
    return {found[1]: found[2] for line in text.splitlines() if (found := _PIN.match(line))}


def read_review(text: str) -> dict[str, Reviewed]:
    """Return the list."""
    entries: dict[str, dict[str, Any]] = tomllib.loads(text)
    return {
        name: Reviewed(entry.pop("version"), entry.pop("licence"), entry)
        for name, entry in entries.items()
    }


def complaints(pins: Mapping[str, str], review: Mapping[str, Reviewed]) -> list[str]:
    """Return what is wrong: no review of this very version, an open weakness, a licence."""
    wrong = [f"{name} is reviewed and not pinned" for name in review.keys() - pins.keys()]
    for name, version in pins.items():
        if (known := review.get(name)) is None or known.version != version:
            wrong.append(f"{name} {version} is not reviewed")
            continue
        if _NEVER.search(known.licence):
            wrong.append(f"{name}: {known.licence} is no licence for the runtime")
        for advisory, entry in known.advisories.items():
            if entry["fixed"] and Version(version) < Version(entry["fixed"]):
                wrong.append(f"{name} {version}: {advisory}, mended in {entry['fixed']}")
            if not entry["here"]:
                wrong.append(f"{name}: nothing is said on {advisory}")
    return sorted(wrong)


PINS = read_pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))
REVIEW = read_review(Path(__file__).with_name("reviewed.toml").read_text(encoding="utf-8"))
