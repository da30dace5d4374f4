"""``doctor``: look at everything, say what is wrong and what to do about it."""

import argparse
import asyncio
import os

from contract.checkup import Finding, in_json, in_lines, language_of, of_settings, status_of
from contract.environment import surroundings_or_why
from contract.process import start_log
from contract.reading import Wrong
from receiver.commands.command import Command, tell
from receiver.database import opened
from receiver.doctor import database as its_database
from receiver.doctor import here
from receiver.settings import ReceiverSettings
from receiver.start import unusable

SECONDS = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--json", action="store_true", help="for a program to read")


def run(_settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if all is well, 1 if somebody should look, 2 if something is broken."""
    start_log("ERROR")
    env, why = surroundings_or_why()
    settings, wrong = ReceiverSettings.judged(env, unusable)
    wrong += [Wrong((), why)] if why else []
    findings = of_settings(wrong, ReceiverSettings.unknown(env))
    findings += here.examine(settings)
    findings += asyncio.run(_asked(settings))
    written = in_json if arguments.json else in_lines
    tell(written(findings, language_of(os.environ)))
    return status_of(findings)


async def _asked(settings: ReceiverSettings) -> list[Finding]:
    patience = {"mongo_timeout": min(settings.mongo_timeout, SECONDS)}
    impatient = settings.model_copy(update=patience)
    async with opened(impatient) as database:
        return [each async for each in its_database.examine(database, impatient)]


DOCTOR = Command(
    "doctor", "look at everything, say what is wrong and what to do", run, add_arguments
)
