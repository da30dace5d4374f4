"""Who may know what, as the import statements have it."""

import ast
from pathlib import Path

import pytest

from tests.servers import ROOT

FORBIDDEN = {
    "contract": {"bridge", "receiver", "aiohttp", "motor", "aiosmtpd", "mailparser", "socket"},
    "bridge": {"receiver", "motor", "pymongo", "bson", "gridfs"},
    "receiver": {"bridge", "mailparser", "aiosmtpd", "smtplib"},
    "bridge/parse": {"asyncio", "socket", "os", "pathlib", "aiohttp", "aiosmtpd", "time"},
}
ONLY_IN = {
    "aiosmtpd": {"bridge/smtp.py"},
    "imapclient": {"bridge/imap/extended_client.py"},
    "motor": {"receiver/mongo.py"},
    "prometheus_client": {"bridge/metrics.py", "receiver/metrics.py"},
    "mailparser": {"bridge/parse/header.py"},
}
PURE = {
    *(
        f"receiver/{name}.py"
        for name in (
            *("matching", "join_policy", "letter", "addresses", "people", "subject"),
            *("thread_index", "summary", "transfer", "documents", "why"),
        )
    ),
    "bridge/retry.py",
    "bridge/imap/pauses.py",
    "bridge/imap/folders.py",
}
DOES_IO = {"asyncio", "socket", "os", "pathlib", "aiohttp", "motor", "time", "random"}


def imported(path: Path) -> set[str]:
    """Return the top-level names of the packages that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def sources() -> list[Path]:
    return [
        path for side in ("contract", "bridge", "receiver") for path in (ROOT / side).rglob("*.py")
    ]


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_side_knows_what_is_not_its_own(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert not imported(path) & FORBIDDEN[folder], path


@pytest.mark.parametrize("package", ONLY_IN)
def test_one_file_knows_the_library(package: str) -> None:
    users = {str(path.relative_to(ROOT)) for path in sources() if package in imported(path)}
    assert users == ONLY_IN[package]


@pytest.mark.parametrize("name", sorted(PURE))
def test_rules_do_no_io(name: str) -> None:
    assert not imported(ROOT / name) & DOES_IO


def test_the_doors_wait_for_nothing_behind_the_spool() -> None:
    smtp = ("smtp", "door", "intake", "capacity", "limits")
    imap = (ROOT / "bridge" / "imap").glob("*.py")
    for path in (*(ROOT / "bridge" / f"{name}.py" for name in smtp), *imap):
        text = path.read_text(encoding="utf-8")
        assert "bridge.courier" not in text
        assert "bridge.parse" not in text
