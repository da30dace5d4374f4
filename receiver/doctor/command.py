"""``doctor``: examine everything, say what is wrong and what to do about it."""

import argparse
import asyncio
from functools import partial

from contract.doctor.checkup import Finding, status_of
from contract.doctor.examining import add_arguments, begun, checked, told
from contract.language.speaking import speaking
from receiver.commands.command import Command, tell
from receiver.database import opened
from receiver.doctor import database as its_database
from receiver.doctor import here
from receiver.settings import ReceiverSettings
from receiver.start import unusable

SECONDS = 5.0


def run(_settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if all is well, 1 if somebody should look, 2 if something is broken."""
    with speaking():
        settings, findings = begun(ReceiverSettings, partial(unusable, make=False), "ERROR")
        for check, examine in here.checks(settings):
            findings += checked(check, examine)
        findings += checked("mongodb", lambda: asyncio.run(_asked(settings)))
        tell(told(findings, as_json=arguments.json))
        return status_of(findings)


async def _asked(settings: ReceiverSettings) -> list[Finding]:
    patience = {"mongo_timeout": min(settings.mongo_timeout, SECONDS)}
    impatient = settings.model_copy(update=patience)
    async with opened(impatient) as database:
        return await its_database.examine(database, impatient)


DOCTOR = Command(
    "doctor", "look at everything, say what is wrong and what to do", run, add_arguments
)
