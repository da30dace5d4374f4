"""``doctor``: look at everything, say what is wrong and what to do about it."""

import argparse
import asyncio
import os

from bridge.doctor import door, here, mailboxes, receiver
from bridge.settings import BridgeSettings
from bridge.start import unusable
from contract.checkup import in_json, in_lines, language_of, of_settings, status_of
from contract.environment import surroundings_or_why
from contract.process import start_log
from contract.reading import Wrong


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--json", action="store_true", help="for a program to read")


def doctor(_settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if all is well, 1 if somebody should look, 2 if something is broken."""
    start_log("CRITICAL")
    env, why = surroundings_or_why()
    settings, wrong = BridgeSettings.judged(env, unusable)
    wrong += [Wrong((), why)] if why else []
    findings = of_settings(wrong, BridgeSettings.unknown(env))
    findings += here.examine(settings)
    findings.append(asyncio.run(receiver.examine(settings)))
    if (clock := receiver.clock(settings)) is not None:
        findings.append(clock)
    if settings.mailboxes:
        findings += door.examine(settings)
    findings += mailboxes.examine(settings)
    written = in_json if arguments.json else in_lines
    print(written(findings, language_of(os.environ)))  # noqa: T201 - what it is for
    return status_of(findings)
