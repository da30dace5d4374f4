"""The result of each account's last comparison, in a file, for the bridge's /metrics."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bridge.ingress.imap.settings import Account
from bridge.proving.verdict import FolderReport

NAME = "reconcile.json"


@dataclass(frozen=True)
class LastResult:
    """When the last comparison ended (Unix time), and missing letters by mailbox and folder."""

    when: float
    missing: dict[str, int]


def named(account: Account) -> str:
    """Return an account's name in the file."""
    return f"{account.user} {account.host}"


def write(
    directory: Path, found: Mapping[str, Sequence[FolderReport]], accounts: Sequence[Account]
) -> None:
    """Record the results of some accounts; the other accounts keep theirs."""
    there = {named(each) for each in accounts}
    results = {name: each for name, each in by_account(directory).items() if name in there}
    for name, reports in found.items():
        missing = {f"{each.mailbox} {each.folder}": each.missing for each in reports}
        results[name] = LastResult(time.time(), missing)
    partial = directory / f".{NAME}"
    text = json.dumps({name: asdict(each) for name, each in results.items()})
    partial.write_text(text, encoding="utf-8")
    partial.rename(directory / NAME)


def by_account(directory: Path) -> dict[str, LastResult]:
    """Return the last result of each account; nothing if none can be read."""
    try:
        said = json.loads((directory / NAME).read_text(encoding="utf-8"))
        return {
            str(name): LastResult(
                float(each["when"]), {str(k): int(v) for k, v in each["missing"].items()}
            )
            for name, each in said.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def read(directory: Path, accounts: Sequence[Account]) -> LastResult | None:
    """Return the results of all accounts, dated by the oldest; None if there is none."""
    there = {named(each) for each in accounts}
    results = [each for name, each in by_account(directory).items() if name in there]
    if not results:
        return None
    missing = {folder: count for each in results for folder, count in each.missing.items()}
    return LastResult(min(each.when for each in results), missing)
