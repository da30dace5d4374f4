"""Every command of docs/operations.md, each of a kind that some test runs.

Whatever stands on a line of its own is a command, and within the text all of several words, or
with brackets to call it, except for what ``NO_COMMANDS`` names.
"""

import re
from pathlib import Path

from tests.servers import ROOT

PAGES = [ROOT / "docs" / name for name in ("operations.md", "operations.ru.md")]
_LINE = re.compile(r"^    (?P<line>\S.*?)(?:   .*)?$|`(?P<span>[^`]+)`", re.MULTILINE)
NO_COMMANDS = (
    r"passed over|backup is doubtful|Kind regards|Добрый день|Ивану Петрову",  # what is told
    r"event ID: letter KEY: dialog DIALOG|email-listener/may-ask: \"true\"",
    r"support@example\.ru originals=.*|(Ivan|Иван) <ivan@a\.ru>",  # what settings and letters have
    r"--\w+ \w+|-e …",  # part of a command
)
OF_ONE_WORD = ("bsondump",)
KINDS = {
    "ours": r'(MONGO_DATABASE=\w+ |RETENTION="[^"]*" )?python (-m (receiver|bridge) .+|…)',
    "ours by name": r"(receiver|bridge|hook|token|restore|project|erase|spool) .+",
    "compose up": r"docker compose (--profile \w+ )?up .+",
    "compose": r"docker compose (exec|run) .+",
    "image": r"docker (build|image)( .+)?",
    "systemd": r"cp ops/systemd/.+|systemctl .+|systemd-analyze verify|ENV_FILE=.+",
    "kubernetes": r"kubectl .+",
    "mongosh": r"(db|rs)(\.\w+\([^)]*\))+",
    "mongodump": r"mongodump .+|bsondump",
    "files": r"du -sh|sha256sum -c|umask 077|chmod .+",
    "secret": r'echo "whsec_.+',
    "alarms": r"promtool .+",
    "make": r"make .+",
}


def commands(page: Path) -> list[str]:
    """Return each command of a page once, in its order."""
    found = list[str]()
    for each in _LINE.finditer(page.read_text(encoding="utf-8")):
        words = " ".join((each["line"] or each["span"]).split())
        if each["line"] or _may_be_one(words):
            found.append(words)
    return list(dict.fromkeys(found))


def _may_be_one(words: str) -> bool:
    if any(re.fullmatch(each, words) for each in NO_COMMANDS):
        return False
    return " " in words or words.endswith(")") or words in OF_ONE_WORD


def kinds_of(command: str) -> list[str]:
    """Return which tests run a command, by the names of ``KINDS``."""
    return [kind for kind, shape in KINDS.items() if re.fullmatch(shape, command)]


def of(*kinds: str, page: Path = PAGES[0]) -> list[str]:
    """Return the commands of some kinds, in the page's order."""
    return [each for each in commands(page) if {*kinds_of(each)} & {*kinds}]
