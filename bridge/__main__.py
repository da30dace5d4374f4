"""The bridge's command line.

``python -m bridge smtp`` takes mail in by SMTP and delivers it; ``ping`` asks whether it does;
``spool`` shows the letters that wait or failed, and acts on them.
"""

import argparse
import asyncio
import logging
import smtplib
import sys
from collections.abc import Callable

from bridge import spool_commands
from bridge.service import serve
from bridge.settings import BridgeSettings
from bridge.spool import SpoolInUse
from contract.settings import EXIT_CONFIG, start_log

log = logging.getLogger("bridge")

Command = Callable[[BridgeSettings, argparse.Namespace], int]


def smtp(settings: BridgeSettings, _arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    try:
        asyncio.run(serve(settings))
    except (SpoolInUse, OSError) as error:
        log.error("cannot start: %s", error)
        return EXIT_CONFIG
    return 0


def ping(settings: BridgeSettings, _arguments: argparse.Namespace) -> int:
    """Return 0 if the front door answers, 1 otherwise: the container's health check."""
    any_address = settings.smtp_host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    host = "127.0.0.1" if any_address else settings.smtp_host
    try:
        with smtplib.SMTP(host, settings.smtp_port, timeout=5) as client:
            client.noop()
    except OSError as error:
        log.error("SMTP does not answer: %s", error)
        return 1
    return 0


def command_line() -> argparse.ArgumentParser:
    """Return the parser; each command is one function of this module."""
    parser = argparse.ArgumentParser(prog="python -m bridge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("smtp", help="take mail in by SMTP").set_defaults(run=smtp)
    commands.add_parser("ping", help="ask whether the front door answers").set_defaults(run=ping)
    spool_commands.add_to(commands)
    return parser


def main() -> None:
    """Read the command line and the environment, and do as told."""
    arguments = command_line().parse_args()
    settings = BridgeSettings.load()
    start_log(settings.log_level)
    run: Command = arguments.run
    sys.exit(run(settings, arguments))


if __name__ == "__main__":
    main()
