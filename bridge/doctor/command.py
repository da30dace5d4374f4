"""``doctor``: examine everything, say what is wrong and what to do about it."""

import argparse
import asyncio
from collections.abc import Iterator
from functools import partial

from bridge.doctor import door, here, mailboxes, receiver
from bridge.settings import BridgeSettings
from bridge.start import unusable
from contract.doctor import examining
from contract.doctor.checkup import status_of
from contract.doctor.examining import Check, begun, checked, told
from contract.language.speaking import speaking


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``doctor``."""
    parser.add_argument("door", nargs="?", choices=["smtp", "imap"], help="one of the two only")
    examining.add_arguments(parser)


def doctor(_settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if all is well, 1 if somebody should look, 2 if something is broken."""
    with speaking():
        settings, findings = begun(BridgeSettings, partial(unusable, make=False), "CRITICAL")
        for check, examine in _checks(settings, arguments.door):
            findings += checked(check, examine)
        print(told(findings, as_json=arguments.json))  # noqa: T201 - a command's output
        return status_of(findings)


def _checks(settings: BridgeSettings, only: str | None) -> Iterator[Check]:
    yield from here.checks(settings)
    yield "receiver", lambda: asyncio.run(receiver.examine(settings))
    yield "clock", lambda: receiver.clock(settings)
    if settings.mailboxes and only != "imap":
        yield from door.checks(settings)
    if only != "smtp":
        yield from mailboxes.checks(settings)
