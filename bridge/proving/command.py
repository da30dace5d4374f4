"""``reconcile``: for each folder and day, what the mailbox has, what is stored, and why not."""

import argparse
import asyncio
import json
import sys

from bridge.proving.comparing import compare
from bridge.proving.verdict import WHATS, FolderReport
from bridge.settings import BridgeSettings
from bridge.words import texts
from contract.doctor.russian import spoken
from contract.process import is_directory, nothing_at
from contract.reading.numbers import days

UNAVAILABLE = 75  # EX_TEMPFAIL of sysexits.h


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--days", type=days, default=7, help="today and so many before, by UTC (7)")
    parser.add_argument("--json", action="store_true", help="for a program to read")


def reconcile(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0, 1 if a letter is missing, 75 if a mailbox or the receiver was not reached."""
    if not settings.accounts:
        _say(texts("no mailbox is read by IMAP: IMAP_USER, IMAP_ACCOUNTS"), error=True)
        return 78
    if not is_directory(settings.data_dir):
        _say(nothing_at(settings.data_dir), error=True)
        return 78
    return asyncio.run(_once(settings, arguments))


async def _once(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    reports, complaints = await compare(settings, arguments.days)
    for each in complaints:
        _say(spoken(each), error=True)
    if arguments.json:
        _say(json.dumps([_as_json(each) for each in reports], ensure_ascii=False))
    else:
        for report in reports:
            _tell(report)
    if complaints:
        return UNAVAILABLE
    return 1 if any(each.missing for each in reports) else 0


def _tell(report: FolderReport) -> None:
    for day, counts in sorted(report.days.items()):
        told = ", ".join(f"{texts.word(what)}: {counts[what]}" for what in WHATS if counts[what])
        _say(f"{report.mailbox} {report.folder} {day}: {told}")
        for each in report.differences:
            if each.day == day:
                named = f"UID {each.uid} " if each.uid else ""
                name = _plain(each.message_id) or texts.word("(no id)")
                _say(f"  {texts.word(each.what)}: {named}{name}: {spoken(each.why)}")
    if not report.days:
        _say(f"{report.mailbox} {report.folder}: {texts.word('no letters')}")


def _as_json(report: FolderReport) -> dict[str, object]:
    return {
        "mailbox": report.mailbox,
        "folder": report.folder,
        "days": {str(day): dict(counts) for day, counts in sorted(report.days.items())},
        "missing": report.missing,
        "differences": [vars(each) | {"day": str(each.day)} for each in report.differences],
    }


def _plain(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)


def _say(line: str, *, error: bool = False) -> None:
    print(line, file=sys.stderr if error else sys.stdout)
