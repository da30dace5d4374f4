"""``doctor``: look at everything, say what is wrong and what to do about it."""

import argparse
import asyncio
from functools import partial

from bridge.doctor import door, here, mailboxes, receiver
from bridge.settings import BridgeSettings
from bridge.start import unusable
from contract.doctor.checkup import status_of
from contract.doctor.examining import add_arguments, begun, told
from contract.language.speaking import speaking

__all__ = ["add_arguments", "doctor"]


def doctor(_settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if all is well, 1 if somebody should look, 2 if something is broken."""
    with speaking():
        settings, findings = begun(BridgeSettings, partial(unusable, make=False), "CRITICAL")
        findings += here.examine(settings)
        findings.append(asyncio.run(receiver.examine(settings)))
        if (clock := receiver.clock(settings)) is not None:
            findings.append(clock)
        if settings.mailboxes:
            findings += door.examine(settings)
        findings += mailboxes.examine(settings)
        print(told(findings, as_json=arguments.json))  # noqa: T201 - what it is for
        return status_of(findings)
